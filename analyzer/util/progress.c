// SPDX-License-Identifier: GPL-2.0-only
/* progress.c - see progress.h. */
#include "util/progress.h"

#include <time.h>

#define LOOK_BYTES (1u << 20)
#define FIRST_NS   1000000000ull
#define EACH_NS	   200000000ull

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

void progress_init(struct progress *p, FILE *out)
{
	*p = (struct progress){ .out = out };
}

void progress_begin(struct progress *p, u64 total)
{
	if (!p || !p->out)
		return;
	p->total = total;
	p->done = p->looked = 0;
	p->begin_ns = now_ns();
}

void progress_line(const struct progress *p, u64 done, u64 elapsed_ns, char line[80])
{
	double seconds = (double)elapsed_ns / 1e9, rate = seconds > 0 ? (double)done / seconds : 0;
	int n = snprintf(line, 80, "reading: ");

	done = p->total ? min_of(done, p->total) : done;
	if (p->total)
		n += snprintf(line + n, 80 - (size_t)n, "%llu %% of ",
			      (u64)((double)done * 100 / (double)p->total));
	n += snprintf(line + n, 80 - (size_t)n, "%.1f MB, %.0f MB/s",
		      (double)(p->total ? p->total : done) / 1e6, rate / 1e6);
	if (p->total && rate > 0)
		snprintf(line + n, 80 - (size_t)n, ", %.0f s left",
			 (double)(p->total - done) / rate);
}

static void progress_show(struct progress *p, u64 done)
{
	u64 now = now_ns();
	char line[80];

	if (now - p->begin_ns < FIRST_NS || now - p->shown_ns < EACH_NS)
		return;
	p->shown_ns = now;
	progress_line(p, done, now - p->begin_ns, line);
	fprintf(p->out, "\r%s\033[K", line);
	fflush(p->out);
}

void progress_add(struct progress *p, u64 bytes)
{
	u64 done, looked;

	if (!p || !p->out)
		return;
	done = __atomic_add_fetch(&p->done, bytes, __ATOMIC_RELAXED);
	looked = __atomic_load_n(&p->looked, __ATOMIC_RELAXED);
	if (done - looked < LOOK_BYTES || __atomic_test_and_set(&p->writing, __ATOMIC_ACQUIRE))
		return;
	__atomic_store_n(&p->looked, done, __ATOMIC_RELAXED);
	progress_show(p, done);
	__atomic_clear(&p->writing, __ATOMIC_RELEASE);
}

void progress_end(struct progress *p)
{
	if (!p || !p->out || !p->shown_ns)
		return;
	fputs("\r\033[K", p->out);
	fflush(p->out);
	p->shown_ns = 0;
}
