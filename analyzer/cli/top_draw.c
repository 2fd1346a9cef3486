// SPDX-License-Identifier: GPL-2.0-only
/* top_draw.c - see top_draw.h. Columns are added as the terminal is wider; 80 have what matters. */
#define _GNU_SOURCE
#include "cli/top_draw.h"

#include "cli/top_matrix.h"

#include <stdlib.h>

#define HEADER_LINES 4	 /* with the titles of the columns */
#define WIDE	     110 /* columns from which on there is more */
#define WIDER	     150
#define CELL	     64

typedef char cell[CELL];

/* 1234 -> "1234", 123456 -> "123k": at most 5 characters. */
static const char *short_number(cell to, u64 n)
{
	static const char units[] = " kMGTPE";
	u32 unit = 0;

	while (n > 99999 || (unit && n > 9999)) {
		n = (n + 500) / 1000;
		unit++;
	}
	if (unit)
		snprintf(to, CELL, "%llu%c", (unsigned long long)n, units[unit]);
	else
		snprintf(to, CELL, "%llu", (unsigned long long)n);
	return to;
}

/* ns in a unit that leaves three digits: "950ns", "12.3us", "450us", "1.20s". */
static const char *short_time(cell to, const struct live_view_latency *l, u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	u64 value = ns * 100;
	u32 unit = 0;

	if (!l->nr)
		return "-";
	while (unit < 3 && value >= 100000) {
		value /= 1000;
		unit++;
	}
	if (!unit || value >= 10000)
		snprintf(to, CELL, "%llu%s", (unsigned long long)value / 100, units[unit]);
	else
		snprintf(to, CELL, "%llu.%llu%s", (unsigned long long)value / 100,
			 (unsigned long long)value / 10 % 10, units[unit]);
	return to;
}

static const char *percent(cell to, u64 part, u64 all)
{
	if (!all)
		return "-";
	snprintf(to, CELL, "%llu.%llu", (unsigned long long)(part * 100 / all),
		 (unsigned long long)(part * 1000 / all % 10));
	return to;
}

/* The last intervals, one column each, the largest as high as a line. */
static const char *trend(cell to, const struct screen *s, const struct live_view_vm *vm, u32 width)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[] = { " ", ".", ".", ":", ":", "+", "+", "#", "#" };
	u32 nr = min_of(width, vm->nr_trend);
	u64 most = 1;
	char *at = to;

	for (u32 i = vm->nr_trend - nr; i < vm->nr_trend; i++)
		most = max_of(most, vm->trend[i]);
	for (u32 i = nr; i < width; i++)
		*at++ = ' ';
	for (u32 i = vm->nr_trend - nr; i < vm->nr_trend; i++) {
		u64 level = (vm->trend[i] * 8 + most - 1) / most;

		at = stpcpy(at, s->utf8 ? blocks[level] : plain[level]);
	}
	*at = '\0';
	return to;
}

/* Another VM of the same process has the same name. */
static bool has_twin(const struct live_view *v, const struct live_view_vm *vm)
{
	for (u32 i = 0; i < v->nr_vms; i++)
		if (&v->vm[i] != vm && v->vm[i].pid == vm->pid)
			return true;
	return false;
}

/* "web", "web/3", or "4242/3", cut or filled to width columns. */
static const char *name_cell(cell to, const struct live_view *v, const struct live_view_vm *vm,
			     u32 width)
{
	char name[160];
	u32 columns = 0;
	size_t len;

	if (!vm->name)
		snprintf(name, sizeof(name), "%d/%u", vm->pid, vm->id);
	else if (has_twin(v, vm))
		snprintf(name, sizeof(name), "%s/%u", vm->name, vm->id);
	else
		snprintf(name, sizeof(name), "%s", vm->name);
	len = min_of(screen_fit(name, width), (size_t)CELL - 1);

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)name[i] & 0xc0) != 0x80;
	snprintf(to, CELL, "%.*s%*s", (int)len, name, (int)(width - columns), "");
	return to;
}

static const char *hottest(cell to, const struct live_view *v, const struct live_view_vm *vm)
{
	cell rate;

	if (!vm->have_hottest)
		return "-";
	snprintf(to, CELL, "%u>%u %s/s", vm->hottest.src, vm->hottest.dst,
		 short_number(rate, live_view_rate(v, vm->hottest.new_ipis)));
	return to;
}

