// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_latency.c - kvm-ipi latency: how long IPIs take, until they are accepted, injected, acknowledged,
 * and until their receiver runs.
 */
#define _GNU_SOURCE
#include "analysis/latency.h"
#include "commands.h"
#include "output/latency_shape.h"
#include "shaping.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_SLOW 10
#define DEFAULT_PARTS 10

static const char *const formats[] = { "text", "json", "csv", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct latency_opts {
	struct opts opts; /* first */
	u64 slow;
};

static const struct option_row latency_rows[] = {
	{ "slowest", 0, OPT_NUMBER, offsetof(struct latency_opts, slow), "N",
	  "list the N slowest IPIs with their times (default: 10)", .max = 1000000 },
	{ 0 },
};

struct seen {
	u64 nr[NR_EVENT_KINDS];
};

struct latency_cmd {
	struct session s;
	struct latency_opts o;
	struct seen seen;
	struct latency l;
	struct latency_shape shape;
	struct shape_input *in;
	struct latency_vm *vm;
	struct latency_line *line;
	struct latency_slow *slow;
};

static int seen_records(void *self, const struct event *ev, u32 nr)
{
	struct seen *s = self;

	for (u32 i = 0; i < nr; i++)
		s->nr[ev[i].kind]++;
	return 0;
}

static const struct analysis_ops seen_ops = { .ordered = true, .records = seen_records };

static int run_analyses(struct latency_cmd *c)
{
	struct analysis list[] = { { &seen_ops, &c->seen }, { &latency_ops, &c->l } };
	struct ordered_want want = { latency_kinds, NULL, NULL };
	u32 kinds;
	int code;

	code = session_threads(&c->s);
	if (code >= 0)
		return code;
	if (latency_init(&c->l, &c->s.threads, (u32)c->o.slow, &c->s.filter, &c->s.trace.vms))
		return complain_memory();
	code = session_run_ordered(&c->s, &c->o.opts, &want, list, ARRAY_SIZE(list), &kinds);
	if (code >= 0)
		return code;
	if (latency_finish(&c->l))
		return complain_memory();
	c->s.trace.counted = c->l.counted;
	code = session_check(&c->s, &c->o.opts);
	if (code < 0 && !c->seen.nr[EV_ACCEPT] && !c->seen.nr[EV_INJ_VIRQ] && !c->seen.nr[EV_EOI] &&
	    !c->seen.nr[EV_SWITCH]) {
		complain("%s: IPIs alone; none of the events that follow them", c->s.files.s[0]);
		complain("record with: trace-cmd record -e kvm -e sched:sched_switch -e "
			 "sched:sched_wakeup");
		return EXIT_NOTHING;
	}
	return code;
}

static enum latency_part part_of(const struct latency_key *key)
{
	if (key->src != LATENCY_ANY)
		return LATENCY_PAIR;
	if (key->vector != LATENCY_ANY)
		return LATENCY_VECTOR;
	return key->state != LATENCY_ANY ? LATENCY_STATE : LATENCY_VM;
}

static void shape_line(struct latency_line *to, const struct latency_row *r)
{
	*to = (struct latency_line){
		.part = part_of(&r->key), .src = r->key.src, .dst = r->key.dst,
		.vector = min_of(r->key.vector, (u32)SHAPE_NO_VECTOR),
		.state = min_of(r->key.state, (u32)SHAPE_STATES), .ipis = r->ipis,
	};
	for (int i = 0; i < LATENCY_STAGES; i++) {
		const struct hist *h = &r->hist[i];

		to->stage[i] = (struct latency_times){
			.nr = h->nr, .min = h->min, .mean = hist_mean(h),
			.p50 = hist_percentile(h, 50, 100), .p90 = hist_percentile(h, 90, 100),
			.p99 = hist_percentile(h, 99, 100), .max = h->max,
		};
	}
}

/* A VM's rows: itself first, its pairs, its vectors, its states. Returns how many. */
static u32 shape_vm(struct latency_cmd *c, struct latency_vm *to, u32 number, u32 at)
{
	const struct vm *vm = &c->s.trace.vms.vm[number];
	u32 first = at;

	for (int part = LATENCY_VM; part <= LATENCY_STATE; part++)
		for (u32 i = 0; i < c->l.nr_rows; i++) {
			const struct latency_row *r = &c->l.row[i];

			if (r->key.vm == number && part_of(&r->key) == (enum latency_part)part)
				shape_line(&c->line[at++], r);
		}
	*to = (struct latency_vm){
		.head = { .have_pid = vm->have_pid, .have_id = vm->have_id, .pid = vm->pid,
			  .id = vm->id, .name = vm_names_find(&c->s.names, vm) },
		.line = &c->line[first], .nr_lines = at - first,
	};
	if (at > first)
		to->head.ipis = c->line[first].ipis;
	return at - first;
}

static const char *get_vector_name(const void *ctx, u32 vector)
{
	return vector_name(((const struct latency_cmd *)ctx)->s.vectors.names, vector);
}

static int compare_vms(const void *a, const void *b, void *vms)
{
	const struct vm *vm = ((const struct vms *)vms)->vm;

	return vm_compare(&vm[*(const u32 *)a], &vm[*(const u32 *)b]);
}

static void shape_slow(struct latency_cmd *c, const u32 *at_of)
{
	for (u32 i = 0; i < c->l.nr_slow; i++) {
		const struct latency_ipi *ipi = &c->l.slow[i];

		c->slow[i] = (struct latency_slow){
			.src = ipi->src, .dst = ipi->dst,
			.vector = min_of((u32)ipi->vector, (u32)SHAPE_NO_VECTOR),
			.state = min_of((u32)ipi->state, (u32)SHAPE_STATES), .sent = ipi->sent,
			.sent_ns = ipi->sent - c->s.trace.totals.first_ts, .vm = &c->vm[at_of[ipi->vm]],
		};
		memcpy(c->slow[i].after, ipi->after, sizeof(ipi->after));
	}
}

static void shape_rest(struct latency_cmd *c)
{
	static const struct {
		enum event_kind kind;
		const char *record;
	} needs[LATENCY_STAGES] = {
		{ EV_ACCEPT, "-e kvm:kvm_apic_accept_irq" }, { EV_INJ_VIRQ, "-e kvm:kvm_inj_virq" },
		{ EV_EOI, "-e kvm:kvm_eoi" }, { EV_SWITCH, "-e sched:sched_switch -e kvm:kvm_entry" },
	};
	struct hist of_vm, of_part;

	hist_init(&of_vm, LATENCY_VM_BITS);
	hist_init(&of_part, LATENCY_PART_BITS);
	c->shape = (struct latency_shape){
		.in = c->in, .nr_in = c->s.trace.nr_in, .source = c->s.stock ? "stock" : "track", .vm = c->vm,
		.slow = c->slow, .nr_slow = c->l.nr_slow, .unanswered = c->l.unanswered,
		.vm_error_parts = hist_error_parts(&of_vm),
		.part_error_parts = hist_error_parts(&of_part), .vector_name = get_vector_name,
		.ctx = c,
	};
	for (int i = 0; i < LATENCY_STAGES; i++)
		c->shape.missing[i] = c->seen.nr[needs[i].kind] ? NULL : needs[i].record;
}

static int shape_all(struct latency_cmd *c)
{
	struct trace *t = &c->s.trace;
	u32 *order = malloc(2 * ((size_t)t->vms.nr + 1) * sizeof(*order)), *at_of, nr = 0, lines = 0;

	_Static_assert(LATENCY_STAGES == (int)NR_LATENCY_STAGES, "shapes and analysis agree");
	c->in = calloc(t->nr_in, sizeof(*c->in));
	c->vm = calloc((size_t)t->vms.nr + 1, sizeof(*c->vm));
	c->line = calloc((size_t)c->l.nr_rows + 1, sizeof(*c->line));
	c->slow = calloc((size_t)c->l.nr_slow + 1, sizeof(*c->slow));
	if (!order || !c->in || !c->vm || !c->line || !c->slow) {
		free(order);
		return -ENOMEM;
	}
	at_of = order + t->vms.nr;
	for (u32 i = 0; i < t->nr_in; i++)
		shape_input(&c->in[i], &t->in[i]);
	for (u32 i = 0; i < t->vms.nr; i++)
		order[i] = i;
	qsort_r(order, t->vms.nr, sizeof(*order), compare_vms, &t->vms);
	shape_rest(c);
	for (u32 i = 0; i < t->vms.nr; i++) {
		u32 added = shape_vm(c, &c->vm[nr], order[i], lines);

		at_of[order[i]] = nr;
		lines += added;
		nr += !!added;
	}
	c->shape.nr_vm = nr;
	shape_slow(c, at_of);
	free(order);
	return 0;
}

static int put(void *ctx, FILE *out)
{
	const struct latency_cmd *c = ctx;
	struct latency_style style = {
		.entries = c->o.opts.entries ? (u32)c->o.opts.entries :
			   c->o.opts.verbose ? 0 : DEFAULT_PARTS,
		.color = c->s.color, .quiet = c->o.opts.quiet,
	};

	if (c->s.format == FORMAT_JSON)
		latency_json(&c->shape, out);
	else if (c->s.format == FORMAT_CSV)
		latency_csv(&c->shape, out);
	else
		latency_text(&c->shape, &style, out);
	return 0;
}

static int run(const struct command *cmd, int argc, char **argv)
{
	struct latency_cmd c = { .o = { .slow = DEFAULT_SLOW } };
	int code = session_begin(&c.s, cmd, argc, argv, &c.o.opts);

	if (code < 0)
		code = run_analyses(&c);
	if (code < 0)
		code = shape_all(&c) ? complain_memory() : session_write(&c.o.opts, put, &c);
	free(c.in);
	free(c.vm);
	free(c.line);
	free(c.slow);
	latency_release(&c.l);
	session_end(&c.s, &c.o.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows, latency_rows,
						   opts_output_rows, NULL };

const struct command cmd_latency = {
	.name = "latency", .usage = "[options] [FILE...]", .run = run, .tables = tables,
	.formats = formats,
	.summary = "from sending to accepted, injected, acknowledged, and to the receiver's run",
	.help = "Shows how long directed IPIs take, from their sending: percentiles per VM, pair, vector\n"
		"and receiver state, and the slowest ones with their times. Each stage needs its event.",
};
