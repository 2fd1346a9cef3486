// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu_state.c - see vcpu_state.h. One function per event, each a few lines of the kernel's own
 * rules.
 *
 * Run queues are followed for every task, not for vCPUs alone: yield_to() gives up when both queues
 * hold one task only. A scheduler's event is a look at its CPU's current task first, a hash of all
 * tasks otherwise; who runs vCPUs never changes, and has a small hash of its own.
 */
#define _GNU_SOURCE
#include "analysis/vcpu_state.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ 0x18 /* common_flags: in a hard or soft interrupt */
#define CPUS_MAX  65536
/* KVM's largest VM has half as many vCPUs; more is no VM, and is left out. */
#define VM_THREADS_MAX 8192

struct vcpu_task {
	s32 pid;
	s32 queue; /* the CPU on whose queue it is; -1: it sleeps, or unknown */
	u32 vcpu;  /* or VCPU_NOBODY */
};

/* The task's number, new at its first mention; -ENOMEM. */
static s64 task_number(struct vcpus *v, s32 pid)
{
	struct vcpu_task *grown = rows_grown(v->task, &v->task_room, v->nr_tasks, sizeof(*grown));
	s64 at;

	if (!grown)
		return -ENOMEM;
	v->task = grown;
	at = rows_index_add(&v->index, 0, (u32)pid);
	if (at == v->nr_tasks)
		v->task[v->nr_tasks++] = (struct vcpu_task){ pid, -1, VCPU_NOBODY };
	return at;
}

static int add_thread(struct vcpus *v, struct vcpu_vm *vm, const struct thread *t)
{
	struct vcpu *last = vm->nr ? &v->vcpu[v->nr - 1] : NULL;
	s64 task = task_number(v, t->pid);

	if (task < 0)
		return (int)task;
	/*
	 * Two threads of one vCPU (one ended, another began): one place. Until something says
	 * otherwise a thread is inside KVM_RUN, or in another ioctl that loads its vCPU, as those
	 * that set it up do: the flags of preemption are kept in all of them.
	 */
	if (!last || last->id != t->vcpu) {
		v->vcpu[v->nr++] = (struct vcpu){ .group = v->nr_vms,
						  .slot = vm->nr++,
						  .id = t->vcpu,
						  .pid = t->pid,
						  .cpu = -1,
						  .owes = VCPU_NOBODY,
						  .in_run = true };
	}
	v->task[task].vcpu = v->nr - 1;
	return 0;
}

/* Gives each VM its masks, out of one piece of memory. */
static int make_masks(struct vcpus *v)
{
	size_t words = 0, at = 0;

	for (u32 i = 0; i < v->nr_vms; i++) {
		v->vm[i].words = (v->vm[i].nr + 63) / 64;
		words += (size_t)v->vm[i].words * (NR_VCPU_BITS + VCPU_PLACES);
	}
	v->masks = calloc(words + 1, sizeof(*v->masks));
	if (!v->masks)
		return -ENOMEM;
	for (u32 i = 0; i < v->nr_vms; i++) {
		for (int b = 0; b < NR_VCPU_BITS; b++, at += v->vm[i].words)
			v->vm[i].mask[b] = v->masks + at;
		v->vm[i].place = v->masks + at;
		at += (size_t)v->vm[i].words * VCPU_PLACES;
	}
	for (u32 n = 0; n < v->nr; n++) {
		struct vcpu *c = &v->vcpu[n];

		c->word = v->vm[c->group].mask[0] + c->slot / 64;
		c->stride = v->vm[c->group].words;
	}
	return 0;
}

/* The hash is a quarter full at most: most threads are where they are looked for. */
static int make_threads(struct vcpus *v)
{
	u32 places = 64;

	while (places < 4 * v->nr_tasks)
		places *= 2;
	v->thread = malloc(places * sizeof(*v->thread));
	if (!v->thread)
		return -ENOMEM;
	v->thread_mask = places - 1;
	for (u32 i = 0; i < places; i++)
		v->thread[i] = (struct vcpu_thread){ 0, VCPU_NOBODY, 0 };
	for (u32 i = 0; i < v->nr_tasks; i++)
		*vcpus_thread(v, v->task[i].pid) = (struct vcpu_thread){ v->task[i].pid,
									 v->task[i].vcpu, i };
	return 0;
}

