// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c - see trace.h: opening, and the ways through a trace that need the order of time or the
 * counts of events alone. The main way, trace_run(), is parallel.c; who runs which vCPU is
 * vcpu_map.c.
 */
#include "analysis/whois.h"
#include "trace/trace.h"
#include "util/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int out_of_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}

static const char *clock_of(const struct container *c)
{
	return c->nr_buffers && c->buffers[0].clock ? c->buffers[0].clock : c->clock;
}

/*
 * The kernel's clocks in ns, and what trace-cmd calls one that it has converted. No name at all:
 * trace-cmd did not write one for the default, which is in ns.
 */
static bool is_in_ns(const struct container *c, const char *clock)
{
	static const char *const names[] = { "local",	 "global", "perf", "mono",
					     "mono_raw", "boot",   "tai",  "tsc2nsec" };

	for (size_t i = 0; clock && i < ARRAY_SIZE(names); i++)
		if (!strcmp(clock, names[i]))
			return true;
	return !clock || (c->tsc_mult && !strcmp(clock, "x86-tsc"));
}

static int input_open(struct input *in, const char *path, bool salvage, struct err *err)
{
	struct err why;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
				   : dup(STDIN_FILENO);
	int ret;

	*in = (struct input){ .path = path, .c = { .fd = -1 } };
	stream_totals_init(&in->totals);
	in->name = strdup(path);
	if (!in->name) {
		close(fd);
		return out_of_memory(err);
	}
	text_clean(in->name);
	if (fd < 0)
		return err_set(err, -errno, "cannot open %s: %s", path, strerror(errno));
	ret = (salvage ? container_open_salvage : container_open)(&in->c, fd, path, err);
	if (ret)
		return ret;
	in->clock = (char *)clock_of(&in->c);
	in->ticks = !is_in_ns(&in->c, in->clock);
	in->skipped = in->c.damaged;
	ret = track_init(&in->track, &in->c, &why);
	if (ret == -ENOMEM)
		return out_of_memory(err);
	if (ret && ret != -ENOENT)
		return err_set(err, ret, "%s: kvm:kvm_ipi_track: %s", path, why.msg);
	in->have_track = !ret;
	return 0;
}

int trace_open(struct trace *t, char *const *paths, u32 nr, bool salvage, struct err *err)
{
	*t = (struct trace){ 0 };
	stream_totals_init(&t->totals);
	t->in = calloc(nr, sizeof(*t->in));
	if (!t->in)
		return out_of_memory(err);
	for (; t->nr_in < nr; t->nr_in++) {
		int ret = input_open(&t->in[t->nr_in], paths[t->nr_in], salvage, err);

		if (ret) {
			container_close(&t->in[t->nr_in].c);
			free(t->in[t->nr_in].name);
			trace_close(t);
			return ret;
		}
		if (t->in[t->nr_in].ticks)
			t->ticks = t->in[t->nr_in].clock;
	}
	return 0;
}

void trace_close(struct trace *t)
{
	for (u32 i = 0; i < t->nr_in; i++) {
		container_close(&t->in[i].c);
		free(t->in[i].name);
	}
	free(t->in);
	vms_release(&t->vms);
	probe_vms_release(&t->probe_vms);
	*t = (struct trace){ 0 };
}

int trace_failed(const struct input *in, int ret, struct err *err)
{
	if (ret == -ENOMEM)
		return out_of_memory(err);
	if (ret == -EOVERFLOW)
		return err_set(err, ret,
			       "%s: names more than %u VMs: damaged, or no trace of a host",
			       in->path, VMS_MAX);
	if (ret == -EFBIG)
		return err_set(err, ret,
			       "%s: refused: its packed data would become more than %u times "
			       "the file",
			       in->path, UNPACK_RATIO);
	return err_set(err, ret, "%s: cannot read: %s", in->path, strerror(-ret));
}

int trace_first_ts(struct trace *t, u64 *ts, struct err *err)
{
	struct unpacker unpacker = { 0 };
	struct batch b;
	int ret = 0;

	*ts = UINT64_MAX;
	for (u32 i = 0; i < t->nr_in && !ret; i++) {
		unpacker_limit(&unpacker, &t->in[i].c);
		for (u32 n = 0; n < t->in[i].c.nr_sections && ret >= 0; n++) {
			const struct container *c = &t->in[i].c;
			struct stream s;

			ret = stream_init(&s, c, &c->sections[n], &unpacker, STREAM_BUFFER_MIN);
			do {
				ret = ret ? ret : stream_next(&s, &b);
			} while (ret > 0 && !b.nr && !(ret = 0));
			if (ret > 0)
				*ts = min_of(*ts, b.rec[0].ts);
			stream_release(&s);
			ret = min_of(ret, 0);
			if (ret)
				trace_failed(&t->in[i], ret, err);
		}
	}
	unpacker_release(&unpacker);
	if (*ts == UINT64_MAX)
		*ts = 0;
	return ret;
}

