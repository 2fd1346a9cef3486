// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency_text.c - latencies for people and as CSV.
 *
 * Text has a table per VM and part, a line per stage for the VM, and p50 and p99 of the later
 * stages for the parts; CSV has a row per part and stage. Times in text are microseconds.
 */
#include "output/latency_view.h"
#include "output/paragraph.h"
#include "output/remarks.h"
#include "output/table.h"
#include "util/rounded.h"

static const char *const part_names[] = { "vm", "pair", "vector", "state" };

const char *const latency_sort_names[] = { "ipis",    "src",	 "dst",	    "inj_p50",
					   "ack_p50", "ack_p99", "run_p50", "run_p99",
					   "p50",     "p99",	 NULL };

struct rows {
	const struct latency_view *s;
	const struct latency_vm *vm;
	const struct latency_line *first; /* of the part */
};

static void cell_us(struct cell *c, bool known, u64 ns)
{
	u64 tenths = rounded(ns, 100);
	char text[40];

	if (!known)
		return;
	snprintf(text, sizeof(text), "%llu.%llu", tenths / 10, tenths % 10);
	cell_number(c, text);
}

static const char *const stage_titles[] = { "until",  "IPIs",	"min_us", "mean_us", "p50_us",
					    "p90_us", "p99_us", "max_us", NULL };

static void stage_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct latency_times *t = &((const struct rows *)ctx)->first->stage[row];
	const u64 value[] = { t->min, t->mean, t->p50, t->p90, t->p99, t->max };

	cell_text(&cells[0], latency_stage_names[row]);
	if (t->known)
		cell_u64(&cells[1], t->nr);
	for (size_t i = 0; i < ARRAY_SIZE(value); i++)
		cell_us(&cells[2 + i], t->nr, value[i]);
}

/*
 * Microseconds until it was injected, acknowledged, and until the receiver ran; the rest is in CSV
 * and JSON.
 */
static const char *const part_titles[] = { "",	      "IPIs",	 "inj_p50", "ack_p50",
					   "ack_p99", "run_p50", "run_p99", NULL };
#define PART_NAME_WIDTH 17

static void part_name(const struct latency_view *s, const struct latency_line *l, char *buf,
		      size_t len)
{
	const char *name = l->part == LATENCY_VECTOR && l->vector != VIEW_NO_VECTOR
				   ? s->vector_name(s->ctx, l->vector)
				   : NULL;

	if (l->part == LATENCY_PAIR)
		snprintf(buf, len, "%u -> %u", l->src, l->dst);
	else if (l->part == LATENCY_STATE)
		snprintf(buf, len, "%s", view_state_names[l->state]);
	else if (l->vector == VIEW_NO_VECTOR)
		snprintf(buf, len, "unknown");
	else
		snprintf(buf, len, "0x%02x%s%s", l->vector, name ? " " : "", name ? name : "");
}

static void part_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct rows *r = ctx;
	const struct latency_line *l = &r->first[row];
	char name[CELL_TEXT_MAX];

	part_name(r->s, l, name, sizeof(name));
	cell_text_cut(&cells[0], name, PART_NAME_WIDTH);
	cell_u64(&cells[1], l->ipis);
	cell_us(&cells[2], l->stage[1].nr, l->stage[1].p50);
	for (int i = 0; i < 2; i++) {
		const struct latency_times *t = &l->stage[2 + i];

		cell_us(&cells[3 + 2 * i], t->nr, t->p50);
		cell_us(&cells[4 + 2 * i], t->nr, t->p99);
	}
}

/* The lines of a part lie together. */
static u32 find_part(const struct latency_vm *vm, enum latency_part part,
		     const struct latency_line **first)
{
	u32 nr = 0;

	*first = NULL;
	for (u32 i = 0; i < vm->nr_lines; i++)
		if (vm->line[i].part == part) {
			if (!nr)
				*first = &vm->line[i];
			nr++;
		}
	return nr;
}

static void latency_text_put_part(const struct latency_view *s, const struct latency_vm *vm,
				  enum latency_part part, const struct latency_style *style,
				  FILE *out)
{
	const char *titles[ARRAY_SIZE(part_titles)];
	struct rows r = { s, vm, NULL };
	u32 nr = find_part(vm, part, &r.first), shown;

	if (!nr)
		return;
	memcpy(titles, part_titles, sizeof(titles));
	titles[0] = part_names[part];
	shown = style->entries ? min_of(style->entries, nr) : nr;
	fputc('\n', out);
	table_text(&(struct table){ .title = titles,
				    .ctx = &r,
				    .nr_rows = shown,
				    .row = part_row,
				    .indent = 4 },
		   out);
	if (shown < nr)
		fprintf(out, "# %u more (-E %u shows them all)\n", nr - shown, nr);
}

static const char *const slow_titles[] = { "sent_at_s", "VM",	  "pair",   "vec", "receiver",
					   "inj_us",	"ack_us", "run_us", NULL };

static void slow_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct latency_slow *slow = &((const struct rows *)ctx)->s->slow[row];
	char text[40];

	snprintf(text, sizeof(text), "%llu.%09llu", slow->sent / 1000000000,
		 slow->sent % 1000000000);
	cell_number(&cells[0], text);
	cell_text(&cells[1], vm_view_label(&slow->vm->head, text));
	snprintf(text, sizeof(text), "%u -> %u", slow->src, slow->dst);
	cell_text(&cells[2], text);
	if (slow->vector != VIEW_NO_VECTOR) {
		snprintf(text, sizeof(text), "0x%02x", slow->vector);
		cell_text(&cells[3], text);
	}
	cell_text(&cells[4], view_state_names[slow->state]);
	/* The first stage is the acceptance: at the sending, or nearly. */
	for (int i = 1; i < LATENCY_STAGES; i++)
		cell_us(&cells[4 + i], slow->after[i] != UINT64_MAX, slow->after[i]);
}

