// SPDX-License-Identifier: GPL-2.0-only
/*
 * parallel.c - trace_run(): the main way of the data, on as many threads as help.
 *
 * run_batch() is the whole program in a few lines: decode, name the VM, filter, queue;
 * parallel_hand_on() counts. A batch is a page's worth of events, the queue takes a few of them:
 * both stay in the first-level cache, and no step costs a call for an event. Threads take pieces of
 * the files from a list and share nothing else: each has VMs, filters and analyses of its own,
 * which are joined at the end. The first works on the caller's, so that one thread is the plain
 * case.
 */
#define _GNU_SOURCE
#include "trace/probe_order.h"
#include "trace/trace.h"
#include "model/marks.h"
#include "input/pieces.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES_PER_THREAD (8ull * 1024 * 1024) /* less is done before a thread has started */
#define THREADS_MAX	 256
/*
 * What all threads but the first may hold together, and each for itself. One that has more takes no
 * further piece: its part of a graph of millions of edges is about the whole, and joining it costs
 * more than counting its events did.
 */
#define BYTES_HELD	(12ull * 1024 * 1024)
#define BYTES_HELD_EACH (512ull * 1024)

/*
 * Events that are counted together. More have more of their cache misses at the same time, and
 * loops end less often; of too many the first ones would have left the first-level cache.
 */
#define QUEUE (3 * BATCH_MAX)

/* What a worker has of one file. */
struct share {
	struct track track;
	struct stream_totals totals;
	u64 events;
};

struct worker {
	struct trace *t;
	struct pieces *queue;
	struct vms *vms;
	struct filter *filter;
	struct analysis *list;
	u32 nr_list;
	struct share *share; /* by input */
	u64 counted;
	struct ipi_event ev[QUEUE];
	u32 nr; /* of ev */
	struct marks marks;
	struct unpacker unpacker;
	u64 may_hold; /* bytes in its analyses; 0: any number */
	int ret;
	u32 failed; /* the input that ret is about */
	/* of a worker that is not the first */
	struct vms own_vms;
	struct filter own_filter;
	pthread_t thread;
	cpu_set_t cpus; /* that it may run on */
	bool started;
};

/* What markers stand between the batch's records. */
static int take_marks(struct marks *m, const struct batch *b)
{
	int ret = 0;

	for (u32 i = 0; i < b->nr && !ret; i++) {
		const char *text;
		size_t len;

		if (likely(!events_may_be_mark(b, i)))
			continue;
		text = events_mark(b, i, &len);
		if (text)
			ret = marks_add(m, b->rec[i].ts, text, len);
	}
	return ret;
}

/* Hands what is queued on to the analyses. */
static int parallel_hand_on(struct worker *w)
{
	int ret = 0;

	for (u32 i = 0; i < w->nr_list && w->nr && !ret; i++)
		ret = w->list[i].ops->events(w->list[i].self, w->ev, w->nr);
	w->counted += w->nr;
	w->nr = 0;
	return ret;
}

/* Events were missed between what is queued and this batch. */
static int hand_on_gap(struct worker *w, const struct batch *b)
{
	u64 ts = b->nr ? b->rec[0].ts : 0;
	int ret = parallel_hand_on(w);

	for (u32 i = 0; i < w->nr_list && !ret; i++)
		if (w->list[i].ops->gap)
			ret = w->list[i].ops->gap(w->list[i].self, b->cpu, ts);
	return ret;
}

/* A batch on its way: decoded, named, filtered, queued to be counted. */
static int run_batch(struct worker *w, struct share *share, const struct batch *b)
{
	int ret = b->gap ? hand_on_gap(w, b) : w->nr > QUEUE - BATCH_MAX ? parallel_hand_on(w) : 0;
	struct ipi_event *ev = &w->ev[w->nr];
	s64 nr;

	if (ret)
		return ret;
	nr = track_decode(&share->track, b, &w->vms->cache, ev);
	share->events += nr;
	if (share->track.strangers)
		ret = vms_resolve(w->vms, ev, (u32)nr);
	if (unlikely(nr < b->nr) && !ret)
		ret = take_marks(&w->marks, b);
	if (!ret && filter_active(w->filter))
		nr = filter_apply(w->filter, w->vms, ev, (u32)nr);
	if (nr < 0)
		return (int)nr;
	w->nr += nr;
	return ret;
}

static int run_piece(struct worker *w, const struct piece *piece)
{
	struct share *share = &w->share[piece->input];
	struct stream s;
	struct batch b;
	int ret = stream_init(&s, piece->c, &piece->section, &w->unpacker, STREAM_BUFFER);

	while (!ret) {
		ret = stream_next(&s, &b);
		if (ret <= 0)
			break;
		ret = w->t->in[piece->input].have_track ? run_batch(w, share, &b) : 0;
	}
	ret = ret ?: parallel_hand_on(w);
	stream_totals_add(&share->totals, &s.totals);
	stream_release(&s);
	return ret;
}

