// SPDX-License-Identifier: GPL-2.0-only
/*
 * failalloc.c - a library to preload: the program's FAIL_AT-th allocation fails.
 *
 * Only calls from the program itself count. What libraries allocate for themselves is left alone:
 * libtraceevent does not survive it, and that is not ours to test.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/types.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long count;
static __thread bool inside; /* dladdr() and dlsym() may allocate */

static bool fails(void *caller)
{
	Dl_info program, info;
	const char *at = getenv("FAIL_AT");
	bool ours;

	if (inside || !at)
		return false;
	inside = true;
	ours = dladdr((void *)getauxval(AT_ENTRY), &program) && dladdr(caller, &info) &&
	       info.dli_fbase == program.dli_fbase;
	inside = false;
	if (!ours || __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) != atol(at))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(nr, size);
}

void *realloc(void *p, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	int (*real)(void **, size_t, size_t);

	if (fails(__builtin_return_address(0)))
		return ENOMEM;
	inside = true;
	*(void **)&real = dlsym(RTLD_NEXT, "posix_memalign");
	inside = false;
	return real(p, alignment, size);
}

void *mmap(void *p, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *(*real)(void *, size_t, int, int, int, off_t);

	if (fails(__builtin_return_address(0)))
		return MAP_FAILED;
	inside = true;
	*(void **)&real = dlsym(RTLD_NEXT, "mmap");
	inside = false;
	return real(p, size, prot, flags, fd, offset);
}

/* Always to a given place, as util/huge.c calls it. */
void *mremap(void *p, size_t old, size_t size, int flags, ...)
{
	void *(*real)(void *, size_t, size_t, int, ...);
	void *to;
	va_list ap;

	if (fails(__builtin_return_address(0)))
		return MAP_FAILED;
	va_start(ap, flags);
	to = va_arg(ap, void *);
	va_end(ap);
	inside = true;
	*(void **)&real = dlsym(RTLD_NEXT, "mremap");
	inside = false;
	return real(p, old, size, flags, to);
}
