// SPDX-License-Identifier: GPL-2.0-only
/*
 * html_yield.c - a VM's section on directed yield: the same figures and words as kvm-ipi yield has.
 */
#include "output/graphml.h"
#include "output/html_parts.h"
#include "output/sweep.h"
#include "output/yield_words.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

struct words_of {
	const struct yield_view *s;
	const struct yield_vm *vm;
};

static void words(const void *ctx, FILE *out)
{
	const struct words_of *w = ctx;

	yield_words(w->s, w->vm, out);
}

/* The points of the summary, as a list. */
static void put_words(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	static const char point[] = "    - ";
	char *text = html_joined(words, &(struct words_of){ s, vm });
	char *p = text ? strstr(text, point) : NULL, *next;

	if (p)
		fputs("<ul class=\"summary\">\n", out);
	for (; p; p = next) {
		next = strstr(p + 1, point);
		(next ? next : p + strlen(p))[-1] = 0; /* the newline */
		fputs("<li>", out);
		xml_text(p + sizeof(point) - 1, out);
		fputc('\n', out);
		if (!next)
			fputs("</ul>\n", out);
	}
	free(text);
}

static void put_chart(const struct sweep *s, FILE *out)
{
	fprintf(out, "<figure><figcaption>%c%s <small>(%s)</small></figcaption>",
		s->title[0] - 'a' + 'A', s->title + 1, s->value_title);
	sweep_svg(s, out);
	fputs("</figure>\n", out);
}

static void put_charts(const struct yield_vm *vm, FILE *out)
{
	struct sweep s;

	fputs("<div class=\"pictures\">\n", out);
	if (sweep_hints(vm, &s))
		put_chart(&s, out);
	if (sweep_hits(vm, &s))
		put_chart(&s, out);
	fputs("</div>\n", out);
}

/* Cut, not rounded, as text does it. */
static void put_thousandths(u64 num, u64 den, FILE *out)
{
	u64 n = den ? (u64)((unsigned __int128)num * 1000 / den) : 0;

	if (den)
		fprintf(out, "%llu.%03llu", (ull)(n / 1000), (ull)(n % 1000));
}

static void html_yield_put_hints(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	static const char *const titles[] = {
		"window, ms",  "hints", "replaced",  "by another, %", "by the same, %",
		"outlived, %", "open",	"alive, ms", "alive at once", NULL
	};

	html_table("Each sender's last receiver is its hint", "hints", titles, out);
	for (u32 i = 0; i < vm->nr_hints; i++) {
		const struct yield_hint *h = &vm->hint[i];

		fputs("<tr><td>", out);
		html_ms(h->window_ns, out);
		fprintf(out, "<td>%llu<td>%llu<td>", (ull)h->recorded, (ull)h->overwritten);
		html_percent(h->retargeted, h->recorded, out);
		fputs("<td>", out);
		html_percent(h->refreshed, h->recorded, out);
		fputs("<td>", out);
		html_percent(h->expired, h->recorded, out);
		fprintf(out, "<td>%llu<td>", (ull)h->open);
		html_ms(h->alive_ns, out);
		fputs("<td>", out);
		put_thousandths(h->alive_ns, s->duration_ns, out);
		fputc('\n', out);
	}
	html_table_end(out);
}

static void put_acks(const struct yield_vm *vm, FILE *out)
{
	static const char *const titles[] = { "rule", "believed after the answer, ms",
					      "forgotten before it", NULL };
	const struct yield_ack *a = vm->ack;

	fprintf(out, "<p>Acknowledged by the receiver's EOI: %llu (", (ull)a->acknowledged);
	html_percent(a->acknowledged, vm->head.ipis, out);
	fprintf(out, "&nbsp;%%), never: %llu; replaced before it: %llu", (ull)a->unacknowledged,
		(ull)a->overwritten_unacked);
	if (a->acknowledged) {
		fputs("; after ", out);
		html_us(true, a->p50_ns, out);
		fputs("&nbsp;\xc2\xb5s (median), ", out);
		html_us(true, a->p99_ns, out);
		fputs("&nbsp;\xc2\xb5s (99th percentile)", out);
	}
	fputs(".</p>\n", out);
	html_table("Which acknowledgement ends a hint", "rules", titles, out);
	for (u32 i = 0; i < a->nr_rules; i++) {
		fprintf(out, "<tr><td class=\"n\">%s<td>", a->rule[i].rule);
		html_ms(a->rule[i].stale_ns, out);
		fprintf(out, "<td>%llu\n", (ull)a->rule[i].lost_early);
	}
	html_table_end(out);
}

static void html_yield_put_accuracy(const struct yield_replay *r, FILE *out)
{
	fprintf(out, "<p>%llu spins, replayed as %s searches%s. ", (ull)r->spins, r->order,
		r->order_assumed ? " (the trace does not say of which kernel it is)" : "");
	if (!r->probed) {
		fprintf(out, "<strong>Unverified:</strong> %s; of the kernel's picks ",
			r->unverified);
		html_percent(r->sure, r->spins, out);
		fputs("&nbsp;% are sure.", out);
	} else {
		fprintf(out,
			"<strong>Replay accuracy:</strong> the replay of %s picked the kernel's own choice in ",
			r->kernel_policy);
		html_percent(r->agree, r->observed, out);
		fprintf(out,
			"&nbsp;%% of %llu successful yields; without the probes it would have in ",
			(ull)r->observed);
		html_percent(r->agree_blind, r->observed, out);
		fputs("&nbsp;%.", out);
	}
	fprintf(out,
		" In %llu spins an awaited vCPU could run and did not, in %llu it was running, in %llu "
		"nobody was awaited.</p>\n",
		(ull)r->helpable, (ull)r->running, (ull)r->nothing_awaited);
}

