// SPDX-License-Identifier: GPL-2.0-only
/* timeline.c - see timeline_view.h: text, CSV and JSON. */
#include "output/timeline_view.h"
#include "output/graph_json.h"
#include "output/table.h"
#include "util/rounded.h"

#define BURSTS_SHOWN 12

typedef unsigned long long ull;

/* Bins of a series taken together to at most width columns. */
struct columns {
	u32 group, nr;
	u64 most;
};

static u64 column(const struct timeline_view *t, const struct timeline_series *s, u32 group, u32 at)
{
	u64 sum = 0;

	for (u32 i = at * group; i < (at + 1) * group && i < t->nr_bins; i++)
		sum += s->count[i];
	return sum;
}

static void put_spark(const struct timeline_view *t, const struct timeline_series *s, u32 width,
		      bool utf8, FILE *out)
{
	struct columns c = { .group = (t->nr_bins + width - 1) / width };

	c.nr = (t->nr_bins + c.group - 1) / c.group;
	for (u32 i = 0; i < c.nr; i++)
		c.most = max_of(c.most, column(t, s, c.group, i));
	for (u32 i = 0; i < c.nr; i++) {
		u64 n = column(t, s, c.group, i);
		/* None is a dot; one IPI is already a level. */
		u32 level = n ? (u32)((n * 8 + c.most - 1) / c.most) : 0;

		if (!level)
			fputc(utf8 ? ' ' : '.', out);
		else if (utf8)
			fprintf(out, "\xe2\x96%c", (char)(0x80 + level));
		else
			fputc((char)('0' + level), out);
	}
}

static void put_series(const struct timeline_view *t, const struct timeline_series *s,
		       const char *name, u32 width, bool utf8, FILE *out)
{
	fprintf(out, "  %-14s |", name);
	put_spark(t, s, width, utf8, out);
	fprintf(out, "| %llu\n", (ull)s->total);
}

static const char *const burst_titles[] = { "start_s",	  "length_ms",	"IPIs",
					    "peak_per_s", "times_mean", NULL };

struct burst_list {
	const struct timeline_view *t;
	const struct timeline_vm *vm;
};

static void burst_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct burst_list *l = ctx;
	const struct timeline_burst *b = &l->vm->burst[row];
	u64 us = rounded(b->start_ns, 1000);
	char text[32];

	snprintf(text, sizeof(text), "%llu.%06llu", us / 1000000, us % 1000000);
	cell_text(&cells[0], text);
	snprintf(text, sizeof(text), "%.3f", (double)b->length_ns / 1e6);
	cell_text(&cells[1], text);
	cell_u64(&cells[2], b->count);
	cell_rate(&cells[3], b->peak, l->t->bin_ns);
	snprintf(text, sizeof(text), "%.1f",
		 (double)b->peak * l->t->nr_bins / (double)max_of(l->vm->all.total, 1ull));
	cell_text(&cells[4], text);
}

static void put_bursts(const struct timeline_view *t, const struct timeline_vm *v, FILE *out)
{
	struct burst_list l = { t, v };
	struct table table = { .title = burst_titles,
			       .ctx = &l,
			       .row = burst_row,
			       .indent = 2,
			       .nr_rows = min_of(v->nr_bursts, (u32)BURSTS_SHOWN) };

	if (!v->nr_bursts) {
		fputs("  no bursts\n", out);
		return;
	}
	table_text(&table, out);
	if (v->nr_bursts > BURSTS_SHOWN)
		fprintf(out, "# %u more bursts (all in CSV and JSON)\n",
			v->nr_bursts - BURSTS_SHOWN);
}

