/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.h - events on their way to the analyses, held back while an IPI that is joined from them may
 * still have to be put between them.
 *
 * Events get numbers as they come. While a thread is open since an event, that one and all after it
 * stay here; an IPI is placed behind an event by its number. When too many events are held, they go
 * on without the thread that has been open for longest, and its IPI comes late.
 */
#ifndef KVM_IPI_HELD_H
#define KVM_IPI_HELD_H

#include "analysis/analysis.h"
#include "decode/event.h"

#define HELD_MAX (1u << 16) /* events; some MB */
#define HELD_OUT 256

/* A thread that may place an IPI behind an event of that number, or a later one. */
struct held_open {
	s32 pid;
	u64 seq;
};

/* An IPI that comes behind the event of that number. */
struct held_placed {
	u64 seq;
	struct event ev;
};

struct held {
	const struct ordered *list; /* not owned */
	u32 nr_list;
	u32 wanted;		/* EV_BIT()s that the analyses get; gaps in any case */
	struct event *event;	/* a ring of HELD_MAX */
	u64 first, next;	/* numbers of the oldest event that is held, and of the next one */
	struct held_open *open; /* by number */
	u32 nr_open, room_open;
	struct held_placed *placed;
	u32 nr_placed, room_placed;
	struct event out[HELD_OUT];
	u32 nr_out;
};

/* Each: 0 or -errno, which may be an analysis'. Release it in any case. */
int held_init(struct held *h, u32 wanted, const struct ordered *list, u32 nr);
void held_release(struct held *h);

/* The next event; its number is h->next before the call. A full ring is made room in by held_go().
 */
void held_add(struct held *h, const struct event *ev);
/* Past all that are held: for what must not wait, such as a marker, whose text does not last. */
int held_pass(struct held *h, const struct event *ev);
struct event *held_at(const struct held *h, u64 seq);

/* The thread is open since the event of that number, unless it has been since an earlier one. */
int held_open_thread(struct held *h, s32 pid, u64 seq);
void held_close_thread(struct held *h, s32 pid);
void held_close_all(struct held *h);
/* Puts ev behind the event of that number, or behind the oldest when that one has gone. */
int held_place(struct held *h, u64 seq, const struct event *ev);

/* Hands on what nothing can be put into any more; all: whatever is open. */
int held_go(struct held *h, bool all);
/* What was handed on and is still on its way to the analyses. */
int held_flush(struct held *h);

#endif
