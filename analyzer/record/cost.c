// SPDX-License-Identifier: GPL-2.0-only
/* cost.c - see cost.h. */
#include "record/cost.h"

#include <time.h>

/* A CPU at 3 GHz that retires one instruction in a cycle: a cautious figure for such code. */
#define CPU_PER_S 3000000000ull

u64 cost_instructions(const struct plan *p, u64 records_per_s)
{
	return records_per_s * (p->nr_probes ? COST_PROBE : COST_TRACEPOINT);
}

void cost_print(const struct plan *p, u64 records_per_s, FILE *out)
{
	u64 n = cost_instructions(p, records_per_s);
	u64 tenths_of_million = n / 100000, tenths_of_percent = n * 1000 / CPU_PER_S;

	fprintf(out,
		"%llu records/s: at most %llu.%llu million instructions/s, %llu.%llu %% of a CPU",
		(unsigned long long)records_per_s, (unsigned long long)tenths_of_million / 10,
		(unsigned long long)tenths_of_million % 10,
		(unsigned long long)tenths_of_percent / 10,
		(unsigned long long)tenths_of_percent % 10);
}

void cost_say(const struct plan *p, u64 records_per_s, FILE *out)
{
	if (!records_per_s)
		return;
	fputs("kvm-ipi: ", out);
	cost_print(p, records_per_s, out);
	fputs(" (docs/overhead.md)\n", out);
}

u64 cost_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}