void timeline_text(const struct timeline_view *t, u32 width, bool utf8, FILE *out)
{
	if (t->bin_ns == VIEW_NO_TIME)
		fputs("# one bin for all\n", out);
	else
		fprintf(out,
			"# %u bins of %.6g ms from %.6f s on\n"
			"# a burst: bins of at least %llu times the mean and %llu IPIs\n",
			t->nr_bins, (double)t->bin_ns / 1e6, (double)t->start_ns / 1e9,
			(ull)t->burst_times, (ull)t->burst_min);
	if (!utf8)
		fputs("# lines: 8 for the largest, one step for each eighth of it, . for "
		      "none\n",
		      out);
	for (u32 i = 0; i < t->nr_vms; i++) {
		const struct timeline_vm *v = &t->vm[i];
		char name[32];

		fprintf(out, "\n%s: %llu IPIs\n", v->title, (ull)v->all.total);
		put_series(t, &v->all, "all", width, utf8, out);
		for (u32 p = 0; p < v->nr_pairs; p++) {
			snprintf(name, sizeof(name), "%u -> %u", v->pair[p].src, v->pair[p].dst);
			put_series(t, &v->pair[p], name, width, utf8, out);
		}
		put_bursts(t, v, out);
	}
}

static void csv_series(const struct timeline_view *t, const struct timeline_vm *v,
		       const struct timeline_series *s, bool pair, FILE *out)
{
	for (u32 i = 0; i < t->nr_bins; i++) {
		if (v->vm->have_pid)
			fprintf(out, "%d", v->vm->pid);
		fputc(',', out);
		if (v->vm->have_id)
			fprintf(out, "%u", v->vm->id);
		if (pair)
			fprintf(out, ",%u,%u", s->src, s->dst);
		else
			fputs(",,", out);
		if (t->bin_ns == VIEW_NO_TIME)
			fputs(",,", out);
		else
			fprintf(out, ",%llu,%llu", t->start_ns + i * t->bin_ns, t->bin_ns);
		fprintf(out, ",%llu\n", (ull)s->count[i]);
	}
}

void timeline_csv(const struct timeline_view *t, FILE *out)
{
	fputs("vm_pid,vm_id,src,dst,start_ns,bin_ns,count\n", out);
	for (u32 i = 0; i < t->nr_vms; i++) {
		csv_series(t, &t->vm[i], &t->vm[i].all, false, out);
		for (u32 p = 0; p < t->vm[i].nr_pairs; p++)
			csv_series(t, &t->vm[i], &t->vm[i].pair[p], true, out);
	}
}

static void json_counts(const struct timeline_view *t, const struct timeline_series *s,
			struct json *j)
{
	json_array_flat(j, "counts");
	for (u32 i = 0; i < t->nr_bins; i++)
		json_u64(j, NULL, s->count[i]);
	json_array_end(j);
}

static void json_vm(const struct timeline_view *t, const struct timeline_vm *v, struct json *j)
{
	json_object(j, NULL);
	json_vm_head(j, v->vm);
	json_u64(j, "ipis", v->all.total);
	json_counts(t, &v->all, j);
	json_array(j, "pairs");
	for (u32 i = 0; i < v->nr_pairs; i++) {
		json_object_flat(j, NULL);
		json_u64(j, "src", v->pair[i].src);
		json_u64(j, "dst", v->pair[i].dst);
		json_counts(t, &v->pair[i], j);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "bursts");
	for (u32 i = 0; i < v->nr_bursts; i++) {
		const struct timeline_burst *b = &v->burst[i];

		json_object_flat(j, NULL);
		json_u64(j, "start_ns", b->start_ns);
		json_u64(j, "length_ns", b->length_ns);
		json_u64(j, "count", b->count);
		json_u64(j, "peak", b->peak);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void timeline_json(const struct timeline_view *t, struct json *j)
{
	json_time(j, "start_ns", t->start_ns);
	json_time(j, "bin_ns", t->bin_ns);
	json_u64(j, "bins", t->nr_bins);
	json_array(j, "vms");
	for (u32 i = 0; i < t->nr_vms; i++)
		json_vm(t, &t->vm[i], j);
	json_array_end(j);
}