/* The first records of a section: 1, 0 or -errno. */
static int section_mixed(const struct input *in, u32 n, struct unpacker *unpacker)
{
	struct batch b = { 0 };
	struct stream s;
	int ret = stream_init(&s, &in->c, &in->c.sections[n], unpacker, STREAM_BUFFER_MIN);

	if (!ret)
		ret = stream_next(&s, &b);
	for (u32 i = 0; ret > 0 && i < b.nr; i++)
		if (!in->have_track || load16(b.page + b.rec[i].off) != in->track.format.id)
			break;
		else if (i + 1 == b.nr)
			ret = 0;
	stream_release(&s);
	return ret;
}

int trace_mixed(struct trace *t, struct err *err)
{
	struct unpacker unpacker = { 0 };
	int ret = 0;

	for (u32 i = 0; i < t->nr_in && !ret; i++) {
		unpacker_limit(&unpacker, &t->in[i].c);
		for (u32 n = 0; n < t->in[i].c.nr_sections && !ret; n++)
			ret = section_mixed(&t->in[i], n, &unpacker);
		if (ret < 0)
			trace_failed(&t->in[i], ret, err);
	}
	unpacker_release(&unpacker);
	return ret > 0 ? 1 : ret;
}

/* A trace can be run several times: its totals and counts are those of the last run. */
void trace_reset(struct trace *t)
{
	u64 bytes = 0;

	stream_totals_init(&t->totals);
	t->events = t->counted = t->skipped = 0;
	for (u32 i = 0; i < t->nr_in; i++) {
		struct input *in = &t->in[i];

		in->c.progress = t->progress;
		for (u32 n = 0; n < in->c.nr_sections; n++)
			bytes += in->c.sections[n].size;
	}
	progress_begin(t->progress, bytes);
	for (u32 i = 0; i < t->nr_in; i++) {
		struct input *in = &t->in[i];

		stream_totals_init(&in->totals);
		in->events = 0;
		in->ticks = !is_in_ns(&in->c, in->clock);
		in->skipped = in->c.damaged;
		in->track.damaged = 0;
	}
}

/* An ordered run: a decoder for each file, and one merge of everything. */
struct ordered_run {
	u32 wanted; /* kinds that analyses get; a check may take others */
	struct events_decoder *decoder;
	struct merge merge;
};

static int ordered_begin(struct ordered_run *o, struct trace *t, const struct ordered_want *want,
			 u32 *kinds, struct err *err)
{
	struct err why;
	int ret;

	o->decoder = calloc(t->nr_in, sizeof(*o->decoder));
	if (!o->decoder)
		return out_of_memory(err);
	for (u32 i = 0; i < t->nr_in; i++) {
		const struct container *c = &t->in[i].c;

		ret = events_init(&o->decoder[i], c, i,
				  want->kinds | (t->check ? whois_walk_kinds : 0), want->target,
				  want->result, &why);
		if (ret)
			return err_set(err, ret, "%s: %s", t->in[i].path, why.msg);
		*kinds |= o->decoder[i].kinds & o->wanted;
		for (u32 n = 0; n < c->nr_sections; n++)
			if (merge_add(&o->merge, c, &c->sections[n], i))
				return out_of_memory(err);
		if (!o->decoder[i].type.offset && o->decoder[i].type.size == 2)
			merge_want(&o->merge, i, o->decoder[i].by_id);
	}
	ret = merge_start(&o->merge);
	return ret ? trace_failed(&t->in[0], ret, err) : 0;
}

/* Ids that the host has used twice: each thread's own instead. */
static void take_successors(const struct thread_map *map, struct event *e)
{
	e->pid = threads_id_at(map, e->pid, e->ts);
	if (e->kind == EV_SWITCH)
		e->v[2] = threads_id_at(map, (s32)e->v[2], e->ts);
	if (e->kind == EV_SWITCH || e->kind == EV_WAKEUP || e->kind == EV_WAKING ||
	    e->kind == EV_PROBE_TARGET)
		e->v[0] = threads_id_at(map, (s32)e->v[0], e->ts);
}

