// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-reference: the least that a program does which counts who sends to whom, as simply as it
 * can be written: it reads the CPUs' pages of an uncompressed file, walks the records, and counts
 * (VM, sender, receiver, vector) in one open-addressed table. No errors, no other layouts, no
 * times, no states, no growth: nothing to use, but something to be measured against.
 *
 *   bench-reference FILE FIRST BYTES     the pages from FIRST on
 *
 * Compiled by the compiler and with the flags of the program, so that instructions of both can be
 * compared whatever the compiler is. Prints the number of records, of edges, and the largest count.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE  4096u
#define SLOTS (1u << 16)

struct slot {
	uint64_t vm, ends;
	uint32_t vector, count;
};

struct totals {
	uint64_t records;
	uint32_t edges, largest;
};

static void count(struct slot *slots, const unsigned char *p, struct totals *t)
{
	struct slot want;
	uint64_t h;

	memcpy(&want.vm, p + 8, 8);
	memcpy(&want.ends, p + 16, 8);
	want.vector = p[28];
	h = (want.vm ^ want.ends * 31 ^ want.vector) * 0x9e3779b97f4a7c15ull;
	for (h >>= 48;; h = (h + 1) % SLOTS) {
		struct slot *s = &slots[h];

		if (!s->count) {
			*s = want;
			s->count = 0;
			t->edges++;
		} else if (s->vm != want.vm || s->ends != want.ends || s->vector != want.vector) {
			continue;
		}
		if (++s->count > t->largest)
			t->largest = s->count;
		t->records++;
		return;
	}
}

static void walk(struct slot *slots, const unsigned char *page, struct totals *t)
{
	uint32_t end, pos, head;

	memcpy(&end, page + 8, 4);
	end = 16 + (end & 0x7ffffff);
	for (pos = 16; pos < end && end <= PAGE;) {
		memcpy(&head, page + pos, 4);
		if ((head & 31) - 1 >= 28)
			return;
		count(slots, page + pos + 4, t);
		pos += 4 + 4 * (head & 31);
	}
}

int main(int argc, char **argv)
{
	struct slot *slots = calloc(SLOTS, sizeof(*slots));
	static unsigned char block[32 * PAGE];
	struct totals t = { 0, 0, 0 };
	uint64_t at, end;
	int fd;

	if (argc != 4 || !slots) {
		fprintf(stderr, "usage: bench-reference FILE FIRST BYTES\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	at = strtoull(argv[2], NULL, 0);
	end = at + strtoull(argv[3], NULL, 0);
	while (fd >= 0 && at < end) {
		ssize_t n = pread(fd, block, end - at < sizeof(block) ? end - at : sizeof(block),
				  (off_t)at);

		if (n <= 0)
			break;
		for (ssize_t page = 0; page + PAGE <= n; page += PAGE)
			walk(slots, block + page, &t);
		at += (uint64_t)n;
	}
	printf("%llu %u %u\n", (unsigned long long)t.records, t.edges, t.largest);
	free(slots);
	return at < end;
}
