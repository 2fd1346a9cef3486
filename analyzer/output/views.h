/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * views.h - what writers are given: results without the analyses behind them.
 *
 * A view holds what is small and asks for what is large, row by row, so that writing needs no
 * memory of its own. Times are ns since the first record of the trace. Strings and callbacks'
 * contexts are the caller's and outlive the writing.
 */
#ifndef KVM_IPI_VIEWS_H
#define KVM_IPI_VIEWS_H

#include "util/types.h"

/* Receivers' states at send, as the tracepoint numbers them; VIEW_STATES: a number without a name.
 */
enum view_state { VIEW_GUEST, VIEW_HOST, VIEW_PREEMPTED, VIEW_HALTED, VIEW_WOKEN, VIEW_STATES };
/* The order of the contract, which is not that of the numbers. */
extern const enum view_state view_state_order[VIEW_STATES + 1];
#define VIEW_NO_VECTOR 256

extern const char *const view_state_names[VIEW_STATES + 1];

/* A time (_ns) that is not known: the clock does not count ns. */
#define VIEW_NO_TIME UINT64_MAX

struct input_view {
	const char *file;  /* its name to be printed */
	const char *path;  /* its name as it is, for what escapes it; NULL: file */
	const char *clock; /* NULL: unknown */
	bool ticks;	   /* which does not count ns: times are unknown */
	u32 cpus;
	u64 duration_ns, records, events;
	u64 gaps, lost;
	bool lost_known; /* every gap had its number */
	u64 overrun;
	bool overrun_known;
	u64 skipped;
	bool time_shift;    /* a guest's clock correction was not applied */
	bool salvaged;	    /* its index is lost; the data was found without */
	u32 salvaged_cpus;  /* so many CPUs' data */
	bool salvaged_sure; /* their numbers are known */
	u64 missing_bytes;  /* at least so much is not there */
};

/* The IPIs of one (sender, receiver, vector). */
struct edge_view {
	const char *known; /* how its VM and sender are: certain, named, inferred or unknown */
	u32 src, dst;
	u32 vector; /* VIEW_NO_VECTOR: unknown */
	u64 count;
	u64 fast, slow, path_other;
	u64 state[VIEW_STATES + 1];
	u64 first_ns, last_ns;
};

/* A number that has no name yet, and how often it was met. */
struct odd_view {
	u32 value;
	u64 count;
};

/* How far from the sender's CPU the receiver was: what they share, the nearest first. */
enum view_distance {
	VIEW_SAME_CPU,
	VIEW_SAME_CORE,
	VIEW_SAME_LLC,
	VIEW_SAME_NODE,
	VIEW_ACROSS,
	VIEW_FAR_UNKNOWN,
	VIEW_DISTANCES
};

/* The host's CPUs; a number of things that is not known is 0. */
struct topology_view {
	u32 cpus, cores, llcs, nodes, packages;
};

struct vm_view {
	bool have_pid, have_id;
	s32 pid;
	u32 id;
	const char *name;  /* NULL: none */
	const char *known; /* how it is known: certain, named or inferred */
	u32 vcpus, pairs;
	u64 ipis;
	bool have_paths;
	u64 fast, slow, avic, path_other; /* path_other: avic, too */
	u64 state[VIEW_STATES + 1];
	u64 cpu_known, cpu_same; /* receivers whose CPU is known; that were last on the sender's */
	u64 distance[VIEW_DISTANCES]; /* IPIs, where the graph has a topology */
	u64 first_ns, last_ns;
	u32 first_row, nr_rows; /* its edges */
};

/* A count that may not have been recorded. */
struct count_view {
	const char *name; /* as a key of JSON */
	const char *text; /* as people read it, behind the number */
	bool known;
	u64 n;
};

#define VIEW_SPANS 64

struct loss_view {
	u32 cpu;
	u64 gaps, events;
	bool events_known;  /* every gap had its number */
	u64 from_ns, to_ns; /* the first gap's beginning, the last one's end */
	u64 ns;		    /* all gaps together */
	struct span_view {
		u64 from_ns, to_ns, events;
		bool events_known;
	} span[VIEW_SPANS]; /* the first of them */
	u32 nr_spans;
};

