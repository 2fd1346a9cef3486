/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * merge.h - the records of many streams, in the order of time.
 *
 * Records with equal times come by CPU, then by the order in which their streams were added, then
 * as they were written. A gap comes before the first record behind it. Batches end early when going
 * on would overwrite what they point into: a batch is valid until the next one is asked for.
 */
#ifndef KVM_IPI_MERGE_H
#define KVM_IPI_MERGE_H

#include "input/stream.h"

#define MERGE_BATCH 256
#define MERGE_DONE  (1u << 31)

struct merged {
	u64 ts;
	const u8 *payload; /* NULL: a gap; events were missed on this CPU before ts */
	u32 len;
	u32 cpu;
	u32 input; /* the number that merge_add() was given */
	u64 lost;  /* of a gap: how many, or LOST_UNKNOWN */
	u64 since; /* of a gap: the stream's last record before it; 0: none */
};

struct merge_source;
struct merge_cursor;

struct merge {
	struct merge_source *source;
	struct merge_cursor *cursor; /* of each source: where its next record is */
	u32 nr, room;
	/*
	 * The tree of losers; [0] is the winner. A node is one number: the time since base, and in
	 * the lower rank_bits the source's number. When a time does not fit any more, tree takes
	 * over.
	 */
	u64 *key;
	u64 base, span; /* times from base to less than base + span have a key */
	unsigned int rank_bits;
	bool wide; /* tree is in use */
	struct merge_node {
		u64 ts;	  /* of the source's next record */
		u32 rank; /* the source's number; MERGE_DONE is added when it has no more */
	} * tree;
	struct unpacker unpacker;
	size_t want;
};

/* All zero is empty. Add all sections, then start, then ask for batches. */
int merge_add(struct merge *m, const struct container *c, const struct section *section, u32 input);
/*
 * Of that input only records whose common_type (the first two bytes) has a non-zero entry in ids,
 * which has 65536; it outlives the merge. The others are left out before they are compared with
 * anything; totals and gaps stay what they are. After all merge_add()s.
 */
void merge_want(struct merge *m, u32 input, const u8 *ids);
int merge_start(struct merge *m); /* 0 or -errno */
/*
 * Fills out (room for MERGE_BATCH); how many, 0 at the end, or -errno. *failed: whose reading
 * failed.
 */
s64 merge_next(struct merge *m, struct merged *out, u32 *failed);
/* What the streams of an input have met so far. */
void merge_totals(const struct merge *m, u32 input, struct stream_totals *t);
void merge_release(struct merge *m);

#endif
