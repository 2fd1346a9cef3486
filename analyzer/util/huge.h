/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * huge.h - large arrays, from the kernel itself: cleared, and grown without a copy.
 *
 * From 2 MiB on they begin at the beginning of a huge page and ask for such pages. Growing moves
 * pages, not what is in them: it costs next to nothing, and never the memory twice. Memory that
 * nobody has touched is only a promise, so room may be generous.
 */
#ifndef KVM_IPI_HUGE_H
#define KVM_IPI_HUGE_H

#include <stddef.h>

#define HUGE_PAGE ((size_t)2 << 20)

/*
 * The array of old bytes (NULL and 0: none yet) as one of `bytes`, moved where it had to be; the
 * new ones are 0. NULL: out of memory, and the array is as it was.
 */
void *huge_grown(void *p, size_t old, size_t bytes);
/* NULL is allowed. */
void huge_release(void *p, size_t bytes);

#endif
