// SPDX-License-Identifier: GPL-2.0-only
/* needs.c - see needs.h. The rows of a list are in the order in which its preset records them. */
#include "analysis/needs.h"

#include <stdio.h>

const struct need graph_needs[] = {
	{ EV_TRACK, NEED_STATES },
	{ EV_AVIC_IPI, NEED_NICE, .for_others = true },
	{ EV_NONE },
};

const struct need hints_needs[] = {
	{ EV_TRACK, NEED_MUST },
	{ EV_NONE },
};

/* Figures are the stages, in their order; the last one is the receiver's run. */
const struct need latency_needs[] = {
	{ EV_TRACK, NEED_SOURCE },
	{ EV_APIC_IPI, NEED_STOCK, .unknown = LATENCY_FIGURE(0) },
	{ EV_ACCEPT, NEED_MUST, .unknown = LATENCY_FIGURE(0) },
	{ EV_APICV_ACCEPT, NEED_NICE, .for_others = true },
	{ EV_INJ_VIRQ, NEED_MUST, .unknown = LATENCY_FIGURE(1) },
	{ EV_EOI, NEED_NICE, .unknown = LATENCY_FIGURE(2) },
	{ EV_PV_EOI, NEED_NICE, .for_others = true },
	{ EV_ENTRY, NEED_MUST, .better = LATENCY_FIGURE(3) },
	{ EV_EXIT, NEED_MUST },
	{ EV_AVIC_IPI, NEED_NICE, .for_others = true },
	{ EV_SWITCH, NEED_MUST, .unknown = LATENCY_FIGURE(3) },
	{ EV_WAKEUP, NEED_NICE, .better = LATENCY_FIGURE(4) },
	{ EV_USERSPACE_EXIT, NEED_READ },
	{ EV_NONE },
};

const struct need yield_needs[] = {
	{ EV_TRACK, NEED_SOURCE },
	{ EV_APIC_IPI, NEED_STOCK, .unknown = YIELD_UNTRACKED },
	{ EV_ACCEPT, NEED_MUST, .unknown = YIELD_WOKEN },
	{ EV_INJ_VIRQ, NEED_MUST, .for_others = true },
	{ EV_EOI, NEED_NICE, .unknown = YIELD_ACKS },
	{ EV_ENTRY, NEED_MUST, .unknown = YIELD_REPLAY },
	{ EV_EXIT, NEED_MUST, .unknown = YIELD_REPLAY },
	{ EV_HYPERCALL, NEED_NICE },
	{ EV_HV_HYPERCALL, NEED_NICE },
	{ EV_USERSPACE_EXIT, NEED_NICE },
	{ EV_AVIC_IPI, NEED_NICE, .for_others = true },
	{ EV_SWITCH, NEED_MUST, .unknown = YIELD_REPLAY },
	{ EV_WAKEUP, NEED_MUST, .unknown = YIELD_WOKEN },
	{ EV_HV_SEND_IPI, NEED_READ },
	{ EV_HV_SEND_IPI_EX, NEED_READ },
	{ EV_MARK, NEED_READ },
	{ EV_PROBE_PICK, NEED_READ },
	{ EV_PROBE_TARGET, NEED_READ },
	{ EV_PROBE_RESULT, NEED_READ },
	{ EV_NONE },
};

/* The graph from stock events; and the coverage, which beside the tracepoint reads the same. */
const struct need stock_needs[] = {
	{ EV_APIC_IPI, NEED_MUST, .better = STOCK_COVERAGE },
	{ EV_ACCEPT, NEED_MUST },
	{ EV_ENTRY, NEED_MUST },
	{ EV_EXIT, NEED_MUST },
	{ EV_INJ_VIRQ, NEED_NICE },
	{ EV_EOI, NEED_NICE, .better = STOCK_COVERAGE },
	{ EV_PV_EOI, NEED_NICE, .for_others = true },
	{ EV_HYPERCALL, NEED_NICE, .better = STOCK_COVERAGE },
	{ EV_HV_SEND_IPI, NEED_NICE, .better = STOCK_COVERAGE },
	{ EV_HV_SEND_IPI_EX, NEED_NICE, .better = STOCK_COVERAGE },
	{ EV_AVIC_IPI, NEED_NICE, .better = STOCK_COVERAGE },
	{ EV_SWITCH, NEED_NICE, .for_others = true },
	{ EV_WAKEUP, NEED_NICE, .for_others = true },
	{ EV_APICV_ACCEPT, NEED_READ, .better = STOCK_COVERAGE },
	{ EV_SENT, NEED_READ },
	{ EV_NONE },
};

