// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_notes.c - see diff_notes.h.
 *
 * Lost records make every rate a lower bound. As many lost on both sides cancel out; what does not
 * is the difference of the lost shares, and rates are compared only while that is below half of the
 * least change that is called one. Shares and latencies suffer less: IPIs are lost whatever they
 * are, so up to a tenth may be missing.
 */
#define _GNU_SOURCE
#include "view/diff_notes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define LOST_MAX 0.1

/* The part of its records that a recording lost; NAN: some, nobody knows how many. */
static double lost_part(const struct input_view *in)
{
	u64 lost = max_of(in->lost, in->overrun_known ? in->overrun : 0);

	if ((!in->lost_known && !in->overrun_known) || in->skipped)
		return NAN;
	return lost ? (double)lost / (double)(in->records + lost) : 0;
}

static double side_lost(const struct diff_side *s)
{
	double sum = 0;

	for (u32 i = 0; i < s->nr_in; i++)
		sum += lost_part(&s->in[i]) / s->nr_in;
	return sum;
}

static const char *source_name(const struct diff_recording *r)
{
	return r->stock ? "stock" : "track";
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

int diff_sides(struct diff_builder *v)
{
	struct input_view *in = calloc((size_t)v->nr[0] + v->nr[1], sizeof(*in));

	if (!in)
		return -ENOMEM;
	v->in = in;
	for (int s = 0; s < 2; s++) {
		struct diff_side *to = &v->s.side[s];

		*to = (struct diff_side){ .in = in,
					  .nr_in = v->nr[s],
					  .release = v->side[s][0].release,
					  .source = source_name(&v->side[s][0]) };
		for (u32 i = 0; i < v->nr[s]; i++) {
			const struct diff_recording *r = &v->side[s][i];

			*in++ = r->in;
			to->span_ns += r->tally.span_ns;
			to->release = same_text(to->release, r->release) ? to->release : NULL;
			to->source = same_text(to->source, source_name(r)) ? to->source : NULL;
		}
	}
	return 0;
}

void diff_choose(const struct diff_builder *v, struct figures_choice *c)
{
	double before = side_lost(&v->s.side[0]), after = side_lost(&v->s.side[1]);

	/* NAN is never less. */
	if (!(fabs(after - before) <= v->min_change / 2))
		c->rates = FIGURE_LOSS;
	if (!(max_of(before, after) <= LOST_MAX))
		c->shares = c->delays = FIGURE_LOSS;
	if (!same_text(v->s.side[0].source, v->s.side[1].source))
		c->states = c->delays = FIGURE_SOURCE;
}

static struct diff_note *add_note(struct diff_builder *v, const char *what)
{
	struct diff_note *n = &v->note[v->s.nr_notes];

	if (v->s.nr_notes == ARRAY_SIZE(v->note))
		return NULL;
	v->s.note = v->note;
	v->s.nr_notes++;
	snprintf(n->what, sizeof(n->what), "%s", what);
	return n;
}

static void note_texts(struct diff_builder *v, const char *what, const char *before,
		       const char *after)
{
	struct diff_note *n;

	if (!strcmp(before, after))
		return;
	n = add_note(v, what);
	if (!n)
		return;
	snprintf(n->before, sizeof(n->before), "%s", before);
	snprintf(n->after, sizeof(n->after), "%s", after);
}

static void note_numbers(struct diff_builder *v, const char *what, u64 before, u64 after)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%llu", (unsigned long long)before);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)after);
	note_texts(v, what, a, b);
}

static void name_kinds(u32 kinds, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = 0;
	for (int k = 0; k < NR_EVENT_KINDS && at + 40 < len; k++)
		if (kinds & EV_BIT(k))
			at += (size_t)snprintf(buf + at, len - at, "%s%s", at ? " " : "",
					       event_kind_name((enum event_kind)k));
	if (!at)
		snprintf(buf, len, "none of them");
}

/* What only one side can have recorded. */
static void note_kinds(struct diff_builder *v)
{
	u32 before = v->side[0][0].kinds, after = v->side[1][0].kinds;
	char a[160], b[160];

	name_kinds(before & ~after, a, sizeof(a));
	name_kinds(after & ~before, b, sizeof(b));
	note_texts(v, "events described on one side only", a, b);
}

static void name_lost(const struct diff_side *s, char buf[64])
{
	double lost = side_lost(s);

	if (isnan(lost))
		snprintf(buf, 64, "an unknown number");
	else
		snprintf(buf, 64, "%.2g %%", 100 * lost);
}

static void note_vcpus(struct diff_builder *v)
{
	for (u32 i = 0; i < v->s.nr_vm; i++) {
		char label[VIEW_VM_LABEL], what[64];

		snprintf(what, sizeof(what), "vCPUs of VM %s that were seen",
			 vm_view_label(&v->vm[i].before, label));
		note_numbers(v, what, v->vm[i].before.vcpus, v->vm[i].after.vcpus);
	}
}

static const char *or_mixed(const char *text)
{
	return text ? text : "unknown or mixed";
}

void diff_notes(struct diff_builder *v)
{
	const struct diff_side *a = &v->s.side[0], *b = &v->s.side[1];
	char before[64], after[64];

	note_texts(v, "kernel", or_mixed(a->release), or_mixed(b->release));
	note_texts(v, "source of IPIs", or_mixed(a->source), or_mixed(b->source));
	note_numbers(v, "CPUs", a->in[0].cpus, b->in[0].cpus);
	note_texts(v, "clock", or_mixed(a->in[0].clock), or_mixed(b->in[0].clock));
	note_kinds(v);
	name_lost(a, before);
	name_lost(b, after);
	note_texts(v, "records lost", before, after);
	note_vcpus(v);
}
