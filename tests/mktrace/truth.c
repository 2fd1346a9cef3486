// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing the truth.
 *
 * Edges are sorted and merged by what a reader can see of them: a field that was left out of the
 * event is the same for all, so VMs without a vm_id, or edges without a vector, fall together.
 */
#define _GNU_SOURCE /* asprintf */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "layout.h"
#include "truth.h"

/* An edge as a reader sees it. */
struct row {
	s32 pid;
	u32 id, src, dst;
	u8 vector;
	u64 first_ns, last_ns;
	u64 paths[NR_PATHS], states[NR_STATES];
	u64 cpu_known, cpu_same;
};

struct rows {
	const struct options *o;
	struct row *row;
	size_t nr;
	u64 missing;
	u64 start_ns; /* of the first record */
};

void truth_init(struct truth *t, const struct options *o, const struct edge *edges)
{
	memset(t, 0, sizeof(*t));
	t->o = o;
	t->edges = edges;
	t->cpu_pairs = calloc(o->cpus * (o->cpus + 1), sizeof(u64));
	if (!t->cpu_pairs)
		die("out of memory");
}

void truth_release(struct truth *t)
{
	free(t->cpu_pairs);
	t->cpu_pairs = NULL;
}

#define COMPARE(x, y)                                                                              \
	do {                                                                                       \
		if ((x) != (y))                                                                    \
			return (x) < (y) ? -1 : 1;                                                 \
	} while (0)

static int row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	COMPARE(x->pid, y->pid);
	COMPARE(x->id, y->id);
	COMPARE(x->src, y->src);
	COMPARE(x->dst, y->dst);
	COMPARE(x->vector, y->vector);
	return 0;
}

static void row_merge(struct row *to, const struct row *from)
{
	int i;

	if (from->first_ns < to->first_ns)
		to->first_ns = from->first_ns;
	if (from->last_ns > to->last_ns)
		to->last_ns = from->last_ns;
	for (i = 0; i < NR_PATHS; i++)
		to->paths[i] += from->paths[i];
	for (i = 0; i < NR_STATES; i++)
		to->states[i] += from->states[i];
	to->cpu_known += from->cpu_known;
	to->cpu_same += from->cpu_same;
}

static u64 row_count(const struct row *r)
{
	u64 n = 0;
	int i;

	for (i = 0; i < NR_PATHS; i++)
		n += r->paths[i];
	return n;
}

static void row_set(struct row *r, const struct edge *e, u64 missing)
{
	r->pid = missing & 1 << F_VM_PID ? 0 : vm_pid(e->vm);
	r->id = missing & 1 << F_VM_ID ? 0 : vm_id(e->vm);
	r->src = missing & 1 << F_SRC ? 0 : e->src;
	r->dst = missing & 1 << F_DST ? 0 : e->dst;
	r->vector = missing & 1 << F_VECTOR ? 0 : e->vector;
	r->first_ns = e->first_ns;
	r->last_ns = e->last_ns;
	memcpy(r->paths, e->paths, sizeof(r->paths));
	memcpy(r->states, e->states, sizeof(r->states));
	r->cpu_known = missing & 1 << F_DST_CPU ? 0 : e->cpu_known;
	r->cpu_same = missing & 1 << F_DST_CPU ? 0 : e->cpu_same;
}

static void rows_init(struct rows *rs, const struct truth *t)
{
	size_t i, n = 0;

	rs->nr = 0;
	rs->o = t->o;
	rs->missing = t->o->missing;
	rs->row = calloc(t->o->edges + 1, sizeof(*rs->row));
	if (!rs->row)
		die("out of memory");
	for (i = 0; i < t->o->edges; i++)
		if (t->edges[i].last_ns)
			row_set(&rs->row[n++], &t->edges[i], rs->missing);
	qsort(rs->row, n, sizeof(*rs->row), row_cmp);
	for (i = 0; i < n; i++) {
		if (rs->nr && !row_cmp(&rs->row[rs->nr - 1], &rs->row[i]))
			row_merge(&rs->row[rs->nr - 1], &rs->row[i]);
		else
			rs->row[rs->nr++] = rs->row[i];
	}
}

static FILE *open_beside(const char *file, const char *suffix)
{
	char *name;
	FILE *f;

	if (asprintf(&name, "%s%s", file, suffix) < 0)
		die("out of memory");
	f = fopen(name, "w");
	if (!f)
		die("%s: %s", name, strerror(errno));
	free(name);
	return f;
}

/* In the edges: its name, or its number. */
static const char *path_name(int i, char text[8])
{
	static const char *const names[] = { "fast", "slow" };

	if (path_values[i] < ARRAY_SIZE(names))
		return names[path_values[i]];
	snprintf(text, 8, "%u", path_values[i]);
	return text;
}

