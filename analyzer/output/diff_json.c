// SPDX-License-Identifier: GPL-2.0-only
/* diff_json.c - see diff_view.h: for programs. Keys may be added here; none may change. */
#include "output/diff_view.h"
#include "output/graph_json.h"
#include "output/latency_view.h"
#include "output/remarks.h"
#include "output/table.h"
#include "util/json.h"

#include <math.h>

static void put_side(struct json *j, const char *key, const struct diff_side *s)
{
	json_object(j, key);
	json_string(j, "source", s->source);
	json_string(j, "kernel", s->release);
	json_u64(j, "observed_ns", s->span_ns);
	json_inputs(j, s->in, s->nr_in);
	json_object_end(j);
}

static void put_notes(struct json *j, const struct diff_view *s)
{
	json_array(j, "differences");
	for (u32 i = 0; i < s->nr_notes; i++) {
		json_object_flat(j, NULL);
		json_string(j, "what", s->note[i].what);
		json_string(j, "before", s->note[i].before);
		json_string(j, "after", s->note[i].after);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_unmatched(struct json *j, const struct diff_view *s)
{
	json_array(j, "unmatched");
	for (u32 i = 0; i < s->nr_odd; i++) {
		json_object_flat(j, NULL);
		json_string(j, "side", s->odd[i].after ? "after" : "before");
		json_vm_head(j, &s->odd[i].vm);
		json_object_end(j);
	}
	json_array_end(j);
}

/* What the figure is about: every key always, null where it is not about that. */
static void put_subject(struct json *j, const struct diff_view *s, const struct diff_figure *f)
{
	bool vcpu = f->kind == DIFF_SENT || f->kind == DIFF_PAIR;
	bool known = f->kind == DIFF_VECTOR && f->a < VIEW_NO_VECTOR;

	json_string(j, "figure", diff_kind_names[f->kind]);
	json_u64_or_null(j, "src", vcpu, f->a);
	json_u64_or_null(j, "dst", f->kind == DIFF_PAIR || f->kind == DIFF_RECEIVED,
			 f->kind == DIFF_PAIR ? f->b : f->a);
	json_u64_or_null(j, "vector", known, f->a);
	json_string(j, "vector_name",
		    known && s->vector_names_given ? s->vector_name(s->ctx, f->a) : NULL);
	json_string(j, "state", f->kind == DIFF_STATE ? view_state_names[f->a] : NULL);
	json_string(j, "path", f->kind == DIFF_PATH ? "slow" : NULL);
	json_string(j, "stage", f->kind == DIFF_DELAY ? latency_stage_names[f->a] : NULL);
	json_u64_or_null(j, "percentile", f->kind == DIFF_DELAY, f->b);
}

static void put_figure(struct json *j, const struct diff_view *s, const struct diff_figure *f)
{
	static const char *const units[] = { "ipis_per_s", "share", "ns" };

	json_object_flat(j, NULL);
	put_subject(j, s, f);
	json_string(j, "unit", units[f->unit]);
	json_real(j, "before", f->before);
	json_real(j, "after", f->after);
	json_u64(j, "count_before", f->n_before);
	json_u64(j, "count_after", f->n_after);
	json_real(j, "change", f->change);
	json_real(j, "low", f->low);
	json_real(j, "high", f->high);
	json_real(j, "p", f->verdict == DIFF_UNTESTED ? NAN : f->p);
	json_string(j, "verdict", diff_verdict_names[f->verdict]);
	json_string(j, "why", f->why);
	json_object_end(j);
}

static void put_vm(struct json *j, const struct diff_view *s, u32 i)
{
	const struct diff_vm *vm = &s->vm[i];

	json_object(j, NULL);
	json_vm_head(j, &vm->before);
	json_u64(j, "vcpus", vm->before.vcpus);
	json_object_flat(j, "after");
	json_vm_head(j, &vm->after);
	json_u64(j, "vcpus", vm->after.vcpus);
	json_object_end(j);
	json_string(j, "matched_by", vm->how);
	json_array(j, "figures");
	for (u32 k = 0; k < s->nr_figures; k++)
		if (s->figure[k].vm == i)
			put_figure(j, s, &s->figure[k]);
	json_array_end(j);
	json_object_end(j);
}

void diff_json(const struct diff_view *s, FILE *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.diff/1");
	put_side(&j, "before", &s->side[0]);
	put_side(&j, "after", &s->side[1]);
	put_notes(&j, s);
	json_string(&j, "method", s->method);
	json_real(&j, "level", s->level);
	json_real(&j, "min_change", s->min_change);
	json_real(&j, "run_spread", strcmp(s->method, "blocks") ? NAN : s->run_spread);
	json_u64(&j, "compared", s->tested);
	json_u64(&j, "changed", s->changed);
	put_unmatched(&j, s);
	json_array(&j, "vms");
	for (u32 i = 0; i < s->nr_vm; i++)
		put_vm(&j, s, i);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

static void cell_real(struct cell *c, double v)
{
	char text[32];

	if (!isfinite(v))
		return;
	snprintf(text, sizeof(text), "%.6g", v);
	cell_number(c, text);
}

static void csv_subject(struct cell *cells, const struct diff_figure *f)
{
	cell_text(&cells[0], diff_kind_names[f->kind]);
	if (f->kind == DIFF_SENT || f->kind == DIFF_PAIR)
		cell_u64(&cells[1], f->a);
	if (f->kind == DIFF_RECEIVED || f->kind == DIFF_PAIR)
		cell_u64(&cells[2], f->kind == DIFF_PAIR ? f->b : f->a);
	if (f->kind == DIFF_VECTOR && f->a < VIEW_NO_VECTOR)
		cell_u64(&cells[3], f->a);
	if (f->kind == DIFF_STATE)
		cell_text(&cells[4], view_state_names[f->a]);
	if (f->kind == DIFF_PATH)
		cell_text(&cells[5], "slow");
	if (f->kind == DIFF_DELAY) {
		cell_text(&cells[6], latency_stage_names[f->a]);
		cell_u64(&cells[7], f->b);
	}
}

static void csv_vm(struct cell *cells, const struct vm_view *vm)
{
	if (vm->have_pid)
		cell_s64(&cells[0], vm->pid);
	if (vm->have_id)
		cell_u64(&cells[1], vm->id);
}

static void csv_row(const void *ctx, u64 i, struct cell *cells)
{
	static const char *const units[] = { "ipis_per_s", "share", "ns" };
	const struct diff_view *s = ctx;
	const struct diff_figure *f = &s->figure[i];
	const struct diff_vm *vm = &s->vm[f->vm];

	csv_vm(&cells[0], &vm->before);
	csv_vm(&cells[2], &vm->after);
	cell_text(&cells[4], vm->before.name ? vm->before.name : "");
	csv_subject(&cells[5], f);
	cell_text(&cells[13], units[f->unit]);
	cell_real(&cells[14], f->before);
	cell_real(&cells[15], f->after);
	cell_u64(&cells[16], f->n_before);
	cell_u64(&cells[17], f->n_after);
	cell_real(&cells[18], f->change);
	cell_real(&cells[19], f->low);
	cell_real(&cells[20], f->high);
	if (f->verdict != DIFF_UNTESTED)
		cell_real(&cells[21], f->p);
	cell_text(&cells[22], diff_verdict_names[f->verdict]);
	cell_text(&cells[23], f->why ? f->why : "");
}

void diff_csv(const struct diff_view *s, FILE *out)
{
	static const char *const titles[] = {
		"vm_pid", "vm_id",   "after_vm_pid", "after_vm_id", "name",   "figure",	    "src",
		"dst",	  "vector",  "state",	     "path",	    "stage",  "percentile", "unit",
		"before", "after",   "count_before", "count_after", "change", "low",	    "high",
		"p",	  "verdict", "why",	     NULL
	};

	for (int i = 0; i < 2; i++)
		remarks_loss(s->side[i].in, s->side[i].nr_in, out);
	table_csv(
		&(struct table){
			.title = titles, .ctx = s, .nr_rows = s->nr_figures, .row = csv_row },
		out);
}
