// SPDX-License-Identifier: GPL-2.0-only
/* latency_view.c - see latency_view.h. The same for latencies as yield_run.c is for yields. */
#define _GNU_SOURCE
#include "view/latency_view.h"
#include "view/vm_view.h"
#include "view/graph_view.h"

#include <errno.h>
#include <stdlib.h>

int latency_begin(struct latency_run *c, struct recording *s, u32 slow,
		  struct ordered list[LATENCY_ANALYSES])
{
	c->s = s;
	c->seen = latency_nothing_seen(&s->trace);
	latency_release(&c->l);
	if (latency_init(&c->l, &s->threads, slow, &s->filter, &s->trace.vms))
		return -ENOMEM;
	list[0] = (struct ordered){ &seen_ops, &c->seen };
	list[1] = (struct ordered){ &latency_ops, &c->l };
	return LATENCY_ANALYSES;
}

bool latency_seen(const struct latency_run *c)
{
	return c->seen.kinds & needs_unknown(latency_needs, LATENCY_FIGURES) & ~EV_BIT(EV_APIC_IPI);
}

static enum latency_part part_of(const struct latency_key *key)
{
	if (key->src != LATENCY_ANY)
		return LATENCY_PAIR;
	if (key->vector != LATENCY_ANY)
		return LATENCY_VECTOR;
	return key->state != LATENCY_ANY ? LATENCY_STATE : LATENCY_VM;
}

static s32 pid_of(const struct latency_run *c, u32 vcpu)
{
	return vcpu == VCPU_NOBODY ? 0 : threads_host_id(&c->s->threads, c->l.vcpus.vcpu[vcpu].pid);
}

/* What was not recorded is unknown, whatever the analysis made of the other events. */
static void build_line(const struct latency_run *c, struct latency_line *to,
		       const struct latency_row *r)
{
	*to = (struct latency_line){
		.part = part_of(&r->key),
		.src = r->key.src,
		.dst = r->key.dst,
		.vector = min_of(r->key.vector, (u32)VIEW_NO_VECTOR),
		.state = min_of(r->key.state, (u32)VIEW_STATES),
		.ipis = r->ipis,
	};
	for (int i = 0; i < LATENCY_STAGES; i++) {
		const struct hist *h = &r->hist[i];

		if (c->view.missing[i])
			continue;
		to->stage[i] = (struct latency_times){
			.known = true,
			.nr = h->nr,
			.min = h->min,
			.mean = hist_mean(h),
			.p50 = hist_percentile(h, 50, 100),
			.p90 = hist_percentile(h, 90, 100),
			.p99 = hist_percentile(h, 99, 100),
			.max = h->max,
		};
	}
}

/* A VM's rows: itself first, its pairs, its vectors, its states. Returns how many. */
static u32 latency_view_build_vm(struct latency_run *c, struct latency_vm *to, u32 number, u32 at)
{
	const struct vm *vm = &c->s->trace.vms.vm[number];
	const struct latency_row *row;
	u32 first = at, nr = latency_rows_of(&c->l, number, &row);

	for (int part = LATENCY_VM; part <= LATENCY_STATE; part++)
		for (u32 i = 0; i < nr; i++)
			if (part_of(&row[i].key) == (enum latency_part)part)
				build_line(c, &c->line[at++], &row[i]);
	*to = (struct latency_vm){
		.head = vm_view_of(vm, &c->s->names),
		.line = &c->line[first],
		.nr_lines = at - first,
	};
	if (at > first)
		to->head.ipis = c->line[first].ipis;
	return at - first;
}

static const char *latency_view_get_vector_name(const void *ctx, u32 vector)
{
	return vector_name(((const struct latency_run *)ctx)->s->vectors.names, vector);
}

static void build_slow(struct latency_run *c, const u32 *at_of)
{
	for (u32 i = 0; i < c->l.nr_slow; i++) {
		const struct latency_ipi *ipi = &c->l.slow[i];

		c->slow[i] = (struct latency_slow){
			.src = ipi->src,
			.dst = ipi->dst,
			.vector = min_of((u32)ipi->vector, (u32)VIEW_NO_VECTOR),
			.state = min_of((u32)ipi->state, (u32)VIEW_STATES),
			.src_pid = threads_host_id(&c->s->threads, ipi->src_pid),
			.dst_pid = pid_of(c, ipi->dst_vcpu),
			.sent = ipi->sent,
			.sent_ns = ipi->sent - c->s->trace.totals.first_ts,
			.vm = &c->vm[at_of[ipi->vm]],
		};
		for (int s = 0; s < LATENCY_STAGES; s++)
			c->slow[i].after[s] = c->view.missing[s] ? UINT64_MAX : ipi->after[s];
	}
}

