/* SPDX-License-Identifier: GPL-2.0-only */
/* timeline_fixture.h - four bins of one VM, that the tests of the timeline's writers share. */
#ifndef KVM_IPI_UNIT_TIMELINE_FIXTURE_H
#define KVM_IPI_UNIT_TIMELINE_FIXTURE_H

#include "output/timeline_view.h"

struct timeline_fixture {
	struct vm_view vm;
	char title[8];
	u64 all[4], pair[4];
	struct timeline_series series;
	struct timeline_burst burst;
	struct timeline_vm line;
	struct timeline_view t;
};

static inline void timeline_fixture(struct timeline_fixture *f)
{
	*f = (struct timeline_fixture){ .vm = { .have_pid = true, .pid = 42 },
					.title = "it's",
					.all = { 0, 80, 10, 1 },
					.pair = { 0, 8, 0, 1 },
					.burst = { 11000000, 10000000, 80, 80 } };
	f->series = (struct timeline_series){ 3, 4, 9, f->pair };
	f->line = (struct timeline_vm){ .vm = &f->vm,
					.title = f->title,
					.all = { 0, 0, 91, f->all },
					.pair = &f->series,
					.nr_pairs = 1,
					.burst = &f->burst,
					.nr_bursts = 1 };
	f->t = (struct timeline_view){ .start_ns = 1000000,
				       .bin_ns = 10000000,
				       .nr_bins = 4,
				       .burst_times = 3,
				       .burst_min = 10,
				       .vm = &f->line,
				       .nr_vms = 1 };
}

#endif
