// SPDX-License-Identifier: GPL-2.0-only
/* whois_check.c - see whois_check.h. */
#include "analysis/whois_check.h"

#include <errno.h>

bool whois_can_check(const struct thread_map *map)
{
	for (u32 i = 0; i < map->nr; i++)
		if (map->thread[i].vcpu != VCPU_NONE && map->thread[i].vm_known != KNOWN_CERTAIN)
			return false;
	return true;
}

void whois_check_init(struct whois_check *c, const struct thread_map *map)
{
	*c = (struct whois_check){ .map = map };
}

void whois_check_release(struct whois_check *c)
{
	marks_release(&c->marks);
	*c = (struct whois_check){ 0 };
}

/* The thread that the map has for this vCPU, or NULL. */
static const struct thread *whois_check_find(const struct whois_check *c, s32 pid, u32 vcpu)
{
	const struct thread *t = threads_find(c->map, pid);

	return t && t->vcpu == vcpu && !t->mixed ? t : NULL;
}

static int check_runs(struct whois_check *c, const struct event *ev)
{
	if (!events_say_runs(&c->said, ev->pid, (u32)ev->v[0]))
		return 0;
	return whois_check_find(c, ev->pid, (u32)ev->v[0]) ? 0 : -ESTALE;
}

static int check_sends(struct whois_check *c, const struct event *ev)
{
	const struct thread *t;

	if (!events_say_sends(&c->said, ev->pid, &ev->ipi))
		return 0;
	t = whois_check_find(c, ev->pid, ev->ipi.src);
	return t && t->vm == ev->ipi.vm ? 0 : -ESTALE;
}

/* A marker's VM is that of its thread's IPIs; what it says of the vCPU must fit. */
static int check_mark(struct whois_check *c, const struct event *ev)
{
	struct marker m;

	if (marker_parse(ev->text.s, ev->text.len, &m))
		return 0;
	if (m.kind == MARKER_VCPU && !whois_check_find(c, m.tid, m.vcpu))
		return -ESTALE;
	return marks_add(&c->marks, ev->ts, ev->text.s, ev->text.len);
}

int whois_check_news(struct whois_check *c, const struct event *ev)
{
	switch (ev->kind) {
	case EV_TRACK: return check_sends(c, ev);
	case EV_ENTRY:
	case EV_EXIT: return ev->have & 1 ? check_runs(c, ev) : 0;
	case EV_EOI: return check_runs(c, ev);
	case EV_MARK: return check_mark(c, ev);
	}
	return 0;
}
