// SPDX-License-Identifier: GPL-2.0-only
/* ipis.c - see ipis.h. */
#include "ipis.h"

#include "analysis/latency.h"
#include "trace/joined.h"
#include "trace/stock_order.h"
#include "model/vectors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)NR_IPI_STAGES == (int)NR_LATENCY_STAGES, "stages are the analyzer's");
_Static_assert((int)IPI_EOI == (int)LATENCY_ACKNOWLEDGED, "in its order");
_Static_assert(NR_STATES == NR_IPI_STATES + 1, "states are the tracepoint's");

const char *const ipi_state_name[NR_STATES] = { "guest",  "host",  "preempted",
						"halted", "woken", "unknown" };

struct reader {
	struct ipis *to;
	const struct vcpus *vcpus;
	const struct thread_map *map;
	bool no_memory;
};

static void take(void *ctx, const struct latency_ipi *from)
{
	struct reader *r = ctx;
	struct ipis *a = r->to;
	struct ipi *to;

	if (a->nr == a->room) {
		size_t room = a->room ? 2 * a->room : 1024;
		struct ipi *grown = reallocarray(a->ipi, room, sizeof(*grown));

		if (!grown) {
			r->no_memory = true;
			return;
		}
		a->ipi = grown;
		a->room = room;
	}
	to = &a->ipi[a->nr++];
	*to = (struct ipi){
		.sent = from->sent,
		.last = from->sent,
		.src_pid = threads_host_id(r->map, from->src_pid),
		.src = from->src,
		.dst = from->dst,
		.vector = from->vector,
		.state = from->state,
	};
	if (from->dst_vcpu != VCPU_NOBODY)
		to->dst_pid = threads_host_id(r->map, r->vcpus->vcpu[from->dst_vcpu].pid);
	for (int s = 0; s < NR_IPI_STAGES; s++) {
		bool known = from->after[s] != LATENCY_UNKNOWN;

		to->at[s] = known ? from->sent + from->after[s] : IPI_NEVER;
		if (known)
			to->last = max_of(to->last, to->at[s]);
	}
}

static const struct latency_watch watch = { .over = take };

static int compare(const void *a, const void *b)
{
	const struct ipi *x = a, *y = b;

	if (x->sent != y->sent)
		return x->sent < y->sent ? -1 : 1;
	return x->src_pid != y->src_pid ? (x->src_pid < y->src_pid ? -1 : 1)
					: (x->dst_pid > y->dst_pid) - (x->dst_pid < y->dst_pid);
}

/* All stages of all IPIs; the map says whose threads are whose. */
static int run(struct trace *t, const struct thread_map *map, bool stock, struct ipis *a,
	       struct err *err)
{
	const struct ordered_want want = { 0 };
	struct latency l;
	struct reader r = { .to = a, .vcpus = &l.vcpus, .map = map };
	const struct ordered list[] = { { &latency_ops, &l } };
	u32 kinds;
	int ret = latency_init(&l, map, 0, NULL, &t->vms);

	l.watch = &watch;
	l.watch_ctx = &r;
	l.no_rows = true;
	if (!ret)
		ret = stock ? trace_run_ordered_stock(t, &want, map, list, 1, &kinds, err)
			    : trace_run_ordered(t, &want, list, 1, &kinds, err);
	if (!ret)
		ret = latency_finish(&l);
	latency_release(&l);
	return ret ?: r.no_memory ? -ENOMEM : 0;
}

static int read_trace(struct trace *t, struct ipis *a, struct err *err)
{
	struct thread_map map = { 0 };
	u32 kinds;
	int ret = trace_choose_probes(t, false, true, err) ?: trace_threads(t, &map, &kinds, err);
	bool stock = !t->probes && !t->events && trace_describes(t, EV_BIT(EV_APIC_IPI));

	if (!ret)
		ret = run(t, &map, stock, a, err);
	threads_release(&map);
	return ret;
}

