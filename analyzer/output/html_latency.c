// SPDX-License-Identifier: GPL-2.0-only
/* html_latency.c - a VM's section on latencies: the same figures as kvm-ipi latency has. */
#include "output/graphml.h"
#include "output/html_parts.h"

#include <errno.h>
#include <stdlib.h>

typedef unsigned long long ull;

static const char *const until[LATENCY_STAGES] = { "accepted", "injected", "acknowledged",
						   "running" };

static void html_latency_put_stages(const struct latency_view *s, const struct latency_line *l,
				    FILE *out)
{
	char caption[64];
	static const char *const titles[] = { "until", "IPIs", "min, \xc2\xb5s",
					      "mean",  "p50",  "p90",
					      "p99",   "max",  NULL };

	snprintf(caption, sizeof(caption), "From the %s until the IPI was", latency_from(s));
	html_table(caption, "stages", titles, out);
	for (int i = 0; i < LATENCY_STAGES; i++) {
		const struct latency_times *t = &l->stage[i];
		const u64 value[] = { t->min, t->mean, t->p50, t->p90, t->p99, t->max };

		fprintf(out, "<tr><td class=\"n\">%s%s<td>", i == 3 ? "its receiver " : "",
			until[i]);
		if (t->known)
			fprintf(out, "%llu", t->nr);
		for (size_t k = 0; k < ARRAY_SIZE(value); k++) {
			fputs("<td>", out);
			html_us(t->nr, value[k], out);
		}
		fputc('\n', out);
	}
	html_table_end(out);
}

static void html_latency_put_name(const struct latency_line *l, const struct latency_view *s,
				  FILE *out)
{
	const char *name;

	if (l->part == LATENCY_PAIR) {
		fprintf(out, "%u<td>%u", l->src, l->dst);
	} else if (l->part == LATENCY_STATE) {
		fputs(view_state_names[l->state], out);
	} else if (l->vector == VIEW_NO_VECTOR) {
		fputs("unknown", out);
	} else {
		name = s->vector_name(s->ctx, l->vector);
		fprintf(out, "0x%02x ", l->vector);
		xml_text(name ? name : "", out);
	}
}

static void html_latency_put_line(const struct latency_line *l, const struct latency_view *s,
				  FILE *out)
{
	fprintf(out, "<tr><td%s>", l->part == LATENCY_PAIR ? "" : " class=\"n\"");
	html_latency_put_name(l, s, out);
	fprintf(out, "<td>%llu<td>", (ull)l->ipis);
	html_us(l->stage[1].nr, l->stage[1].p50, out);
	for (int i = 2; i < 4; i++) {
		const struct latency_times *t = &l->stage[i];

		fputs("<td>", out);
		html_us(t->nr, t->p50, out);
		fputs("<td>", out);
		html_us(t->nr, t->p99, out);
		fputs("<td>", out);
		html_us(t->nr, t->max, out);
	}
	fputc('\n', out);
}

#define STAGES                                                                                     \
	"IPIs", "injected p50, \xc2\xb5s", "acknowledged p50", "p99", "max", "running p50", "p99", \
		"max", NULL

/* The heaviest first, then by their ids. */
static int html_latency_compare_pairs(const void *a, const void *b)
{
	const struct latency_line *x = *(const struct latency_line *const *)a;
	const struct latency_line *y = *(const struct latency_line *const *)b;

	if (x->ipis != y->ipis)
		return x->ipis < y->ipis ? 1 : -1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

static void put_heading(enum latency_part part, bool all, FILE *out)
{
	static const char *const state[] = { "receiver was", STAGES };
	static const char *const vector[] = { "vector", STAGES };
	static const char *const pair[] = { "src", "dst", STAGES };

	if (part == LATENCY_STATE)
		html_table("By what the receiver was doing", "states", state, out);
	else if (part == LATENCY_VECTOR)
		html_table("By vector", "vectors", vector, out);
	else
		html_table(all ? "By pair" : "The heaviest pairs; kvm-ipi latency -v has all",
			   "tall latencies", pair, out);
}

/* 0 or -ENOMEM. */
static int html_latency_put_part(const struct latency_view *s, const struct latency_vm *vm,
				 enum latency_part part, FILE *out)
{
	u32 most = part == LATENCY_PAIR ? HTML_LATENCY_PAIRS : UINT32_MAX, nr = 0;
	const struct latency_line **line = calloc((size_t)vm->nr_lines + 1, sizeof(*line));

	if (!line)
		return -ENOMEM;
	for (u32 i = 0; i < vm->nr_lines; i++)
		if (vm->line[i].part == part)
			line[nr++] = &vm->line[i];
	if (nr > most)
		qsort(line, nr, sizeof(*line), html_latency_compare_pairs);
	if (nr)
		put_heading(part, nr <= most, out);
	for (u32 i = 0; i < min_of(nr, most); i++)
		html_latency_put_line(line[i], s, out);
	if (nr)
		html_table_end(out);
	free(line);
	return 0;
}

static void put_slowest(const struct latency_view *s, const struct latency_vm *vm, FILE *out)
{
	static const char *const titles[] = { "sent at, s", "src",	    "dst",
					      "vector",	    "receiver was", "accepted, \xc2\xb5s",
					      "injected",   "acknowledged", "running",
					      NULL };
	u32 nr = 0;

	for (u32 i = 0; i < s->nr_slow; i++)
		nr += s->slow[i].vm == vm;
	if (!nr)
		return;
	html_table("Among the slowest of all VMs; times as trace-cmd report -t has them", "slow",
		   titles, out);
	for (u32 i = 0; i < s->nr_slow; i++) {
		const struct latency_slow *slow = &s->slow[i];

		if (slow->vm != vm)
			continue;
		fprintf(out, "<tr><td>%llu.%09llu<td>%u<td>%u<td>", (ull)(slow->sent / 1000000000),
			(ull)(slow->sent % 1000000000), slow->src, slow->dst);
		if (slow->vector != VIEW_NO_VECTOR)
			fprintf(out, "0x%02x", slow->vector);
		fprintf(out, "<td class=\"n\">%s", view_state_names[slow->state]);
		for (int k = 0; k < LATENCY_STAGES; k++) {
			fputs("<td>", out);
			html_us(slow->after[k] != UINT64_MAX, slow->after[k], out);
		}
		fputc('\n', out);
	}
	html_table_end(out);
}

int html_latency(const struct latency_view *s, const struct latency_vm *vm, FILE *out)
{
	int ret;

	fputs("<details open class=\"latency\"><summary>Latency</summary>\n", out);
	html_lossy(s->in, s->nr_in, out);
	html_latency_put_stages(s, &vm->line[0], out);
	fprintf(out, "<p>Percentiles are right to 1 part in %llu, below for parts to 1 in %llu.",
		(ull)s->vm_error_parts, (ull)s->part_error_parts);
	for (int i = 0; i < LATENCY_STAGES; i++)
		if (s->missing[i])
			fprintf(out, " Until %s is left out; record it with <code>%s</code>.",
				until[i], s->missing[i]);
	if (s->given_up)
		fprintf(out, " %llu IPIs are not followed to the end: too many waited at once.",
			s->given_up);
	fputs("</p>\n", out);
	ret = html_latency_put_part(s, vm, LATENCY_STATE, out)
		      ?: html_latency_put_part(s, vm, LATENCY_VECTOR, out);
	put_slowest(s, vm, out);
	ret = ret ?: html_latency_put_part(s, vm, LATENCY_PAIR, out);
	fputs("</details>\n", out);
	return ret;
}
