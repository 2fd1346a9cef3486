/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * joined.h - runs that join stock events: a source of IPIs on unpatched kernels, and on any
 * kernel a look at what a recording shows beside the directed IPIs (analysis/coverage.h).
 */
#ifndef KVM_IPI_DRIVE_STOCK_H
#define KVM_IPI_DRIVE_STOCK_H

#include "analysis/coverage.h"
#include "trace/trace.h"

/*
 * Like trace_run(), with the directed IPIs that stock events show. Fills map (which is to be empty)
 * and cov on the way. Reads the trace twice, in the order of time: who is who, then who sends what.
 */
int trace_run_stock(struct trace *t, struct thread_map *map, struct filter *filter,
		    const struct analysis *list, u32 nr, struct coverage *cov, struct err *err);

/*
 * After a trace_run(): the same for map and cov, but the directed IPIs are those of kvm_ipi_track,
 * which go to nobody again. The trace's counts stay as they are.
 */
int trace_run_coverage(struct trace *t, struct thread_map *map, struct coverage *cov,
		       struct err *err);

/*
 * Whether the IPIs are those of probes (t->probes): given; or, where the choice is the trace's, the
 * tracepoint has no record, and `deliver` and `accept` have. Reads the trace if its formats do not
 * tell. 0 or -errno with its line.
 */
int trace_choose_probes(struct trace *t, bool given, bool by_trace, struct err *err);
/* Order-free and ordered analyses, and the coverage, of one ordered run. */
struct together {
	struct thread_map *map;	     /* of trace_threads() */
	struct filter *filter;	     /* of the order-free ones */
	const struct analysis *list; /* order-free: get the IPIs of kvm_ipi_track */
	u32 nr;
	struct ordered_want want; /* of the ordered ones, up to 7 */
	const struct ordered *ordered;
	u32 nr_ordered;
	struct coverage *cov;
	u32 kinds; /* after the run: as trace_run_ordered() */
};

int trace_run_together(struct trace *t, struct together *r, struct err *err);

/* Whether a file describes one of these kinds (EV_BIT()s), and so may have records of it. */
bool trace_describes(const struct trace *t, u32 kinds);

#endif
