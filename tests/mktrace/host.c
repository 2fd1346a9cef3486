// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulation: see host.h.
 *
 * Each CPU has a clock of its own; the one that is furthest behind makes the next step, and a step
 * is one record. A vCPU's thread is in a phase: where in KVM_RUN, or in the guest, it will go on.
 * What a guest does is simple: some exits of no interest, an IPI, spins until it is answered, a
 * halt now and then. How long things take is uniform around what such steps take on real machines.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"

#define NEW_THREADS 1000000 /* ids of new threads are that much higher */
#define NOBODY	    UINT32_MAX
#define SLICE_NS    3000000 /* of a run queue's turns */
#define TIMER_NS    4000000 /* a halted vCPU's timer wakes it after this time, about */
#define STEP_NS	    1500    /* from record to record inside the kernel */
#define GUEST_NS    25000   /* in the guest, from entry to exit */
#define TRIES	    3
#define RIP_KERNEL  0xffffffff81000000ull
#define RIP_USER    0x401000ull

enum {
	EXIT_INTERRUPT = 1,
	EXIT_HLT = 12,
	EXIT_VMCALL = 18,
	EXIT_PAUSE = 40,
	EXIT_EPT = 48,
	EXIT_APIC = 56
};

enum phase {
	IN_GUEST,
	ENTER,
	PREEMPTED,
	TIMER,
	HALT,
	IPI_ICR,
	IPI_ACCEPT,
	IPI_WAKE,
	IPI_TRACK,
	EOI,
	HYPERCALL,
	SEARCH,
	TRY,
	RESULT,
	YIELDED
};

/* A vCPU, and its thread. The flags are the kernel's. */
struct vcpu {
	u32 vm, id, pid, cpu;
	enum phase phase;
	bool queued, asleep, user;
	bool ready, preempted, blocking, event, in_spin, turn;
	u32 waits_for;	/* the vCPU that it spins for, or NOBODY */
	u32 nr_pending; /* interrupts that it has not handled: their senders and vectors */
	u32 pending[64];
	u8 vector[64];
	u32 work; /* exits until its next IPI */
	u64 timer;
	struct edge *ipi;	  /* the one that is being sent */
	u32 to;			  /* its receiver; of a search: whom it tries */
	u32 place, start, failed; /* of a search */
	s32 result;
	u32 first_edge, nr_edges;
};

struct cpu {
	u64 now, slice_end;
	u32 current;	/* vCPU, or NOBODY: idle */
	u32 *queue, nr; /* who waits, in order */
	bool resched;
};

struct host {
	const struct options *o;
	struct edge *edges;
	u32 *edge_of; /* numbers of edges, by sender */
	struct vcpu *vcpu;
	struct cpu *cpu;
	u32 *last_boosted;
	u32 nr;
	u64 ns, number;
	u64 kinds[NR_HOST_KINDS], spins, yields, failed;
	struct rng rng;
};

static u32 first_of(const struct host *h, const struct vcpu *v)
{
	return v->vm * h->o->vcpus;
}

/* The edges of each sender side by side; edges name vCPUs by id, this by number. */
static void index_edges(struct host *h)
{
	u32 at = 0;

	h->edge_of = calloc(h->o->edges, sizeof(*h->edge_of));
	if (!h->edge_of)
		die("out of memory");
	for (u32 n = 0; n < h->nr; n++) {
		h->vcpu[n].first_edge = at;
		for (u64 i = 0; i < h->o->edges; i++)
			if (h->edges[i].vm == h->vcpu[n].vm && h->edges[i].src == h->vcpu[n].id)
				h->edge_of[at++] = i;
		h->vcpu[n].nr_edges = at - h->vcpu[n].first_edge;
	}
}

struct host *host_new(const struct options *o, struct edge *edges)
{
	struct host *h = calloc(1, sizeof(*h));
	u32 nr = o->vms * o->vcpus;

