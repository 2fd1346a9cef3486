// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-merge: what the order of time costs, without any analysis.
 *
 *   bench-merge walk FILE     the records of all CPUs, one CPU behind the other
 *   bench-merge merge FILE    the same records, in the order of time
 *
 * Made of the program's own reader and merge (analyzer/input/). Each prints the number of records
 * and the sum of their times, so that the two can be compared and nothing can be left out; merge
 * fails when a record comes before the one ahead of it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "input/merge.h"

struct sum {
	u64 records, times;
};

static int walk(const struct container *c, struct sum *sum)
{
	struct unpacker unpacker = { 0 };
	struct batch b;
	int ret = 0;

	for (u32 n = 0; n < c->nr_sections && ret >= 0; n++) {
		struct stream s;

		ret = stream_init(&s, c, &c->sections[n], &unpacker, STREAM_BUFFER);
		while (ret >= 0 && (ret = stream_next(&s, &b)) > 0) {
			sum->records += b.nr;
			for (u32 i = 0; i < b.nr; i++)
				sum->times += b.rec[i].ts;
		}
		stream_release(&s);
	}
	unpacker_release(&unpacker);
	return ret;
}

static int merge(const struct container *c, struct sum *sum)
{
	struct merged out[MERGE_BATCH];
	struct merge m = { 0 };
	u64 last = 0;
	u32 failed;
	s64 nr = 0;
	int ret = 0;

	for (u32 n = 0; n < c->nr_sections && !ret; n++)
		ret = merge_add(&m, c, &c->sections[n], 0);
	ret = ret ? ret : merge_start(&m);
	while (!ret && (nr = merge_next(&m, out, &failed)) > 0)
		for (s64 i = 0; i < nr; i++) {
			if (!out[i].payload)
				continue;
			if (out[i].ts < last)
				return -1;
			last = out[i].ts;
			sum->records++;
			sum->times += last;
		}
	merge_release(&m);
	return ret ? ret : (int)nr;
}

int main(int argc, char **argv)
{
	bool ordered = argc == 3 && !strcmp(argv[1], "merge");
	struct sum sum = { 0 };
	struct container c;
	struct err err = { "" };
	int fd;

	if (argc != 3 || (!ordered && strcmp(argv[1], "walk"))) {
		fprintf(stderr, "usage: bench-merge walk|merge FILE\n");
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || container_open(&c, fd, argv[2], &err)) {
		fprintf(stderr, "bench-merge: cannot open %s: %s\n", argv[2], err.msg);
		return 1;
	}
	if ((ordered ? merge : walk)(&c, &sum) < 0) {
		fprintf(stderr, "bench-merge: %s: failed, or out of order\n", argv[2]);
		return 1;
	}
	container_close(&c);
	printf("%llu %llu\n", (unsigned long long)sum.records, (unsigned long long)sum.times);
	return 0;
}
