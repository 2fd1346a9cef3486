// SPDX-License-Identifier: GPL-2.0-only
/* backend.c - see backend.h: the counts, what the process may do, and where tracefs is. */
#include "live/backend.h"

#include "util/rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void live_counts_release(struct live_counts *c)
{
	free(c->row);
	free(c->bucket);
	*c = (struct live_counts){ 0 };
}

int live_counts_row(struct live_counts *c, const struct live_key *key, u64 count)
{
	struct live_row *rows = rows_grown(c->row, &c->room_rows, c->nr_rows, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	c->row = rows;
	rows[c->nr_rows++] = (struct live_row){ *key, count };
	return 0;
}

int live_counts_rows(struct live_counts *c, const struct live_row *rows, u32 nr)
{
	u32 all = c->nr_rows + nr;

	if (!nr)
		return 0;
	if (all > c->room_rows) {
		struct live_row *grown = realloc(c->row, all * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->row = grown;
		c->room_rows = all;
	}
	memcpy(c->row + c->nr_rows, rows, nr * sizeof(*rows));
	c->nr_rows = all;
	return 0;
}

int live_counts_bucket(struct live_counts *c, const struct live_bucket_key *key, u64 count)
{
	struct live_bucket *list = rows_grown(c->bucket, &c->room_buckets, c->nr_buckets,
					      sizeof(*list));

	if (!list)
		return -ENOMEM;
	c->bucket = list;
	list[c->nr_buckets++] = (struct live_bucket){ *key, count };
	return 0;
}

/* A mount point that may not be entered counts: the reason is then the rights. */
const char *live_tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[64];

	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s/events", places[i]);
		if (!access(path, F_OK) || errno == EACCES)
			return places[i];
	}
	return NULL;
}

bool live_capable(unsigned int capability)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long effective = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "CapEff:", 7))
			effective = strtoull(line + 7, NULL, 16);
	if (f)
		fclose(f);
	return effective >> capability & 1;
}
