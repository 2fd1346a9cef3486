/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - one page (sub-buffer) of the kernel's ring buffer, walked record by record.
 *
 * A page is {u64 time, u64 commit, data}. commit's low 27 bits are the bytes of data in use; bit 31
 * says that events were missed before this page, and bit 30 that their number stands behind the
 * data. The kernel's long is 8 bytes: files of 32-bit kernels are refused at opening.
 *
 * The walk gives batches of {time, place, length}: no call and no copy for a record, and every
 * record is checked against the end of the data before anybody looks at it.
 */
#ifndef KVM_IPI_PAGE_H
#define KVM_IPI_PAGE_H

#include "util/types.h"

#define PAGE_HEADER   16
#define PAGE_SIZE_MIN 64
#define PAGE_SIZE_MAX (64 * 1024 * 1024)

/* A record: its payload (which begins with the event's common fields) is at page + off. */
struct rec {
	u64 ts;
	u32 off;
	u32 len;
};

#define BATCH_MAX    128 /* a page of 4 KiB has 113 of our records */
#define LOST_UNKNOWN UINT64_MAX

/* Some records of one page, in order. Valid until the next batch is asked for. */
struct batch {
	const u8 *page;
	u32 nr;
	u32 cpu;
	bool gap; /* events were missed before the first record (or, nr == 0, here) */
	u64 lost; /* then: how many, or LOST_UNKNOWN */
	struct rec rec[BATCH_MAX];
};

struct page_walk {
	const u8 *page;
	u32 pos, end; /* of the data, from the page's start */
	u64 ts;
	bool gap;
	u64 lost;
	bool damaged; /* set when the walk had to stop before the end */
};

/* Begins a page of size bytes. False: its header cannot be right; the page is lost. */
bool page_walk_init(struct page_walk *w, const u8 *page, u32 size);
/* The next records of the page; false at its end (the batch is empty then). */
bool page_walk_next(struct page_walk *w, struct batch *b);

#endif
