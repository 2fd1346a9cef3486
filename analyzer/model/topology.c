// SPDX-License-Identifier: GPL-2.0-only
/*
 * topology.c - see topology.h. A table by the CPU's number: it is asked for each IPI.
 */
#include "model/topology.h"
#include "util/order.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdlib.h>

#define MARKER "kvm-ipi:"

static const char *const level_words[NR_TOPOLOGY_LEVELS] = { "core", "llc", "node", "package" };

static const struct cpu_levels nothing = { { -1, -1, -1, -1 }, false, 0 };

void topology_release(struct topology *t)
{
	free(t->cpu);
	*t = (struct topology){ 0 };
}

int topology_add(struct topology *t, u32 cpu, const struct cpu_levels *levels)
{
	if (cpu >= TOPOLOGY_CPUS_MAX)
		return 0;
	if (cpu >= t->room) {
		u32 room = max_of(cpu + 1, 2 * t->room);
		struct cpu_levels *grown = realloc(t->cpu, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->cpu = grown;
		while (t->room < room)
			grown[t->room++] = nothing;
	}
	if (t->cpu[cpu].known && t->cpu[cpu].since <= levels->since)
		return 0;
	t->nr += !t->cpu[cpu].known;
	t->cpu[cpu] = *levels;
	t->cpu[cpu].known = true;
	return 0;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r");
}

int topology_parse(const char *text, u32 *cpu, struct cpu_levels *levels)
{
	u64 n;

	*levels = nothing;
	text = skip_blanks(text);
	if (number_parse(text, &text, &n) || n >= TOPOLOGY_CPUS_MAX)
		return -EINVAL;
	*cpu = (u32)n;
	for (text = skip_blanks(text); *text; text = skip_blanks(text)) {
		const char *word = text;
		size_t len = strcspn(text, " \t\r");

		text = skip_blanks(text + len);
		if (number_parse(text, &text, &n) || n > INT32_MAX)
			return -EINVAL;
		for (int i = 0; i < NR_TOPOLOGY_LEVELS; i++)
			if (strlen(level_words[i]) == len && !memcmp(word, level_words[i], len))
				levels->of[i] = (s32)n;
	}
	return 0;
}

/* "2,1,0,0,,1,1,1,0": the caches stand behind an empty column, the last-level one at the end. */
static int parse_lscpu(const char *line, u32 *cpu, struct cpu_levels *levels)
{
	static const int column[] = { -1, LEVEL_CORE, LEVEL_PACKAGE, LEVEL_NODE };
	int i = 0;
	u64 n;

	*levels = nothing;
	for (;; i++) {
		bool have = *line && *line != ',' && *line != '\r';

		if (have && (number_parse(line, &line, &n) || n > INT32_MAX))
			return -EINVAL;
		if (!i && (!have || n >= TOPOLOGY_CPUS_MAX))
			return -EINVAL;
		if (!i)
			*cpu = (u32)n;
		else if (have)
			levels->of[i < (int)ARRAY_SIZE(column) ? column[i] : LEVEL_LLC] = (s32)n;
		if (*line != ',')
			break;
		line++;
	}
	return i && !*skip_blanks(line) ? 0 : -EINVAL;
}

int topology_add_line(struct topology *t, const char *line)
{
	struct cpu_levels levels;
	u32 cpu;
	int ret;

	line = skip_blanks(line);
	if (!*line || *line == '#')
		return 0;
	if (!strncmp(line, MARKER, strlen(MARKER)))
		line = skip_blanks(line + strlen(MARKER));
	if (!strncmp(line, "cpu ", 4))
		ret = topology_parse(line + 4, &cpu, &levels);
	else
		ret = parse_lscpu(line, &cpu, &levels);
	return ret ? ret : topology_add(t, cpu, &levels);
}

static const struct cpu_levels *levels_of(const struct topology *t, s64 cpu)
{
	return cpu >= 0 && cpu < t->room && t->cpu[cpu].known ? &t->cpu[cpu] : &nothing;
}

enum distance topology_distance(const struct topology *t, s32 from, s32 to)
{
	const struct cpu_levels *a = levels_of(t, from), *b = levels_of(t, to);
	bool compared = false;

	if (from == to)
		return from < 0 ? DISTANCE_UNKNOWN : DISTANCE_CPU;
	for (int i = LEVEL_CORE; i <= LEVEL_NODE; i++) {
		if (a->of[i] < 0 || b->of[i] < 0)
			continue;
		compared = true;
		if (a->of[i] == b->of[i])
			return (enum distance)(DISTANCE_CORE + i);
	}
	return compared ? DISTANCE_ACROSS : DISTANCE_UNKNOWN;
}

int topology_count(const struct topology *t, u32 count[NR_TOPOLOGY_LEVELS])
{
	u32 *seen = malloc((t->nr + 1) * sizeof(*seen));

	if (!seen)
		return -ENOMEM;
	for (int level = 0; level < NR_TOPOLOGY_LEVELS; level++) {
		u32 nr = 0;

		for (u32 i = 0; i < t->room; i++)
			if (t->cpu[i].known && t->cpu[i].of[level] >= 0)
				seen[nr++] = (u32)t->cpu[i].of[level];
		qsort(seen, nr, sizeof(*seen), order_u32);
		count[level] = 0;
		for (u32 i = 0; i < nr; i++)
			count[level] += !i || seen[i] != seen[i - 1];
	}
	free(seen);
	return 0;
}

int topology_compare(const struct topology *t, u32 a, u32 b)
{
	static const int order[] = { LEVEL_PACKAGE, LEVEL_NODE, LEVEL_LLC, LEVEL_CORE };
	const struct cpu_levels *x = levels_of(t, a), *y = levels_of(t, b);

	if (x->known != y->known)
		return x->known ? -1 : 1;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (x->of[order[i]] != y->of[order[i]])
			return x->of[order[i]] < y->of[order[i]] ? -1 : 1;
	return (a > b) - (a < b);
}

bool topology_divides(const struct topology *t, u32 before, u32 behind)
{
	const struct cpu_levels *x = levels_of(t, before), *y = levels_of(t, behind);

	return x->of[LEVEL_LLC] != y->of[LEVEL_LLC] || x->of[LEVEL_NODE] != y->of[LEVEL_NODE] ||
	       x->of[LEVEL_PACKAGE] != y->of[LEVEL_PACKAGE];
}
