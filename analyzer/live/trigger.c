// SPDX-License-Identifier: GPL-2.0-only
/* trigger.c - see trigger.h. */
#define _GNU_SOURCE
#include "live/trigger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ENTRIES_MIN 128

/* Numbers of a line: three keys, hitcount, path. */
enum { KEY_VM, KEY_PAIR, KEY_KIND, HITS, PATHS, NR_NUMBERS };

void trigger_text(u32 entries, enum trigger_paths paths, char text[TRIGGER_TEXT_MAX])
{
	static const char *const filters[] = {
		[TRIGGER_ALL] = "",
		[TRIGGER_BELOW_AVIC] = " if path < 2",
		[TRIGGER_AVIC] = " if path == 2",
	};
	u32 size = ENTRIES_MIN;

	while (size < entries && size < LIVE_TRIGGER_MAX)
		size *= 2;
	snprintf(text, TRIGGER_TEXT_MAX,
		 "hist:keys=vm_pid*4294967296+vm_id,src_vcpu_id*65536+dst_vcpu_id,"
		 "vector*256+dst_state:vals=path:size=%u%s",
		 size, filters[paths]);
}

/* "{ NAME: 12, NAME: 3, NAME: 4 } hitcount: 5  path: 0" */
static bool read_line(const char *line, const char *end, u64 number[NR_NUMBERS])
{
	u32 nr = 0;

	for (const char *p = line; p < end && nr < NR_NUMBERS; p++) {
		char *after;

		if (*p != ':')
			continue;
		number[nr] = strtoull(p + 1, &after, 10);
		if (after == p + 1)
			return false;
		nr++;
		p = after - 1;
	}
	return nr == NR_NUMBERS;
}

static int add_rows(struct live_counts *c, const u64 n[NR_NUMBERS])
{
	struct live_key key = {
		.vm = (u32)n[KEY_VM],
		.vm_pid = (s32)(n[KEY_VM] >> 32),
		.src = (u32)(n[KEY_PAIR] >> 16),
		.dst = n[KEY_PAIR] & 0xffff,
		.vector = (u8)(n[KEY_KIND] >> 8),
		.state = (u8)n[KEY_KIND],
	};
	u64 count[NR_LIVE_PATHS] = { 0 };

	/* Read while they change, hits and sum may differ by one: put right at the next reading. */
	if (n[PATHS] > n[HITS]) {
		count[LIVE_AVIC] = n[HITS];
	} else {
		count[LIVE_FAST] = n[HITS] - n[PATHS];
		count[LIVE_SLOW] = n[PATHS];
	}
	for (u8 path = 0; path < NR_LIVE_PATHS; path++) {
		key.path = path;
		if (count[path] && live_counts_row(c, &key, count[path]))
			return -ENOMEM;
	}
	return 0;
}

int trigger_read(const char *text, struct live_counts *c, struct err *err)
{
	unsigned long long dropped;
	bool totals = false;

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		u64 number[NR_NUMBERS];

		end = strchrnul(line, '\n');
		if (*line == '{') {
			if (!read_line(line, end, number))
				return err_set(err, -EBADMSG,
					       "unexpected line of a histogram: %.*s",
					       (int)min_of(end - line, 200), line);
			if (add_rows(c, number))
				return err_set(err, -ENOMEM, "out of memory");
		} else if (sscanf(line, " Dropped: %llu", &dropped) == 1) {
			c->counters.lost_ipis = totals ? c->counters.lost_ipis + dropped : dropped;
			totals = true;
		}
	}
	return totals ? 0 : err_set(err, -EBADMSG, "a histogram without its totals");
}
