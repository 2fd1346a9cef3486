// SPDX-License-Identifier: GPL-2.0-only
/* diff_view.c - see diff_view.h. What the sides are is in diff_notes.c. */
#define _GNU_SOURCE
#include "view/diff_view.h"
#include "view/diff_notes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char *const diff_sort_names[] = { "change", "p", "before", "after", "vm", "figure", NULL };

/* In the order of enum figure_why. */
static const char *const why_names[NR_FIGURE_WHYS] = {
	[FIGURE_FEW] = "fewer than 20 IPIs",
	[FIGURE_UNKNOWN] = "not known on both sides",
	[FIGURE_CORRELATED] = "bursts too long for the recording",
	[FIGURE_SHORT] = "recording too short",
	[FIGURE_RECORDINGS] = "neither one recording a side nor three",
	[FIGURE_LOSS] = "records lost",
	[FIGURE_SOURCE] = "of different sources",
};

static void fill_figure(struct diff_figure *to, const struct figure *f)
{
	*to = (struct diff_figure){
		.vm = f->key.vm,
		.kind = (enum diff_kind)f->key.kind,
		.a = f->key.a,
		.b = f->key.b,
		.unit = f->key.kind == TALLY_DELAY    ? DIFF_NS
			: tally_is_share(f->key.kind) ? DIFF_SHARE
						      : DIFF_PER_SECOND,
		.before = f->before,
		.after = f->after,
		.change = f->change,
		.low = f->interval ? f->low : NAN,
		.high = f->interval ? f->high : NAN,
		.n_before = f->n_before,
		.n_after = f->n_after,
		.p = f->adjusted,
		.verdict = (enum diff_verdict)f->verdict,
		.why = why_names[f->why],
	};
}

/* What appeared and what vanished is the largest change there is. */
static double size_of(const struct diff_figure *f)
{
	double size = isnan(f->change) ? 0 : fabs(log1p(f->change));

	return f->verdict == DIFF_NEW || f->verdict == DIFF_GONE ? INFINITY : size;
}

static int order(double a, double b)
{
	return a < b ? -1 : a > b;
}

static int compare_key(const struct diff_figure *x, const struct diff_figure *y, enum diff_sort by)
{
	switch (by) {
	case DIFF_BY_P: return order(x->p, y->p);
	case DIFF_BY_BEFORE: return order(y->before, x->before);
	case DIFF_BY_AFTER: return order(y->after, x->after);
	case DIFF_BY_VM: return order(x->vm, y->vm);
	case DIFF_BY_FIGURE: return order(x->kind, y->kind);
	default: return order(size_of(y), size_of(x));
	}
}

static bool is_change(const struct diff_figure *f)
{
	return f->verdict != DIFF_SAME && f->verdict != DIFF_UNTESTED;
}

static int compare_figures(const void *a, const void *b, void *by)
{
	const struct diff_figure *x = a, *y = b;

	if (is_change(x) != is_change(y))
		return is_change(x) ? -1 : 1;
	/* Of several that are new, the most frequent one first. */
	return compare_key(x, y, *(enum diff_sort *)by) ?:
	       order((double)(y->n_before + y->n_after), (double)(x->n_before + x->n_after)) ?:
	       order(x->vm, y->vm) ?: order(x->kind, y->kind) ?: order(x->a, y->a) ?:
	       order(x->b, y->b);
}

static int fill_figures(struct diff_builder *v)
{
	v->figure = calloc((size_t)v->figures.nr + 1, sizeof(*v->figure));
	if (!v->figure)
		return -ENOMEM;
	for (u32 i = 0; i < v->figures.nr; i++)
		fill_figure(&v->figure[i], &v->figures.f[i]);
	qsort_r(v->figure, v->figures.nr, sizeof(*v->figure), compare_figures, &v->sort);
	v->s.figure = v->figure;
	v->s.nr_figures = v->figures.nr;
	v->s.tested = v->figures.tested;
	v->s.changed = v->figures.changed;
	v->s.level = v->figures.level;
	return 0;
}

static void fill_head(struct vm_view *to, const struct diff_recording_vm *vm)
{
	*to = (struct vm_view){
		.have_pid = vm->vm.vm.have_pid,
		.have_id = vm->vm.vm.have_id,
		.pid = vm->vm.vm.pid,
		.id = vm->vm.vm.id,
		.name = vm->vm.name,
		.vcpus = vm->vcpus,
		.ipis = vm->ipis,
	};
}

/* The VM of a recording that is the first one's i-th; NULL: it has none. */
static const struct diff_recording_vm *find_vm(const struct diff_recording *r, u32 i)
{
	for (u32 k = 0; k < r->nr_vm; k++)
		if (r->vm[k].match.how != MATCH_NOT && r->vm[k].match.to == i)
			return &r->vm[k];
	return NULL;
}