int ipis_read(struct ipis *a, const char *path, char message[IPIS_MESSAGE])
{
	char *const paths[] = { (char *)path };
	struct err err = { "" };
	struct trace t;
	int ret = trace_open(&t, paths, 1, false, &err);

	*a = (struct ipis){ 0 };
	message[0] = 0;
	if (!ret) {
		ret = read_trace(&t, a, &err);
		trace_close(&t);
	}
	if (ret) {
		snprintf(message, IPIS_MESSAGE, "%.*s", IPIS_MESSAGE - 1,
			 err.msg[0] ? err.msg : strerror(-ret));
		ipis_release(a);
		return ret;
	}
	if (a->nr)
		qsort(a->ipi, a->nr, sizeof(*a->ipi), compare);
	for (size_t i = 0; i < a->nr; i++)
		a->longest = max_of(a->longest, a->ipi[i].last - a->ipi[i].sent);
	return 0;
}

void ipis_release(struct ipis *a)
{
	free(a->ipi);
	*a = (struct ipis){ 0 };
}

size_t ipis_from(const struct ipis *a, uint64_t from)
{
	uint64_t sent = from > a->longest ? from - a->longest : 0;
	size_t low = 0, high = a->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (a->ipi[mid].sent < sent)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t ipi_head(const struct ipi *i)
{
	static const enum ipi_stage order[] = { IPI_INJECTED, IPI_EOI, IPI_ACCEPTED };

	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		if (i->at[order[k]] != IPI_NEVER)
			return i->at[order[k]];
	return i->sent;
}

unsigned int ipi_state(const struct ipi *i)
{
	return min_of((unsigned int)i->state, NR_STATES - 1u);
}

/* 999 ns, 12.3 us, 4.56 ms, 7.89 s: three digits, but none that was not measured. */
static int put_time(char *to, size_t room, const char *before, uint64_t ns)
{
	if (ns < 1000)
		return snprintf(to, room, "%s%" PRIu64 " ns", before, ns);
	if (ns < 1000000)
		return snprintf(to, room, "%s%.1f us", before, (double)ns / 1e3);
	if (ns < 1000000000)
		return snprintf(to, room, "%s%.2f ms", before, (double)ns / 1e6);
	return snprintf(to, room, "%s%.2f s", before, (double)ns / 1e9);
}

static int put_vector(char *to, size_t room, const struct ipi *i, bool named)
{
	const char *name = named ? vector_name(vector_names_builtin("linux"), i->vector) : NULL;

	if (i->vector > 255)
		return snprintf(to, room, "vector ?");
	return snprintf(to, room, name ? "0x%02x (%s)" : "0x%02x", i->vector, name);
}

const char *ipi_label(const struct ipi *i, char text[IPI_TEXT])
{
	uint64_t head = ipi_head(i);
	int len = put_vector(text, IPI_TEXT, i, false);

	if (head > i->sent)
		put_time(text + len, (size_t)(IPI_TEXT - len), " ", head - i->sent);
	return text;
}

/* All parts together are shorter than IPI_TEXT: names of vectors have at most 40 characters. */
const char *ipi_text(const struct ipi *i, char text[IPI_TEXT])
{
	static const char *const before[NR_IPI_STAGES] = { ", accepted +", ", injected +",
							   ", EOI +", ", running +" };
	int len = snprintf(text, IPI_TEXT, "vCPU %" PRIu32 " -> %" PRIu32 " ", i->src, i->dst);

	len += put_vector(text + len, (size_t)(IPI_TEXT - len), i, true);
	len += snprintf(text + len, (size_t)(IPI_TEXT - len), ", receiver %s",
			ipi_state_name[ipi_state(i)]);
	for (int s = 0; s < NR_IPI_STAGES; s++)
		if (i->at[s] != IPI_NEVER && len < IPI_TEXT - 40 &&
		    (s != IPI_RUNNING || i->at[s] > i->sent))
			len += put_time(text + len, (size_t)(IPI_TEXT - len), before[s],
					i->at[s] - i->sent);
	return text;
}