	if (!h)
		die("out of memory");
	*h = (struct host){ .o = o, .edges = edges, .nr = nr, .ns = o->start_ns, .rng.s = o->seed };
	h->vcpu = calloc(nr, sizeof(*h->vcpu));
	h->cpu = calloc(o->cpus, sizeof(*h->cpu));
	h->last_boosted = calloc(o->vms, sizeof(*h->last_boosted));
	if (!h->vcpu || !h->cpu || !h->last_boosted)
		die("out of memory");
	for (u32 c = 0; c < o->cpus; c++) {
		h->cpu[c] = (struct cpu){ .now = o->start_ns, .current = NOBODY };
		h->cpu[c].queue = calloc(nr, sizeof(u32));
		if (!h->cpu[c].queue)
			die("out of memory");
	}
	for (u32 n = 0; n < nr; n++) {
		struct cpu *c = &h->cpu[n % o->cpus];
		u32 vm = n / o->vcpus;

		h->vcpu[n] = (struct vcpu){ .vm = vm,
					    .id = n % o->vcpus,
					    .cpu = n % o->cpus,
					    .pid = vcpu_pid(vm, n % o->vcpus),
					    .phase = ENTER,
					    .queued = true,
					    .waits_for = NOBODY };
		c->queue[c->nr++] = n;
	}
	index_edges(h);
	return h;
}

void host_free(struct host *h)
{
	for (u32 c = 0; c < h->o->cpus; c++)
		free(h->cpu[c].queue);
	free(h->cpu);
	free(h->vcpu);
	free(h->last_boosted);
	free(h->edge_of);
	free(h);
}

static u64 about(struct host *h, u32 ns)
{
	return ns - ns / 4 + rng_below(&h->rng, ns / 2);
}

static void record(struct host *h, struct host_record *r, enum host_kind kind, u64 v0, u64 v1,
		   u64 v2)
{
	r->kind = kind;
	r->v[0] = v0;
	r->v[1] = v1;
	r->v[2] = v2;
	h->kinds[kind]++;
}

static void enqueue(struct host *h, u32 n, bool first)
{
	struct vcpu *v = &h->vcpu[n];
	struct cpu *c = &h->cpu[v->cpu];

	if (first)
		memmove(c->queue + 1, c->queue, c->nr * sizeof(u32));
	c->queue[first ? 0 : c->nr] = n;
	c->nr++;
	v->queued = true;
	v->asleep = false;
	/* An idle CPU sees it at once. */
	if (c->current == NOBODY && c->now > h->ns)
		c->now = h->ns + 1;
}

static void dequeue(struct host *h, u32 n)
{
	struct cpu *c = &h->cpu[h->vcpu[n].cpu];
	u32 i = 0;

	while (c->queue[i] != n)
		i++;
	memmove(c->queue + i, c->queue + i + 1, (--c->nr - i) * sizeof(u32));
	h->vcpu[n].queued = false;
}

/*
 * The CPU's next task, after whatever happened to the current one; state: sched_switch's
 * prev_state.
 */
static void switch_tasks(struct host *h, struct host_record *r, u64 state)
{
	struct cpu *c = &h->cpu[r->item.cpu];
	u32 prev = c->current, next = c->nr ? c->queue[0] : NOBODY;

	if (next != NOBODY) {
		struct vcpu *v = &h->vcpu[next];

		dequeue(h, next);
		v->ready = v->preempted = v->blocking = false;
	}
	c->current = next;
	c->resched = false;
	c->slice_end = c->now + about(h, SLICE_NS);
	record(h, r, HOST_SWITCH, prev == NOBODY ? 0 : h->vcpu[prev].pid, state,
	       next == NOBODY ? 0 : h->vcpu[next].pid);
}

/* The current task goes to the end of its queue, still runnable. */
static void preempt(struct host *h, struct host_record *r)
{
	struct cpu *c = &h->cpu[r->item.cpu];
	u32 n = c->current;

	h->vcpu[n].ready = h->vcpu[n].preempted = true;
	enqueue(h, n, false);
	switch_tasks(h, r, 0);
}

static void wake(struct host *h, struct host_record *r, u32 n)
{
	struct vcpu *v = &h->vcpu[n];

	v->ready = true;
	enqueue(h, n, rng_below(&h->rng, 4) == 0);
	record(h, r, HOST_WAKEUP, v->pid, cpu_id(h->o, v->cpu), 0);
}

