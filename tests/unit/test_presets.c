// SPDX-License-Identifier: GPL-2.0-only
/* test_presets.c - the table of presets is in order. */
#include "record/presets.h"

#include "record/tracer.h"
#include "unit.h"

START_TEST(by_name)
{
	for (u32 i = 0; i < NR_PRESETS; i++)
		ck_assert_ptr_eq(preset_find(presets[i].name), &presets[i]);
	ck_assert_ptr_null(preset_find("graphs"));
	ck_assert_ptr_null(preset_find(""));
}
END_TEST

START_TEST(rows_are_whole)
{
	for (u32 i = 0; i < NR_PRESETS; i++) {
		u32 events = 0, probes = 0, musts = 0, source = 0, stand_ins = 0;

		for (const struct need *w = presets[i].needs; w->kind != EV_NONE; w++) {
			events += w->level != NEED_READ;
			ck_assert(w->level == NEED_READ || strchr(event_kind_name(w->kind), ':'));
			musts += w->level == NEED_MUST || w->level == NEED_STATES;
			source += w->level == NEED_SOURCE;
			stand_ins += w->level == NEED_STOCK;
			for (const struct need *v = presets[i].needs; v < w; v++)
				ck_assert_int_ne(v->kind, w->kind);
		}
		for (const struct preset_probe *p = presets[i].probe; p && p->event; p++)
			probes++;
		ck_assert_uint_ge(musts, 1);
		/* what stands in for the tracepoint is named where the tracepoint is */
		ck_assert_uint_eq(source, stand_ins);
		ck_assert_uint_le(events + probes, EVENTS_MAX);
		ck_assert_uint_le(probes, TRACER_PROBES_MAX);
		ck_assert_uint_ge(presets[i].buffer_kb, 512);
		ck_assert_int_eq(strncmp(presets[i].next, "kvm-ipi ", 8), 0);
	}
}
END_TEST

UNIT_SUITE(presets, by_name, rows_are_whole)
