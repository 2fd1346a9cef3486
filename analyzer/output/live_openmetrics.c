// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_openmetrics.c - `top` as OpenMetrics text: counters since the program began to count.
 *
 * Labels are those of Debian's libvirt exporters (domain) beside the VM's pid and number. Pairs are
 * the busiest of each VM and one sum of all others, so that the number of series is bounded. Bounds
 * of the latency are powers of four, which are edges of the buckets at every precision.
 */
#include "output/live_view.h"

#include <stdlib.h>

#define LE_FIRST 10 /* 2^10 ns, about 1 us */
#define LE_COUNT 13
#define LE_STEP	 2

/* A label's value; \, " and newlines are escaped. */
static void put_escaped(const char *s, FILE *out)
{
	for (; *s; s++)
		if (*s == '\n')
			fputs("\\n", out);
		else
			fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
}

static void put_labels(const struct live_view_vm *vm, FILE *out)
{
	fprintf(out, "{domain=\"");
	put_escaped(vm->name ? vm->name : "", out);
	fprintf(out, "\",vm_pid=\"%d\",vm_id=\"%u\"", vm->pid, vm->id);
}

static void put_family(const char *name, const char *type, const char *unit, const char *help,
		       FILE *out)
{
	fprintf(out, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
	fprintf(out, "# HELP %s %s\n", name, help);
}

static void put_states(const struct live_view *v, FILE *out)
{
	put_family("kvm_ipi_sent", "counter", NULL,
		   "Directed IPIs by the receiver's state at the send.", out);
	for (u32 i = 0; i < v->nr_vms; i++)
		for (u32 s = 0; s < LIVE_VIEW_STATES; s++) {
			fputs("kvm_ipi_sent_total", out);
			put_labels(&v->vm[i], out);
			fprintf(out, ",state=\"%s\"} %llu\n", live_view_state_names[s],
				(unsigned long long)v->vm[i].state[s]);
		}
}

static void put_paths(const struct live_view *v, FILE *out)
{
	static const char *const names[] = { "fast", "slow", "avic", "unknown" };

	put_family("kvm_ipi_path", "counter", NULL, "Directed IPIs by the way of delivery.", out);
	for (u32 i = 0; i < v->nr_vms; i++)
		for (u32 p = 0; p < LIVE_VIEW_PATHS; p++) {
			fputs("kvm_ipi_path_total", out);
			put_labels(&v->vm[i], out);
			fprintf(out, ",path=\"%s\"} %llu\n", names[p],
				(unsigned long long)v->vm[i].path[p]);
		}
}

static int by_count(const void *a, const void *b)
{
	const struct live_view_pair *x = a, *y = b;

	if (x->ipis != y->ipis)
		return x->ipis > y->ipis ? -1 : 1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

static void put_pairs_of(const struct live_view *v, const struct live_view_vm *vm, u32 most,
			 FILE *out)
{
	size_t size = (vm->nr_pairs + 1) * sizeof(struct live_view_pair);
	struct live_view_pair *sorted = malloc(size);
	u32 shown = min_of(most, vm->nr_pairs);
	u64 others = 0;

	if (!sorted)
		return;
	memcpy(sorted, v->pair + vm->first_pair, vm->nr_pairs * sizeof(*sorted));
	qsort(sorted, vm->nr_pairs, sizeof(*sorted), by_count);
	for (u32 i = 0; i < vm->nr_pairs; i++) {
		if (i >= shown) {
			others += sorted[i].ipis;
			continue;
		}
		fputs("kvm_ipi_pair_total", out);
		put_labels(vm, out);
		fprintf(out, ",src=\"%u\",dst=\"%u\"} %llu\n", sorted[i].src, sorted[i].dst,
			(unsigned long long)sorted[i].ipis);
	}
	fputs("kvm_ipi_pair_total", out);
	put_labels(vm, out);
	fprintf(out, ",src=\"other\",dst=\"other\"} %llu\n", (unsigned long long)others);
	free(sorted);
}

/* The least value of bucket b + 1: what `le` needs is below it. */
static u64 bucket_end(u32 bits, u32 bucket)
{
	u32 next = bucket + 1, octave = next >> bits;

	if (!octave)
		return next;
	return ((1ull << bits) + (next & ((1u << bits) - 1))) << (octave - 1);
}

static void put_histogram(const struct live_view *v, u32 i, u32 stage, FILE *out)
{
	u64 below[LE_COUNT] = { 0 }, all = 0;

	for (u32 n = v->first_bucket[i]; n < v->first_bucket[i + 1]; n++) {
		const struct live_view_bucket *b = &v->bucket[n];

		if (b->stage != stage)
			continue;
		all += b->count;
		for (u32 e = 0; e < LE_COUNT; e++)
			if (bucket_end(v->latency_bits, b->bucket) <=
			    1ull << (LE_FIRST + e * LE_STEP))
				below[e] += b->count;
	}
	for (u32 e = 0; e <= LE_COUNT; e++) {
		fputs("kvm_ipi_latency_seconds_bucket", out);
		put_labels(&v->vm[i], out);
		fprintf(out, ",stage=\"%s\",le=\"", live_view_stage_names[stage]);
		if (e == LE_COUNT)
			fprintf(out, "+Inf\"} %llu\n", (unsigned long long)all);
		else
			fprintf(out, "%.9f\"} %llu\n",
				(double)(1ull << (LE_FIRST + e * LE_STEP)) / 1e9,
				(unsigned long long)below[e]);
	}
	fputs("kvm_ipi_latency_seconds_count", out);
	put_labels(&v->vm[i], out);
	fprintf(out, ",stage=\"%s\"} %llu\n", live_view_stage_names[stage],
		(unsigned long long)all);
}

void live_openmetrics(const struct live_view *v, u32 pairs, FILE *out)
{
	put_states(v, out);
	put_paths(v, out);
	put_family("kvm_ipi_pair", "counter", NULL,
		   "Directed IPIs of the busiest pairs; other: the sum of all others.", out);
	for (u32 i = 0; i < v->nr_vms; i++)
		put_pairs_of(v, &v->vm[i], pairs, out);
	if (v->have_latency) {
		put_family("kvm_ipi_latency_seconds", "histogram", "seconds",
			   "From the send to the EOI, and until the receiver was scheduled in.",
			   out);
		for (u32 i = 0; i < v->nr_vms; i++)
			for (u32 s = 0; s < LIVE_VIEW_STAGES; s++)
				put_histogram(v, i, s, out);
	}
	put_family("kvm_ipi_lost", "counter", NULL,
		   "IPIs that found no room in the kernel's table.", out);
	fprintf(out, "kvm_ipi_lost_total %llu\n",
		(unsigned long long)(v->lost_ipis + v->lost_sends));
	if (v->have_cost) {
		put_family("kvm_ipi_cost_ratio", "gauge", "ratio",
			   "Time that counting takes, as a part of one CPU.", out);
		fprintf(out, "kvm_ipi_cost_ratio %.9f\n", (double)v->cost_ns_per_s / 1e9);
	}
	fputs("# EOF\n", out);
	fflush(out);
}
