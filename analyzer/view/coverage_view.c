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
	{ STOCK_UNICAST, "directed" },
	{ STOCK_MULTICAST, "to several vCPUs" },
	{ STOCK_SHORTHAND, "by shorthand" },
	{ STOCK_SELF, "to itself" },
	{ STOCK_LOWEST, "lowest priority" },
	{ STOCK_SPECIAL, "NMI, INIT or SIPI" },
	{ STOCK_DEASSERT, "level de-assert" },
	{ STOCK_NOBODY, "accepted by nobody" },
	{ STOCK_UNKNOWN, "unknown" },
};

static struct shape_count count(const char *name, const char *text, bool known, u64 n)
{
	return (struct shape_count){ .name = name, .text = text, .known = known, .n = n };
}

static void shape_sent(struct shape_coverage *to, const struct coverage *c)
{
	bool known = c->kinds & EV_BIT(EV_APIC_IPI);

	_Static_assert(ARRAY_SIZE(became) == ARRAY_SIZE(to->became) &&
		       ARRAY_SIZE(became) == NR_STOCK_KINDS, "every kind is shown");
	to->sent = count("apic_ipis", "kvm_apic_ipi", known, c->records[EV_APIC_IPI]);
	for (size_t i = 0; i < ARRAY_SIZE(became); i++)
		to->became[i] = count(stock_kind_names[became[i].kind], became[i].text, known,
				      c->sent[became[i].kind]);
}

static void shape_other(struct shape_coverage *to, const struct coverage *c)
{
	u32 hyperv = EV_BIT(EV_HV_SEND_IPI) | EV_BIT(EV_HV_SEND_IPI_EX);
	u64 fell_back = c->avic[0] + c->avic[2];

	to->other[0] = count("pv", "PV", c->kinds & EV_BIT(EV_HYPERCALL), c->pv);
	to->other[1] = count("hyperv", "Hyper-V", c->kinds & hyperv, c->hyperv);
	/* The others of AVIC's incomplete IPIs are sent again by KVM, as kvm_apic_ipi. */
	to->other[2] = count("avic_not_running", "by AVIC to vCPUs that did not run",
			     c->kinds & EV_BIT(EV_AVIC_IPI), c->avic[1]);
	to->other[3] = count("avic_fallback", "by AVIC that KVM sent again",
			     c->kinds & EV_BIT(EV_AVIC_IPI), fell_back);
	to->pv_targets = count("pv_targets", "targets", to->other[0].known, c->pv_targets);
	to->apicv_accepts = count("apicv_accepts", "posted", c->kinds & EV_BIT(EV_APICV_ACCEPT),
				  c->records[EV_APICV_ACCEPT]);
}

static void shape_acknowledged(struct shape_coverage *to, const struct session *s)
{
	const struct coverage *c = &s->coverage;
	bool eois = c->kinds & EV_BIT(EV_EOI),
	     shown = c->kinds & (EV_BIT(EV_EOI) | EV_BIT(EV_INJ_VIRQ));

	to->watched = count("watched", "with a known receiver", eois, c->watched);
	to->no_eoi = count("no_eoi", "EOIs never came", eois, c->no_eoi);
	if (s->stock)
		to->unconfirmed = count("unconfirmed", "", shown, c->unconfirmed + c->unwatched);
	else
		to->unconfirmed = count("unconfirmed", "", true, 0);
}

static void shape_hardware(struct shape_coverage *to, const struct coverage *c)
{
	switch (coverage_hardware(c)) {
	case HW_NONE:
		to->hardware = "none";
		return;
	case HW_APICV:
		to->hardware = "apicv";
		to->hides = "EOIs of edge interrupts; with IPI virtualization also directed IPIs";
		return;
	case HW_AVIC:
		to->hardware = "avic";
		to->hides = "EOIs, and IPIs to vCPUs that run";
		return;
	case HW_UNKNOWN:
		return;
	}
}

static u64 since(const struct session *s, u64 ts)
{
	u64 first = s->trace.totals.first_ts;

	return ts > first ? ts - first : 0;
}

static void shape_loss(struct shape_loss *to, const struct session *s, const struct coverage_cpu *c)
{
	*to = (struct shape_loss){
		.cpu = c->cpu, .gaps = c->gaps, .events = c->events, .events_known = !c->unknown,
		.from_ns = since(s, c->from), .to_ns = since(s, c->to), .ns = c->ns,
		.nr_spans = c->nr_spans,
	};
	_Static_assert(SHAPE_SPANS == COVERAGE_SPANS, "all that are kept are shown");
	for (u32 i = 0; i < c->nr_spans; i++)
		to->span[i] = (struct shape_span){
			.from_ns = since(s, c->span[i].from), .to_ns = since(s, c->span[i].to),
			.events_known = c->span[i].events >= 0,
			.events = c->span[i].events < 0 ? 0 : (u64)c->span[i].events,
		};
}

int coverage_shape_init(struct shape_coverage *shape, const struct session *s)
{
	const struct coverage *c = &s->coverage;
	struct shape_loss *lost = calloc(c->nr_cpus + 1, sizeof(*lost));

	*shape = (struct shape_coverage){ .lost = lost, .nr_lost = c->nr_cpus };
	if (!lost)
		return -ENOMEM;
	shape->directed = count("directed", "directed", true, s->trace.events);
	shape_sent(shape, c);
	shape_other(shape, c);
	shape_acknowledged(shape, s);
	shape_hardware(shape, c);
	for (u32 i = 0; i < c->nr_cpus; i++)
		shape_loss(&lost[i], s, &c->cpu[i]);
	return 0;
}

void coverage_shape_release(struct shape_coverage *shape)
{
	free((void *)shape->lost);
	*shape = (struct shape_coverage){ 0 };
}
