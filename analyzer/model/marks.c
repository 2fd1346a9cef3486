// SPDX-License-Identifier: GPL-2.0-only
/*
 * marks.c - see marks.h. A recording repeats its lines, so they are looked for before they are
 * kept.
 */
#include "model/marks.h"

#include <errno.h>
#include <stdlib.h>

void marks_release(struct marks *m)
{
	for (u32 i = 0; i < m->nr_names; i++)
		free(m->name[i].name);
	free(m->name);
	topology_release(&m->topology);
	*m = (struct marks){ 0 };
}

static bool marks_same_vm(const struct vm *a, const struct vm *b)
{
	return a->have_pid == b->have_pid && a->have_id == b->have_id && a->pid == b->pid &&
	       a->id == b->id;
}

static struct marks_name *find_name(const struct marks *m, const struct vm *vm)
{
	for (u32 i = 0; i < m->nr_names; i++)
		if (marks_same_vm(&m->name[i].vm, vm))
			return &m->name[i];
	return NULL;
}

static int marks_add_name(struct marks *m, u64 ts, const struct vm *vm, const char *name)
{
	struct marks_name *n = find_name(m, vm);
	char *copy;

	/* Of two lines with one time, any one that does not depend on the order. */
	if (n && (n->ts < ts || (n->ts == ts && strcmp(n->name, name) <= 0)))
		return 0;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	if (!n && m->nr_names == m->room) {
		u32 room = max_of(2 * m->room, 16u);
		struct marks_name *grown = realloc(m->name, room * sizeof(*grown));

		if (!grown) {
			free(copy);
			return -ENOMEM;
		}
		m->name = grown;
		m->room = room;
	}
	if (n)
		free(n->name);
	else
		n = &m->name[m->nr_names++];
	*n = (struct marks_name){ ts, *vm, copy };
	return 0;
}

int marks_add(struct marks *m, u64 ts, const char *text, size_t len)
{
	struct marker marker;

	if (marker_parse(text, len, &marker))
		return 0;
	switch (marker.kind) {
	case MARKER_CPU:
		marker.levels.since = ts;
		return topology_add(&m->topology, marker.cpu, &marker.levels);
	case MARKER_POLICY: return 0;
	case MARKER_VM: return marks_add_name(m, ts, &marker.vm, marker.name);
	default: m->vcpus = true; return 0;
	}
}

static int tell_topology(const struct topology *from, struct topology *to)
{
	int ret = 0;

	for (u32 cpu = 0; cpu < from->room && !ret; cpu++)
		if (from->cpu[cpu].known)
			ret = topology_add(to, cpu, &from->cpu[cpu]);
	return ret;
}

int marks_merge(struct marks *m, const struct marks *other)
{
	int ret = tell_topology(&other->topology, &m->topology);

	for (u32 i = 0; i < other->nr_names && !ret; i++)
		ret = marks_add_name(m, other->name[i].ts, &other->name[i].vm, other->name[i].name);
	m->vcpus |= other->vcpus;
	return ret;
}

int marks_tell(const struct marks *m, struct vm_names *names, struct topology *topology)
{
	int ret = topology && !topology->fixed ? tell_topology(&m->topology, topology) : 0;

	for (u32 i = 0; i < m->nr_names && !ret && names; i++)
		if (!vm_names_find(names, &m->name[i].vm))
			ret = vm_names_add(names, &m->name[i].vm, m->name[i].name);
	return ret;
}
