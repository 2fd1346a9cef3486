/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mktrace is asked for. The options fall in two halves:
 *
 * - the *stream* (events, seed, CPUs, VMs, edges, foreign events, times ...): the same stream
 *   options give the same records, with the same times on the same CPUs, always;
 * - the *container* (version, compression, instances, page sizes, losses ...): how the stream is
 *   laid out in the file. None of them changes what the records say.
 *
 * So "the same events as v6, v7, zstd and in an instance" is one command line with another
 * container half.
 */
#ifndef MKTRACE_OPTIONS_H
#define MKTRACE_OPTIONS_H

#include "bytes.h"

#define MAX_CPUS    1024
#define MAX_BUFFERS 16

enum compress { COMPRESS_NONE, COMPRESS_ZSTD, COMPRESS_ZLIB };
enum sections { SECTIONS_PLAIN, SECTIONS_META, SECTIONS_ALL };
enum place { PLACE_SPREAD, PLACE_INSTANCES, PLACE_SPLIT };
enum gaps { GAPS_NONE, GAPS_KNOWN, GAPS_UNKNOWN, GAPS_MIXED };
enum layout_kind { LAYOUT_REAL, LAYOUT_SHUFFLED, LAYOUT_WIDE };

struct options {
	const char *out;

	/* the stream */
	u64 events, seed, start_ns, step_ns;
	u64 cpus, vms, vcpus, edges, vectors;
	u64 foreign;	     /* per cent of events */
	u64 core, llc, node; /* CPUs in each; core 0: no markers that say so */
	bool sparse_cpus, sparse_vcpus, time_extend, big_records, odd_values, no_track, host;
	u64 search;	    /* enum search, of a host's kernel */
	u64 new_threads_at; /* a host's record; 0: never */
	/* workload.h; shares in per cent */
	u64 burst_ns, burst_share, run_spread, favour_edge, favour_share, favour_state, state_share;

	/* the event's format */
	u64 event_id;
	u64 layout;  /* enum layout_kind */
	u64 missing; /* bit mask of enum field */
	bool no_format;

	/* the container */
	u64 version, compress, sections, instances, place, gaps, gap_every, chunk_pages;
	u64 page_size[MAX_BUFFERS];
	unsigned int nr_page_sizes;
	const char *clock;
	bool old_clock;		 /* v6: the clock's name stands behind the tables only */
	u64 tsc_mult, tsc_shift; /* times in the file are ticks: ns = ticks * mult >> shift */
	u64 date_us, offset_ns;	 /* added to the times that trace-cmd shows */
	u64 kallsyms, long_size;
	u64 hole; /* bytes of empty pages in the middle of the first CPU's data */
	u64 skip; /* unused bytes of the file behind the first CPU's data */
	bool count_in_size, stats, absolute_ts, padding, unknown_options, big_endian;
};

/* Fills *@o from the command line. Prints --help and exits 0, or complains and exits 2. */
void options_parse(struct options *o, int argc, char **argv);

/* Buffers in the file, the main one (number 0) included. */
static inline unsigned int nr_buffers(const struct options *o)
{
	return 1 + o->instances;
}

static inline u32 buffer_page_size(const struct options *o, unsigned int buffer)
{
	return o->page_size[buffer % o->nr_page_sizes];
}

/* The number of the CPU with this index: sparse ones leave holes of different widths. */
static inline u32 cpu_id(const struct options *o, u32 index)
{
	return o->sparse_cpus ? index * 3 + (index & 1) + 1 : index;
}

#endif
