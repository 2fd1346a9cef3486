/* SPDX-License-Identifier: GPL-2.0-only */
/* The file around the pages: trace.dat of version 6 or 7. */
#ifndef MKTRACE_CONTAINER_H
#define MKTRACE_CONTAINER_H

#include "layout.h"
#include "pages.h"

struct container {
	const struct options *o;
	struct buf track_format; /* text of kvm_ipi_track's format */
	/* [buffer * cpus + index of the CPU] */
	struct page_writer *writers;
};

/* Writes the whole file. */
void container_write(const struct container *c);

/* What v6 and v7 files have in common. */
void meta_headers(struct buf *b, const struct options *o);
void meta_ftrace_events(struct buf *b);
void meta_events(struct buf *b, const struct container *c);
void meta_kallsyms(struct buf *b, const struct options *o);
void meta_printk(struct buf *b);
void meta_cmdlines(struct buf *b, const struct options *o);
/* The text of per_cpu/cpuN/stats. */
void meta_cpustat(struct buf *b, const struct page_writer *w, u32 cpu);
const char *buffer_name(char name[32], unsigned int buffer);

/* Options that both versions write, but for those about clocks' names and buffers. */
void meta_options(struct buf *b, const struct container *c);
void add_option(struct buf *b, unsigned int id, const void *data, size_t len);

/* The output file. */
struct out {
	void *file; /* FILE * */
	u64 pos;
	bool big_endian;
};

/* The content of trace_clock: all clocks, the one in use in brackets. */
void meta_clock(struct buf *b, const struct options *o);

void out_open(struct out *f, const char *name, bool big_endian);
void out_close(struct out *f);
void out_bytes(struct out *f, const void *data, size_t len);
void out_int(struct out *f, u64 v, unsigned int size);
/* Leaves a hole up to @pos, further on. */
void out_skip_to(struct out *f, u64 pos);
/* Overwrites 8 bytes, and comes back. */
void out_patch8(struct out *f, u64 at, u64 v);
/* The data of one CPU, its hole included; the caller has aligned the position. */
void out_store(struct out *f, const struct page_writer *w);

void write_v6(struct out *f, const struct container *c);
void write_v7(struct out *f, const struct container *c);

#endif
