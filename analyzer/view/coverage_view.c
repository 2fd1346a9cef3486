// SPDX-License-Identifier: GPL-2.0-only
/*
 * coverage_view.c - see coverage_view.h.
 *
 * A kind of IPI that no file describes was not recorded: its count is unknown, not zero.
 */
#include "view/coverage_view.h"
#include "decode/stock.h"

#include <errno.h>
#include <stdlib.h>

/* What each kind of kvm_apic_ipi is called; in the order in which it is shown. */
static const struct {
	u8 kind;
	const char *text;
} became[] = {
	{ STOCK_UNICAST, "directed" },	       { STOCK_MULTICAST, "to several vCPUs" },
	{ STOCK_SHORTHAND, "by shorthand" },   { STOCK_SELF, "to itself" },
	{ STOCK_LOWEST, "lowest priority" },   { STOCK_SPECIAL, "NMI, INIT or SIPI" },
	{ STOCK_DEASSERT, "level de-assert" }, { STOCK_NOBODY, "accepted by nobody" },
	{ STOCK_UNKNOWN, "unknown" },
};

static struct count_view coverage_view_count(const char *name, const char *text, bool known, u64 n)
{
	return (struct count_view){ .name = name, .text = text, .known = known, .n = n };
}

/* Who accepted an IPI is in the acceptances; the rest of what it was, in its own record. */
static bool became_is_known(const struct coverage *c, u8 kind)
{
	bool accepts = c->kinds & (EV_BIT(EV_ACCEPT) | EV_BIT(EV_SENT));

	if (kind == STOCK_UNICAST || kind == STOCK_MULTICAST || kind == STOCK_NOBODY)
		return accepts;
	return true;
}

static void build_sent(struct coverage_view *to, const struct coverage *c)
{
	bool known = c->kinds & (EV_BIT(EV_APIC_IPI) | EV_BIT(EV_SENT));
	u64 sent = 0;

	_Static_assert(ARRAY_SIZE(became) == ARRAY_SIZE(to->became) &&
			       ARRAY_SIZE(became) == NR_STOCK_KINDS,
		       "every kind is shown");
	for (int i = 0; i < NR_STOCK_KINDS; i++)
		sent += c->sent[i];
	to->probes = c->kinds & EV_BIT(EV_SENT);
	to->sent = coverage_view_count("apic_ipis", to->probes ? "IPIs" : "kvm_apic_ipi", known,
				       to->probes ? sent : c->records[EV_APIC_IPI]);
	to->hypercall_accepts = coverage_view_count("hypercall_accepts",
						    "accepted from PV or Hyper-V hypercalls",
						    to->probes, c->hypercall_accepts);
	for (size_t i = 0; i < ARRAY_SIZE(became); i++)
		to->became[i] = coverage_view_count(
			stock_kind_names[became[i].kind], became[i].text,
			known && became_is_known(c, became[i].kind), c->sent[became[i].kind]);
}

static void build_other(struct coverage_view *to, const struct coverage *c)
{
	u32 hyperv = EV_BIT(EV_HV_SEND_IPI) | EV_BIT(EV_HV_SEND_IPI_EX);
	u64 fell_back = c->avic[0] + c->avic[2];

	to->other[0] = coverage_view_count("pv", "PV", c->kinds & EV_BIT(EV_HYPERCALL), c->pv);
	to->other[1] = coverage_view_count("hyperv", "Hyper-V", c->kinds & hyperv, c->hyperv);
	/* The others of AVIC's incomplete IPIs are sent again by KVM, as kvm_apic_ipi. */
	to->other[2] = coverage_view_count("avic_not_running",
					   "by AVIC that exited, receiver not running",
					   c->kinds & EV_BIT(EV_AVIC_IPI), c->avic[1]);
	to->other[3] = coverage_view_count("avic_fallback", "by AVIC that KVM sent again",
					   c->kinds & EV_BIT(EV_AVIC_IPI), fell_back);
	to->pv_targets = coverage_view_count("pv_targets", "targets", to->other[0].known,
					     c->pv_targets);
	to->apicv_accepts = coverage_view_count("apicv_accepts", "posted",
						c->kinds & EV_BIT(EV_APICV_ACCEPT),
						c->records[EV_APICV_ACCEPT]);
}

