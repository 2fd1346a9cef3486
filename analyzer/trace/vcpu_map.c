// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu_map.c - see trace.h: trace_threads(), which thread runs which vCPU of which VM.
 *
 * Where every vCPU's thread has sent a tracked IPI, or a marker names its VM, nothing has to be
 * inferred and so nothing has to be in order: one walk over the CPUs' streams, which looks at what
 * is new and no more, is a third of what merging them costs. Otherwise all events are needed, in
 * the order of time.
 *
 * An early walk leaves a stream where it has said nothing new for long. What it did not see the run
 * behind it checks.
 */
#include "analysis/whois.h"
#include "trace/feed.h"
#include "model/marks.h"

#include <errno.h>
#include <stdlib.h>

/* Lines "PID NAME". */
static int tell_names(struct whois *w, struct container *c)
{
	char *text, *line, *rest;
	int ret = container_cmdlines(c, &text);

	rest = text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		char *name;
		long pid = strtol(line, &name, 10);

		if (name != line && *name == ' ' && pid > 0 && pid <= INT32_MAX)
			ret = whois_thread_name(w, (s32)pid, name + 1);
	}
	free(text);
	return ret;
}

static int tell_guests(struct whois *w, const struct container *c)
{
	int ret = 0;

	for (u32 i = 0; i < c->nr_guests && !ret; i++) {
		ret = whois_guest(w, c->guests[i].name);
		for (u32 n = 0; n < c->guests[i].nr_cpus && !ret; n++)
			if (c->guests[i].cpu[n].pid > 0)
				ret = whois_guest_cpu(w, c->guests[i].cpu[n].cpu,
						      c->guests[i].cpu[n].pid);
	}
	return ret;
}

/* What the files say beside their events: saved threads' names, and guest maps. */
static int tell_whois(struct whois *w, struct trace *t, struct err *err)
{
	for (u32 i = 0; i < t->nr_in; i++) {
		int ret = tell_names(w, &t->in[i].c) ?: tell_guests(w, &t->in[i].c);

		if (ret)
			return trace_failed(&t->in[i], ret, err);
	}
	return 0;
}

/*
 * An early walk has seen enough of a stream: so many records, and so many times as many as those in
 * which something new was said.
 */
#define EARLY_MIN   16384
#define EARLY_TIMES 4

/* What a walk in no order tells. */
struct walk {
	struct trace *t;
	struct whois *w;
	struct marks *marks;
	struct events_said said;
	struct unpacker unpacker;
	bool early;
	bool left; /* an early walk did not see all */
};

static int vcpu_map_take(struct walk *k, struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++) {
		if (ev[i].kind == EV_TRACK)
			ret = vms_resolve(&k->t->vms, &ev[i].ipi, 1);
		else if (ev[i].kind == EV_MARK)
			ret = marks_add(k->marks, ev[i].ts, ev[i].text.s, ev[i].text.len);
	}
	return ret ? ret : whois_ops.records(k->w, ev, nr);
}

static int walk_section(struct walk *k, struct input *in, const struct section *section,
			struct events_decoder *d)
{
	u64 learned = k->w->learned, seen = 0, enough = EARLY_MIN;
	struct event ev[BATCH_MAX];
	struct batch b;
	struct stream s;
	int ret = stream_init(&s, &in->c, section, &k->unpacker, STREAM_BUFFER);

	while (!ret && (!k->early || seen < enough) && (ret = stream_next(&s, &b)) > 0) {
		ret = vcpu_map_take(k, ev, events_news(d, &b, &k->said, ev, &in->events));
		seen += b.nr;
		if (k->w->learned != learned)
			enough = max_of(EARLY_TIMES * seen, (u64)EARLY_MIN);
		learned = k->w->learned;
	}
	k->left |= k->early && seen >= enough;
	stream_totals_add(&in->totals, &s.totals);
	stream_release(&s);
	return ret;
}

static int walk_input(struct walk *k, u32 i, u32 *kinds, struct err *err)
{
	struct events_decoder *d = malloc(sizeof(*d));
	struct input *in = &k->t->in[i];
	struct err why;
	int ret;

	if (!d)
		return err_set(err, -ENOMEM, "out of memory");
	ret = events_init(d, &in->c, i, whois_walk_kinds, NULL, NULL, &why);
	if (ret)
		err_set(err, ret, "%s: %s", in->path, why.msg);
	*kinds |= d->kinds;
	unpacker_limit(&k->unpacker, &in->c);
	for (u32 n = 0; n < in->c.nr_sections && !ret; n++) {
		ret = walk_section(k, in, &in->c.sections[n], d);
		if (ret)
			trace_failed(in, ret, err);
	}
	in->skipped += in->totals.damaged + d->damaged;
	stream_totals_add(&k->t->totals, &in->totals);
	k->t->events += in->events;
	k->t->skipped += in->skipped;
	free(d);
	return ret;
}

