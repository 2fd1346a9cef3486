// SPDX-License-Identifier: GPL-2.0-only
/* live_text.c - `top --batch`: a table of VMs a reading, as text or CSV. */
#include "output/live_view.h"
#include "output/table.h"

#include <stdlib.h>

static const char *const csv_titles[] = { "elapsed_ns",
					  "interval_ns",
					  "vm_pid",
					  "vm_id",
					  "name",
					  "vcpus",
					  "ipis",
					  "new_ipis",
					  "ipis_per_s",
					  "fast",
					  "slow",
					  "avic",
					  "guest",
					  "host",
					  "preempted",
					  "woken",
					  "halted",
					  "unknown",
					  "new_runnable",
					  "acknowledged_count",
					  "acknowledged_p50_ns",
					  "acknowledged_p99_ns",
					  "running_count",
					  "running_p50_ns",
					  "running_p99_ns",
					  "hottest_src",
					  "hottest_dst",
					  "hottest_ipis",
					  "gone",
					  NULL };

static void csv_row(const void *ctx, u64 row, struct cell *cells)
{
	static const u8 state_order[] = { 0, 1, 2, 4, 3, 5 };
	const struct live_view *v = ctx;
	const struct live_view_vm *vm = &v->vm[row];
	struct cell *c = cells;

	cell_u64(c++, v->elapsed_ns);
	cell_u64(c++, v->interval_ns);
	cell_s64(c++, vm->pid);
	cell_u64(c++, vm->id);
	cell_text(c++, vm->name ? vm->name : "");
	cell_u64(c++, vm->vcpus);
	cell_u64(c++, vm->ipis);
	cell_u64(c++, vm->new_ipis);
	cell_u64(c++, live_view_rate(v, vm->new_ipis));
	for (u32 p = 0; p < 3; p++)
		cell_u64(c++, vm->path[p]);
	for (u32 s = 0; s < LIVE_VIEW_STATES; s++)
		cell_u64(c++, vm->state[state_order[s]]);
	cell_u64(c++, vm->new_runnable);
	for (u32 s = 0; s < LIVE_VIEW_STAGES; s++, c += 3) {
		if (!v->have_latency)
			continue;
		cell_u64(&c[0], vm->recent[s].nr);
		if (!vm->recent[s].nr)
			continue;
		cell_u64(&c[1], vm->recent[s].p50_ns);
		cell_u64(&c[2], vm->recent[s].p99_ns);
	}
	if (vm->have_hottest) {
		cell_u64(&c[0], vm->hottest.src);
		cell_u64(&c[1], vm->hottest.dst);
		cell_u64(&c[2], vm->hottest.new_ipis);
	}
	cell_u64(&c[3], vm->gone);
}

void live_csv(const struct live_view *v, bool header, FILE *out)
{
	char *text = NULL, *line;
	size_t len = 0;
	FILE *f = header ? NULL : open_memstream(&text, &len);

	table_csv(
		&(struct table){
			.title = csv_titles, .ctx = v, .nr_rows = v->nr_vms, .row = csv_row },
		f ? f : out);
	if (f) {
		fclose(f);
		line = strchr(text, '\n');
		fputs(line ? line + 1 : text, out);
		free(text);
	}
	fflush(out);
}

static const char *const titles[] = { "vm",	   "name",	 "vcpus",      "ipis/s",
				      "runnable%", "eoi_p50_us", "eoi_p99_us", "run_p99_us",
				      "hottest",   "pair/s",	 "total",      NULL };

static void cell_us(struct cell *c, const struct live_view_latency *l, u64 ns)
{
	char text[32];

	if (!l->nr)
		return;
	snprintf(text, sizeof(text), "%llu.%01llu", (unsigned long long)ns / 1000,
		 (unsigned long long)ns / 100 % 10);
	cell_number(c, text);
}

static void text_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct live_view *v = ctx;
	const struct live_view_vm *vm = &v->vm[row];
	char text[48];

	snprintf(text, sizeof(text), "%d/%u", vm->pid, vm->id);
	cell_text(&cells[0], text);
	cell_text_cut(&cells[1], vm->name ? vm->name : "-", 20);
	cell_u64(&cells[2], vm->vcpus);
	cell_u64(&cells[3], live_view_rate(v, vm->new_ipis));
	cell_percent(&cells[4], vm->new_runnable, vm->new_ipis);
	cell_us(&cells[5], &vm->recent[0], vm->recent[0].p50_ns);
	cell_us(&cells[6], &vm->recent[0], vm->recent[0].p99_ns);
	cell_us(&cells[7], &vm->recent[1], vm->recent[1].p99_ns);
	if (vm->have_hottest) {
		snprintf(text, sizeof(text), "%u>%u", vm->hottest.src, vm->hottest.dst);
		cell_text(&cells[8], text);
		cell_u64(&cells[9], live_view_rate(v, vm->hottest.new_ipis));
	}
	cell_u64(&cells[10], vm->ipis);
}

void live_text(const struct live_view *v, u32 entries, FILE *out)
{
	u32 nr = entries ? min_of(entries, v->nr_vms) : v->nr_vms;

	fprintf(out, "# %llu.%03llu s, %s: %u VM%s, %llu IPIs/s, %llu in all; lost %llu\n",
		(unsigned long long)(v->elapsed_ns / 1000000000),
		(unsigned long long)(v->elapsed_ns / 1000000 % 1000), v->backend, v->nr_vms,
		v->nr_vms == 1 ? "" : "s", (unsigned long long)live_view_rate(v, v->new_ipis),
		(unsigned long long)v->ipis, (unsigned long long)(v->lost_ipis + v->lost_sends));
	table_text(&(struct table){ .title = titles, .ctx = v, .nr_rows = nr, .row = text_row },
		   out);
	if (nr < v->nr_vms)
		fprintf(out, "# %u more\n", v->nr_vms - nr);
	fflush(out);
}
