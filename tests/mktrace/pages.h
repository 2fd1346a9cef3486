/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ring-buffer pages as the kernel hands them out, one writer for each CPU of each buffer, and the
 * place where finished pages go: a growing buffer, of plain pages or of compressed chunks.
 */
#ifndef MKTRACE_PAGES_H
#define MKTRACE_PAGES_H

#include "options.h"

struct store {
	struct buf data;  /* what will stand in the file */
	struct buf chunk; /* pages that wait for compression */
	u32 nr_chunks;
	u64 pages;
	u64 hole, hole_at; /* a hole of so many bytes, and where: whole pages, both */
};

struct lost {
	u64 gaps, unknown, events; /* marks, those without a number, sum of the others */
	u64 overrun, dropped;	   /* what the statistics say */
};

/* A mark, as it lies in page_writer.marks. */
struct mark {
	u64 ns;	    /* time of the page behind the loss */
	u64 number; /* of missed events, 0: unknown */
};

struct page_writer {
	const struct options *o;
	struct store store;
	struct lost lost;
	struct buf marks; /* of struct mark */
	u64 records, bytes;
	u64 first_ns, last_record_ns;

	/* the page under work */
	u8 *page;
	u32 size, head; /* bytes of a page, and of its header */
	u32 used;	/* of the data */
	u32 reserve;	/* kept free at the end for the number of missed events */
	u64 missed;	/* that number, 0: unknown */
	bool open, gap;
	u64 page_ns, last_ns;
	struct rng rng;
};

void page_writer_init(struct page_writer *w, const struct options *o, u32 page_size, u64 seed);
void page_writer_release(struct page_writer *w);

/* A record of @len bytes (a multiple of 4). */
void page_add(struct page_writer *w, u64 ns, const void *payload, u32 len);
/* The same, taken back before it was committed: bytes that no reader may count. */
void page_add_discarded(struct page_writer *w, u64 ns, const void *payload, u32 len);
/* Ends the last page and the last chunk. */
void page_finish(struct page_writer *w);

/*
 * The size of this CPU's data, as the file tells it: holes included; of compressed data without the
 * number of chunks before them, as trace-cmd 3.1.6 writes it, or with it, as later ones do.
 */
u64 page_file_size(const struct page_writer *w);

#endif