/* The graph by probes, and the coverage: for record alone. `deliver` stands for all five. */
const struct need probes_needs[] = {
	{ EV_DELIVER, NEED_MUST },	  { EV_AVIC_IPI, NEED_NICE },
	{ EV_HYPERCALL, NEED_NICE },	  { EV_HV_SEND_IPI, NEED_NICE },
	{ EV_HV_SEND_IPI_EX, NEED_NICE }, { EV_NONE },
};

const struct need whois_needs[] = {
	{ EV_TRACK, NEED_READ },    { EV_ENTRY, NEED_READ },
	{ EV_EXIT, NEED_READ },	    { EV_USERSPACE_EXIT, NEED_READ },
	{ EV_APIC_IPI, NEED_READ }, { EV_ACCEPT, NEED_READ },
	{ EV_EOI, NEED_READ },	    { EV_INJ_VIRQ, NEED_READ },
	{ EV_WAKEUP, NEED_READ },   { EV_WAKING, NEED_READ },
	{ EV_MARK, NEED_READ },	    { EV_NONE },
};

const struct need tracks_needs[] = {
	{ EV_TRACK, NEED_SOURCE },
	{ EV_ENTRY, NEED_NICE },
	{ EV_EXIT, NEED_NICE },
	{ EV_HV_HYPERCALL, NEED_NICE },
	{ EV_SWITCH, NEED_NICE },
	{ EV_WAKEUP, NEED_NICE },
	{ EV_NONE },
};

u32 needs_kinds(const struct need *n)
{
	u32 kinds = 0;

	for (; n && n->kind != EV_NONE; n++)
		kinds |= n->for_others ? 0 : EV_BIT(n->kind);
	return kinds;
}

u32 needs_unknown(const struct need *n, u32 figures)
{
	u32 kinds = 0;

	for (; n->kind != EV_NONE; n++)
		kinds |= n->unknown & figures ? EV_BIT(n->kind) : 0;
	return kinds;
}

u32 needs_better(const struct need *n, u32 figures)
{
	u32 kinds = 0;

	for (; n->kind != EV_NONE; n++)
		kinds |= n->better & figures ? EV_BIT(n->kind) : 0;
	return kinds;
}

/* " -e kvm:kvm_eoi" behind what is there; whole: all of the system, unless that is there already.
 */
static void add_event(char text[NEEDS_TEXT], u32 kind, bool whole)
{
	const char *name = event_kind_name(kind);
	size_t len = strlen(text);

	if (!whole)
		snprintf(text + len, NEEDS_TEXT - len, "%s-e %s", len ? " " : "", name);
	else if (!strstr(text, "-e kvm"))
		snprintf(text + len, NEEDS_TEXT - len, "%s-e kvm", len ? " " : "");
}

static bool is_kvm(u32 kind)
{
	return !strncmp(event_kind_name(kind), "kvm:", 4);
}

const char *needs_record(const struct need *n, u32 figures, char text[NEEDS_TEXT])
{
	u32 kvm = 0;

	text[0] = 0;
	for (const struct need *i = n; i->kind != EV_NONE; i++)
		kvm += (i->unknown | i->better) & figures && is_kvm(i->kind);
	for (const struct need *i = n; i->kind != EV_NONE; i++)
		if (i->unknown & figures)
			add_event(text, i->kind, kvm > 1 && is_kvm(i->kind));
	for (const struct need *i = n; i->kind != EV_NONE; i++)
		if (i->better & figures && !(i->unknown & figures))
			add_event(text, i->kind, kvm > 1 && is_kvm(i->kind));
	return text;
}

const char *needs_musts(const struct need *n, char text[NEEDS_TEXT])
{
	text[0] = 0;
	for (; n->kind != EV_NONE; n++)
		if (n->level == NEED_MUST || n->level == NEED_STATES)
			add_event(text, n->kind, false);
	return text;
}
