/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * events.h - decodes the events that analyses in the order of time need: KVM's own and the
 * scheduler's.
 *
 * What comes out is struct event (event.h). A kind that the file does not describe never comes; a
 * field that the kernel does not have reads 0 and its bit in `have` is clear. Adding a kind is a
 * line in event.h and a row in events.c.
 */
#ifndef KVM_IPI_EVENTS_H
#define KVM_IPI_EVENTS_H

#include "decode/event.h"
#include "decode/said.h"
#include "decode/probes.h"
#include "decode/track.h"
#include "input/merge.h"

/* A user's probe, "SYSTEM:EVENT:FIELD"; system NULL: none was named. */
struct probe {
	char *system, *event, *field;
};

int probe_parse(struct probe *p, const char *text); /* 0, -EINVAL, -ENOMEM */
void probe_release(struct probe *p);

/*
 * A field of any size as the upper end of 8 bytes that end with it: no choice by size. They are the
 * record's own: the fields that all events have in common take 8 bytes, and none of ours is there.
 */
struct loader {
	u32 at;	  /* of the 8 bytes */
	u8 shift; /* what lies below the field */
	u64 mask; /* of an unsigned field, its bits; 0: there is no such field */
};

struct kind_format {
	bool plain; /* the common fields are where they always were: in the first 8 bytes */
	u32 min_len;
	struct field pid, flags;
	u32 nr_values;
	u16 have; /* bit i: value[i] is there */
	struct loader value[EVENT_VALUES];
};

/* One file's formats, resolved. */
struct events_decoder {
	u32 input;
	u32 kinds; /* EV_BIT()s of those that the file describes */
	struct track track;
	struct probes probes;
	struct kind_format format[NR_EVENT_KINDS];
	struct field type;
	u32 least;	   /* bytes of a record that has a type */
	u8 by_id[1 << 16]; /* enum event_kind */
	u64 damaged;	   /* records that were too short */
};

/*
 * Resolves the wanted kinds (EV_BIT()s; those that the file lacks are left out). target and result
 * may be NULL. 0, or -errno with a line: a described event lacks what it must have, or memory.
 */
int events_init(struct events_decoder *d, const struct container *c, u32 input, u32 wanted,
		const struct probe *target, const struct probe *result, struct err *err);

/* False: no event of a wanted kind. */
bool events_decode(struct events_decoder *d, const struct merged *m, struct event *ev);

/*
 * For runs that need no order: the batch's records that say something new of their thread, which
 * vCPU (the kind's first value, or the sender) and VM it runs, and every marker, into ev (room for
 * BATCH_MAX). Adds the IPIs that it passes to *tracked. said: all zero at first, for any number of
 * streams of one host.
 */
u32 events_news(struct events_decoder *d, const struct batch *b, struct events_said *said,
		struct event *ev, u64 *tracked);

/*
 * ftrace's own event "print" (TRACE_PRINT), whose number and layout no kernel has changed: 8 common bytes, an
 * address, the text. Its format stands in another part of the file than those of events.
 */
#define MARK_ID	     5
#define MARK_TEXT_AT 16

/* Whether the record may be such a text: most are not, and need no call to know. */
static inline bool events_may_be_mark(const struct batch *b, u32 i)
{
	return b->rec[i].len > MARK_TEXT_AT && load16(b->page + b->rec[i].off) == MARK_ID;
}

/*
 * The text of the batch's i-th record, if it is a marker of ours, and its length; else NULL. For
 * runs of track records alone, whose other events nobody decodes.
 */
const char *events_mark(const struct batch *b, u32 i, size_t *len);

/* Whether an event of that name is of this kind. */
bool event_kind_is(enum event_kind kind, const char *system, const char *event);

#endif