static void draw_vm(struct screen *s, const struct live_view *v, u32 row, enum line_look look)
{
	const struct live_view_vm *vm = &v->vm[row];
	u32 columns = s->frame.columns;
	cell id, name, rate, run, p50, p99, in, spark, pair, total, slow;
	char line[1024];
	int at;

	snprintf(id, CELL, "%d/%u%s", vm->pid, vm->id, vm->gone ? " gone" : "");
	at = snprintf(line, sizeof(line), "%s %5u %8s %6s %7s %7s %s %-14s",
		      name_cell(name, v, vm, columns >= WIDE ? 24 : 13), vm->vcpus,
		      short_number(rate, live_view_rate(v, vm->new_ipis)),
		      percent(run, vm->new_runnable, vm->new_ipis),
		      short_time(p50, &vm->recent[0], vm->recent[0].p50_ns),
		      short_time(p99, &vm->recent[0], vm->recent[0].p99_ns),
		      trend(spark, s, vm, columns >= WIDER ? 20 : 10), hottest(pair, v, vm));
	if (columns >= WIDE)
		at += snprintf(line + at, sizeof(line) - (size_t)at, " %8s %6s",
			       short_time(in, &vm->recent[1], vm->recent[1].p99_ns),
			       short_number(total, vm->ipis));
	if (columns >= WIDER)
		snprintf(line + at, sizeof(line) - (size_t)at, " %6s  %s",
			 percent(slow, vm->path[1], vm->ipis), id);
	screen_line(s, look, "%s", line);
}

static void draw_header(struct screen *s, const struct live_view *v, const struct top_shown *shown)
{
	cell rate, all, lost;
	char cost[120] = "";

	screen_line(s, LINE_TITLE, "kvm-ipi top  %s%s%s%s%s%s  %llu.%llu s", v->host,
		    v->host[0] ? " " : "", v->kernel, v->kernel[0] ? "  " : "", v->backend,
		    shown->frozen ? "  FROZEN" : "",
		    (unsigned long long)(v->elapsed_ns / 1000000000),
		    (unsigned long long)(v->elapsed_ns / 100000000 % 10));
	if (v->have_cost)
		snprintf(cost, sizeof(cost), ", cost %llu.%03llu %% of a CPU (%llu ns an IPI)",
			 (unsigned long long)(v->cost_ns_per_s / 10000000),
			 (unsigned long long)(v->cost_ns_per_s / 10000 % 1000),
			 (unsigned long long)v->cost_ns_per_ipi);
	else if (v->cost_instructions)
		snprintf(cost, sizeof(cost), ", cost %u instructions an IPI", v->cost_instructions);
	screen_line(s, v->lost_ipis + v->lost_sends ? LINE_ALERT : LINE_PLAIN,
		    "%u VM%s, %s IPIs/s, %s in all, lost %s%s, self %llu.%llu %%", v->nr_vms,
		    v->nr_vms == 1 ? "" : "s", short_number(rate, live_view_rate(v, v->new_ipis)),
		    short_number(all, v->ipis), short_number(lost, v->lost_ipis + v->lost_sends),
		    cost, (unsigned long long)(shown->own_ns_per_s / 10000000),
		    (unsigned long long)(shown->own_ns_per_s / 1000000 % 10));
	screen_line(s, LINE_PLAIN, "%s", v->remark);
}

static u32 list_rows(const struct screen *s)
{
	u32 other = HEADER_LINES + 1; /* and the line of keys */

	return s->frame.rows > other ? s->frame.rows - other : 1;
}

/* The selection stays in the list, and the list around it. */
static void scroll_to(struct top_shown *shown, u32 nr, u32 rows)
{
	shown->selected = nr ? min_of(shown->selected, nr - 1) : 0;
	shown->scroll = min_of(shown->scroll, shown->selected);
	if (shown->selected >= shown->scroll + rows)
		shown->scroll = shown->selected - rows + 1;
}