static void build_rest(struct latency_run *c)
{
	struct hist of_vm, of_part;

	hist_init(&of_vm, LATENCY_VM_BITS);
	hist_init(&of_part, LATENCY_PART_BITS);
	c->view = (struct latency_view){
		.in = c->in,
		.nr_in = c->s->trace.nr_in,
		.source = recording_source(c->s),
		.vm = c->vm,
		.slow = c->slow,
		.nr_slow = c->s->trace.ticks ? 0 : c->l.nr_slow,
		.vm_error_parts = hist_error_parts(&of_vm),
		.part_error_parts = hist_error_parts(&of_part),
		.vector_name = latency_view_get_vector_name,
		.ctx = c,
	};
	for (int i = 0; i < LATENCY_STAGES; i++)
		c->view.missing[i] = c->s->trace.ticks
					     ? "-C local"
					     : seen_missing(&c->seen, latency_needs,
							    LATENCY_FIGURE(i), c->missing[i]);
	c->view.sending_known = seen_all(&c->seen, EV_BIT(EV_APIC_IPI));
	c->view.answers_known = !c->view.missing[LATENCY_ACKNOWLEDGED];
	if (c->view.answers_known) {
		c->view.unanswered = c->l.unanswered;
		c->view.given_up = c->l.given_up;
	}
}

int latency_view_init(struct latency_run *c)
{
	struct trace *t = &c->s->trace;
	u32 *order = vm_view_order(&t->vms), *at_of = calloc((size_t)t->vms.nr + 1, sizeof(*at_of)),
	    nr = 0, lines = 0;

	_Static_assert(LATENCY_STAGES == (int)NR_LATENCY_STAGES, "views and analysis agree");
	c->in = calloc(t->nr_in, sizeof(*c->in));
	c->vm = calloc((size_t)t->vms.nr + 1, sizeof(*c->vm));
	c->line = calloc((size_t)c->l.nr_rows + 1, sizeof(*c->line));
	c->slow = calloc((size_t)c->l.nr_slow + 1, sizeof(*c->slow));
	if (!order || !at_of || !c->in || !c->vm || !c->line || !c->slow) {
		free(order);
		free(at_of);
		return -ENOMEM;
	}
	for (u32 i = 0; i < t->nr_in; i++)
		input_view_of(&c->in[i], &t->in[i]);
	build_rest(c);
	for (u32 i = 0; i < t->vms.nr; i++) {
		u32 added = latency_view_build_vm(c, &c->vm[nr], order[i], lines);

		at_of[order[i]] = nr;
		lines += added;
		nr += !!added;
	}
	c->view.nr_vm = nr;
	build_slow(c, at_of);
	free(order);
	free(at_of);
	return 0;
}

void latency_run_release(struct latency_run *c)
{
	free(c->in);
	free(c->vm);
	free(c->line);
	free(c->slow);
	latency_release(&c->l);
	*c = (struct latency_run){ 0 };
}

/* What a line has in that column; without a figure it comes last. */
static u64 sort_value(const struct latency_line *l, enum latency_sort by)
{
	switch (by) {
	case LATENCY_SORT_INJ_P50: return l->stage[1].p50;
	case LATENCY_SORT_P50:
	case LATENCY_SORT_ACK_P50: return l->stage[2].p50;
	case LATENCY_SORT_P99:
	case LATENCY_SORT_ACK_P99: return l->stage[2].p99;
	case LATENCY_SORT_RUN_P50: return l->stage[3].p50;
	case LATENCY_SORT_RUN_P99: return l->stage[3].p99;
	default: return l->ipis;
	}
}

static int compare_u64(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_lines(const void *a, const void *b, void *ctx)
{
	const struct latency_line *x = a, *y = b;
	enum latency_sort by = *(const enum latency_sort *)ctx;
	int by_key = compare_u64(x->src, y->src) ?: compare_u64(x->dst, y->dst);

	by_key = by_key ?: compare_u64(x->vector, y->vector) ?: compare_u64(x->state, y->state);
	if (by == LATENCY_SORT_DST)
		return compare_u64(x->dst, y->dst) ?: by_key;
	if (by == LATENCY_SORT_SRC)
		return by_key;
	return compare_u64(sort_value(y, by), sort_value(x, by)) ?: by_key;
}

void latency_sort(struct latency_run *c, enum latency_sort by)
{
	for (u32 v = 0; v < c->view.nr_vm; v++) {
		struct latency_line *line = c->line + (c->vm[v].line - c->line);

		for (u32 at = 0, end; at < c->vm[v].nr_lines; at = end) {
			for (end = at; end < c->vm[v].nr_lines && line[end].part == line[at].part;)
				end++;
			qsort_r(line + at, end - at, sizeof(*line), compare_lines, &by);
		}
	}
}
