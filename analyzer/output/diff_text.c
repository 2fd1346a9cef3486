// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_text.c - see diff_view.h: a table of what changed, largest first, between remarks on what
 * was compared and how.
 */
#include "output/diff_view.h"
#include "output/latency_view.h"
#include "output/paragraph.h"
#include "output/remarks.h"
#include "output/table.h"

#include <math.h>

typedef unsigned long long ull;

const char *const diff_verdict_names[DIFF_VERDICTS] = { "same", "changed", "new", "gone",
							"untested" };
const char *const diff_kind_names[DIFF_KINDS] = {
	"rate", "vector", "sent", "received", "pair", "state", "path", "place", "one_way", "latency"
};

const char *diff_label(const struct diff_view *s, const struct diff_figure *f, char buf[DIFF_LABEL])
{
	const char *name;

	switch (f->kind) {
	case DIFF_VECTOR:
		name = f->a < VIEW_NO_VECTOR ? s->vector_name(s->ctx, f->a) : NULL;
		if (f->a >= VIEW_NO_VECTOR)
			snprintf(buf, DIFF_LABEL, "vector unknown");
		else
			snprintf(buf, DIFF_LABEL, "vector 0x%02x%s%s", f->a, name ? " " : "",
				 name ? name : "");
		break;
	case DIFF_SENT:
	case DIFF_RECEIVED:
		snprintf(buf, DIFF_LABEL, "%s by %u", f->kind == DIFF_SENT ? "sent" : "received",
			 f->a);
		break;
	case DIFF_PAIR: snprintf(buf, DIFF_LABEL, "pair %u -> %u", f->a, f->b); break;
	case DIFF_STATE: snprintf(buf, DIFF_LABEL, "receiver %s", view_state_names[f->a]); break;
	case DIFF_DELAY:
		snprintf(buf, DIFF_LABEL, "%s p%u", latency_stage_names[f->a], f->b);
		break;
	default:
		snprintf(buf, DIFF_LABEL, "%s",
			 f->kind == DIFF_VM	 ? "all IPIs"
			 : f->kind == DIFF_PATH	 ? "slow path"
			 : f->kind == DIFF_PLACE ? "on the sender's CPU"
						 : "one-way");
	}
	return buf;
}

static void cell_value(struct cell *c, const struct diff_figure *f, double v)
{
	char text[32];

	if (isnan(v))
		return;
	if (f->unit == DIFF_SHARE)
		snprintf(text, sizeof(text), "%.1f %%", 100 * v);
	else if (f->unit == DIFF_NS)
		snprintf(text, sizeof(text), "%.*f us", v < 1e5 ? 1 : 0, v / 1e3);
	else
		snprintf(text, sizeof(text), "%.*f /s", v < 100 ? 2 : 0, v);
	cell_number(c, text);
}

static void cell_change(struct cell *c, double v)
{
	char text[32];

	if (!isfinite(v))
		return;
	snprintf(text, sizeof(text), "%+.*f", fabs(v) < 9.995 ? 1 : 0, 100 * v);
	cell_number(c, text);
}

struct rows {
	const struct diff_view *s;
	u32 nr;
	bool vms;
};

static void row(const void *ctx, u64 i, struct cell *cells)
{
	const struct rows *r = ctx;
	const struct diff_figure *f = &r->s->figure[i];
	const struct diff_vm *vm = &r->s->vm[f->vm];
	char label[VIEW_VM_LABEL], what[DIFF_LABEL], p[32];

	if (r->vms)
		cell_text_cut(cells++,
			      vm->before.name ? vm->before.name : vm_view_label(&vm->before, label),
			      12);
	cell_text_cut(&cells[0], diff_label(r->s, f, what), 22);
	cell_value(&cells[1], f, f->before);
	cell_value(&cells[2], f, f->after);
	if (f->verdict == DIFF_NEW || f->verdict == DIFF_GONE)
		cell_number(&cells[3], diff_verdict_names[f->verdict]);
	else
		cell_change(&cells[3], f->change);
	cell_change(&cells[4], f->low);
	cell_change(&cells[5], f->high);
	if (f->verdict == DIFF_UNTESTED || f->verdict == DIFF_SAME) {
		cell_text(&cells[6], "~");
		return;
	}
	snprintf(p, sizeof(p), f->p < 0.0001 ? "<.0001" : "%.4f", f->p);
	cell_number(&cells[6], p);
}

