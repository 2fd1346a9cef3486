// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAME.measured: what the guest's calls took, one line of KEY=VALUE words:
 *
 *	calls		measured calls of all vCPUs
 *	ack_ns, ack_p50_ns, ack_p90_ns, ack_p99_ns	from the send to the (last) handler
 *	wait_ns, wait_p50_ns, wait_p90_ns, wait_p99_ns	from the send until the sender goes on
 *	done_ns		from the first vCPU's begin of the calls to the last one's end
 *	worked		turns of the work loop, all vCPUs
 *	pauses		PAUSEs in wait loops of calls
 *
 * ack_ns and wait_ns are means, the others nearest-rank percentiles. All times are the guest's TSC.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lab.h"

struct samples {
	uint32_t *ticks;
	uint32_t nr;
	uint32_t khz;
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t to_ns(uint64_t ticks, uint32_t khz)
{
	return ticks * 1000000 / khz;
}

static uint64_t percentile(const struct samples *s, uint32_t percent)
{
	uint32_t rank = ((uint64_t)s->nr * percent + 99) / 100;

	return to_ns(s->ticks[rank ? rank - 1 : 0], s->khz);
}

static void print_samples(FILE *f, const char *name, struct samples *s)
{
	uint64_t sum = 0;

	qsort(s->ticks, s->nr, sizeof(*s->ticks), compare);
	for (uint32_t i = 0; i < s->nr; i++)
		sum += s->ticks[i];
	fprintf(f, " %s_ns=%lu %s_p50_ns=%lu", name, to_ns(sum, s->khz) / s->nr, name,
		percentile(s, 50));
	fprintf(f, " %s_p90_ns=%lu %s_p99_ns=%lu", name, percentile(s, 90), name,
		percentile(s, 99));
}

/* The calls of all vCPUs; wait: their waits, else their acknowledgements. */
static void collect(const struct lab_book *book, struct samples *s, bool wait)
{
	s->nr = 0;
	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++)
		for (uint32_t i = 0; i < book->nr_calls[cpu]; i++)
			s->ticks[s->nr++] = wait ? book->calls[cpu][i].wait
						 : book->calls[cpu][i].ack;
}

static uint64_t completion(const struct lab_book *book)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		if (!book->begin[cpu])
			continue;
		first = book->begin[cpu] < first ? book->begin[cpu] : first;
		last = book->end[cpu] > last ? book->end[cpu] : last;
	}
	return last - first;
}

void measure_write(FILE *f, const struct vm *vm)
{
	const struct lab_book *book = vm_book(vm);
	static uint32_t ticks[LAB_MAX_VCPUS * LAB_MAX_CALLS];
	struct samples s = { ticks, 0, book->config.tsc_khz };
	uint64_t worked = 0, pauses = 0;

	collect(book, &s, false);
	if (!s.nr)
		return;
	fprintf(f, "calls=%u", s.nr);
	print_samples(f, "ack", &s);
	collect(book, &s, true);
	print_samples(f, "wait", &s);
	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		worked += book->worked[cpu];
		pauses += book->pauses[cpu];
	}
	fprintf(f, " done_ns=%lu worked=%lu pauses=%lu\n",
		to_ns(completion(book), book->config.tsc_khz), worked, pauses);
}
