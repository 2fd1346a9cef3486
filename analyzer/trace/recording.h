/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recording.h - an opened trace, and what is known beside its events: from options, from the files'
 * other parts, and from the runs. What the commands fill, and views are built from.
 */
#ifndef KVM_IPI_RECORDING_H
#define KVM_IPI_RECORDING_H

#include "analysis/coverage.h"
#include "model/topology.h"
#include "model/vectors.h"
#include "trace/trace.h"

/* The names that are printed for vectors: built in, or a file's, whose text they point into. */
struct user_vectors {
	const struct vector_names *names;
	bool given; /* by --guest */
	struct vector_names own;
	char *text;
};

struct recording {
	struct trace trace;
	struct filter filter;
	struct vm_names names;
	struct topology topology; /* --topology, or after a run what the recording says; or empty */
	struct user_vectors vectors;
	/* after a run */
	bool stock;		   /* the IPIs are from stock events, not from kvm_ipi_track */
	struct thread_map threads; /* filled for a stock source, and where coverage needed it */
	struct whois_check check;  /* of them, where they are known from the trace's beginning */
	struct coverage coverage;
};

/*
 * How much of the recording's time was looked at: what --time leaves of it; ns. What rates are of.
 * 0: none, or its clock is not in ns.
 */
static inline u64 recording_span(const struct recording *rec)
{
	u64 from = rec->trace.totals.first_ts, to = rec->trace.totals.last_ts;

	if (rec->filter.have_time) {
		from = max_of(from, rec->filter.from);
		to = min_of(to, rec->filter.to);
	}
	return to > from && !rec->trace.ticks ? to - from : 0;
}

/* "track", "probes" or "stock". */
static inline const char *recording_source(const struct recording *rec)
{
	return rec->trace.probes ? "probes" : rec->stock ? "stock" : "track";
}

#endif
