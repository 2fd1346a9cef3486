// SPDX-License-Identifier: GPL-2.0-only
/* topology.c - see topology.h. All of it is in sysfs, for every user. */
#include "record/topology.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CPU		 "/sys/devices/system/cpu"
#define CACHE_LEVELS_MAX 10
#define NODES_MAX	 1024

/* "4-7,12": 4. */
static s32 first_in_list(const struct host *h, const char *path)
{
	char text[HOST_TEXT_MAX];

	return host_line(h, text, "%s", path) || !text[0] ? -1 : atoi(text);
}

static s32 last_level_cache(const struct host *h, u32 cpu)
{
	char path[HOST_PATH_MAX], type[HOST_TEXT_MAX];
	s64 best = 0;
	s32 llc = -1;

	for (int i = 0; i < CACHE_LEVELS_MAX; i++) {
		s64 level;

		snprintf(path, sizeof(path), CPU "/cpu%u/cache/index%d/level", cpu, i);
		level = host_number(h, path);
		if (level <= best || host_line(h, type, CPU "/cpu%u/cache/index%d/type", cpu, i) ||
		    !strcmp(type, "Instruction"))
			continue;
		snprintf(path, sizeof(path), CPU "/cpu%u/cache/index%d/shared_cpu_list", cpu, i);
		llc = first_in_list(h, path);
		best = level;
	}
	return llc;
}

/* By the nodes' lists of CPUs. */
static int set_nodes(struct cpu_place *place, u32 nr, const struct host *h)
{
	char list[HOST_TEXT_MAX];
	int ret = 0;

	for (s32 node = 0; node < NODES_MAX && !ret; node++) {
		struct ranges cpus = { 0 };

		if (host_line(h, list, "/sys/devices/system/node/node%d/cpulist", node))
			continue;
		if (list[0] && ranges_parse(&cpus, list, UINT32_MAX) == -ENOMEM)
			ret = -ENOMEM;
		for (u32 i = 0; i < nr && cpus.nr; i++)
			if (ranges_have(&cpus, (u32)place[i].cpu))
				place[i].node = node;
		ranges_release(&cpus);
	}
	return ret;
}

static void topology_set_place(struct cpu_place *p, const struct host *h, u32 cpu)
{
	char path[HOST_PATH_MAX];

	*p = (struct cpu_place){ .cpu = (s32)cpu, .node = -1, .llc = last_level_cache(h, cpu) };
	snprintf(path, sizeof(path), CPU "/cpu%u/topology/core_cpus_list", cpu);
	p->core = first_in_list(h, path);
	snprintf(path, sizeof(path), CPU "/cpu%u/topology/physical_package_id", cpu);
	p->package = (s32)host_number(h, path);
}

int topology_scan(struct cpu_place **place, u32 *nr, const struct host *h)
{
	struct ranges online = { 0 };
	char list[HOST_TEXT_MAX];
	int ret = host_line(h, list, CPU "/online");

	*place = NULL;
	*nr = 0;
	if (!ret)
		ret = ranges_parse(&online, list, UINT16_MAX);
	for (size_t i = 0; i < online.nr && !ret; i++)
		for (u32 cpu = online.r[i].from; cpu <= online.r[i].to && !ret; cpu++) {
			struct cpu_place *grown = realloc(*place, (*nr + 1) * sizeof(*grown));

			if (!grown) {
				ret = -ENOMEM;
				break;
			}
			*place = grown;
			topology_set_place(&grown[(*nr)++], h, cpu);
		}
	if (!ret)
		ret = set_nodes(*place, *nr, h);
	ranges_release(&online);
	return ret;
}