const char *latency_from(const struct latency_view *s)
{
	return s->sending_known ? "sending" : "delivery";
}

/* Whether it said anything. */
static bool put_remarks(const struct latency_view *s, const struct latency_style *style, FILE *out)
{
	struct paragraph p = { .len = 0 };
	bool said;

	if (!style->quiet)
		remarks_inputs(s->in, s->nr_in, out);
	said = remarks_loss(s->in, s->nr_in, out);
	if (view_lossy(s->in, s->nr_in))
		fputs("# lower bounds: IPIs and counts; percentiles are of what was recorded; no IPI\n"
		      "#   is followed across a gap\n",
		      out);
	if (s->given_up)
		fprintf(out, "# %llu IPIs are not followed to the end: too many waited at once\n",
			s->given_up);
	said |= s->given_up;
	for (int i = 0; i < LATENCY_STAGES; i++)
		if (s->missing[i]) {
			paragraph_say(&p, "# until %s is left out; record it with: %s",
				      latency_stage_names[i], s->missing[i]);
			paragraph_put(&p, "", "#   ", out);
			said = true;
		}
	if (style->quiet)
		return said;
	paragraph_say(&p,
		      "# percentiles are right to 1 part in %llu for a VM, 1 in %llu for its parts",
		      s->vm_error_parts, s->part_error_parts);
	if (s->answers_known)
		paragraph_say(&p, "; %llu IPIs were not acknowledged within the trace",
			      s->unanswered);
	paragraph_put(&p, "", "# ", out);
	fputs("# inj: until injected, ack: acknowledged, run: until the receiver ran; us\n", out);
	return true;
}

void latency_text(const struct latency_view *s, const struct latency_style *style, FILE *out)
{
	struct rows r = { s, NULL, NULL };
	bool said = put_remarks(s, style, out);

	for (u32 i = 0; i < s->nr_vm; i++) {
		const struct latency_vm *vm = &s->vm[i];
		char label[VIEW_VM_LABEL];

		fprintf(out, "%s%sVM %s%s%s: %llu IPIs, from the %s%s\n", said || i ? "\n" : "",
			style->color ? "\033[1m" : "", vm_view_label(&vm->head, label),
			vm->head.name ? " " : "", vm->head.name ? vm->head.name : "", vm->head.ipis,
			latency_from(s), style->color ? "\033[0m" : "");
		r.vm = vm;
		r.first = vm->line;
		table_text(&(struct table){ .title = stage_titles,
					    .ctx = &r,
					    .nr_rows = LATENCY_STAGES,
					    .row = stage_row,
					    .indent = 4 },
			   out);
		latency_text_put_part(s, vm, LATENCY_STATE, style, out);
		latency_text_put_part(s, vm, LATENCY_VECTOR, style, out);
		latency_text_put_part(s, vm, LATENCY_PAIR, style, out);
	}
	if (!s->nr_slow)
		return;
	fputs("\nSlowest\n", out);
	table_text(&(struct table){ .title = slow_titles,
				    .ctx = &r,
				    .nr_rows = s->nr_slow,
				    .row = slow_row,
				    .indent = 2 },
		   out);
}

static void csv_line(const struct latency_vm *vm, const struct latency_line *l, FILE *out)
{
	for (int i = 0; i < LATENCY_STAGES; i++) {
		const struct latency_times *t = &l->stage[i];

		if (vm->head.have_pid)
			fprintf(out, "%d", vm->head.pid);
		fputc(',', out);
		if (vm->head.have_id)
			fprintf(out, "%u", vm->head.id);
		fprintf(out, ",%s,", part_names[l->part]);
		if (l->part == LATENCY_PAIR)
			fprintf(out, "%u,%u", l->src, l->dst);
		else
			fputc(',', out);
		fputc(',', out);
		if (l->part == LATENCY_VECTOR && l->vector != VIEW_NO_VECTOR)
			fprintf(out, "%u", l->vector);
		fprintf(out, ",%s,%s,%llu,",
			l->part == LATENCY_STATE ? view_state_names[l->state] : "",
			latency_stage_names[i], l->ipis);
		if (t->known)
			fprintf(out, "%llu", t->nr);
		if (t->nr)
			fprintf(out, ",%llu,%llu,%llu,%llu,%llu,%llu\n", t->min, t->mean, t->p50,
				t->p90, t->p99, t->max);
		else
			fputs(",,,,,,\n", out);
	}
}

void latency_csv(const struct latency_view *s, FILE *out)
{
	remarks_loss(s->in, s->nr_in, out);
	fputs("vm_pid,vm_id,part,src,dst,vector,state,until,ipis,count,min_ns,mean_ns,p50_ns,p90_ns,p99_ns,"
	      "max_ns\n",
	      out);
	for (u32 i = 0; i < s->nr_vm; i++)
		for (u32 k = 0; k < s->vm[i].nr_lines; k++)
			csv_line(&s->vm[i], &s->vm[i].line[k], out);
}
