// SPDX-License-Identifier: GPL-2.0-only
/*
 * presets.c - see presets.h.
 *
 * Sizes: trace-cmd reads all the time, so a buffer has to hold what comes while it is not
 * scheduled. The tracepoint alone needs less than the presets that record each exit and entry, too.
 */
#include "record/presets.h"

/*
 * yield_to(struct task_struct *p, ...): %di is p. What KVM chose, and whether the scheduler did it.
 */
static const struct preset_probe yield_probes[] = {
	{ "spin", "kvm_vcpu_on_spin", false, "" },
	{ "yield_to", "yield_to", false, NULL },
	{ "yield_to_ret", "yield_to", true, "ret=$retval:s32" },
	{ 0 },
};

const struct preset presets[NR_PRESETS] = {
	{ "graph", "who sends directed IPIs to whom, by the tracepoint or by probes",
	  "kvm-ipi report", graph_needs, NULL, 4096 },
	{ "latency", "from sending to injection, EOI and the receiver running", "kvm-ipi latency",
	  latency_needs, NULL, 16384 },
	{ "yield", "whom a spinning vCPU waited for, and the replay of KVM's choice",
	  "kvm-ipi yield", yield_needs, NULL, 16384 },
	{ "yield-truth", "the same with KVM's real choices, by probes on yield_to()",
	  "kvm-ipi yield --yield-target " PROBE_GROUP ":yield_to:pid --yield-result " PROBE_GROUP
	  ":yield_to_ret:ret",
	  yield_needs, yield_probes, 16384 },
	{ "probes", "the same graph by probes on an unpatched kernel", "kvm-ipi report",
	  probes_needs, NULL, 8192 },
	{ "stock", "the same graph from events that every kernel has", "kvm-ipi report",
	  stock_needs, NULL, 16384 },
};

const struct preset *preset_find(const char *name)
{
	for (u32 i = 0; i < NR_PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}
