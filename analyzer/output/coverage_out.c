// SPDX-License-Identifier: GPL-2.0-only
/*
 * coverage_out.c - see coverage_out.h.
 *
 * Text names what there was, and then, as one list, what the recording has no events of: "none" and "not
 * recorded" must not look alike. JSON has null for the latter.
 */
#include "output/coverage_out.h"
#include "util/rounded.h"

#include <stdarg.h>

#define WIDTH 79

/* A sentence that is folded between its pieces. */
struct fold {
	FILE *out;
	int column;
};

static void piece(struct fold *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Pieces end in what separates them from the next; the blank behind is made here. */
static void piece(struct fold *f, const char *fmt, ...)
{
	char text[160];
	va_list ap;
	int len;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = (int)strlen(text);
	if (f->column && f->column + 1 + len > WIDTH) {
		fputs("\n#  ", f->out);
		f->column = 3;
	}
	f->column += fprintf(f->out, "%s%s", f->column ? " " : "", text);
}

static unsigned long long n_of(struct count_view c)
{
	return c.n;
}

static void put_sent(const struct coverage_view *c, struct fold *f)
{
	unsigned int left = 0;

	if (!c->sent.known) {
		piece(f, "%llu directed IPIs;", n_of(c->directed));
		return;
	}
	for (size_t i = 1; i < ARRAY_SIZE(c->became); i++)
		left += !!c->became[i].n;
	if (c->became[0].known)
		piece(f, "%llu directed of %llu %s%s", n_of(c->became[0]), n_of(c->sent),
		      c->sent.text, left ? "," : ";");
	else
		piece(f, "%llu %s%s", n_of(c->sent), c->sent.text, left ? "," : ";");
	for (size_t i = 1; i < ARRAY_SIZE(c->became); i++)
		if (c->became[i].n)
			piece(f, "%llu %s%s", n_of(c->became[i]), c->became[i].text,
			      --left ? "," : ";");
}

static void put_other(const struct coverage_view *c, struct fold *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->other); i++) {
		if (!c->other[i].n)
			continue;
		if (!i)
			piece(f, "%llu PV (%llu targets);", n_of(c->other[0]), n_of(c->pv_targets));
		else
			piece(f, "%llu %s;", n_of(c->other[i]), c->other[i].text);
	}
	if (c->hypercall_accepts.n)
		piece(f, "%llu %s;", n_of(c->hypercall_accepts), c->hypercall_accepts.text);
}

static void put_unknown(const struct coverage_view *c, struct fold *f)
{
	const char *names[] = { "other ICR writes", "PV", "Hyper-V", "AVIC", "EOIs" };
	bool calls = c->hypercall_accepts.known; /* both kinds, together */
	bool known[] = { c->sent.known, calls || c->other[0].known, calls || c->other[1].known,
			 c->other[2].known, c->no_eoi.known };
	unsigned int left = 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		left += !known[i];
	if (left)
		piece(f, "not recorded:");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!known[i])
			piece(f, "%s%s", names[i], --left ? "," : ";");
}

static void put_lost(const struct loss_view *l, FILE *out)
{
	u64 us = rounded(l->ns, 1000), from = rounded(l->from_ns, 1000);
	u64 to = rounded(l->to_ns, 1000);

	fprintf(out, "#   CPU %u lost ", l->cpu);
	if (l->events_known)
		fprintf(out, "%llu records", l->events);
	else if (l->events)
		fprintf(out, "more than %llu records", l->events);
	else
		fputs("records", out);
	fprintf(out, " in %llu gap%s", l->gaps, l->gaps == 1 ? "" : "s");
	if (l->ns != VIEW_NO_TIME)
		fprintf(out, " (%llu.%03llu ms) from +%llu.%06llu to +%llu.%06llu s", us / 1000,
			us % 1000, from / 1000000, from % 1000000, to / 1000000, to % 1000000);
	fputc('\n', out);
}

#define PAIRS_SHOWN 8

