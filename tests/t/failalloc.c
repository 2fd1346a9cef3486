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
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long count;
static __thread bool inside;	/* dladdr() and dlsym() may allocate */

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
