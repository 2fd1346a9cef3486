/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stream.h - the records of one CPU in one buffer, batch by batch, in the order they were written.
 *
 * A stream reads its section in large pieces (or chunk by chunk, when it is compressed), walks the
 * pages and counts what it saw. Damage costs the page or the chunk it is in, never the stream; only
 * failing reads end it. Memory: one buffer of the size that the caller chooses.
 */
#ifndef KVM_IPI_STREAM_H
#define KVM_IPI_STREAM_H

#include "input/container.h"
#include "input/page.h"

#define STREAM_BUFFER	  (128 * 1024) /* one stream at a time */
#define STREAM_BUFFER_MIN (16 * 1024)  /* many of them open at once */
#define CHUNK_MAX	  (16 * 1024 * 1024)

/* What was met on the way. Sums of several streams are those of their union. */
struct stream_totals {
	u64 records;	       /* of any kind */
	u64 first_ts, last_ts; /* of any record; first_ts > last_ts: there was none */
	u64 gaps;	       /* marks of missed events */
	u64 lost;	       /* the sum of their numbers */
	bool lost_unknown;     /* a mark had no number */
	u64 damaged;	       /* records, pages or chunks that could not be read */
};

/*
 * What packed data may become, so that a small file is no bomb. Real chunks are ten pages, some
 * five times smaller when packed; nearly empty pages a hundred times. All of a file in turn, and
 * what streams hold of it at the same time: a constant, and so many times the file.
 */
#define UNPACK_ANY	  (64ull * 1024 * 1024)
#define UNPACK_RATIO	  1000
#define UNPACK_HELD_RATIO 16

/* What unpacking needs and streams of one thread share. All zero is empty. */
struct unpacker {
	u8 *packed; /* one compressed chunk */
	size_t room;
	struct codec_ctx codec;
	u64 file_bytes; /* of the files that unpacker_limit() was told of; 0: no limits */
	u64 unpacked, held;
};

struct stream {
	const struct container *c;
	const struct section *section;
	struct unpacker *unpacker;
	u8 *pages; /* raw or unpacked pages; owned */
	size_t room;
	size_t want; /* bytes to read at once */
	u32 page_size;
	u64 pos, end;	  /* in the file: what is still to be read */
	bool one_of_many; /* read in turn with others; the owner sets it before the first record */
	u64 asked;	  /* then the kernel has been asked to read so far ahead, and further */
	u32 chunks_left;
	size_t at, have; /* in pages: next page, end */
	struct page_walk walk;
	bool walking;
	struct stream_totals totals;
};

void stream_totals_init(struct stream_totals *t);
void stream_totals_add(struct stream_totals *t, const struct stream_totals *other);
/* This file's data will be read once: beyond the limits above stream_next() fails with -EFBIG. */
void unpacker_limit(struct unpacker *u, const struct container *c);
void unpacker_release(struct unpacker *u);

/*
 * Stands before the first record. want: STREAM_BUFFER or less. 0 or -errno; release it in any case.
 */
int stream_init(struct stream *s, const struct container *c, const struct section *section,
		struct unpacker *unpacker, size_t want);
void stream_release(struct stream *s);
/* 1: *b is filled; 0: the end; -errno: reading failed. Times are ns as trace-cmd shows them. */
int stream_next(struct stream *s, struct batch *b);
/* Whether the next stream_next() may overwrite the memory that earlier batches point into. */
bool stream_refills(const struct stream *s);

#endif