/* IPIs that no delivery of KVM's shows, whose pair is known. */
struct coverage_pair_view {
	s32 vm_pid;
	u32 vm_id;
	bool have_vm_pid, have_vm_id;
	u32 src, dst;
	u64 count;
	bool avic; /* exited, receiver not running; else accepted from a hypercall */
};

/* What the recording shows of all IPIs, and what it cannot show. */
struct coverage_view {
	struct count_view directed;  /* the graph's IPIs, before filters */
	struct count_view sent;	     /* kvm_apic_ipi records */
	struct count_view became[9]; /* of them: what they turned out to be */
	struct count_view other[4];  /* beside them: PV, Hyper-V, AVIC */
	struct count_view pv_targets, apicv_accepts;
	struct count_view hypercall_accepts;   /* by probes: PV and Hyper-V IPIs, each receiver */
	const struct coverage_pair_view *pair; /* by VM, sender, receiver */
	u32 nr_pairs;
	bool probes;		   /* the IPIs are those of probes: sent is what was delivered */
	struct count_view watched; /* directed IPIs whose receivers' EOIs can be seen */
	struct count_view no_eoi;  /* of them: no EOI came */
	struct count_view unconfirmed; /* at most so many were not delivered */
	const char *hardware;	       /* none, apicv, avic; NULL: not to be seen */
	const char *hides;	       /* what that hardware keeps from the trace; NULL: nothing */
	const struct loss_view *lost;
	u32 nr_lost;
};

struct graph_view {
	const char *schema;
	const char *source;
	const struct coverage_view *coverage;
	bool distances; /* say how far receivers were, or that it is not known */
	const struct topology_view *topology; /* NULL: not known */
	const struct input_view *in;
	u32 nr_in;
	const struct vm_view *vm;
	u32 nr_vm;
	u64 duration_ns; /* of all inputs together, within --time: what rates are of */
	const void *ctx;
	/* Called before a VM's rows are asked for: 0 or -ENOMEM. NULL: they are sorted. */
	int (*sort)(const void *ctx, u32 vm);
	void (*edge)(const void *ctx, u32 row, struct edge_view *out);
	void (*vectors)(const void *ctx, u32 vm, u64 count[VIEW_NO_VECTOR + 1]);
	/* Numbers without a name among a VM's states (paths: false) or paths; fills up to max. */
	u32 (*odd)(const void *ctx, u32 vm, bool paths, struct odd_view *out, u32 max);
	const char *(*vector_name)(const void *ctx, u32 vector); /* NULL result: none */
	bool vector_names_given; /* the user said whose names they are */
};

/* Counts by row and column: sender x receiver, or CPU x CPU. */
struct matrix_view {
	const struct vm_view *vm;
	const char *row_title, *col_title;
	const u32 *row_id, *col_id;
	u32 nr_rows, nr_cols;
	/* What is not zero, by row, then column: places in the ids. */
	const struct matrix_cell {
		u32 row, col;
		u64 count;
	} * cell;
	u32 nr_cells;
};

/* Runnable but not running: candidates for a directed yield. */
static inline u64 view_runnable(const u64 state[VIEW_STATES + 1])
{
	return state[VIEW_PREEMPTED] + state[VIEW_WOKEN];
}

/* "4242/3", "4242", "?/3" into buf; returns buf. */
#define VIEW_VM_LABEL 24
const char *vm_view_label(const struct vm_view *vm, char buf[VIEW_VM_LABEL]);

/* The IPIs are from stock events: without paths, and the VMs and senders may be inferred. */
bool view_from_stock(const struct graph_view *g);
/* source: "track", "probes" or "stock". */
bool view_is_from(const struct graph_view *g, const char *source);

/* Whether records are missing from any of them, as far as the files say. */
bool view_lossy(const struct input_view *in, u32 nr);

#endif