/* VMs that some recording lacks are in no figure: they are listed. */
static bool in_all(const struct diff_builder *v, u32 i)
{
	for (int s = 0; s < 2; s++)
		for (u32 r = 0; r < v->nr[s]; r++)
			if (!find_vm(&v->side[s][r], i))
				return false;
	return true;
}

static void add_odd(struct diff_builder *v, const struct diff_recording_vm *vm, bool after)
{
	struct diff_odd_vm *to = &v->odd[v->s.nr_odd++];

	to->after = after;
	fill_head(&to->vm, vm);
}

/* The VMs of all recordings, and the numbers of those that are compared. */
static int fill_vms(struct diff_builder *v, u32 *number)
{
	static const char *const hows[] = { "none", "match", "name", "alone", "ids" };
	const struct diff_recording *first = &v->side[0][0];
	u32 nr = 0;

	for (int s = 0; s < 2; s++)
		for (u32 r = 0; r < v->nr[s]; r++)
			nr += v->side[s][r].nr_vm;
	v->vm = calloc((size_t)first->nr_vm + 1, sizeof(*v->vm));
	v->odd = calloc((size_t)nr + 1, sizeof(*v->odd));
	if (!v->vm || !v->odd)
		return -ENOMEM;
	for (u32 i = 0; i < first->nr_vm; i++) {
		const struct diff_recording_vm *after = find_vm(&v->side[1][0], i);

		number[i] = in_all(v, i) ? v->s.nr_vm : TALLY_NO_VM;
		if (number[i] == TALLY_NO_VM) {
			add_odd(v, &first->vm[i], false);
			continue;
		}
		fill_head(&v->vm[v->s.nr_vm].before, &first->vm[i]);
		fill_head(&v->vm[v->s.nr_vm].after, after);
		v->vm[v->s.nr_vm++].how = hows[after->match.how];
	}
	for (u32 k = 0; k < v->side[1][0].nr_vm; k++)
		if (v->side[1][0].vm[k].match.how == MATCH_NOT)
			add_odd(v, &v->side[1][0].vm[k], true);
	v->s.vm = v->vm;
	v->s.odd = v->odd;
	return 0;
}

/* Figures of VMs that are not in all recordings go; the others get the numbers that are shown. */
static void renumber(struct figures *f, const u32 *number)
{
	u32 nr = 0;

	for (u32 i = 0; i < f->nr; i++) {
		u32 vm = number[f->f[i].key.vm];

		if (vm == TALLY_NO_VM)
			continue;
		f->f[nr] = f->f[i];
		f->f[nr++].key.vm = vm;
	}
	f->nr = nr;
}

static int compare(struct diff_builder *v, const u32 *number)
{
	struct figures_choice choice = { .min_change = v->min_change,
					 .run_spread = v->run_spread,
					 .number = number };
	struct side side[2];
	struct tally *t = calloc((size_t)v->nr[0] + v->nr[1], sizeof(*t));
	int ret;

	if (!t)
		return -ENOMEM;
	for (int s = 0; s < 2; s++) {
		side[s] = (struct side){ t + (s ? v->nr[0] : 0), v->nr[s] };
		for (u32 i = 0; i < v->nr[s]; i++)
			t[(s ? v->nr[0] : 0) + i] = v->side[s][i].tally;
	}
	diff_choose(v, &choice);
	ret = figures_compare(&v->figures, side, &choice);
	free(t);
	renumber(&v->figures, number);
	return ret;
}

static const char *get_vector_name(const void *ctx, u32 vector)
{
	return vector_name(((const struct diff_builder *)ctx)->vectors->names, vector);
}

static void fill_method(struct diff_builder *v)
{
	bool several = v->nr[0] >= 3 && v->nr[1] >= 3;

	v->s.method = v->nr[0] == 1 && v->nr[1] == 1 ? "blocks" : several ? "recordings" : "none";
	v->s.min_change = v->min_change;
	v->s.run_spread = v->run_spread;
	v->s.vector_name = get_vector_name;
	v->s.vector_names_given = v->vectors->given;
	v->s.ctx = v;
}

int diff_view_init(struct diff_builder *v)
{
	u32 *number = calloc((size_t)v->side[0][0].nr_vm + 1, sizeof(*number));
	int ret = number ? 0 : -ENOMEM;

	v->s = (struct diff_view){ 0 };
	fill_method(v);
	ret = ret ?: fill_vms(v, number) ?: diff_sides(v) ?: compare(v, number) ?: fill_figures(v);
	if (!ret)
		diff_notes(v);
	free(number);
	return ret;
}

void diff_recording_release(struct diff_recording *r)
{
	for (u32 i = 0; i < r->nr_vm; i++)
		free((char *)r->vm[i].vm.name);
	free(r->vm);
	free((char *)r->in.file);
	free((char *)r->in.clock);
	free(r->release);
	tally_release(&r->tally);
	*r = (struct diff_recording){ 0 };
}

void diff_view_release(struct diff_builder *v)
{
	figures_release(&v->figures);
	free(v->in);
	free(v->vm);
	free(v->odd);
	free(v->figure);
}