/*
 * 1: the map is made, and check is ready for the rest if not all was seen; 0: it takes more; or
 * -errno with its line.
 */
static int finish_walk(struct walk *k, struct whois_check *check, struct err *err)
{
	struct thread_map *map = k->w->map;
	int certain = whois_is_certain(k->w), ret = min_of(certain, 0);

	if (certain > 0)
		ret = whois_finish(k->w);
	if (certain > 0 && !ret && !k->left)
		ret = marks_tell(k->marks, k->t->names, k->t->topology);
	if (ret)
		return err_set(err, ret, "out of memory");
	if (certain > 0 && k->left) {
		certain = k->t->events && whois_can_check(map);
		whois_check_init(check, map);
		k->t->check = certain ? check : NULL;
	}
	return certain;
}

/* check: it may be an early walk; NULL: all of it. Returns as finish_walk() does. */
static int threads_by_walk(struct trace *t, struct thread_map *map, struct whois_check *check,
			   u32 *kinds, struct err *err)
{
	struct marks marks = { 0 };
	struct whois w;
	struct walk k = { .t = t, .w = &w, .marks = &marks, .early = check };
	int ret = 0;

	/* Names and topology are the markers' business, in whatever order they come. */
	whois_init(&w, map, &t->vms, NULL);
	trace_reset(t);
	for (u32 i = 0; i < t->nr_in && !ret; i++)
		ret = walk_input(&k, i, kinds, err);
	ret = ret ?: tell_whois(&w, t, err) ?: finish_walk(&k, check, err);
	if (!ret)
		threads_release(map);
	whois_release(&w);
	marks_release(&marks);
	unpacker_release(&k.unpacker);
	return ret;
}

/* feed: of analyses in the same run, or NULL. */
static int threads_in_order(struct trace *t, struct thread_map *map, struct feed *feed, u32 *kinds,
			    struct err *err)
{
	struct ordered_want want = { 0 };
	struct whois w;
	struct ordered list[] = { { &whois_ops, &w }, { &feed_ops, feed } };
	int ret;

	whois_init(&w, map, &t->vms, t->names);
	w.topology = t->topology;
	w.in_order = true;
	t->threads = NULL;
	ret = trace_run_ordered(t, &want, list, feed ? 2 : 1, kinds, err) ?: tell_whois(&w, t, err);
	if (!ret && (whois_finish(&w) || (feed && feed_flush(feed))))
		ret = err_set(err, -ENOMEM, "out of memory");
	t->threads = map;
	whois_release(&w);
	return ret;
}

int trace_threads_counting(struct trace *t, struct thread_map *map, struct filter *filter,
			   const struct analysis *list, u32 nr, struct err *err)
{
	struct feed feed = { t, filter, list, nr };
	u32 kinds;

	t->check = NULL;
	return threads_in_order(t, map, &feed, &kinds, err);
}

/* A walk can do only where IPIs name their VMs, and no guest's map names it otherwise. */
static bool may_walk(const struct trace *t)
{
	bool tracked = false;

	for (u32 i = 0; i < t->nr_in; i++) {
		tracked |= t->in[i].have_track;
		if (t->in[i].c.nr_guests)
			return false;
	}
	return tracked;
}

int trace_threads_early(struct trace *t, struct thread_map *map, struct whois_check *check,
			u32 *kinds, struct err *err)
{
	bool walk = !t->probes && may_walk(t);
	int ret = 0;

	*kinds = 0;
	t->check = NULL;
	t->threads = NULL;
	if (walk && check)
		ret = threads_by_walk(t, map, check, kinds, err);
	if (walk && !ret)
		ret = threads_by_walk(t, map, NULL, kinds, err);
	return ret ? min_of(ret, 0) : threads_in_order(t, map, NULL, kinds, err);
}

int trace_threads(struct trace *t, struct thread_map *map, u32 *kinds, struct err *err)
{
	return trace_threads_early(t, map, NULL, kinds, err);
}
