// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_file.c - a whole trace.dat: container, sections, chunks, pages, formats, decoding, counting,
 * the merge by time, and every writer of the graph. What report and graph do with a stranger's
 * file.
 */
#include "analysis/pairs.h"
#include "trace/trace.h"
#include "fuzz.h"
#include "cli/session.h"
#include "output/graph_json.h"
#include "output/graph_text.h"
#include "view/graph_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int take_records(void *self, const struct event *ev, u32 nr)
{
	u64 *last = self;

	for (u32 i = 0; i < nr; i++) {
		/* Within one CPU damage can turn time back; then there is no order to keep. */
		*last = ev[i].ts;
	}
	return 0;
}

static void run_ordered(struct trace *t, struct err *err)
{
	static const struct ordered_ops ops = { .name = "test", .records = take_records };
	struct ordered_want want = { .kinds = ~0u };
	u64 last = 0;
	struct ordered list[] = { { &ops, &last } };
	u32 kinds;

	trace_run_ordered(t, &want, list, 1, &kinds, err);
}

static void run_graph(struct session *s, FILE *out, struct err *err)
{
	struct text_style style = { .entries = 3, .verbose = true };
	struct pairs pairs = { .want_cpus = true };
	struct analysis list[] = { { &pairs_ops, &pairs } };
	struct graph_builder view = { 0 };

	if (!trace_run(&s->rec.trace, &s->rec.filter, list, 1, 1, err) &&
	    !pairs_finish(&pairs, &s->rec.trace.vms) &&
	    !graph_view_init(&view, &s->rec, &pairs, "kvm-ipi.report/1")) {
		graph_json(&view.g, out);
		graph_text(&view.g, &style, out);
	}
	graph_view_release(&view);
	pairs_release(&pairs);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static FILE *null;
	struct session s = { 0 };
	struct err err = { "" };
	char path[64];
	char *paths[] = { path };
	int fd = fuzz_file(data, size);

	if (!null)
		null = fopen("/dev/null", "w");
	if (fd < 0 || !null)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	s.rec.vectors.names = vector_names_builtin("linux");
	if (!trace_open(&s.rec.trace, paths, 1, true, &err)) {
		run_graph(&s, null, &err);
		run_ordered(&s.rec.trace, &err);
		trace_close(&s.rec.trace);
	}
	close(fd);
	return 0;
}