/* A sleeper of this CPU whose timer has run out. */
static u32 find_timer(const struct host *h, u32 cpu)
{
	for (u32 n = 0; n < h->nr; n++)
		if (h->vcpu[n].asleep && h->vcpu[n].cpu == cpu &&
		    h->vcpu[n].timer <= h->cpu[cpu].now)
			return n;
	return NOBODY;
}

/* kvm_vcpu_on_spin()'s conditions for one candidate, in its order. */
static bool is_candidate(struct vcpu *c)
{
	if (!c->ready || (c->blocking && !c->event) || (c->preempted && c->user))
		return false;
	if (!c->in_spin)
		return true;
	c->turn = !c->turn;
	return !c->turn;
}

/* Goes on with the search of v to whom it tries next; false: it is over. */
static bool next_candidate(struct host *h, struct vcpu *v)
{
	u32 first = first_of(h, v), nr = h->o->vcpus;

	for (; v->place < nr; v->place++) {
		u32 i = (v->start + v->place) % nr;

		/* The second pass does not begin behind a try that failed. */
		if (h->o->search == SEARCH_TWO_PASSES && i < v->start && v->result < 0)
			return false;
		if (i == v->id || !is_candidate(&h->vcpu[first + i]))
			continue;
		v->to = first + i;
		v->place++;
		return true;
	}
	return false;
}

static u32 nr_running(const struct cpu *c)
{
	return c->nr + (c->current != NOBODY);
}

/* yield_to(): what it returns, and what it does to the target's queue. */
static s32 yield_to(struct host *h, struct vcpu *v, struct vcpu *to)
{
	struct cpu *mine = &h->cpu[v->cpu], *its = &h->cpu[to->cpu];

	if (nr_running(mine) == 1 && nr_running(its) == 1)
		return -ESRCH;
	if (!to->queued)
		return 0;
	dequeue(h, v->to);
	enqueue(h, v->to, true);
	its->resched |= its != mine && rng_below(&h->rng, 2);
	return 1;
}

static void end_search(struct host *h, struct vcpu *v)
{
	if (v->result > 0)
		h->last_boosted[v->vm] = h->o->search == SEARCH_LOOP_INDEX ? v->place - 1
									   : v->to - first_of(h, v);
	v->in_spin = v->turn = false;
	v->phase = ENTER;
}

static void step_enter(struct host *h, struct host_record *r, struct vcpu *v)
{
	v->event = v->blocking = false;
	v->phase = IN_GUEST;
	record(h, r, HOST_ENTRY, v->id, RIP_KERNEL, 0);
}

static void step_search(struct host *h, struct host_record *r, struct vcpu *v)
{
	v->in_spin = true;
	v->place = v->failed = 0;
	v->result = 0;
	v->start = h->last_boosted[v->vm] + 1;
	h->spins++;
	record(h, r, HOST_SPIN, 0, 0, 0);
	if (next_candidate(h, v))
		v->phase = TRY;
	else
		end_search(h, v);
}

/* The try that was announced, as far as it shows at once: a switch, or its result. */
static void step_result(struct host *h, struct host_record *r, struct vcpu *v)
{
	v->result = yield_to(h, v, &h->vcpu[v->to]);
	if (v->result > 0 && h->cpu[v->cpu].nr) {
		v->phase = YIELDED;
		preempt(h, r);
		return;
	}
	record(h, r, HOST_RESULT, (u64)(int64_t)v->result, 0, 0);
	h->yields += v->result > 0;
	h->failed += v->result <= 0;
	v->failed += v->result < 0;
	v->phase = TRY;
	if (v->result > 0 || v->failed == TRIES || !next_candidate(h, v))
		end_search(h, v);
}

static void step_yielded(struct host *h, struct host_record *r, struct vcpu *v)
{
	record(h, r, HOST_RESULT, 1, 0, 0);
	h->yields++;
	end_search(h, v);
}

