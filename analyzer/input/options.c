// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - the options that both versions of trace.dat carry in the same form.
 *
 * Unknown ones are skipped by the callers, as trace-cmd does. What shifts the times is taken over
 * as trace-cmd report shows it: date and offset added, TSC converted.
 */
#include "input/container.h"
#include "util/clean.h"

#include <errno.h>
#include <stdlib.h>

#define GUESTS_MAX	1024 /* each is a VM, with all that analyses keep of one */
#define OPTION_TEXT_MAX (64 * 1024)

/* An option's text, NUL-terminated, to be freed; NULL when damaged or out of memory. */
static char *option_text(struct meta *m, u32 size)
{
	char *text = size <= OPTION_TEXT_MAX ? malloc((size_t)size + 1) : NULL;

	if (!text || !meta_bytes(m, text, size)) {
		free(text);
		return NULL;
	}
	text[size] = 0;
	return text;
}

/* The number behind "key: " at a line's start in one CPU's statistics. */
static u64 stat_number(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ':')
			return strtoull(line + len + 1, NULL, 10);
	}
	return 0;
}

/* A word of a text, to be freed; NULL: there is none, or no memory (*ret is -ENOMEM then). */
static char *word_of(const char *text, int number, int *ret)
{
	char *word;

	for (int i = 0; i < number; i++) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	if (!*text)
		return NULL;
	word = strndup(text, strcspn(text, " \n"));
	*ret = word ? *ret : -ENOMEM;
	if (word)
		text_clean(word);
	return word;
}

/* "Linux host 6.12.1 x86_64". */
static int set_uname(struct container *c, const char *text)
{
	int ret = 0;

	free(c->host);
	free(c->release);
	c->host = word_of(text, 1, &ret);
	c->release = word_of(text, 2, &ret);
	return ret;
}

static int read_text_option(struct container *c, unsigned int id, const char *text)
{
	switch (id) {
	case OPTION_CPUSTAT:
		c->have_stats = true;
		c->stat_overrun += stat_number(text, "overrun");
		c->stat_dropped += stat_number(text, "dropped events");
		return 0;
	case OPTION_TRACECLOCK: return container_set_clock(c, text);
	case OPTION_DATE: /* microseconds */
		c->ts_offset = (s64)((u64)c->ts_offset + (u64)strtoll(text, NULL, 0) * 1000);
		return 0;
	case OPTION_OFFSET:
		c->ts_offset = (s64)((u64)c->ts_offset + (u64)strtoll(text, NULL, 0));
		return 0;
	case OPTION_UNAME: return set_uname(c, text);
	}
	return 0;
}

/* Name, trace id, then {CPU, thread} for each of the guest's CPUs. A damaged map is left out. */
static int read_guest(struct container *c, struct meta *m, u32 size)
{
	struct guest_map *g, *grown;
	char name[256];
	u32 nr;

	if (c->nr_guests == GUESTS_MAX)
		return 0;
	grown = realloc(c->guests, (c->nr_guests + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->guests = grown;
	if (!meta_string(m, name, min_of((size_t)size, sizeof(name))))
		goto damaged;
	meta_skip(m, 8);
	nr = meta_u32(m);
	if (m->bad || strlen(name) + 1 + 12 + 8 * (u64)nr > size)
		goto damaged;
	g = &grown[c->nr_guests];
	*g = (struct guest_map){ .name = strdup(name), .cpu = calloc(nr + 1, sizeof(*g->cpu)) };
	c->nr_guests++;
	if (!g->name || !g->cpu)
		return -ENOMEM;
	for (; g->nr_cpus < nr; g->nr_cpus++) {
		g->cpu[g->nr_cpus].cpu = meta_u32(m);
		g->cpu[g->nr_cpus].pid = (s32)meta_u32(m);
	}
	if (!m->bad)
		return 0;
damaged:
	m->bad = 0;
	return 0;
}

int container_read_option(struct container *c, unsigned int id, struct meta *m, u32 size)
{
	char *text;
	int ret;

	switch (id) {
	case OPTION_CPUSTAT:
	case OPTION_TRACECLOCK:
	case OPTION_DATE:
	case OPTION_OFFSET:
	case OPTION_UNAME:
		text = option_text(m, size);
		if (!text)
			return -EBADMSG;
		ret = read_text_option(c, id, text);
		free(text);
		return ret;
	case OPTION_TRACEID:
		if (size >= 8)
			c->trace_id = meta_u64(m);
		return 0;
	case OPTION_CPUCOUNT:
		if (size >= 4)
			c->nr_cpus = meta_u32(m);
		return 0;
	case OPTION_TIME_SHIFT: c->time_shift = true; return 0;
	case OPTION_GUEST: return read_guest(c, m, size);
	case OPTION_TSC2NSEC:
		if (size >= 16) {
			c->tsc_mult = meta_u32(m);
			c->tsc_shift = meta_u32(m);
		}
		return 0;
	}
	return 0;
}
