// SPDX-License-Identifier: GPL-2.0-only
/*
 * survey.c - see survey.h. common_type is the first field of every record, in every kernel since
 * 2009.
 */
#include "decode/survey.h"
#include "input/formats.h"

#include <errno.h>
#include <stdlib.h>

void survey_count(struct survey_counts *counts, const struct batch *b)
{
	for (u32 i = 0; i < b->nr; i++)
		if (b->rec[i].len >= 2)
			counts->by_id[load16(b->page + b->rec[i].off)]++;
}

/* A file can describe any number of events; the messages that this is for name some. */
#define SURVEY_MAX 4096

static int add_event(struct survey *s, const char *system, const char *name, u64 records)
{
	struct survey_event *grown;

	for (u32 i = 0; i < s->nr; i++)
		if (!strcmp(s->event[i].name, name) && !strcmp(s->event[i].system, system)) {
			s->event[i].records += records;
			return 0;
		}
	if (s->nr == SURVEY_MAX)
		return 0;
	grown = realloc(s->event, (s->nr + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	s->event = grown;
	grown[s->nr] = (struct survey_event){ .system = system, .records = records };
	memcpy(grown[s->nr].name, name, min_of(strlen(name), sizeof(grown->name) - 1));
	s->nr++;
	return 0;
}

int survey_add(struct survey *s, const struct container *c, const struct survey_counts *counts)
{
	char name[64];
	u16 id;

	for (u32 i = 0; i < c->nr_formats; i++) {
		int ret;

		if (!formats_event(c, i, name, sizeof(name), &id) || !counts->by_id[id])
			continue;
		ret = add_event(s, c->formats[i].system, name, counts->by_id[id]);
		if (ret)
			return ret;
	}
	return 0;
}

static int compare_events(const void *a, const void *b)
{
	const struct survey_event *x = a, *y = b;

	if (x->records != y->records)
		return x->records > y->records ? -1 : 1;
	return strcmp(x->name, y->name);
}

void survey_sort(struct survey *s)
{
	if (s->nr)
		qsort(s->event, s->nr, sizeof(*s->event), compare_events);
}

void survey_release(struct survey *s)
{
	free(s->event);
	*s = (struct survey){ 0 };
}