static void draw_vms(struct screen *s, const struct live_view *v, struct top_shown *shown)
{
	u32 columns = s->frame.columns, rows = list_rows(s);
	char titles[256];
	int at;

	at = snprintf(titles, sizeof(titles), "%-*s %5s %8s %6s %7s %7s %-*s %-14s",
		      columns >= WIDE ? 24 : 13, "NAME", "VCPUS", "IPIS/S", "RUN%", "EOI-P50",
		      "EOI-P99", columns >= WIDER ? 20 : 10, "TREND", "HOTTEST PAIR");
	if (columns >= WIDE)
		at += snprintf(titles + at, sizeof(titles) - (size_t)at, " %8s %6s", "SCHED-P99",
			       "TOTAL");
	if (columns >= WIDER)
		snprintf(titles + at, sizeof(titles) - (size_t)at, " %6s  %s", "SLOW%", "VM");
	screen_line(s, LINE_TITLE, "%s", titles);
	scroll_to(shown, v->nr_vms, rows);
	for (u32 i = shown->scroll; i < v->nr_vms && i - shown->scroll < rows; i++)
		draw_vm(s, v, i, i == shown->selected ? LINE_SELECTED : LINE_PLAIN);
	if (!v->nr_vms)
		screen_line(s, LINE_PLAIN, "no IPI so far");
}

const struct live_view_vm *top_draw_vm(const struct live_view *v, const struct top_shown *shown)
{
	for (u32 i = 0; i < v->nr_vms; i++)
		if (v->vm[i].pid == shown->vm_pid && v->vm[i].id == shown->vm_id)
			return &v->vm[i];
	return NULL;
}

static int by_new(const void *a, const void *b)
{
	const struct live_view_pair *x = a, *y = b;

	if (x->new_ipis != y->new_ipis)
		return x->new_ipis > y->new_ipis ? -1 : 1;
	if (x->ipis != y->ipis)
		return x->ipis > y->ipis ? -1 : 1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

/* Sorted in place: a view is drawn once, or again in the same order. */
static void draw_pairs(struct screen *s, const struct live_view *v, struct top_shown *shown)
{
	const struct live_view_vm *vm = top_draw_vm(v, shown);
	u32 rows = list_rows(s);
	struct live_view_pair *pair;
	cell name;

	if (!vm || !v->pair) {
		screen_line(s, LINE_PLAIN, "the VM is not there any more");
		return;
	}
	screen_line(s, LINE_TITLE, "%s %6u pairs %4s %6s %8s %8s %8s", name_cell(name, v, vm, 20),
		    vm->nr_pairs, "FROM", "TO", "IPIS/S", "%OF VM", "TOTAL");
	pair = v->pair + vm->first_pair;
	qsort(pair, vm->nr_pairs, sizeof(*pair), by_new);
	scroll_to(shown, vm->nr_pairs, rows);
	for (u32 i = shown->scroll; i < vm->nr_pairs && i - shown->scroll < rows; i++) {
		cell rate, share, total;

		screen_line(s, i == shown->selected ? LINE_SELECTED : LINE_PLAIN,
			    "%33s %4u %6u %8s %8s %8s", "", pair[i].src, pair[i].dst,
			    short_number(rate, live_view_rate(v, pair[i].new_ipis)),
			    percent(share, pair[i].new_ipis, vm->new_ipis),
			    short_number(total, pair[i].ipis));
	}
}

static void draw_help(struct screen *s)
{
	static const char *const lines[] = {
		"",
		"Up, Down, Page Up, Page Down   choose a VM or a pair",
		"Enter   the pairs of that VM          m   its sender x receiver matrix",
		"s       sort by the next column       f   freeze, or go on",
		"r       record the next 10 seconds (kvm-ipi record)",
		"q, Esc  back, then the end            h   this page",
		"",
		"RUN%    IPIs to a vCPU that was runnable but not running: a candidate for directed yield",
		"EOI     from the send to the receiver's end of interrupt, in the last interval",
		"SCHED   from the send until the receiver was scheduled in",
	};

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		screen_line(s, LINE_PLAIN, "%s", lines[i]);
}

void top_draw(struct screen *s, const struct live_view *v, struct top_shown *shown)
{
	draw_header(s, v, shown);
	if (shown->page == PAGE_VMS)
		draw_vms(s, v, shown);
	else if (shown->page == PAGE_PAIRS)
		draw_pairs(s, v, shown);
	else if (shown->page == PAGE_MATRIX)
		top_matrix(s, v, top_draw_vm(v, shown));
	else
		draw_help(s);
	s->frame.nr = s->frame.rows - 1;
	if (shown->message[0])
		screen_line(s, LINE_TITLE, "%s", shown->message);
	else
		screen_line(
			s, LINE_PLAIN,
			"Enter pairs  m matrix  s sort (%s)  f freeze  r record  h help  q quit",
			shown->sort);
}
