// SPDX-License-Identifier: GPL-2.0-only
/*
 * perfetto_json.c - Perfetto's and Chrome's JSON: one event a line.
 *
 * An end of an arrow is an event of its own, which a viewer binds to the slice that began last on
 * that track, in the order of time and then of the file: so it follows its slice at once.
 */
#include "output/graph_json.h"
#include "output/perfetto.h"

static void put_begin(struct perfetto *p, const struct graph_view *g)
{
	json_init(&p->j, p->out);
	json_object(&p->j, NULL);
	json_string(&p->j, "schema", g->schema);
	json_string(&p->j, "displayTimeUnit", "ns");
	json_object(&p->j, "otherData");
	json_string(&p->j, "source", g->source);
	json_inputs(&p->j, g->in, g->nr_in);
	json_object_end(&p->j);
	json_array(&p->j, "traceEvents");
}

static void head(struct json *j, const char *phase, struct perfetto_track t)
{
	json_object_flat(j, NULL);
	json_string(j, "ph", phase);
	json_u64(j, "pid", t.pid);
	if (t.tid)
		json_u64(j, "tid", t.tid);
}

static void name_it(struct json *j, struct perfetto_track t, const char *what, const char *name)
{
	head(j, "M", t);
	json_string(j, "name", what);
	json_object_flat(j, "args");
	json_string(j, "name", name);
	json_object_end(j);
	json_object_end(j);
}

static void sort_it(struct json *j, struct perfetto_track t, const char *what, u64 index)
{
	head(j, "M", t);
	json_string(j, "name", what);
	json_object_flat(j, "args");
	json_u64(j, "sort_index", index);
	json_object_end(j);
	json_object_end(j);
}

static void put_process(struct perfetto *p, u64 pid, const char *name, u32 index)
{
	struct perfetto_track t = { .pid = pid };

	name_it(&p->j, t, "process_name", name);
	sort_it(&p->j, t, "process_sort_index", index);
}

static void put_track(struct perfetto *p, struct perfetto_track t, const char *name, u64 index)
{
	name_it(&p->j, t, "thread_name", name);
	sort_it(&p->j, t, "thread_sort_index", index);
}

static void put_args(struct json *j, const struct perfetto_slice *s)
{
	json_object_flat(j, "args");
	for (u32 i = 0; i < s->nr_args; i++) {
		const struct perfetto_arg *a = &s->arg[i];

		if (a->text)
			json_string(j, a->name, a->text);
		else if (a->known)
			json_s64(j, a->name, a->number);
		else
			json_null(j, a->name);
	}
	json_object_end(j);
}

static void put_arrow(struct json *j, const struct perfetto_slice *s)
{
	bool ends = s->arrow == ARROW_ENDS;

	head(j, ends ? "f" : "s", s->at);
	json_thousandths(j, "ts", s->start_ns);
	json_string(j, "cat", "ipi");
	json_string(j, "name", "ipi");
	json_u64(j, "id", s->id);
	/* The slice that is open at that time, not the next one. */
	if (ends)
		json_string(j, "bp", "e");
	json_object_end(j);
}

static void put_slice(struct perfetto *p, const struct perfetto_slice *s)
{
	struct json *j = &p->j;

	head(j, "X", s->at);
	json_thousandths(j, "ts", s->start_ns);
	json_thousandths(j, "dur", s->end_ns - s->start_ns);
	json_string(j, "cat", s->category);
	json_string(j, "name", s->name);
	if (s->nr_args)
		put_args(j, s);
	json_object_end(j);
	if (s->arrow != ARROW_NONE)
		put_arrow(j, s);
}

static void put_end_slice(struct perfetto *p, const struct perfetto_slice *s)
{
}

static void put_counter(struct perfetto *p, u64 pid, u64 ts_ns, u32 which, u64 value)
{
	head(&p->j, "C", (struct perfetto_track){ .pid = pid });
	json_thousandths(&p->j, "ts", ts_ns);
	json_string(&p->j, "name", perfetto_counter_name[which]);
	json_object_flat(&p->j, "args");
	json_u64(&p->j, "value", value);
	json_object_end(&p->j);
	json_object_end(&p->j);
}

static void put_mark(struct perfetto *p, struct perfetto_track t, u64 ts_ns, const char *text)
{
	head(&p->j, "i", t);
	json_thousandths(&p->j, "ts", ts_ns);
	json_string(&p->j, "s", "g");
	json_string(&p->j, "cat", "loss");
	json_string(&p->j, "name", text);
	json_object_end(&p->j);
}

static void put_end(struct perfetto *p)
{
	json_array_end(&p->j);
	json_object_end(&p->j);
	json_finish(&p->j);
}

const struct perfetto_format perfetto_json = { put_begin,     put_process, put_track, put_slice,
					       put_end_slice, put_counter, put_mark,  put_end };
