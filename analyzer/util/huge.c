// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge.c - see huge.h.
 *
 * mremap() moves whole tables of pages, huge ones in one piece, where both places are aligned
 * alike: so the new place is chosen here.
 */
#define _GNU_SOURCE
#include "util/huge.h"
#include "util/types.h"

#include <sys/mman.h>

#define PAGE 4096

static size_t whole_pages(size_t bytes)
{
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* Addresses that nobody uses, from the beginning of a huge page on; NULL: there are none. */
static void *addresses(size_t bytes)
{
	u8 *p = mmap(NULL, bytes + HUGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p % HUGE_PAGE;
	if (before)
		munmap(p, before);
	if (before < HUGE_PAGE)
		munmap(p + before + bytes, HUGE_PAGE - before);
	return p + before;
}

void *huge_grown(void *p, size_t old, size_t bytes)
{
	size_t size = whole_pages(bytes);
	void *to = addresses(size), *grown;

	if (!to)
		return NULL;
	if (p)
		grown = mremap(p, whole_pages(old), size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	else
		grown = mmap(to, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	/* What is left of the addresses then costs nothing, and may be another thread's already. */
	if (grown == MAP_FAILED)
		return NULL;
	if (size >= HUGE_PAGE)
		madvise(grown, size, MADV_HUGEPAGE);
	return grown;
}

void huge_release(void *p, size_t bytes)
{
	if (p)
		munmap(p, whole_pages(bytes));
}
