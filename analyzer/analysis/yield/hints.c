// SPDX-License-Identifier: GPL-2.0-only
/*
 * hints.c - see hints.h.
 *
 * A hint's fate depends on the window only through one comparison: whether the time to what ends it
 * (the next IPI, a gap, the trace's end) is at most the window. So an IPI is sorted once, by the
 * first window that is long enough, and the sweep is summed up at the end: its cost does not grow
 * with the number of windows.
 */
#include "analysis/yield/hints.h"

#include <errno.h>
#include <stdlib.h>

#define US 1000ull
#define MS (1000 * US)

const u64 hint_sweep[HINT_SWEEP_NR] = {
	100 * US, 500 * US, 1 * MS,   2 * MS,	5 * MS,	  10 * MS,
	20 * MS,  50 * MS,  100 * MS, 200 * MS, 500 * MS,
};

/* A vCPU: what it sent last, and whether it was counted as one of its VM's. */
struct hint_slot {
	bool counted_vcpu;
	bool alive;  /* the hint below has not been ended by another IPI or a gap */
	bool counts; /* it passed the filter */
	u32 vm;
	u32 dst;
	u64 ts;
};

void hints_init(struct hints *h, u64 window_ns, struct filter *filter, const struct vms *vms)
{
	u32 at = 0;

	*h = (struct hints){ .filter = filter, .vms = vms };
	for (u32 i = 0; i < HINT_SWEEP_NR; i++) {
		if (window_ns && window_ns < hint_sweep[i]) {
			h->window[at++] = window_ns;
			window_ns = 0;
		}
		if (window_ns == hint_sweep[i])
			window_ns = 0;
		h->window[at++] = hint_sweep[i];
	}
	if (window_ns)
		h->window[at++] = window_ns;
	h->nr_windows = at;
}

void hints_release(struct hints *h)
{
	free(h->slot);
	free(h->vm);
	rows_index_release(&h->index);
	*h = (struct hints){ 0 };
}

/* The number of the vCPU's slot, which is new at its first IPI; -ENOMEM. */
static s64 slot_number(struct hints *h, u32 vm, u32 id)
{
	struct hint_slot *grown = rows_grown(h->slot, &h->room, h->nr_slots, sizeof(*grown));
	s64 at;

	if (!grown)
		return -ENOMEM;
	h->slot = grown;
	at = rows_index_add(&h->index, 0, (u64)vm << 32 | id);
	if (at == h->nr_slots)
		h->slot[h->nr_slots++] = (struct hint_slot){ .vm = vm };
	return at;
}

static struct hints_vm *hints_find_vm(struct hints *h, u32 vm)
{
	struct hints_vm *grown;

	if (vm < h->nr_vm)
		return &h->vm[vm];
	grown = realloc(h->vm, (vm + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	h->vm = grown;
	for (; h->nr_vm <= vm; h->nr_vm++)
		grown[h->nr_vm] = (struct hints_vm){ .vm = h->nr_vm };
	return &grown[vm];
}

/* Sorts an ended hint by the first window that is at least its length. */
static void hints_end_hint(const struct hints *h, struct hint_ends *ends, u64 ns)
{
	u32 i = 0;

	while (i < h->nr_windows && h->window[i] < ns)
		i++;
	ends[i].nr++;
	ends[i].ns += ns;
}

static void count_vcpu(struct hints_vm *vm, struct hint_slot *s)
{
	vm->vcpus += !s->counted_vcpu;
	s->counted_vcpu = true;
}

static int hints_passes(struct hints *h, const struct event *ev)
{
	struct ipi_event copy = ev->ipi;

	if (!h->filter || !filter_active(h->filter))
		return 1;
	return (int)filter_apply(h->filter, h->vms, &copy, 1);
}

static int hints_add_ipi(struct hints *h, const struct event *ev)
{
	const struct ipi_event *ipi = &ev->ipi;
	struct hints_vm *vm = hints_find_vm(h, ipi->vm);
	s64 src = slot_number(h, ipi->vm, ipi->src), dst = slot_number(h, ipi->vm, ipi->dst);
	int counts = vm && src >= 0 && dst >= 0 ? hints_passes(h, ev) : -ENOMEM;
	struct hint_slot *s;

	if (counts < 0)
		return counts;
	s = &h->slot[src];
	if (s->alive && s->counts) {
		bool same = s->dst == ipi->dst;

		hints_end_hint(h, same ? vm->refreshed : vm->retargeted, ev->ts - s->ts);
		vm->same += same;
		vm->of++;
	}
	s->alive = true;
	s->counts = counts;
	s->dst = ipi->dst;
	s->ts = ev->ts;
	if (counts) {
		h->counted++;
		vm->ipis++;
		vm->state[min_of((u32)ipi->state, (u32)NR_IPI_STATES)]++;
		count_vcpu(vm, s);
		count_vcpu(vm, &h->slot[dst]);
	}
	return 0;
}

/*
 * Ends every hint at ts. What was sent later (while events were missing elsewhere) lived for no
 * time.
 */
static void hints_end_all(struct hints *h, u64 ts)
{
	for (u32 i = 0; i < h->nr_slots; i++) {
		struct hint_slot *s = &h->slot[i];

		if (s->alive && s->counts)
			hints_end_hint(h, h->vm[s->vm].left, ts > s->ts ? ts - s->ts : 0);
		s->alive = false;
	}
}

int hints_event(struct hints *h, const struct event *ev)
{
	if (ev->kind == EV_TRACK)
		return hints_add_ipi(h, ev);
	if (ev->kind == EV_GAP)
		hints_end_all(h, (u64)ev->v[1]);
	return 0;
}

static int hints_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		if (unlikely(ev[i].kind == EV_TRACK || ev[i].kind == EV_GAP))
			ret = hints_event(self, &ev[i]);
	return ret;
}

const struct ordered_ops hints_ops = { .name = "hints",
				       .needs = hints_needs,
				       .records = hints_records };

void hints_finish(struct hints *h, u64 last_ts)
{
	hints_end_all(h, last_ts);
}

/* Adds what ended within window w to *nr, and every hint's life under it to row. */
static void sum_ends(const struct hints *h, const struct hint_ends *ends, u32 w, u64 *nr,
		     struct hint_row *row)
{
	for (u32 i = 0; i <= h->nr_windows; i++) {
		if (i <= w) {
			*nr += ends[i].nr;
			row->alive_ns += ends[i].ns;
		} else {
			row->expired += ends[i].nr;
			row->alive_ns += ends[i].nr * h->window[w];
		}
	}
}

void hints_row(const struct hints *h, const struct hints_vm *vm, u32 window, struct hint_row *row)
{
	*row = (struct hint_row){ .window_ns = h->window[window], .recorded = vm->ipis };
	sum_ends(h, vm->refreshed, window, &row->refreshed, row);
	sum_ends(h, vm->retargeted, window, &row->retargeted, row);
	sum_ends(h, vm->left, window, &row->open, row);
	row->overwritten = row->refreshed + row->retargeted;
}