/* The columns that tell rows apart; a field that no record has is an empty one. */
static void print_ids(FILE *f, const struct row *r, u64 missing)
{
	const long long column[] = { [F_VM_PID] = r->pid,
				     [F_VM_ID] = r->id,
				     [F_SRC] = r->src,
				     [F_DST] = r->dst,
				     [F_VECTOR] = r->vector };
	static const u8 order[] = { F_VM_PID, F_VM_ID, F_SRC, F_DST, F_VECTOR };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!(missing & 1 << order[i]))
			fprintf(f, "%lld", column[order[i]]);
		fputc('\t', f);
	}
}

static void write_edges(const struct truth *t, const struct rows *rs)
{
	FILE *f = open_beside(t->o->out, ".edges");
	char text[8];
	size_t i;
	int p;

	for (i = 0; i < rs->nr; i++) {
		const struct row *r = &rs->row[i];

		if (rs->missing & 1 << F_PATH) {
			print_ids(f, r, rs->missing);
			fprintf(f, "\t%llu\n", (unsigned long long)row_count(r));
			continue;
		}
		for (p = 0; p < NR_PATHS; p++) {
			if (!r->paths[p])
				continue;
			print_ids(f, r, rs->missing);
			fprintf(f, "%s\t%llu\n", path_name(p, text),
				(unsigned long long)r->paths[p]);
		}
	}
	if (fclose(f))
		die("writing the edges: %s", strerror(errno));
}

static void json_u64(FILE *f, const char *key, u64 v, const char *end)
{
	fprintf(f, "\"%s\": %llu%s", key, (unsigned long long)v, end);
}

static void json_u64_or_null(FILE *f, const char *key, u64 v, bool null, const char *end)
{
	if (null)
		fprintf(f, "\"%s\": null%s", key, end);
	else
		json_u64(f, key, v, end);
}

/* From the times in the file to ns. */
static u64 to_ns(const struct options *o, u64 t)
{
	return o->tsc_mult ? (u64)((unsigned __int128)t * o->tsc_mult >> o->tsc_shift) : t;
}

/* One buffer's records decide nothing: time runs over all of them. */
static void span(const struct truth *t, u64 *first_ns, u64 *last_ns, u64 *records)
{
	u32 i;

	*first_ns = UINT64_MAX;
	*last_ns = *records = 0;
	for (i = 0; i < t->nr_writers; i++) {
		const struct page_writer *w = &t->writers[i];

		if (!w->records)
			continue;
		*records += w->records;
		if (w->first_ns < *first_ns)
			*first_ns = w->first_ns;
		if (w->last_record_ns > *last_ns)
			*last_ns = w->last_record_ns;
	}
	if (!*records)
		*first_ns = 0;
	*first_ns = to_ns(t->o, *first_ns);
	*last_ns = to_ns(t->o, *last_ns);
}

static struct lost sum_lost(const struct truth *t)
{
	struct lost sum = { 0 };
	u32 i;

	for (i = 0; i < t->nr_writers; i++) {
		const struct lost *l = &t->writers[i].lost;

		sum.gaps += l->gaps;
		sum.unknown += l->unknown;
		sum.events += l->events;
		sum.overrun += l->overrun + l->dropped;
	}
	return sum;
}

static void json_input(FILE *f, const struct truth *t, u64 *start_ns)
{
	struct lost lost = sum_lost(t);
	u64 last_ns, records;

	span(t, start_ns, &last_ns, &records);
	fprintf(f, "  \"inputs\": [ { \"file\": \"%s\", ", t->o->out);
	json_u64(f, "cpus", cpu_id(t->o, t->o->cpus - 1) + 1, ", ");
	fprintf(f, "\"clock\": \"%s\", ", t->o->clock);
	json_u64(f, "duration_ns", last_ns - *start_ns, ",\n    ");
	json_u64(f, "records", records, ", ");
	json_u64(f, "events", t->kinds[KIND_TRACK], ",\n    \"lost\": { ");
	json_u64(f, "gaps", lost.gaps, ", ");
	json_u64_or_null(f, "events", lost.events, lost.unknown, ", ");
	json_u64_or_null(f, "overrun", lost.overrun, !t->o->stats, " }, \"skipped\": 0 } ],\n");
}

/* avic, value 2: a VM has the key, an edge has not. */
static void json_paths(FILE *f, const struct row *sum, bool null, bool avic)
{
	if (null) {
		fprintf(f, "\"paths\": null,\n");
		return;
	}
	fprintf(f, "\"paths\": { ");
	json_u64(f, "fast", sum->paths[0], ", ");
	json_u64(f, "slow", sum->paths[1], avic ? ", " : " },\n");
	if (avic)
		json_u64(f, "avic", sum->paths[2], " },\n");
}