static void step_halt(struct host *h, struct host_record *r, struct vcpu *v)
{
	if (v->nr_pending || v->event) {
		step_enter(h, r, v);
		return;
	}
	v->asleep = v->blocking = true;
	v->timer = h->ns + about(h, TIMER_NS);
	v->phase = ENTER;
	switch_tasks(h, r, 1);
}

static void step_eoi(struct host *h, struct host_record *r, struct vcpu *v)
{
	u32 n = (u32)(v - h->vcpu), from = v->pending[--v->nr_pending];

	v->event = true;
	v->phase = ENTER;
	if (h->vcpu[from].waits_for == n)
		h->vcpu[from].waits_for = NOBODY;
	record(h, r, HOST_EOI, v->id, v->vector[v->nr_pending], 0);
}

static void step_accept(struct host *h, struct host_record *r, struct vcpu *v)
{
	struct vcpu *to = &h->vcpu[v->to];

	to->event = true;
	if (to->nr_pending < ARRAY_SIZE(to->pending)) {
		to->pending[to->nr_pending] = (u32)(v - h->vcpu);
		to->vector[to->nr_pending++] = v->ipi->vector;
		if (rng_below(&h->rng, 8))
			v->waits_for = v->to;
	}
	v->phase = to->asleep ? IPI_WAKE : IPI_TRACK;
	record(h, r, HOST_ACCEPT, to->id, v->ipi->vector, 0);
}

/* path and state are indices into the stream's tables: fast, slow; guest ... woken. */
static void step_track(struct host *h, struct host_record *r, struct vcpu *v)
{
	const struct vcpu *to = &h->vcpu[v->to];
	bool runs = !to->queued && !to->asleep;

	r->item.kind = KIND_TRACK;
	r->item.edge = v->ipi;
	r->item.path = v->vm & 1;
	r->item.state = to->preempted ? 2
			: to->asleep  ? 3
			: to->queued  ? 4
				      : runs && to->phase != IN_GUEST;
	r->item.dst_cpu = (s32)to->cpu;
	v->phase = ENTER;
	record(h, r, HOST_TRACK, 0, 0, 0);
}

/* The guest runs until something makes it exit. */
static void step_guest(struct host *h, struct host_record *r, struct vcpu *v)
{
	struct cpu *c = &h->cpu[v->cpu];
	u32 reason = EXIT_EPT;

	v->phase = ENTER;
	v->user = false;
	if (c->nr && (c->resched || c->now >= c->slice_end)) {
		reason = EXIT_INTERRUPT;
		v->user = !rng_below(&h->rng, 8);
		v->phase = PREEMPTED;
	} else if (find_timer(h, v->cpu) != NOBODY) {
		reason = EXIT_INTERRUPT;
		v->phase = TIMER;
	} else if (v->nr_pending && !rng_below(&h->rng, 4)) {
		/* Interrupts are off now and then: an answer takes its time. */
		reason = EXIT_APIC;
		v->phase = EOI;
	} else if (v->waits_for != NOBODY) {
		reason = v->vm & 1 ? EXIT_VMCALL : EXIT_PAUSE;
		v->phase = v->vm & 1 ? HYPERCALL : SEARCH;
	} else if (v->work) {
		v->work--;
	} else if (rng_below(&h->rng, 4) && v->nr_edges) {
		reason = EXIT_APIC;
		v->phase = IPI_ICR;
		v->work = rng_below(&h->rng, 3);
	} else {
		reason = EXIT_HLT;
		v->phase = HALT;
	}
	record(h, r, HOST_EXIT, v->id, reason, (v->user ? RIP_USER : RIP_KERNEL) + reason);
}

static void step_ipi(struct host *h, struct host_record *r, struct vcpu *v)
{
	v->ipi = &h->edges[h->edge_of[v->first_edge + rng_below(&h->rng, v->nr_edges)]];
	v->to = first_of(h, v) + v->ipi->dst;
	v->phase = IPI_ACCEPT;
	record(h, r, HOST_APIC_IPI, 0x4000 | v->ipi->vector, v->ipi->dst, 0);
}

