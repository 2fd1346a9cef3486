// SPDX-License-Identifier: GPL-2.0-only
/*
 * coverage.c - see coverage.h.
 *
 * Directed IPIs come out of the join a little after their time (stock.h), so a line remembers when
 * its vCPU last showed the vector: an IPI that was sent before that has been acknowledged already.
 * Each injection or EOI confirms one IPI; of several that were sent before it, the others may have
 * been merged with it in the receiver's IRR, or never have been accepted: unconfirmed is an upper
 * bound.
 */
#define _GNU_SOURCE
#include "analysis/coverage.h"

#include <errno.h>
#include <stdlib.h>

#define HYPERCALL_SEND_IPI 10
#define ISA_SVM		   2
#define AVIC_NOT_RUNNING   1	   /* id of an incomplete IPI */
#define ICR_NOT_UNICAST	   0xc0f00 /* mode, logical destination, shorthand */

/*
 * Exits of APICv (VMX) and AVIC (SVM) alone: EOI-induced, APIC write; incomplete IPI, no
 * acceleration.
 */
enum { VMX_EOI_INDUCED = 45, VMX_APIC_WRITE = 56, SVM_AVIC_IPI = 0x401, SVM_AVIC_NOACCEL = 0x402 };

struct coverage_line {
	u64 sent;
	u64 confirmed;
	u64 waiting; /* sent after the last EOI */
	u64 last_eoi, last_shown;
	u64 last_sent;	 /* the youngest IPI since it last showed; 0: none */
	bool shown_used; /* what was shown last has confirmed an IPI */
};

void coverage_init(struct coverage *c, const struct thread_map *map)
{
	*c = (struct coverage){ .map = map };
}

void coverage_release(struct coverage *c)
{
	free(c->line);
	rows_index_release(&c->index);
	free(c->cpu);
	free(c->pair);
	rows_index_release(&c->pair_index);
	*c = (struct coverage){ 0 };
}

static struct coverage_line *get_line(struct coverage *c, u32 vm, u32 vcpu, u32 vector)
{
	struct coverage_line *grown = rows_grown(c->line, &c->room, c->nr_lines, sizeof(*grown));
	s64 at;

	if (!grown)
		return NULL;
	c->line = grown;
	at = rows_index_add(&c->index, vector, (u64)vm << 32 | vcpu);
	if (at < 0)
		return NULL;
	if (at == c->nr_lines)
		c->line[c->nr_lines++] = (struct coverage_line){ 0 };
	return &c->line[at];
}

/* The thread shows a vector, by an injection or by an EOI. */
static int coverage_shown(struct coverage *c, const struct event *ev, u32 vector, bool eoi)
{
	const struct thread *t = threads_find(c->map, ev->pid);
	struct coverage_line *line;

	if (!t || t->vm == VM_NONE || t->vcpu == VCPU_NONE)
		return 0;
	line = get_line(c, t->vm, t->vcpu, vector);
	if (!line)
		return -ENOMEM;
	if (eoi) {
		line->waiting = 0;
		line->last_eoi = ev->ts;
	}
	/* The EOI behind an injection would confirm what was sent between the two. */
	if (eoi && c->kinds & EV_BIT(EV_INJ_VIRQ))
		return 0;
	line->shown_used = line->last_sent;
	line->confirmed += line->shown_used;
	line->last_sent = 0;
	line->last_shown = ev->ts;
	return 0;
}

int coverage_watch(struct coverage *c, const struct ipi_event *ipi)
{
	const struct thread *t = threads_of(c->map, ipi->vm, ipi->dst);
	struct coverage_line *line;

	if (!t) {
		c->unwatched++;
		return 0;
	}
	c->watched++;
	line = get_line(c, ipi->vm, ipi->dst, ipi->vector);
	if (!line)
		return -ENOMEM;
	line->sent++;
	line->waiting += ipi->ts > line->last_eoi;
	if (ipi->ts > line->last_shown) {
		line->last_sent = ipi->ts;
	} else if (!line->shown_used) {
		line->shown_used = true;
		line->confirmed++;
	}
	return 0;
}

void coverage_finish(struct coverage *c)
{
	for (u32 i = 0; i < c->nr_lines; i++) {
		const struct coverage_line *line = &c->line[i];

		c->no_eoi += line->waiting;
		c->unconfirmed += line->sent - min_of(line->confirmed, line->sent);
	}
}

void coverage_sent(struct coverage *c, const struct stock_ipi *ipi)
{
	c->sent[ipi->kind]++;
	if (ipi->kind == STOCK_MULTICAST)
		c->acceptors += ipi->acceptors;
}