/* Numbers without a name, from the table's place @named on. */
static void json_others(FILE *f, const char *key, const u64 *count, const u8 *values, int named,
			int nr)
{
	const char *sep = "";
	int i;

	fprintf(f, "      \"%s\": [ ", key);
	for (i = named; i < nr; i++) {
		if (!count[i])
			continue;
		fprintf(f, "%s{ \"value\": %u, \"count\": %llu }", sep, values[i],
			(unsigned long long)count[i]);
		sep = ", ";
	}
	fprintf(f, " ],\n");
}

/* Without the field every state is unknown. */
static void json_states(FILE *f, const struct row *sum, bool missing, const char *indent)
{
	static const char *const names[] = { "guest", "host", "preempted", "halted", "woken" };
	u64 unknown = 0;
	int i;

	fprintf(f, "%s\"states\": { ", indent);
	for (i = 0; i < NR_STATES; i++) {
		if (state_values[i] < ARRAY_SIZE(names))
			json_u64(f, names[state_values[i]], missing ? 0 : sum->states[i], ", ");
		else
			unknown += sum->states[i];
	}
	json_u64(f, "unknown", missing ? row_count(sum) : unknown, " },\n");
}

/* Without the field there is one vector, of unknown number. */
static void json_vectors(FILE *f, const struct row *r, size_t nr, bool missing, const char *indent)
{
	u64 count[256] = { 0 };
	const char *sep = "";
	size_t i;

	for (i = 0; i < nr; i++)
		count[r[i].vector] += row_count(&r[i]);
	fprintf(f, "%s\"vectors\": [ ", indent);
	if (missing)
		fprintf(f, "{ \"vector\": null, \"count\": %llu }", (unsigned long long)count[0]);
	for (i = 0; i < 256; i++) {
		if (!count[i] || missing)
			continue;
		fprintf(f, "%s{ \"vector\": %zu, \"count\": %llu }", sep, i,
			(unsigned long long)count[i]);
		sep = ", ";
	}
	fprintf(f, " ]");
}

/* Distinct ids in the rows of one VM: a row's src and dst, counted once each. */
static u64 count_vcpus(const struct row *r, size_t nr)
{
	u32 max = 0, src = UINT32_MAX;
	u64 n = 0;
	size_t i;
	u8 *seen;

	for (i = 0; i < nr; i++) {
		max = r[i].src > max ? r[i].src : max;
		max = r[i].dst > max ? r[i].dst : max;
	}
	seen = calloc(max + 1ul, 1);
	if (!seen)
		die("out of memory");
	for (i = 0; i < nr; i++) {
		if (r[i].src != src)
			seen[src = r[i].src] = 1;
		seen[r[i].dst] = 1;
	}
	for (i = 0; i <= max; i++)
		n += seen[i];
	free(seen);
	return n;
}

/* How many rows from the first on have its VM, or its pair. */
static size_t same_vm(const struct row *r, size_t nr)
{
	size_t n = 1;

	while (n < nr && r[n].pid == r->pid && r[n].id == r->id)
		n++;
	return n;
}

static size_t same_pair(const struct row *r, size_t nr)
{
	size_t n = 1;

	while (n < nr && r[n].src == r->src && r[n].dst == r->dst)
		n++;
	return n;
}

static void json_edge(FILE *f, const struct rows *rs, const struct row *r, size_t nr)
{
	struct row sum = *r;
	size_t i;

	for (i = 1; i < nr; i++)
		row_merge(&sum, &r[i]);
	fprintf(f, "        { \"src\": %u, \"dst\": %u, ", sum.src, sum.dst);
	json_u64(f, "count", row_count(&sum), ", ");
	json_u64(f, "first_ns", to_ns(rs->o, sum.first_ns) - rs->start_ns, ", ");
	json_u64(f, "last_ns", to_ns(rs->o, sum.last_ns) - rs->start_ns, ",\n");
	fprintf(f, "          ");
	json_paths(f, &sum, rs->missing & 1 << F_PATH, false);
	json_states(f, &sum, rs->missing & 1 << F_STATE, "          ");
	json_vectors(f, r, nr, rs->missing & 1 << F_VECTOR, "          ");
	fprintf(f, " }");
}

