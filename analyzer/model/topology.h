/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * topology.h - which physical CPUs share a core, a last-level cache, a NUMA node, and so how far an
 * IPI went.
 *
 * Known from a recording's markers, or from a file of the user's. CPUs with equal numbers share it;
 * a number that is not known is -1, and a level that is known of no CPU is never the answer.
 */
#ifndef KVM_IPI_MODEL_TOPOLOGY_H
#define KVM_IPI_MODEL_TOPOLOGY_H

#include "util/types.h"

#define TOPOLOGY_CPUS_MAX 65536

enum topology_level { LEVEL_CORE, LEVEL_LLC, LEVEL_NODE, LEVEL_PACKAGE, NR_TOPOLOGY_LEVELS };

/* The nearest that two CPUs have in common; the last three are no level. */
enum distance {
	DISTANCE_CPU,
	DISTANCE_CORE,
	DISTANCE_LLC,
	DISTANCE_NODE,
	DISTANCE_ACROSS,  /* none of what is known */
	DISTANCE_UNKNOWN, /* one of them is unknown */
	NR_DISTANCES
};

struct cpu_levels {
	s32 of[NR_TOPOLOGY_LEVELS];
	bool known;
	u64 since; /* when it was said, ns; of a file: 0 */
};

struct topology {
	struct cpu_levels *cpu; /* by number */
	u32 room;
	u32 nr;	    /* known CPUs */
	bool fixed; /* the user's own: what a trace says is not taken */
};

/* All zero is empty. */
void topology_release(struct topology *t);

/* What was said of a CPU first stays. 0 or -ENOMEM. */
int topology_add(struct topology *t, u32 cpu, const struct cpu_levels *levels);

/* "3 core 1 llc 0 node 0 package 0": only the first is a must, and other words may come. 0 or -EINVAL. */
int topology_parse(const char *text, u32 *cpu, struct cpu_levels *levels);

/*
 * A line of a user's file: as `lscpu -p` prints it (CPU,Core,Socket,Node,,L1d,...), or as a marker,
 * with or without its "kvm-ipi:". Blank lines and # are skipped. 0, -EINVAL or -ENOMEM.
 */
int topology_add_line(struct topology *t, const char *line);

enum distance topology_distance(const struct topology *t, s32 from, s32 to);

/*
 * The same for CPUs of which all is known, which is the rule; asked for each IPI, so without a
 * branch.
 */
static inline enum distance topology_distance_fast(const struct topology *t, s32 from, s32 to)
{
	const struct cpu_levels *a, *b;
	u32 shares;

	if (unlikely((u32)from >= t->room || (u32)to >= t->room))
		return topology_distance(t, from, to);
	a = &t->cpu[from];
	b = &t->cpu[to];
	if (unlikely((a->of[LEVEL_CORE] | a->of[LEVEL_LLC] | a->of[LEVEL_NODE] | b->of[LEVEL_CORE] |
		      b->of[LEVEL_LLC] | b->of[LEVEL_NODE]) < 0))
		return topology_distance(t, from, to);
	shares = (u32)(from == to) | (u32)(a->of[LEVEL_CORE] == b->of[LEVEL_CORE]) << 1 |
		 (u32)(a->of[LEVEL_LLC] == b->of[LEVEL_LLC]) << 2 |
		 (u32)(a->of[LEVEL_NODE] == b->of[LEVEL_NODE]) << 3 | 1u << DISTANCE_ACROSS;
	return (enum distance)__builtin_ctz(shares);
}

/* How many different cores, caches, nodes and packages there are; 0: not known. 0 or -ENOMEM. */
int topology_count(const struct topology *t, u32 count[NR_TOPOLOGY_LEVELS]);
/*
 * The order of a picture, as qsort() wants it: by package, node, cache, core, number; unknown CPUs
 * last.
 */
int topology_compare(const struct topology *t, u32 a, u32 b);
/*
 * Whether a picture's line goes between two neighbours of that order: another cache or node begins.
 */
bool topology_divides(const struct topology *t, u32 before, u32 behind);

#endif