int vcpus_init(struct vcpus *v, const struct thread_map *map)
{
	int ret = 0;

	*v = (struct vcpus){ 0 };
	for (u32 i = 0; i < map->nr_vms; i++)
		v->nr_group_of = max_of(v->nr_group_of, map->vm[i].vm + 1);
	v->vcpu = calloc((size_t)map->nr + 1, sizeof(*v->vcpu));
	v->vm = calloc((size_t)map->nr_vms + 1, sizeof(*v->vm));
	v->group_of = malloc(((size_t)v->nr_group_of + 1) * sizeof(*v->group_of));
	if (!v->vcpu || !v->vm || !v->group_of)
		return -ENOMEM;
	for (u32 i = 0; i < v->nr_group_of; i++)
		v->group_of[i] = VCPU_NOBODY;
	for (u32 k = 0; k < map->nr_vms && !ret; k++) {
		const struct threads_vm *tv = &map->vm[k];
		struct vcpu_vm *vm = &v->vm[v->nr_vms];

		if (tv->nr > VM_THREADS_MAX)
			continue;
		*vm = (struct vcpu_vm){ .vm = tv->vm, .first = v->nr, .known = tv->known };
		for (u32 i = 0; i < tv->nr && !ret; i++)
			ret = add_thread(v, vm, threads_at(map, tv, i));
		v->group_of[tv->vm] = v->nr_vms++;
	}
	return ret ?: make_masks(v) ?: make_threads(v);
}

void vcpus_release(struct vcpus *v)
{
	free(v->vcpu);
	free(v->vm);
	free(v->group_of);
	free(v->task);
	free(v->thread);
	rows_index_release(&v->index);
	free(v->cpu);
	free(v->masks);
	*v = (struct vcpus){ 0 };
}