/* Pairs that no delivery shows: the first of each kind. */
static void put_pairs(const struct coverage_view *c, bool avic, FILE *out)
{
	struct fold f = { .out = out };
	u32 nr = 0;

	for (u32 i = 0; i < c->nr_pairs; i++)
		nr += c->pair[i].avic == avic;
	if (!nr)
		return;
	piece(&f, avic ? "#   AVIC, exited, receiver not running:" : "#   PV or Hyper-V:");
	for (u32 i = 0, shown = 0; i < c->nr_pairs && shown < PAIRS_SHOWN; i++) {
		const struct coverage_pair_view *p = &c->pair[i];
		struct vm_view vm = { .pid = p->vm_pid,
				      .id = p->vm_id,
				      .have_pid = p->have_vm_pid,
				      .have_id = p->have_vm_id };
		char label[VIEW_VM_LABEL];

		if (p->avic != avic)
			continue;
		shown++;
		piece(&f, "VM %s %u -> %u: %llu%s", vm_view_label(&vm, label), p->src, p->dst,
		      (unsigned long long)p->count,
		      shown < min_of(nr, (u32)PAIRS_SHOWN) ? "," : "");
	}
	if (nr > PAIRS_SHOWN)
		piece(&f, "and %u more pairs", nr - PAIRS_SHOWN);
	fputc('\n', out);
}

void remarks_coverage(const struct coverage_view *c, FILE *out)
{
	struct fold f = { .out = out };

	piece(&f, "# Coverage:");
	put_sent(c, &f);
	put_other(c, &f);
	put_unknown(c, &f);
	if (c->no_eoi.known)
		piece(&f, "EOIs never came for %llu of %llu;", n_of(c->no_eoi), n_of(c->watched));
	if (!c->unconfirmed.known)
		piece(&f, "how many were delivered is not recorded;");
	else if (c->unconfirmed.n)
		piece(&f, "at most %llu were not delivered;", n_of(c->unconfirmed));
	if (c->hides)
		piece(&f, "%s hides %s.", c->hardware, c->hides);
	else
		piece(&f, c->hardware ? "no APICv or AVIC." : "APICv or AVIC: not to be seen.");
	fputc('\n', out);
	put_pairs(c, false, out);
	put_pairs(c, true, out);
	for (u32 i = 0; i < c->nr_lost; i++)
		put_lost(&c->lost[i], out);
}

static void json_count(struct json *j, const struct count_view *c)
{
	json_u64_or_null(j, c->name, c->known, c->n);
}

static void json_lost(struct json *j, const struct loss_view *l)
{
	json_object(j, NULL);
	json_u64(j, "cpu", l->cpu);
	json_u64(j, "gaps", l->gaps);
	json_u64_or_null(j, "events", l->events_known, l->events);
	json_time(j, "from_ns", l->from_ns);
	json_time(j, "to_ns", l->to_ns);
	json_time(j, "gap_ns", l->ns);
	json_array(j, "spans");
	for (u32 i = 0; i < l->nr_spans; i++) {
		json_object_flat(j, NULL);
		json_time(j, "from_ns", l->span[i].from_ns);
		json_time(j, "to_ns", l->span[i].to_ns);
		json_u64_or_null(j, "events", l->span[i].events_known, l->span[i].events);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void json_pairs(struct json *j, const char *key, const struct coverage_view *c, bool avic)
{
	json_array(j, key);
	for (u32 i = 0; i < c->nr_pairs; i++) {
		const struct coverage_pair_view *p = &c->pair[i];

		if (p->avic != avic)
			continue;
		json_object_flat(j, NULL);
		if (p->have_vm_pid)
			json_s64(j, "vm_pid", p->vm_pid);
		else
			json_null(j, "vm_pid");
		json_u64_or_null(j, "vm_id", p->have_vm_id, p->vm_id);
		json_u64(j, "src", p->src);
		json_u64(j, "dst", p->dst);
		json_u64(j, "count", p->count);
		json_object_end(j);
	}
	json_array_end(j);
}

void json_coverage(struct json *j, const struct coverage_view *c)
{
	json_object(j, "coverage");
	json_count(j, &c->directed);
	json_count(j, &c->sent);
	json_object_flat(j, "became");
	for (size_t i = 0; i < ARRAY_SIZE(c->became); i++)
		json_count(j, &c->became[i]);
	json_object_end(j);
	for (size_t i = 0; i < ARRAY_SIZE(c->other); i++)
		json_count(j, &c->other[i]);
	json_count(j, &c->pv_targets);
	json_count(j, &c->apicv_accepts);
	json_count(j, &c->hypercall_accepts);
	json_pairs(j, "hypercall_pairs", c, false);
	json_pairs(j, "avic_pairs", c, true);
	json_count(j, &c->watched);
	json_count(j, &c->no_eoi);
	json_count(j, &c->unconfirmed);
	json_string(j, "hardware", c->hardware);
	json_string(j, "hides", c->hides);
	json_array(j, "lost");
	for (u32 i = 0; i < c->nr_lost; i++)
		json_lost(j, &c->lost[i]);
	json_array_end(j);
	json_object_end(j);
}
