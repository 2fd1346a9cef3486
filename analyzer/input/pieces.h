/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pieces.h - files cut into pieces that can be read in any order, by any thread.
 *
 * A page begins with its own time and a compressed chunk is a frame of its own, so a piece is a run
 * of pages or of chunks. Chunks can only be found one behind the other: whoever asks for the next
 * piece walks their headers, which is little beside unpacking them.
 */
#ifndef KVM_IPI_PIECES_H
#define KVM_IPI_PIECES_H

#include <pthread.h>

#include "input/container.h"

struct piece {
	const struct container *c;
	u32 input;		/* the number that pieces_add() was given */
	struct section section; /* a part of one of c's */
};

struct pieces_source {
	const struct container *c;
	u32 input;
};

struct pieces {
	pthread_mutex_t lock;
	struct pieces_source *source;
	u32 nr;
	u32 at, section; /* where the next piece comes from */
	u64 pos;	 /* in that section; 0: at its beginning */
	u32 chunks;	 /* of a packed section: not handed out yet */
	u64 *damaged;	 /* by source: chunks that cannot be found */
	u64 unpacked;	 /* what the chunks of the source become */
};

int pieces_init(struct pieces *p, u32 room); /* 0 or -ENOMEM */
void pieces_add(struct pieces *p, const struct container *c, u32 input);
/*
 * 1: *out is the next piece; 0: there is none left; -errno: reading chunks' headers failed; -EFBIG:
 * the file unpacks to more than stream.h allows.
 */
int pieces_next(struct pieces *p, struct piece *out);
void pieces_release(struct pieces *p);

#endif