u32 vcpus_find(const struct vcpus *v, u32 vm, u32 id)
{
	u32 group = vm < v->nr_group_of ? v->group_of[vm] : VCPU_NOBODY;
	u32 low, high;

	if (group == VCPU_NOBODY)
		return VCPU_NOBODY;
	low = v->vm[group].first;
	high = low + v->vm[group].nr;
	/* Ids are 0, 1, 2, ... as a rule. */
	if (id < high - low && v->vcpu[low + id].id == id)
		return low + id;
	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (v->vcpu[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < v->vm[group].first + v->vm[group].nr && v->vcpu[low].id == id ? low
										   : VCPU_NOBODY;
}

u32 vcpus_running(const struct vcpus *v, s32 cpu)
{
	return cpu >= 0 && (u32)cpu < v->nr_cpus ? v->cpu[cpu].running : 0;
}

static struct vcpu_cpu *cpu_at(struct vcpus *v, u32 cpu)
{
	struct vcpu_cpu *grown;

	if (likely(cpu < v->nr_cpus))
		return &v->cpu[cpu];
	if (cpu >= CPUS_MAX)
		return NULL;
	grown = realloc(v->cpu, ((size_t)cpu + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	v->cpu = grown;
	for (; v->nr_cpus <= cpu; v->nr_cpus++)
		grown[v->nr_cpus] = (struct vcpu_cpu){ .task = VCPU_NOBODY };
	return &grown[cpu];
}

/* Moves a task to a CPU's queue, or off all of them (-1). The idle tasks are on none. */
static void set_queue(struct vcpus *v, struct vcpu_task *t, s32 cpu)
{
	if (t->queue == cpu || !t->pid)
		return;
	if (t->queue >= 0)
		v->cpu[t->queue].running--;
	t->queue = cpu;
	if (cpu >= 0)
		v->cpu[cpu].running++;
}

static inline void set_bit(const struct vcpu *c, enum vcpu_bit bit, bool on)
{
	vcpu_set(c->word + bit * c->stride, c->slot % 64, on);
}

static inline bool has_bit(const struct vcpu *c, enum vcpu_bit bit)
{
	return vcpu_bit(c->word + bit * c->stride, c->slot % 64);
}

/* The vCPU's place is on that CPU from now on. */
static inline void vcpu_state_set_place(struct vcpu *c, u32 cpu)
{
	u64 *places = c->word + NR_VCPU_BITS * c->stride;

	if (likely(c->cpu == (s32)cpu))
		return;
	if ((u32)c->cpu < VCPU_PLACES)
		vcpu_set(places + (u32)c->cpu * c->stride, c->slot % 64, false);
	if (cpu < VCPU_PLACES)
		vcpu_set(places + cpu * c->stride, c->slot % 64, true);
	c->cpu = (s32)cpu;
}

static void switch_out(struct vcpus *v, struct vcpu *c, const struct event *ev)
{
	s64 state = ev->v[1];

	set_bit(c, VCPU_RUN, false);
	vcpu_state_set_place(c, ev->cpu);
	c->out_ts = ev->ts;
	if (!(state & (TASK_PREEMPTED - 1))) {
		set_bit(c, VCPU_ASLEEP, false);
		/* It ran: what it waited for is over, though it has not entered the guest yet. */
		set_bit(c, VCPU_BLOCKING, false);
		if (c->in_run) {
			set_bit(c, VCPU_PREEMPTED, true);
			set_bit(c, VCPU_READY, true);
		}
		/*
		 * Preempted between waking another one and setting its flag: the flag comes later.
		 */
		if (c->may_owe && state == TASK_PREEMPTED)
			set_bit(&v->vcpu[c->owes], VCPU_READY, false);
		else
			c->owes = VCPU_NOBODY;
		c->may_owe = false;
		return;
	}
	set_bit(c, VCPU_ASLEEP, true);
	c->owes = VCPU_NOBODY;
	c->may_owe = false;
	if (state == 1 && (c->exit == VCPU_EXIT_HLT || !c->entered)) {
		set_bit(c, VCPU_BLOCKING, true);
		c->in_run = true;
	}
}

static void vcpu_state_wake(struct vcpu *c)
{
	if (has_bit(c, VCPU_BLOCKING) && !has_bit(c, VCPU_RUN))
		set_bit(c, VCPU_READY, true);
}

/* It is on the CPU: a switch says so, or an event of its own (there may be no switches). */
static void on_cpu(struct vcpu *c, u32 cpu, s32 pid)
{
	set_bit(c, VCPU_RUN, true);
	set_bit(c, VCPU_ASLEEP, false);
	set_bit(c, VCPU_READY, false);
	set_bit(c, VCPU_PREEMPTED, false);
	vcpu_state_set_place(c, cpu);
	c->pid = pid;
}

static void switch_in(struct vcpus *v, struct vcpu *c, const struct event *ev)
{
	on_cpu(c, ev->cpu, (s32)ev->v[2]);
	c->in_ts = ev->ts;
	if (c->owes != VCPU_NOBODY)
		vcpu_state_wake(&v->vcpu[c->owes]);
	/* Events may have been lost since the wake-up, its switch among them. */
	c->owes = VCPU_NOBODY;
	c->may_owe = false;
}

int vcpus_switch(struct vcpus *v, const struct event *ev, const struct vcpus_who *who)
{
	struct vcpu_cpu *cpu;

	if (unlikely(ev->cpu >= CPUS_MAX))
		return 0;
	cpu = cpu_at(v, ev->cpu);
	if (!cpu)
		return -ENOMEM;
	set_queue(v, &v->task[who->prev_task], ev->v[1] & (TASK_PREEMPTED - 1) ? -1 : (s32)ev->cpu);
	if (who->prev != VCPU_NOBODY)
		switch_out(v, &v->vcpu[who->prev], ev);
	set_queue(v, &v->task[who->next_task], (s32)ev->cpu);
	cpu->task = who->next_task;
	cpu->pid = (s32)ev->v[2];
	if (who->next != VCPU_NOBODY)
		switch_in(v, &v->vcpu[who->next], ev);
	return 0;
}

int vcpus_wakeup(struct vcpus *v, const struct event *ev, u32 waker)
{
	s64 n = task_number(v, (s32)ev->v[0]);
	u32 target = ev->have & 2 ? (u32)ev->v[1] : ev->cpu;
	struct vcpu *c;

	if (target >= CPUS_MAX || ev->cpu >= CPUS_MAX) /* damaged */
		return 0;
	if (n < 0 || !cpu_at(v, target))
		return -ENOMEM;
	set_queue(v, &v->task[n], (s32)target);
	if (v->task[n].vcpu == VCPU_NOBODY)
		return 0;
	c = &v->vcpu[v->task[n].vcpu];
	set_bit(c, VCPU_ASLEEP, false);
	if (!has_bit(c, VCPU_RUN))
		vcpu_state_set_place(c, target);
	vcpu_state_wake(c);
	if (waker != VCPU_NOBODY && waker != v->task[n].vcpu && has_bit(c, VCPU_BLOCKING)) {
		v->vcpu[waker].owes = v->task[n].vcpu;
		v->vcpu[waker].may_owe = true;
	}
	return 0;
}

/* It went on after waking another one: that one's flag is set. */
static inline void owes_nothing(struct vcpu *c)
{
	if (unlikely(c->may_owe)) {
		c->may_owe = false;
		c->owes = VCPU_NOBODY;
	}
}

void vcpus_entry(struct vcpus *v, u32 n, const struct event *ev)
{
	struct vcpu *c = &v->vcpu[n];

	owes_nothing(c);
	if (!has_bit(c, VCPU_RUN))
		on_cpu(c, ev->cpu, ev->pid);
	c->in_run = c->entered = true;
	c->exit = VCPU_EXIT_NONE;
	set_bit(c, VCPU_EVENT, false);
	set_bit(c, VCPU_BLOCKING, false);
}

void vcpus_exit(struct vcpus *v, u32 n, const struct event *ev)
{
	struct vcpu *c = &v->vcpu[n];
	struct vcpu_vm *vm = &v->vm[c->group];
	bool upper = ev->v[2] < 0;

	owes_nothing(c);
	if (!has_bit(c, VCPU_RUN))
		on_cpu(c, ev->cpu, ev->pid);
	c->in_run = c->entered = true;
	c->exit = (u8)vcpu_exit_kind(ev);
	/* Without a kernel in the upper half nothing tells a guest's modes apart: all is kernel. */
	vm->half |= upper;
	set_bit(c, VCPU_USER, vm->half && !upper);
}

void vcpus_userspace_exit(struct vcpus *v, u32 n)
{
	owes_nothing(&v->vcpu[n]);
	v->vcpu[n].in_run = false;
}

void vcpus_eoi(struct vcpus *v, u32 n)
{
	owes_nothing(&v->vcpu[n]);
	set_bit(&v->vcpu[n], VCPU_EVENT, true);
}

void vcpus_accept(struct vcpus *v, u32 n, const struct event *ev)
{
	u32 to;

	/* In an interrupt the thread is not the sender. */
	if (ev->flags & FLAGS_IRQ)
		return;
	to = vcpus_find(v, v->vm[v->vcpu[n].group].vm, (u32)ev->v[0]);
	if (to != VCPU_NOBODY)
		set_bit(&v->vcpu[to], VCPU_EVENT, true);
}

int vcpus_gap(struct vcpus *v, const struct event *ev)
{
	struct vcpu_cpu *cpu;

	if (unlikely(ev->cpu >= CPUS_MAX))
		return 0;
	cpu = cpu_at(v, ev->cpu);
	if (!cpu)
		return -ENOMEM;
	cpu->task = VCPU_NOBODY;
	return 0;
}

int vcpus_who(struct vcpus *v, const struct event *ev, struct vcpus_who *who)
{
	const struct vcpu_cpu *cpu = ev->cpu < v->nr_cpus ? &v->cpu[ev->cpu] : NULL;
	const struct vcpu_thread *t = vcpus_thread(v, (s32)ev->v[2]);
	bool current = cpu && cpu->task != VCPU_NOBODY && cpu->pid == (s32)ev->v[0];
	s64 prev = current ? (s64)cpu->task : task_number(v, (s32)ev->v[0]);
	s64 next = t->vcpu != VCPU_NOBODY ? (s64)t->task : task_number(v, (s32)ev->v[2]);

	if (prev < 0 || next < 0)
		return -ENOMEM;
	*who = (struct vcpus_who){ v->task[prev].vcpu, t->vcpu, (u32)prev, (u32)next };
	return 0;
}
