// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - see trace.h: trace_run_ordered(), where the trace's IPIs come from.
 *
 * The tracepoint's are records like others; those of probes are joined on the way. Stock events
 * need to know the threads first and so have runs of their own (stock_order.h).
 */
#include "trace/probe_order.h"
#include "trace/trace.h"

int trace_run_ordered(struct trace *t, const struct ordered_want *want, const struct ordered *list,
		      u32 nr, u32 *kinds, struct err *err)
{
	return t->probes ? trace_run_ordered_probes(t, want, list, nr, kinds, err)
			 : trace_run_merged(t, want, list, nr, kinds, err);
}