/* Decodes a merged batch; how many, or -errno. */
static s64 ordered_decode(struct ordered_run *o, struct trace *t, const struct merged *m, s64 nr,
			  struct event *ev)
{
	u32 kept = 0;
	int ret;

	for (s64 i = 0; i < nr; i++) {
		struct event *e = &ev[kept];

		if (!events_decode(&o->decoder[m[i].input], &m[i], e))
			continue;
		if (e->kind == EV_TRACK) {
			ret = vms_resolve(&t->vms, &e->ipi, 1);
			if (ret)
				return ret;
			t->in[m[i].input].events++;
		}
		ret = t->check ? whois_check_event(t->check, e) : 0;
		if (unlikely(ret))
			return ret;
		if (unlikely(t->threads && t->threads->nr_terms))
			take_successors(t->threads, e);
		/* A branch, which is guessed: the next event need not wait for this one's kind. */
		if (unlikely(!(o->wanted >> e->kind & 1)))
			continue;
		kept++;
	}
	return kept;
}

static void ordered_end(struct ordered_run *o, struct trace *t)
{
	for (u32 i = 0; i < t->nr_in && o->decoder; i++) {
		struct input *in = &t->in[i];

		merge_totals(&o->merge, i, &in->totals);
		in->skipped += in->totals.damaged + o->decoder[i].damaged;
		stream_totals_add(&t->totals, &in->totals);
		t->events += in->events;
		t->skipped += in->skipped;
	}
	merge_release(&o->merge);
	free(o->decoder);
}

int trace_run_merged(struct trace *t, const struct ordered_want *want, const struct ordered *list,
		     u32 nr_list, u32 *kinds, struct err *err)
{
	const u32 probes = EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);
	struct ordered_want all = *want;
	struct ordered_run o = { 0 };
	struct merged m[MERGE_BATCH];
	struct event ev[MERGE_BATCH];
	u32 failed = 0;
	s64 nr;
	int ret;

	*kinds = 0;
	for (u32 i = 0; i < nr_list; i++)
		all.kinds |= needs_kinds(list[i].ops->needs);
	o.wanted = all.kinds | EV_BIT(EV_GAP) | probes;
	trace_reset(t);
	ret = ordered_begin(&o, t, &all, kinds, err);
	while (!ret && (nr = merge_next(&o.merge, m, &failed))) {
		if (nr > 0)
			nr = ordered_decode(&o, t, m, nr, ev);
		if (nr < 0)
			ret = (int)nr;
		for (u32 i = 0; i < nr_list && !ret && nr > 0; i++)
			ret = list[i].ops->records(list[i].self, ev, (u32)nr);
		if (ret)
			trace_failed(&t->in[failed], ret, err);
	}
	ordered_end(&o, t);
	if (!ret && t->check && marks_tell(&t->check->marks, t->names, t->topology))
		ret = out_of_memory(err);
	return ret;
}

static int survey_input(struct input *in, struct survey_counts *counts, struct unpacker *unpacker)
{
	struct batch b;
	int ret = 0;

	for (u32 n = 0; n < in->c.nr_sections && ret >= 0; n++) {
		struct stream s;

		ret = stream_init(&s, &in->c, &in->c.sections[n], unpacker, STREAM_BUFFER);
		while (ret >= 0 && (ret = stream_next(&s, &b)) > 0)
			survey_count(counts, &b);
		stream_release(&s);
	}
	return ret;
}

int trace_survey(struct trace *t, struct survey *s, struct err *err)
{
	struct survey_counts *counts = malloc(sizeof(*counts));
	struct unpacker unpacker = { 0 };
	int ret = counts ? 0 : out_of_memory(err);

	*s = (struct survey){ 0 };
	for (u32 i = 0; i < t->nr_in && !ret; i++) {
		memset(counts, 0, sizeof(*counts));
		unpacker_limit(&unpacker, &t->in[i].c);
		ret = survey_input(&t->in[i], counts, &unpacker);
		if (!ret)
			ret = survey_add(s, &t->in[i].c, counts);
		if (ret)
			trace_failed(&t->in[i], ret, err);
	}
	survey_sort(s);
	unpacker_release(&unpacker);
	free(counts);
	return ret;
}

bool trace_lossy(const struct trace *t)
{
	for (u32 i = 0; i < t->nr_in; i++)
		if (t->in[i].c.stat_overrun || t->in[i].c.stat_dropped)
			return true;
	return t->totals.gaps || t->skipped;
}
