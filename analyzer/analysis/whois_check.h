/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * whois_check.h - does a trace go on as its beginning said: each thread runs the vCPU that the map
 * has for it?
 *
 * A map made from the beginning of a trace alone (trace_threads_early() in trace.h) is that of the
 * whole trace where every event of whois_walk_kinds fits into it; this looks at them as they pass,
 * in any order. What markers say beside that is gathered on the way.
 */
#ifndef KVM_IPI_WHOIS_CHECK_H
#define KVM_IPI_WHOIS_CHECK_H

#include "decode/event.h"
#include "decode/said.h"
#include "model/marks.h"
#include "model/threads.h"

struct whois_check {
	const struct thread_map *map; /* not owned */
	struct events_said said;      /* it fitted */
	struct marks marks;
};

/* Every thread of the map that runs a vCPU has said so with an IPI: that is what can be checked. */
bool whois_can_check(const struct thread_map *map);
void whois_check_init(struct whois_check *c, const struct thread_map *map);
void whois_check_release(struct whois_check *c);
/* For whois_check_event(): where it takes more than to see that nothing new is said. */
int whois_check_news(struct whois_check *c, const struct event *ev);

/* An event, its VM resolved. 0, -ESTALE: the map is not that of the whole trace, or -ENOMEM. */
static inline int whois_check_event(struct whois_check *c, const struct event *ev)
{
	const u32 runs = EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) | EV_BIT(EV_EOI);
	const u32 others = EV_BIT(EV_TRACK) | EV_BIT(EV_MARK);
	u64 who = c->said.runs[(u32)ev->pid % EVENTS_SAID] ^ events_who(ev->pid, (u32)ev->v[0]);
	/* The kinds that would say something new; no branch by the kind, which nobody can guess. */
	u32 news = (runs & -(u32) !!who) | others;

	return unlikely(news >> ev->kind & 1) ? whois_check_news(c, ev) : 0;
}

#endif