static void build_acknowledged(struct coverage_view *to, const struct recording *s)
{
	const struct coverage *c = &s->coverage;
	bool eois = c->kinds & EV_BIT(EV_EOI),
	     shown = c->kinds & (EV_BIT(EV_EOI) | EV_BIT(EV_INJ_VIRQ));

	to->watched = coverage_view_count("watched", "with a known receiver", eois, c->watched);
	to->no_eoi = coverage_view_count("no_eoi", "EOIs never came", eois, c->no_eoi);
	if (s->stock)
		to->unconfirmed = coverage_view_count("unconfirmed", "", shown,
						      c->unconfirmed + c->unwatched);
	else
		to->unconfirmed = coverage_view_count("unconfirmed", "", true, 0);
}

static void build_hardware(struct coverage_view *to, const struct coverage *c)
{
	switch (coverage_hardware(c)) {
	case HW_NONE: to->hardware = "none"; return;
	case HW_APICV:
		to->hardware = "apicv";
		to->hides = "EOIs of edge interrupts; with IPI virtualization also directed IPIs";
		return;
	case HW_AVIC:
		to->hardware = "avic";
		to->hides = "EOIs, and IPIs to vCPUs that run";
		return;
	case HW_UNKNOWN: return;
	}
}

static u64 since(const struct recording *s, u64 ts)
{
	u64 first = s->trace.totals.first_ts;

	if (s->trace.ticks)
		return VIEW_NO_TIME;
	return ts > first ? ts - first : 0;
}

static void build_loss(struct loss_view *to, const struct recording *s,
		       const struct coverage_cpu *c)
{
	*to = (struct loss_view){
		.cpu = c->cpu,
		.gaps = c->gaps,
		.events = c->events,
		.events_known = !c->unknown,
		.from_ns = since(s, c->from),
		.to_ns = since(s, c->to),
		.ns = s->trace.ticks ? VIEW_NO_TIME : c->ns,
		.nr_spans = c->nr_spans,
	};
	_Static_assert(VIEW_SPANS == COVERAGE_SPANS, "all that are kept are shown");
	for (u32 i = 0; i < c->nr_spans; i++)
		to->span[i] = (struct span_view){
			.from_ns = since(s, c->span[i].from),
			.to_ns = since(s, c->span[i].to),
			.events_known = c->span[i].events >= 0,
			.events = c->span[i].events < 0 ? 0 : (u64)c->span[i].events,
		};
}

static int compare_pairs(const void *a, const void *b)
{
	const struct coverage_pair_view *x = a, *y = b;
	const s64 differ[] = { (s64)x->vm_pid - y->vm_pid, (s64)x->vm_id - y->vm_id,
			       (s64)x->avic - y->avic, (s64)x->src - y->src, (s64)x->dst - y->dst };

	for (size_t i = 0; i < ARRAY_SIZE(differ); i++)
		if (differ[i])
			return differ[i] < 0 ? -1 : 1;
	return 0;
}

static int build_pairs(struct coverage_view *to, const struct recording *s)
{
	const struct coverage *c = &s->coverage;
	struct coverage_pair_view *pair = calloc(c->nr_pairs + 1, sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	for (u32 i = 0; i < c->nr_pairs; i++) {
		const struct coverage_pair *from = &c->pair[i];
		const struct vm *vm = &s->trace.vms.vm[from->vm];

		pair[i] = (struct coverage_pair_view){
			.vm_pid = vm->pid,
			.vm_id = vm->id,
			.have_vm_pid = vm->have_pid,
			.have_vm_id = vm->have_id,
			.src = from->src,
			.dst = from->dst,
			.count = from->count,
			.avic = from->avic,
		};
	}
	qsort(pair, c->nr_pairs, sizeof(*pair), compare_pairs);
	to->pair = pair;
	to->nr_pairs = c->nr_pairs;
	return 0;
}

int coverage_view_init(struct coverage_view *view, const struct recording *s)
{
	const struct coverage *c = &s->coverage;
	struct loss_view *lost = calloc(c->nr_cpus + 1, sizeof(*lost));

	*view = (struct coverage_view){ .lost = lost, .nr_lost = c->nr_cpus };
	if (!lost || build_pairs(view, s))
		return -ENOMEM;
	view->directed = coverage_view_count("directed", "directed", true, s->trace.events);
	build_sent(view, c);
	build_other(view, c);
	build_acknowledged(view, s);
	build_hardware(view, c);
	for (u32 i = 0; i < c->nr_cpus; i++)
		build_loss(&lost[i], s, &c->cpu[i]);
	return 0;
}

void coverage_view_release(struct coverage_view *view)
{
	free((void *)view->lost);
	free((void *)view->pair);
	*view = (struct coverage_view){ 0 };
}