static void step_vcpu(struct host *h, struct host_record *r, struct vcpu *v)
{
	u32 n;

	switch (v->phase) {
	case IN_GUEST: step_guest(h, r, v); break;
	case ENTER: step_enter(h, r, v); break;
	case PREEMPTED:
		v->phase = ENTER;
		preempt(h, r);
		break;
	case HALT: step_halt(h, r, v); break;
	case IPI_ICR: step_ipi(h, r, v); break;
	case IPI_ACCEPT: step_accept(h, r, v); break;
	case IPI_TRACK: step_track(h, r, v); break;
	case EOI: step_eoi(h, r, v); break;
	case HYPERCALL:
		v->phase = SEARCH;
		record(h, r, HOST_HV, 8, 0, 0);
		break;
	case SEARCH: step_search(h, r, v); break;
	case RESULT: step_result(h, r, v); break;
	case YIELDED: step_yielded(h, r, v); break;
	case TRY:
		v->phase = RESULT;
		record(h, r, HOST_TARGET, h->vcpu[v->to].pid, 0, 0);
		break;
	case IPI_WAKE:
		v->phase = IPI_TRACK;
		if (h->vcpu[v->to].asleep)
			wake(h, r, v->to);
		else
			step_track(h, r, v);
		break;
	case TIMER:
		v->phase = ENTER;
		n = find_timer(h, v->cpu);
		if (n != NOBODY)
			wake(h, r, n);
		else
			step_enter(h, r, v);
		break;
	}
}

/* An idle CPU: wakes, switches, or lets time go by; false: no record. */
static bool step_idle(struct host *h, struct host_record *r, u32 cpu)
{
	struct cpu *c = &h->cpu[cpu];
	u32 n = find_timer(h, cpu);

	if (c->nr) {
		switch_tasks(h, r, 0);
		return true;
	}
	if (n != NOBODY) {
		wake(h, r, n);
		return true;
	}
	c->now += about(h, TIMER_NS / 8);
	return false;
}

static void replace_threads(struct host *h)
{
	for (u32 n = 0; n < h->o->vcpus; n++)
		h->vcpu[n].pid += NEW_THREADS;
}

void host_next(struct host *h, struct host_record *r)
{
	if (h->o->new_threads_at && h->number == h->o->new_threads_at)
		replace_threads(h);
	for (;;) {
		u32 at = 0;
		struct cpu *c;
		bool made = true;

		for (u32 i = 1; i < h->o->cpus; i++)
			if (h->cpu[i].now < h->cpu[at].now)
				at = i;
		c = &h->cpu[at];
		/* Times grow strictly over all CPUs. */
		if (c->now <= h->ns)
			c->now = h->ns + 1;
		*r = (struct host_record){ .item = { .ns = c->now, .cpu = at, .kind = NR_KINDS } };
		if (c->current != NOBODY) {
			struct vcpu *v = &h->vcpu[c->current];

			h->ns = c->now;
			r->pid = v->pid;
			step_vcpu(h, r, v);
			c->now += about(h, v->phase == IN_GUEST ? GUEST_NS : STEP_NS);
		} else {
			u64 before = h->ns;

			h->ns = c->now;
			made = step_idle(h, r, at);
			h->ns = made ? h->ns : before;
			c->now += made ? about(h, STEP_NS) : 0;
		}
		if (!made)
			continue;
		r->item.number = h->number++;
		r->item.random = rng_next(&h->rng);
		return;
	}
}

void host_truth(const struct host *h)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.host.json", h->o->out);
	f = fopen(name, "w");
	if (!f)
		die("%s: %s", name, strerror(errno));
	fprintf(f,
		"{\"records\":%llu,\"spins\":%llu,\"yields\":%llu,\"failed_tries\":%llu,\"kinds\":{",
		(unsigned long long)h->number, (unsigned long long)h->spins,
		(unsigned long long)h->yields, (unsigned long long)h->failed);
	for (int i = 0; i < NR_HOST_KINDS; i++)
		fprintf(f, "%s\"%s\":%llu", i ? "," : "", host_kind_name(i),
			(unsigned long long)h->kinds[i]);
	fprintf(f, "}}\n");
	if (fclose(f))
		die("%s: %s", name, strerror(errno));
}