static void json_vm(FILE *f, const struct rows *rs, const struct row *r, size_t nr)
{
	bool no_path = rs->missing & 1 << F_PATH, no_state = rs->missing & 1 << F_STATE;
	struct row sum = *r;
	size_t i, n;

	for (i = 1; i < nr; i++)
		row_merge(&sum, &r[i]);
	fprintf(f, "    { ");
	json_u64_or_null(f, "vm_pid", r->pid, rs->missing & 1 << F_VM_PID, ", ");
	json_u64_or_null(f, "vm_id", r->id, rs->missing & 1 << F_VM_ID, ", \"name\": null, ");
	json_u64(f, "vcpus", count_vcpus(r, nr), ", ");
	json_u64(f, "ipis", row_count(&sum), ",\n");
	fprintf(f, "      ");
	json_paths(f, &sum, no_path, true);
	json_states(f, &sum, no_state, "      ");
	json_others(f, "other_paths", sum.paths, path_values, 3, no_path ? 0 : NR_PATHS);
	json_others(f, "other_states", sum.states, state_values, 5, no_state ? 0 : NR_STATES);
	fprintf(f, "      \"receiver_cpu\": { ");
	json_u64(f, "known", sum.cpu_known, ", ");
	json_u64(f, "same_as_sender", sum.cpu_same, " },\n");
	json_vectors(f, r, nr, rs->missing & 1 << F_VECTOR, "      ");
	fprintf(f, ",\n      \"edges\": [\n");
	for (i = 0; i < nr; i += n) {
		n = same_pair(&r[i], nr - i);
		json_edge(f, rs, &r[i], n);
		fprintf(f, "%s\n", i + n < nr ? "," : "");
	}
	fprintf(f, "      ] }");
}

/* Marks of missed events: CPU, time, number or null; buffer after buffer. */
static void json_marks(FILE *f, const struct truth *t, u64 start_ns)
{
	const char *sep = "";
	size_t at;
	u32 i;

	fprintf(f, "    \"marks\": [ ");
	for (i = 0; i < t->nr_writers; i++) {
		const struct buf *marks = &t->writers[i].marks;

		for (at = 0; at < marks->len; at += sizeof(struct mark)) {
			struct mark mark;

			memcpy(&mark, marks->data + at, sizeof(mark));
			fprintf(f, "%s[%u, %lld, ", sep, cpu_id(t->o, i % t->o->cpus),
				(long long)(to_ns(t->o, mark.ns) - start_ns));
			if (mark.number)
				fprintf(f, "%llu]", (unsigned long long)mark.number);
			else
				fprintf(f, "null]");
			sep = ", ";
		}
	}
	fprintf(f, " ],\n");
}

/* Sender's CPU, receiver's CPU (-1: never on one), IPIs; numbers as the file has them. */
static void json_planted(FILE *f, const struct truth *t, u64 start_ns)
{
	const struct options *o = t->o;
	const char *sep = "";
	u64 src, dst;

	fprintf(f, "  \"planted\": { ");
	json_u64(f, "sched_switch", t->kinds[KIND_SWITCH], ", ");
	json_u64(f, "kvm_eoi", t->kinds[KIND_EOI], ", ");
	json_u64(f, "print", t->kinds[KIND_BIG], ", ");
	json_u64(f, "discarded", t->kinds[KIND_DISCARDED], ", ");
	json_u64(f, "gaps_without_number", sum_lost(t).unknown, ",\n");
	json_marks(f, t, start_ns);
	fprintf(f, "    \"cpu_pairs\": [ ");
	for (src = 0; src < o->cpus; src++)
		for (dst = 0; dst <= o->cpus; dst++) {
			u64 n = t->cpu_pairs[src * (o->cpus + 1) + dst];

			if (!n)
				continue;
			fprintf(f, "%s[%u, %d, %llu]", sep, cpu_id(o, src),
				dst ? (int)cpu_id(o, dst - 1) : -1, (unsigned long long)n);
			sep = ", ";
		}
	fprintf(f, " ] },\n");
}

static void write_json(const struct truth *t, struct rows *rs)
{
	FILE *f = open_beside(t->o->out, ".truth.json");
	size_t i, n;

	fprintf(f, "{ \"schema\": \"kvm-ipi.report/1\", \"source\": \"track\",\n");
	json_input(f, t, &rs->start_ns);
	json_planted(f, t, rs->start_ns);
	fprintf(f, "  \"vms\": [\n");
	for (i = 0; i < rs->nr; i += n) {
		n = same_vm(&rs->row[i], rs->nr - i);
		json_vm(f, rs, &rs->row[i], n);
		fprintf(f, "%s\n", i + n < rs->nr ? "," : "");
	}
	fprintf(f, "  ] }\n");
	if (fclose(f))
		die("writing the truth: %s", strerror(errno));
}

void truth_write(const struct truth *t)
{
	struct rows rs;

	rows_init(&rs, t);
	write_edges(t, &rs);
	write_json(t, &rs);
	free(rs.row);
}