static bool holds_too_much(const struct worker *w)
{
	u64 bytes = 0;

	for (u32 i = 0; i < w->nr_list; i++)
		if (w->list[i].ops->bytes)
			bytes += w->list[i].ops->bytes(w->list[i].self);
	return w->may_hold && bytes > w->may_hold;
}

static void *run_worker(void *arg)
{
	struct worker *w = arg;
	struct piece piece = { 0 };

	while (!w->ret && !holds_too_much(w)) {
		int more = pieces_next(w->queue, &piece);

		w->failed = piece.input;
		w->ret = more > 0 ? run_piece(w, &piece) : more;
		if (more <= 0)
			break;
	}
	unpacker_release(&w->unpacker);
	return NULL;
}

static int worker_init(struct worker *w, struct trace *t, struct pieces *queue)
{
	*w = (struct worker){ .t = t, .queue = queue };
	w->share = calloc(t->nr_in, sizeof(*w->share));
	if (!w->share)
		return -ENOMEM;
	for (u32 i = 0; i < t->nr_in; i++) {
		w->share[i].track = t->in[i].track;
		stream_totals_init(&w->share[i].totals);
	}
	return 0;
}

/* Things of its own, for a worker that is not the first. */
static int worker_fork(struct worker *w, const struct filter *filter, const struct analysis *list,
		       u32 nr)
{
	const struct vms *known = &w->t->vms;

	w->vms = &w->own_vms;
	w->filter = &w->own_filter;
	w->own_filter = *filter;
	w->own_filter.kept = NULL;
	w->own_filter.nr_kept = 0;
	/* What an earlier run numbered has the same numbers here. */
	for (u32 i = 0; i < known->nr; i++)
		if (vms_find(&w->own_vms, &known->vm[i]) < 0)
			return -ENOMEM;
	w->list = calloc(nr + 1, sizeof(*w->list));
	if (!w->list)
		return -ENOMEM;
	for (; w->nr_list < nr; w->nr_list++) {
		struct analysis *a = &w->list[w->nr_list];

		a->ops = list[w->nr_list].ops;
		a->self = a->ops->fork(list[w->nr_list].self);
		if (!a->self)
			return -ENOMEM;
	}
	return 0;
}

/* Adds what a forked worker has found to the caller's analyses. */
static int worker_join(struct worker *w, struct trace *t, const struct analysis *list)
{
	u32 *vm_map = calloc(w->own_vms.nr + 1, sizeof(*vm_map));
	int ret = vm_map ? 0 : -ENOMEM;

	for (u32 i = 0; i < w->own_vms.nr && !ret; i++) {
		s64 n = vms_find(&t->vms, &w->own_vms.vm[i]);

		vm_map[i] = (u32)n;
		ret = (int)min_of(n, 0);
	}
	for (u32 i = 0; i < w->nr_list && !ret; i++)
		ret = list[i].ops->join(list[i].self, w->list[i].self, vm_map);
	free(vm_map);
	return ret;
}

/* The parts of a forked worker, joined or not; the first worker has the caller's. */
static void worker_drop(struct worker *w)
{
	if (w->vms != &w->own_vms)
		return;
	for (u32 i = 0; i < w->nr_list; i++)
		w->list[i].ops->drop(w->list[i].self);
	w->nr_list = 0;
}

static void worker_release(struct worker *w)
{
	worker_drop(w);
	if (w->vms == &w->own_vms) {
		free(w->own_filter.kept);
		free(w->list);
		vms_release(&w->own_vms);
	}
	marks_release(&w->marks);
	free(w->share);
}

/* Takes over what the worker has read. */
static void take_shares(struct trace *t, const struct worker *w)
{
	for (u32 i = 0; i < t->nr_in && w->share; i++) {
		struct input *in = &t->in[i];

		stream_totals_add(&in->totals, &w->share[i].totals);
		in->events += w->share[i].events;
		in->skipped += w->share[i].track.damaged;
	}
	t->counted += w->counted;
}

static u32 choose_threads(const struct trace *t, const struct analysis *list, u32 nr, u32 wanted)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	u64 bytes = 0, threads = wanted;

	for (u32 i = 0; i < nr; i++)
		if (!list[i].ops->fork)
			return 1;
	for (u32 i = 0; i < t->nr_in; i++)
		for (u32 n = 0; n < t->in[i].c.nr_sections; n++)
			bytes += t->in[i].c.sections[n].size;
	if (!threads)
		threads = min_of((u64)max_of(cpus, 1L), bytes / BYTES_PER_THREAD);
	return (u32)min_of(max_of(threads, 1ull), (u64)THREADS_MAX);
}

