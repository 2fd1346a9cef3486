/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was planted, written beside the file:
 *
 * FILE.edges: vm_pid, vm_id, src, dst, vector, path, count; tabs between, sorted by these columns,
 * empty where the event lacks the field.
 * FILE.truth.json: what `kvm-ipi report --format json` has to say, in its own schema, and under
 * "planted" what that schema has no place for.
 */
#ifndef MKTRACE_TRUTH_H
#define MKTRACE_TRUTH_H

#include "pages.h"
#include "stream.h"

struct truth {
	const struct options *o;
	const struct edge *edges;
	const struct page_writer *writers;
	u32 nr_writers;
	u64 kinds[NR_KINDS];
	u64 *cpu_pairs; /* [sender's CPU * (cpus + 1) + receiver's CPU + 1], indices */
};

void truth_init(struct truth *t, const struct options *o, const struct edge *edges);
void truth_release(struct truth *t);

/* A record was stored. */
static inline void truth_add(struct truth *t, const struct item *it)
{
	struct edge *e = it->edge;

	t->kinds[it->kind]++;
	if (it->kind != KIND_TRACK)
		return;
	if (!e->last_ns)
		e->first_ns = it->ns;
	e->last_ns = it->ns;
	e->paths[it->path]++;
	e->states[it->state]++;
	e->cpu_known += it->dst_cpu >= 0;
	e->cpu_same += it->dst_cpu == (s32)it->cpu;
	t->cpu_pairs[it->cpu * (t->o->cpus + 1) + it->dst_cpu + 1]++;
}

void truth_write(const struct truth *t);

#endif