/* 1: counted; 0: of a thread that is no vCPU's, or to itself; -ENOMEM. */
static int add_pair(struct coverage *c, s32 pid, u32 dst, bool avic)
{
	const struct thread *t = threads_find(c->map, pid);
	struct coverage_pair *grown;
	s64 at;

	if (!t || t->vm == VM_NONE || t->vcpu == VCPU_NONE || t->vcpu == dst)
		return 0;
	grown = rows_grown(c->pair, &c->room_pairs, c->nr_pairs, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->pair = grown;
	at = rows_index_add(&c->pair_index, (u64)avic << 32 | t->vm, (u64)t->vcpu << 32 | dst);
	if (at < 0)
		return -ENOMEM;
	if (at == c->nr_pairs)
		c->pair[c->nr_pairs++] = (struct coverage_pair){ t->vm, t->vcpu, dst, 0, avic };
	c->pair[at].count++;
	return 1;
}

/* From which vCPU it came its thread tells; what a vCPU gets of itself is its timer's. */
static int see_hypercall(struct coverage *c, const struct event *ev)
{
	int ret = add_pair(c, ev->pid, (u32)ev->v[2], false);

	c->hypercall_accepts += ret > 0;
	return min_of(ret, 0);
}

/*
 * The index is the receiver's APIC id, where the IPI is fixed, physical and without a shorthand;
 * which is its vcpu_id unless the VMM has chosen otherwise.
 */
static int see_avic(struct coverage *c, const struct event *ev)
{
	u32 icr = (u32)ev->v[2];

	c->avic[min_of((u64)ev->v[3], ARRAY_SIZE(c->avic) - 1)]++;
	if (ev->v[3] != AVIC_NOT_RUNNING || icr & ICR_NOT_UNICAST || !(ev->have & 1u << 4))
		return 0;
	return min_of(add_pair(c, ev->pid, (u32)ev->v[4], true), 0);
}

int coverage_joined(struct coverage *c, const struct event *ev)
{
	if (ev->v[0] == STOCK_HYPERCALL)
		return see_hypercall(c, ev);
	c->sent[ev->v[0]]++;
	if (ev->v[0] == STOCK_MULTICAST)
		c->acceptors += ev->v[1];
	return 0;
}

static void coverage_see_exit(struct coverage *c, const struct event *ev)
{
	u32 reason = (u32)ev->v[1];

	c->svm |= ev->v[3] == ISA_SVM;
	if (ev->v[3] == ISA_SVM)
		c->apic_exits += reason == SVM_AVIC_IPI || reason == SVM_AVIC_NOACCEL;
	else
		c->apic_exits += reason == VMX_EOI_INDUCED || reason == VMX_APIC_WRITE;
}

int coverage_event(struct coverage *c, const struct event *ev)
{
	c->records[ev->kind]++;
	switch (ev->kind) {
	case EV_GAP: return coverage_gap(c, ev->cpu, (u64)ev->v[1], ev->ts, ev->v[0]);
	case EV_EXIT: coverage_see_exit(c, ev); return 0;
	case EV_HYPERCALL:
		if (ev->v[0] == HYPERCALL_SEND_IPI) {
			c->pv++;
			c->pv_targets += __builtin_popcountll((u64)ev->v[1]) +
					 __builtin_popcountll((u64)ev->v[2]);
		}
		return 0;
	case EV_HV_SEND_IPI:
	case EV_HV_SEND_IPI_EX: c->hyperv++; return 0;
	case EV_AVIC_IPI: return see_avic(c, ev);
	case EV_EOI: return ev->v[1] < 0 ? 0 : coverage_shown(c, ev, (u8)ev->v[1], true);
	case EV_INJ_VIRQ: return coverage_shown(c, ev, (u8)ev->v[0], false);
	}
	return 0;
}

static struct coverage_cpu *get_cpu(struct coverage *c, u32 cpu)
{
	struct coverage_cpu *grown;
	u32 at = c->nr_cpus;

	for (u32 i = 0; i < c->nr_cpus; i++)
		if (c->cpu[i].cpu == cpu)
			return &c->cpu[i];
	grown = realloc(c->cpu, (at + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	c->cpu = grown;
	while (at && grown[at - 1].cpu > cpu)
		at--;
	memmove(&grown[at + 1], &grown[at], (c->nr_cpus - at) * sizeof(*grown));
	grown[at] = (struct coverage_cpu){ .cpu = cpu, .from = UINT64_MAX };
	c->nr_cpus++;
	return &grown[at];
}

int coverage_gap(struct coverage *c, u32 cpu, u64 from, u64 to, s64 events)
{
	struct coverage_cpu *line = get_cpu(c, cpu);

	if (!line)
		return -ENOMEM;
	/* Before the first record nobody knows since when. */
	from = from ? min_of(from, to) : to;
	line->gaps++;
	line->unknown |= events < 0;
	line->events += events < 0 ? 0 : (u64)events;
	line->from = min_of(line->from, from);
	line->to = max_of(line->to, to);
	line->ns += to - from;
	if (line->nr_spans < COVERAGE_SPANS)
		line->span[line->nr_spans++] = (struct coverage_span){ from, to, events };
	return 0;
}

enum coverage_hardware coverage_hardware(const struct coverage *c)
{
	if (c->records[EV_AVIC_IPI])
		return HW_AVIC;
	if (c->records[EV_APICV_ACCEPT] || c->apic_exits)
		return c->svm ? HW_AVIC : HW_APICV;
	/* With either of them KVM injects nothing itself. */
	return c->records[EV_INJ_VIRQ] ? HW_NONE : HW_UNKNOWN;
}