static void html_yield_put_policies(const struct yield_replay *r, FILE *out)
{
	static const char *const titles[] = { "policy",	     "picks",	     "none",  "hits",
					      "hits, %",     "missed",	     "stale", "overboost",
					      "as stock, %", "sure hits, %", NULL };

	html_table("Whom each policy would have picked, spin by spin", "policies", titles, out);
	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy *p = &r->policy[i];

		fprintf(out, "<tr><td class=\"n\">%s%s<td>%llu<td>%llu<td>%llu<td>", p->policy,
			p->relaxed ? " relaxed" : "", (ull)p->all.picks,
			(ull)(r->spins - p->all.picks), (ull)p->all.hits);
		html_percent(p->all.hits, p->all.hits + p->all.missed, out);
		fprintf(out, "<td>%llu<td>%llu<td>%llu<td>", (ull)p->all.missed, (ull)p->all.stale,
			(ull)p->all.overboost);
		html_percent(p->same[0], r->spins, out);
		fputs("<td>", out);
		html_percent(p->sure.hits, p->sure.hits + p->sure.missed, out);
		fputc('\n', out);
	}
	html_table_end(out);
}

static void put_rate(const struct yield_rate *r, FILE *out)
{
	if (r->of)
		html_percent(r->permille, 1000, out);
	fputs("<td>", out);
	if (r->have_interval)
		html_percent(r->lo, 1000, out);
	fputs("<td>", out);
	if (r->have_interval)
		html_percent(r->hi, 1000, out);
}

static void put_episodes(const struct yield_replay *r, FILE *out)
{
	static const char *const titles[] = { "policy", "hits",	  "hits, %", "from, %", "to, %",
					      "user",	"kernel", "unknown", NULL };
	const struct yield_episodes *e = r->episodes;
	char name[48];

	html_table(
		"Wait episodes: the first spin of each at which an awaited vCPU could be yielded to",
		"episodes", titles, out);
	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy_episodes *p = &r->policy[i].episodes;

		yield_policy_name(&r->policy[i], name, sizeof(name));
		fprintf(out, "<tr><td class=\"n\">%s<td>%llu<td>", name, (ull)p->hits);
		put_rate(&p->rate, out);
		for (int m = 0; m < YIELD_MODES; m++)
			fprintf(out, "<td>%llu", (ull)p->mode_hits[m]);
		fputc('\n', out);
	}
	fputs("<tr><td class=\"n\">(random)<td><td>", out);
	put_rate(&e->random, out);
	fputs("<td><td><td>\n", out);
	html_table_end(out);
}

static void put_sweep(const struct yield_replay *r, FILE *out)
{
	static const char *const titles[] = { "window, ms", "filter hits",
					      "missed",	    "priority hits",
					      "missed",	    "stale hints",
					      NULL };

	html_table("The window: as a filter (ipi-v3 relaxed), as a priority (ipi-first)", "sweep",
		   titles, out);
	for (u32 i = 0; i < r->nr_windows; i++) {
		const struct yield_window *w = &r->window[i];

		fputs("<tr><td>", out);
		html_ms(w->window_ns, out);
		fprintf(out, "<td>%llu<td>%llu<td>%llu<td>%llu<td>%llu\n", (ull)w->filter.hits,
			(ull)w->filter.missed, (ull)w->first.hits, (ull)w->first.missed,
			(ull)w->stale);
	}
	html_table_end(out);
	fputs("<p>Suggested window: ", out);
	html_ms(r->suggested_window_ns, out);
	fputs("&nbsp;ms, the smallest that keeps 99&nbsp;% of the hits of the largest under both.</p>\n",
	      out);
}

static void html_yield_put_missing(const char *what, const char *record, FILE *out)
{
	if (record)
		fprintf(out, "<p>%s left out; record with <code>%s</code>.</p>\n", what, record);
}

void html_yield(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	fputs("<details open class=\"yield\"><summary>Directed yield</summary>\n", out);
	html_lossy(s->in, s->nr_in, out);
	put_words(s, vm, out);
	put_charts(vm, out);
	if (vm->head.ipis) {
		fputs("<p>The next IPI of a sender goes to the same receiver: ", out);
		html_percent(vm->same, vm->of, out);
		fputs("&nbsp;%.</p>\n", out);
		html_yield_put_hints(s, vm, out);
	}
	if (vm->ack && vm->head.ipis)
		put_acks(vm, out);
	if (vm->replay) {
		if (vm->replay->episodes && vm->replay->episodes->helpable)
			put_episodes(vm->replay, out);
		html_yield_put_accuracy(vm->replay, out);
		html_yield_put_policies(vm->replay, out);
		put_sweep(vm->replay, out);
	}
	html_yield_put_missing("Acknowledgements are", s->missing_ack, out);
	html_yield_put_missing("Spins and policies are", s->missing_replay, out);
	fputs("</details>\n", out);
}
