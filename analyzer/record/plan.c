// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan.c - see plan.h.
 *
 * The command is always of the same kind, on hosts where tracing is restricted too: a buffer of its
 * own
 * (-B), no function tracer to be switched (-d), no filter against trace-cmd's own threads
 * (--no-filter: a filter would be evaluated at each event, and trace-cmd sends no IPIs).
 */
#include "record/plan.h"
#include "record/btf.h"
#include "record/delivery_probes.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BUFFER_MIN_KB 512
#define MEMORY_SHARE  16 /* of the memory that is free; all CPUs' buffers together take no more */

static bool is_must(const struct need *w)
{
	return w->level == NEED_MUST || w->level == NEED_STATES || w->level == NEED_STOCK;
}

/* name: GROUP/EVENT. A second probe of the same event adds no event. */
static void add_probe(struct plan *p, const char *event, const char *line)
{
	struct plan_probe *probe = &p->probe[p->nr_probes++];

	snprintf(probe->name, sizeof(probe->name), PROBE_GROUP "/%s", event);
	snprintf(probe->event, sizeof(probe->event), PROBE_GROUP ":%s", event);
	snprintf(probe->line, sizeof(probe->line), "%s", line);
	if (p->nr_probes == 1 || strcmp(probe->name, probe[-1].name))
		p->event[p->nr_events++] = probe->event;
}

/* In the tracepoint's place; must: there is no other way. */
static void add_delivery_probes(struct plan *p, const struct host *h, const struct tracer *t,
				bool must)
{
	struct delivery_probes d;

	if (delivery_probes_make(&d, PROBE_GROUP, h, t, &p->why_no_probes)) {
		if (must && !p->why_not.msg[0])
			p->why_not = p->why_no_probes;
		return;
	}
	p->delivery_probes = true;
	for (u32 i = 0; i < d.nr; i++)
		add_probe(p, d.probe[i].event, d.probe[i].line);
}

/* Whether the preset's IPIs can come from elsewhere than the tracepoint, and do. */
static bool add_source(struct plan *p, const struct need *w, const struct host *h,
		       const struct tracer *t)
{
	bool probes = w->kind == EV_DELIVER;

	if (!probes && (w->kind != EV_TRACK || !p->known || tracer_has(t, EVENT_TRACK)))
		return false;
	add_delivery_probes(p, h, t, probes);
	return p->delivery_probes || probes;
}

static void add_events(struct plan *p, const struct host *h, const struct tracer *t)
{
	bool track = tracer_has(t, EVENT_TRACK) || !p->known, has;

	for (const struct need *w = p->preset->needs; w->kind != EV_NONE; w++) {
		const char *event = event_kind_name(w->kind);

		if (w->level == NEED_READ || add_source(p, w, h, t) ||
		    (w->level == NEED_STOCK && (track || p->delivery_probes)))
			continue;
		has = !p->known || tracer_has(t, event);
		if (has || is_must(w))
			p->event[p->nr_events++] = event;
		else
			p->left_out[p->nr_left_out++] = event;
		p->track |= has && !strcmp(event, EVENT_TRACK);
		if (w->level == NEED_SOURCE)
			p->joins = !has;
		if (!has && is_must(w) && !p->why_not.msg[0])
			err_set(&p->why_not, -ENOENT, "this kernel has no %s%s%s", event,
				w->level == NEED_STATES ? ", and " : "",
				w->level == NEED_STATES ? p->why_no_probes.msg : "");
	}
}

s64 plan_pid_offset(const struct host *h, struct err *err)
{
	struct btf b;
	int ret = btf_open(&b, h, "vmlinux");
	s64 off = ret ? ret : btf_member_offset(&b, "task_struct", "pid");

	btf_release(&b);
	if (off >= 0)
		return off;
	err_set(err, (int)off,
		"where a thread's pid is cannot be read from /sys/kernel/btf/vmlinux: %s",
		ret == -ENOENT ? "the kernel has no BTF" : strerror(-(int)off));
	return -1;
}

