// SPDX-License-Identifier: GPL-2.0-only
/* test_needs.c - what follows from the lists: kinds, unknown figures, what to record. */
#include "analysis/needs.h"

#include "unit.h"

START_TEST(kinds)
{
	u32 yield = needs_kinds(yield_needs);

	ck_assert_uint_eq(needs_kinds(graph_needs), EV_BIT(EV_TRACK));
	ck_assert_uint_eq(needs_kinds(NULL), 0);
	ck_assert(yield & EV_BIT(EV_EOI) && yield & EV_BIT(EV_HV_SEND_IPI));
	ck_assert(!(yield & EV_BIT(EV_INJ_VIRQ))); /* recorded, and not read */
	ck_assert_uint_eq(needs_unknown(yield_needs, YIELD_ACKS), EV_BIT(EV_EOI));
	ck_assert_uint_eq(needs_unknown(yield_needs, YIELD_REPLAY),
			  EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) | EV_BIT(EV_SWITCH));
}
END_TEST

START_TEST(what_to_record)
{
	char text[NEEDS_TEXT];

	ck_assert_str_eq(needs_record(yield_needs, YIELD_ACKS, text), "-e kvm:kvm_eoi");
	ck_assert_str_eq(needs_record(yield_needs, YIELD_REPLAY | YIELD_WOKEN, text),
			 "-e kvm -e sched:sched_switch -e sched:sched_wakeup");
	ck_assert_str_eq(needs_record(latency_needs, LATENCY_FIGURE(3), text),
			 "-e sched:sched_switch -e kvm:kvm_entry");
	ck_assert_str_eq(needs_record(latency_needs, LATENCY_FIGURES, text),
			 "-e kvm -e sched:sched_switch -e sched:sched_wakeup");
	ck_assert_str_eq(needs_musts(graph_needs, text), "-e kvm:kvm_ipi_track");
	ck_assert_str_eq(needs_musts(stock_needs, text),
			 "-e kvm:kvm_apic_ipi -e kvm:kvm_apic_accept_irq -e kvm:kvm_entry "
			 "-e kvm:kvm_exit");
}
END_TEST

UNIT_SUITE(needs, kinds, what_to_record)
