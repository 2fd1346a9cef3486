/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shapes.h - what writers are given: results without the analyses behind them.
 *
 * A shape holds what is small and asks for what is large, row by row, so that writing needs no
 * memory of its own. Times are ns since the first record of the trace. Strings and callbacks'
 * contexts are the caller's and outlive the writing.
 */
#ifndef KVM_IPI_SHAPES_H
#define KVM_IPI_SHAPES_H

#include "util/types.h"

#define SHAPE_STATES 5		/* guest, host, preempted, halted, woken; behind them: no name */
#define SHAPE_NO_VECTOR 256

extern const char *const shape_state_names[SHAPE_STATES + 1];

struct shape_input {
	const char *file;
	const char *clock;	/* NULL: unknown */
	u32 cpus;
	u64 duration_ns, records, events;
	u64 gaps, lost;
	bool lost_known;	/* every gap had its number */
	u64 overrun;
	bool overrun_known;
	u64 skipped;
	bool time_shift;	/* a guest's clock correction was not applied */
	bool salvaged;		/* its index is lost; the data was found without */
	u32 salvaged_cpus;	/* so many CPUs' data */
	bool salvaged_sure;	/* their numbers are known */
	u64 missing_bytes;	/* at least so much is not there */
};

/* The IPIs of one (sender, receiver, vector). */
struct shape_edge {
	const char *known;	/* how its VM and sender are: certain, named, inferred or unknown */
	u32 src, dst;
	u32 vector;		/* SHAPE_NO_VECTOR: unknown */
	u64 count;
	u64 fast, slow, path_other;
	u64 state[SHAPE_STATES + 1];
	u64 first_ns, last_ns;
};

/* A number that has no name yet, and how often it was met. */
struct shape_odd {
	u32 value;
	u64 count;
};

/* How far from the sender's CPU the receiver was: what they share, the nearest first. */
enum shape_distance {
	SHAPE_SAME_CPU,
	SHAPE_SAME_CORE,
	SHAPE_SAME_LLC,
	SHAPE_SAME_NODE,
	SHAPE_ACROSS,
	SHAPE_FAR_UNKNOWN,
	SHAPE_DISTANCES
};

/* The host's CPUs; a number of things that is not known is 0. */
struct shape_topology {
	u32 cpus, cores, llcs, nodes, packages;
};

struct shape_vm {
	bool have_pid, have_id;
	s32 pid;
	u32 id;
	const char *name;	/* NULL: none */
	const char *known;	/* how it is known: certain, named or inferred */
	u32 vcpus, pairs;
	u64 ipis;
	bool have_paths;
	u64 fast, slow, path_other;
	u64 state[SHAPE_STATES + 1];
	u64 cpu_known, cpu_same; /* receivers whose CPU is known; that were last on the sender's */
	u64 distance[SHAPE_DISTANCES]; /* IPIs, where the graph has a topology */
	u64 first_ns, last_ns;
	u32 first_row, nr_rows;	/* its edges */
};

/* A count that may not have been recorded. */
struct shape_count {
	const char *name;	/* as a key of JSON */
	const char *text;	/* as people read it, behind the number */
	bool known;
	u64 n;
};

#define SHAPE_SPANS 64

struct shape_loss {
	u32 cpu;
	u64 gaps, events;
	bool events_known;	/* every gap had its number */
	u64 from_ns, to_ns;	/* the first gap's beginning, the last one's end */
	u64 ns;			/* all gaps together */
	struct shape_span {
		u64 from_ns, to_ns, events;
		bool events_known;
	} span[SHAPE_SPANS];	/* the first of them */
	u32 nr_spans;
};

/* What the recording shows of all IPIs, and what it cannot show. */
struct shape_coverage {
	struct shape_count directed;	/* the graph's IPIs, before filters */
	struct shape_count sent;	/* kvm_apic_ipi records */
	struct shape_count became[9];	/* of them: what they turned out to be */
	struct shape_count other[4];	/* beside them: PV, Hyper-V, AVIC */
	struct shape_count pv_targets, apicv_accepts;
	struct shape_count watched;	/* directed IPIs whose receivers' EOIs can be seen */
	struct shape_count no_eoi;	/* of them: no EOI came */
	struct shape_count unconfirmed;	/* at most so many were not delivered */
	const char *hardware;		/* none, apicv, avic; NULL: not to be seen */
	const char *hides;		/* what that hardware keeps from the trace; NULL: nothing */
	const struct shape_loss *lost;
	u32 nr_lost;
};

struct shape_graph {
	const char *schema;
	const char *source;
	const struct shape_coverage *coverage;
	bool distances;		/* say how far receivers were, or that it is not known */
	const struct shape_topology *topology; /* NULL: not known */
	const struct shape_input *in;
	u32 nr_in;
	const struct shape_vm *vm;
	u32 nr_vm;
	u64 duration_ns;	/* of all inputs together */
	const void *ctx;
	/* Called before a VM's rows are asked for: 0 or -ENOMEM. NULL: they are sorted. */
	int (*sort)(const void *ctx, u32 vm);
	void (*edge)(const void *ctx, u32 row, struct shape_edge *out);
	void (*vectors)(const void *ctx, u32 vm, u64 count[SHAPE_NO_VECTOR + 1]);
	/* Numbers without a name among a VM's states (paths: false) or paths; fills up to max. */
	u32 (*odd)(const void *ctx, u32 vm, bool paths, struct shape_odd *out, u32 max);
	const char *(*vector_name)(const void *ctx, u32 vector); /* NULL result: none */
	bool vector_names_given;	/* the user said whose names they are */
};

/* Counts by row and column: sender x receiver, or CPU x CPU. */
struct shape_matrix {
	const struct shape_vm *vm;
	const char *row_title, *col_title;
	const u32 *row_id, *col_id;
	u32 nr_rows, nr_cols;
	const u64 *count;	/* [row * nr_cols + col] */
};

/* "4242/3", "4242", "?/3" into buf; returns buf. */
#define SHAPE_VM_LABEL 24
const char *shape_vm_label(const struct shape_vm *vm, char buf[SHAPE_VM_LABEL]);

/* Whether records are missing from any of them, as far as the files say. */
bool shape_lossy(const struct shape_input *in, u32 nr);

#endif