static void put_side(const char *name, const struct diff_side *s, FILE *out)
{
	struct paragraph p = { 0 };

	paragraph_say(&p, "%s %s", name, s->in[0].file);
	if (s->nr_in > 1)
		paragraph_say(&p, " and %u more", s->nr_in - 1);
	paragraph_say(&p, ": %.3f~s, %s", (double)s->span_ns / 1e9,
		      s->source ? s->source : "mixed sources");
	if (s->release)
		paragraph_say(&p, ", Linux %s", s->release);
	paragraph_put(&p, "# ", "#   ", out);
}

static void put_notes(const struct diff_view *s, FILE *out)
{
	struct paragraph p = { 0 };

	for (u32 i = 0; i < s->nr_notes; i++) {
		paragraph_say(&p, "differs: %s: %s before, %s after", s->note[i].what,
			      s->note[i].before, s->note[i].after);
		paragraph_put(&p, "# ", "#   ", out);
	}
}

static void put_vms(const struct diff_view *s, FILE *out)
{
	char a[VIEW_VM_LABEL], b[VIEW_VM_LABEL];

	for (u32 i = 0; i < s->nr_vm; i++) {
		const struct diff_vm *vm = &s->vm[i];

		if (!strcmp(vm->how, "ids"))
			fprintf(out, "# VM %s: matched by its ids, which both sides have alike\n",
				vm_view_label(&vm->before, a));
		else if (strcmp(vm->how, "name"))
			fprintf(out, "# VM %s before is %s after (%s)\n",
				vm_view_label(&vm->before, a), vm_view_label(&vm->after, b),
				vm->how);
	}
	for (u32 i = 0; i < s->nr_odd; i++)
		fprintf(out, "# VM %s %s: matches none, not compared (--match BEFORE=AFTER)\n",
			vm_view_label(&s->odd[i].vm, a), s->odd[i].after ? "after" : "before");
}

/* Why figures were not tested, and how many each time; reasons are few and equal pointers. */
static void say_untested(const struct diff_view *s, struct paragraph *p)
{
	u32 left = 0;

	for (u32 i = 0; i < s->nr_figures; i++) {
		const char *why = s->figure[i].why;
		bool said = false;
		u32 nr = 0;

		for (u32 k = 0; k < i && !said && why; k++)
			said = s->figure[k].why == why;
		if (!why || said)
			continue;
		for (u32 k = i; k < s->nr_figures; k++)
			nr += s->figure[k].why == why;
		paragraph_say(p, "%s%u %s", left++ ? ", " : "; not compared: ", nr, why);
	}
}

static void put_summary(const struct diff_view *s, FILE *out)
{
	struct paragraph p = { 0 };

	paragraph_say(&p, "%u figures compared: %u changed by %g~%% or more", s->tested, s->changed,
		      100 * s->min_change);
	say_untested(s, &p);
	paragraph_put(&p, "# ", "# ", out);
	if (!strcmp(s->method, "blocks"))
		paragraph_say(
			&p,
			"changed: beyond the noise within these recordings, and %g~%% from "
			"run to run (--run-spread); it says nothing about other runs: give three "
			"recordings or more a side (before... -- after...)",
			100 * s->run_spread);
	else if (!strcmp(s->method, "recordings"))
		paragraph_say(&p,
			      "changed: beyond what the %u and %u recordings differ among "
			      "themselves",
			      s->side[0].nr_in, s->side[1].nr_in);
	else
		paragraph_say(&p,
			      "nothing is tested: it takes one recording a side, or three or more");
	paragraph_put(&p, "# ", "# ", out);
}

void diff_text(const struct diff_view *s, const struct diff_style *style, FILE *out)
{
	static const char *const titles[] = { "VM",    "figure", "before", "after", "change_%",
					      "low_%", "high_%", "p",	   NULL };
	u32 shown = style->all ? s->nr_figures : s->changed;
	struct rows r = { .s = s, .vms = s->nr_vm > 1 };
	u32 nr = style->entries ? min_of(style->entries, shown) : shown;

	if (!style->quiet) {
		put_side("before", &s->side[0], out);
		put_side("after", &s->side[1], out);
	}
	for (int i = 0; i < 2; i++)
		remarks_loss(s->side[i].in, s->side[i].nr_in, out);
	if (!style->quiet) {
		put_notes(s, out);
		put_vms(s, out);
	}
	if (nr)
		table_text(
			&(struct table){
				.title = titles + !r.vms, .ctx = &r, .nr_rows = nr, .row = row },
			out);
	if (nr < shown)
		fprintf(out, "# %u more figures (-E %u shows them all)\n", shown - nr, shown);
	if (!style->quiet)
		put_summary(s, out);
}
