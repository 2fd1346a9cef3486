// SPDX-License-Identifier: GPL-2.0-only
/*
 * presets.c - see presets.h.
 *
 * Sizes: trace-cmd reads all the time, so a buffer has to hold what comes while it is not
 * scheduled. The tracepoint alone needs less than the presets that record each exit and entry, too.
 */
#include "record/presets.h"

static const struct want graph[] = {
	{ EVENT_TRACK, NEED_MUST },
	{ 0 },
};

static const struct want latency[] = {
	{ EVENT_TRACK, NEED_SOURCE },
	{ "kvm:kvm_apic_ipi", NEED_STOCK },
	{ "kvm:kvm_apic_accept_irq", NEED_MUST },
	{ "kvm:kvm_apicv_accept_irq", NEED_NICE },
	{ "kvm:kvm_inj_virq", NEED_MUST },
	{ "kvm:kvm_eoi", NEED_NICE },
	{ "kvm:kvm_pv_eoi", NEED_NICE },
	{ "kvm:kvm_entry", NEED_MUST },
	{ "kvm:kvm_exit", NEED_MUST },
	{ "sched:sched_switch", NEED_MUST },
	{ "sched:sched_wakeup", NEED_NICE },
	{ 0 },
};

static const struct want yield[] = {
	{ EVENT_TRACK, NEED_SOURCE },
	{ "kvm:kvm_apic_ipi", NEED_STOCK },
	{ "kvm:kvm_apic_accept_irq", NEED_MUST },
	{ "kvm:kvm_inj_virq", NEED_MUST },
	{ "kvm:kvm_eoi", NEED_NICE },
	{ "kvm:kvm_entry", NEED_MUST },
	{ "kvm:kvm_exit", NEED_MUST },
	{ "kvm:kvm_hypercall", NEED_NICE },
	{ "kvm:kvm_hv_hypercall", NEED_NICE },
	{ "kvm:kvm_userspace_exit", NEED_NICE },
	{ "sched:sched_switch", NEED_MUST },
	{ "sched:sched_wakeup", NEED_MUST },
	{ 0 },
};

static const struct want stock[] = {
	{ "kvm:kvm_apic_ipi", NEED_MUST },
	{ "kvm:kvm_apic_accept_irq", NEED_MUST },
	{ "kvm:kvm_entry", NEED_MUST },
	{ "kvm:kvm_exit", NEED_MUST },
	{ "kvm:kvm_inj_virq", NEED_NICE },
	{ "kvm:kvm_eoi", NEED_NICE },
	{ "kvm:kvm_pv_eoi", NEED_NICE },
	{ "kvm:kvm_hypercall", NEED_NICE },
	{ "kvm:kvm_hv_send_ipi", NEED_NICE },
	{ "kvm:kvm_hv_send_ipi_ex", NEED_NICE },
	{ "kvm:kvm_avic_incomplete_ipi", NEED_NICE },
	{ "sched:sched_switch", NEED_NICE },
	{ "sched:sched_wakeup", NEED_NICE },
	{ 0 },
};

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
	{ "graph", "who sends directed IPIs to whom (needs the tracepoint)", "kvm-ipi report", graph,
	  NULL, 4096 },
	{ "latency", "from sending to injection, EOI and the receiver running", "kvm-ipi latency",
	  latency, NULL, 16384 },
	{ "yield", "whom a spinning vCPU waited for, and the replay of KVM's choice", "kvm-ipi yield",
	  yield, NULL, 16384 },
	{ "yield-truth", "the same with KVM's real choices, by probes on yield_to()",
	  "kvm-ipi yield --yield-target " PROBE_GROUP ":yield_to:pid --yield-result " PROBE_GROUP
	  ":yield_to_ret:ret",
	  yield, yield_probes, 16384 },
	{ "stock", "the same graph from events that every kernel has", "kvm-ipi report", stock, NULL,
	  16384 },
};

const struct preset *preset_find(const char *name)
{
	for (u32 i = 0; i < NR_PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}