#ifdef __GLIBC__
static void *run_elsewhere(void *arg)
{
	struct worker *w = arg;

	/* From here on it goes wherever the scheduler likes. */
	sched_setaffinity(0, sizeof(w->cpus), &w->cpus);
	return run_worker(w);
}

/*
 * Begins on another CPU than this thread's: where a new thread is put beside its maker, each waits
 * for the other until the scheduler looks again, some milliseconds later.
 */
static bool start_worker(struct worker *w)
{
	bool started;
	int here = sched_getcpu();
	pthread_attr_t attr;
	cpu_set_t others;

	if (here < 0 || sched_getaffinity(0, sizeof(w->cpus), &w->cpus) || pthread_attr_init(&attr))
		return !pthread_create(&w->thread, NULL, run_worker, w);
	others = w->cpus;
	CPU_CLR(here, &others);
	if (CPU_COUNT(&others))
		pthread_attr_setaffinity_np(&attr, sizeof(others), &others);
	started = !pthread_create(&w->thread, &attr, run_elsewhere, w);
	pthread_attr_destroy(&attr);
	return started || !pthread_create(&w->thread, NULL, run_worker, w);
}
#else
/* musl has no CPUs in a thread's attributes: it begins where the scheduler puts it. */
static bool start_worker(struct worker *w)
{
	return !pthread_create(&w->thread, NULL, run_worker, w);
}
#endif

/* Runs them all; a thread that cannot be started is done without. 0 or the first failure. */
static int run_workers(struct worker *w, u32 nr)
{
	int ret = 0;

	for (u32 i = 1; i < nr; i++)
		w[i].started = start_worker(&w[i]);
	run_worker(&w[0]);
	for (u32 i = 1; i < nr; i++)
		if (w[i].started)
			pthread_join(w[i].thread, NULL);
	for (u32 i = 0; i < nr && !ret; i++)
		ret = w[i].ret;
	return ret;
}

static int parallel_finish(struct trace *t, struct worker *w, u32 nr, const struct pieces *queue,
			   const struct analysis *list)
{
	int ret = 0;

	for (u32 i = 0; i < nr; i++) {
		take_shares(t, &w[i]);
		if (i && !ret)
			ret = worker_join(&w[i], t, list) ?: marks_merge(&w[0].marks, &w[i].marks);
		worker_drop(&w[i]);
	}
	if (!ret)
		ret = marks_tell(&w[0].marks, t->names, t->topology);
	t->vcpu_marks = w[0].marks.vcpus;
	for (u32 i = 0; i < t->nr_in; i++) {
		struct input *in = &t->in[i];

		in->totals.damaged += queue->damaged[i];
		in->skipped += in->totals.damaged;
		stream_totals_add(&t->totals, &in->totals);
		t->events += in->events;
		t->skipped += in->skipped;
	}
	return ret;
}

static int run_parallel(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
			u32 threads, struct err *err)
{
	u32 nr_workers = choose_threads(t, list, nr, threads), ready = 0, failed = 0;
	struct worker *w = calloc(nr_workers, sizeof(*w));
	struct pieces queue;
	int ret = pieces_init(&queue, t->nr_in) ?: (w ? 0 : -ENOMEM);

	trace_reset(t);
	for (u32 i = 0; i < t->nr_in && !ret; i++)
		pieces_add(&queue, &t->in[i].c, i);
	for (; ready < nr_workers && !ret; ready++) {
		ret = worker_init(&w[ready], t, &queue);
		if (!ret && ready)
			ret = worker_fork(&w[ready], filter, list, nr);
		w[ready].may_hold = ready ? BYTES_HELD / (nr_workers - 1) + BYTES_HELD_EACH : 0;
	}
	if (!ret) {
		w[0].vms = &t->vms;
		w[0].filter = filter;
		w[0].list = (struct analysis *)list;
		w[0].nr_list = nr;
		ret = run_workers(w, nr_workers);
	}
	for (u32 i = 0; i < ready && ret; i++)
		if (w[i].ret == ret)
			failed = w[i].failed;
	if (ready) {
		int joined = parallel_finish(t, w, ready, &queue, list);

		ret = ret ? ret : joined;
	}
	for (u32 i = 0; i < ready; i++)
		worker_release(&w[i]);
	free(w);
	pieces_release(&queue);
	return ret ? trace_failed(&t->in[failed], ret, err) : 0;
}

int trace_run(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
	      u32 threads, struct err *err)
{
	return t->probes ? trace_run_probes(t, filter, list, nr, err)
			 : run_parallel(t, filter, list, nr, threads, err);
}
