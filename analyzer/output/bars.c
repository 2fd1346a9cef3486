// SPDX-License-Identifier: GPL-2.0-only
/* bars.c - see bars.h. */
#include "output/bars.h"

#include <math.h>

#define US 1000.0 /* ns */

static void bars_add(struct bars *s, const char *what, const char *state,
		     const struct latency_times *t)
{
	struct bars_row *r = &s->row[s->nr];

	if (!t->nr || s->nr == BARS_ROWS_MAX)
		return;
	snprintf(r->name, sizeof(r->name), "%s%s%s", what, state ? ": " : "", state ? state : "");
	r->t = *t;
	s->nr++;
}

bool bars_of(const struct latency_vm *vm, struct bars *s)
{
	*s = (struct bars){ 0 };
	if (!vm->nr_lines)
		return false;
	for (int i = 0; i < LATENCY_STAGES; i++)
		bars_add(s, latency_stage_names[i], NULL, &vm->line[0].stage[i]);
	for (int i = 2; i < LATENCY_STAGES; i++)
		for (u32 k = 0; k < vm->nr_lines; k++)
			if (vm->line[k].part == LATENCY_STATE)
				bars_add(s, latency_stage_names[i],
					 view_state_names[vm->line[k].state],
					 &vm->line[k].stage[i]);
	return s->nr;
}

struct bars_axis bars_axis(const struct bars *s, u32 nr)
{
	double low = INFINITY, high = 0;

	for (u32 i = 0; i < nr; i++)
		for (u32 k = 0; k < s[i].nr; k++) {
			const struct latency_times *t = &s[i].row[k].t;

			high = max_of(high, (double)t->max);
			/* A time of 0 has no place on such an axis. */
			low = min_of(low, (double)(t->min ? t->min : t->p50 ? t->p50 : t->max));
		}
	low = low > 0 && low <= high ? low : US;
	high = max_of(high, low);
	return (struct bars_axis){ (int)floor(log10(low / US)),
				   max_of((int)ceil(log10(high / US)),
					  (int)floor(log10(low / US)) + 1) };
}

double bars_place(const struct bars_axis *a, u64 ns)
{
	double at = ns ? (log10((double)ns / US) - a->from) / (a->to - a->from) : 0;

	return min_of(max_of(at, 0.0), 1.0);
}

void bars_label(int decade, const char *micro, char *buf, size_t len)
{
	if (decade < 3)
		snprintf(buf, len, "%g %ss", pow(10, decade), micro);
	else if (decade < 6)
		snprintf(buf, len, "%g ms", pow(10, decade - 3));
	else
		snprintf(buf, len, "%g s", pow(10, decade - 6));
}

#define NAME_WIDTH 24
#define HEAD_WIDTH (4 + NAME_WIDTH + 2 + 9 + 2)

static void put_axis(const struct bars_axis *a, int room, FILE *out)
{
	char label[32];
	int at = 0;

	fprintf(out, "    %-*s  %9s  ", NAME_WIDTH, "until", "IPIs");
	for (int d = a->from; d <= a->to; d++) {
		int place = (int)lrint((double)(d - a->from) / (a->to - a->from) * (room - 1)), len;

		bars_label(d, "u", label, sizeof(label));
		len = (int)strlen(label) + 1;
		/* The last one ends where the axis does. */
		place = min_of(place, room - len);
		if (at && place <= at)
			continue;
		at += fprintf(out, "%*s|%s", place - at, "", label);
	}
	fputc('\n', out);
}

void bars_text(const struct bars *s, int width, bool blocks, FILE *out)
{
	static const char *const ascii[] = { " ", "-", "=", "O" };
	static const char *const lines[] = { " ", "\xe2\x94\x80", "\xe2\x94\x81", "\xe2\x97\x8f" };
	const char *const *mark = blocks ? lines : ascii;
	struct bars_axis a = bars_axis(s, 1);
	int room = max_of(min_of(width, 160) - HEAD_WIDTH, 20);

	put_axis(&a, room, out);
	for (u32 i = 0; i < s->nr; i++) {
		const struct latency_times *t = &s->row[i].t;
		const u64 value[] = { t->min, t->p50, t->p90, t->max };
		int at[4];

		for (int k = 0; k < 4; k++)
			at[k] = (int)lrint(bars_place(&a, value[k]) * (room - 1));
		fprintf(out, "    %-*s  %9llu  ", NAME_WIDTH, s->row[i].name, t->nr);
		for (int c = 0; c <= at[3]; c++)
			fputs(mark[c == at[1] ? 3 : c > at[1] && c <= at[2] ? 2 : c >= at[0]], out);
		fputc('\n', out);
	}
	fprintf(out, "    %s the median, %s up to 90 %%, %s from the fastest to the slowest\n",
		mark[3], mark[2], mark[1]);
}