static void plan_add_probes(struct plan *p, const struct host *h, const struct tracer *t)
{
	const struct preset_probe *probe = p->preset->probe;
	struct err err;
	s64 off;

	if (!probe)
		return;
	off = plan_pid_offset(h, &err);
	if (off < 0 && !p->why_not.msg[0])
		p->why_not = err;
	if (p->known && !t->probes && !p->why_not.msg[0])
		err_set(&p->why_not, -ENOENT,
			"no probes can be made here: %s/kprobe_events is missing or not writable",
			t->dir);
	for (; probe->event; probe++) {
		const char *fetch = probe->fetch;
		char pid[48], line[PROBE_LINE_MAX];

		/* x86: the first argument is in %di */
		snprintf(pid, sizeof(pid), "pid=+%lld(%%di):s32", max_of(off, (s64)0));
		if (!fetch)
			fetch = pid;
		/* r64: so many threads can be inside at a time without a return being missed */
		snprintf(line, sizeof(line), "%s:" PROBE_GROUP "/%s %s%s%s",
			 probe->returns ? "r64" : "p", probe->event, probe->symbol,
			 *fetch ? " " : "", fetch);
		add_probe(p, probe->event, line);
	}
}

/* What is wanted, or as much as fits the host's memory. */
static u64 buffer_size(const struct host *h, u64 wanted_kb)
{
	size_t len;
	char *text = host_slurp(h, "/proc/meminfo", &len),
	     *line = text ? strstr(text, "MemAvailable:") : NULL;
	u64 free_kb = line ? strtoull(line + 13, NULL, 10) : 0;
	u64 share_kb = free_kb / MEMORY_SHARE / (u64)max_of(sysconf(_SC_NPROCESSORS_ONLN), 1L);

	free(text);
	if (!free_kb || share_kb >= wanted_kb)
		return wanted_kb;
	return max_of(share_kb, (u64)BUFFER_MIN_KB);
}

static void find_obstacle(struct plan *p, const struct tracer *t)
{
	if (t->state == TRACER_ABSENT)
		err_set(&p->why_not, -ENOENT,
			"there is no tracefs at %s: as root, mount -t "
			"tracefs nodev /sys/kernel/tracing (a container needs it from its host)",
			t->dir);
	else if (t->state == TRACER_FORBIDDEN)
		err_set(&p->why_not, -ENOENT, "this user may not read %s: run it as root", t->dir);
}

void plan_make(struct plan *p, const struct preset *preset, const struct host *h,
	       const struct tracer *t, u64 buffer_kb)
{
	char path[HOST_PATH_MAX];

	*p = (struct plan){ .preset = preset, .known = t->state == TRACER_READY };
	find_obstacle(p, t);
	add_events(p, h, t);
	plan_add_probes(p, h, t);
	if (!p->why_not.msg[0] && !t->instances)
		err_set(&p->why_not, -ENOENT, "%s/instances is not writable: run it as root",
			t->dir);
	if (!p->why_not.msg[0] && !program_find("trace-cmd", path))
		err_set(&p->why_not, -ENOENT,
			"there is no trace-cmd: install it (the package is "
			"called trace-cmd)");
	p->buffer_kb = buffer_kb ? buffer_kb : buffer_size(h, preset->buffer_kb);
}

void plan_command(const struct plan *p, const char *instance, const char *output, char size[24],
		  const char *argv[PLAN_ARGS_MAX])
{
	u32 n = 0;

	snprintf(size, 24, "%llu", p->buffer_kb);
	argv[n++] = "trace-cmd";
	argv[n++] = "record";
	argv[n++] = "-d";
	argv[n++] = "--no-filter";
	argv[n++] = "-B";
	argv[n++] = instance;
	argv[n++] = "-b";
	argv[n++] = size;
	for (u32 i = 0; i < p->nr_events; i++) {
		argv[n++] = "-e";
		argv[n++] = p->event[i];
	}
	argv[n++] = "-o";
	argv[n++] = output;
	argv[n] = NULL;
}

void print_words(const char *const *argv, FILE *out)
{
	for (const char *const *word = argv; *word; word++) {
		const char *c = *word;

		if (word != argv)
			fputc(' ', out);
		while (isalnum((unsigned char)*c) || (*c && strchr("_-+=:,./@%", *c)))
			c++;
		if (**word && !*c) {
			fputs(*word, out);
			continue;
		}
		fputc('\'', out);
		for (c = *word; *c; c++)
			fputs(*c == '\'' ? "'\\''" : (const char[]){ *c, 0 }, out);
		fputc('\'', out);
	}
	fputc('\n', out);
}
