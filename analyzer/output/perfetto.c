// SPDX-License-Identifier: GPL-2.0-only
/* perfetto.c - see perfetto.h. One event a line. */
#include "output/perfetto.h"
#include "output/graph_json.h"

void perfetto_begin(struct perfetto *p, const struct graph_view *g, FILE *out)
{
	*p = (struct perfetto){ 0 };
	json_init(&p->j, out);
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

static void sort_it(struct json *j, struct perfetto_track t, const char *what, u32 index)
{
	head(j, "M", t);
	json_string(j, "name", what);
	json_object_flat(j, "args");
	json_u64(j, "sort_index", index);
	json_object_end(j);
	json_object_end(j);
}

void perfetto_process(struct perfetto *p, u64 pid, const char *name, u32 index)
{
	struct perfetto_track t = { .pid = pid };

	name_it(&p->j, t, "process_name", name);
	sort_it(&p->j, t, "process_sort_index", index);
}

void perfetto_thread(struct perfetto *p, struct perfetto_track t, u32 vcpu)
{
	char name[24];

	snprintf(name, sizeof(name), "vCPU %u", vcpu);
	name_it(&p->j, t, "thread_name", name);
	sort_it(&p->j, t, "thread_sort_index", vcpu);
}

static void begin_slice(struct json *j, struct perfetto_track t, u64 start_ns, u64 end_ns,
			const char *name, const char *category)
{
	head(j, "X", t);
	json_thousandths(j, "ts", start_ns);
	json_thousandths(j, "dur", end_ns - start_ns);
	json_string(j, "cat", category);
	json_string(j, "name", name);
}

void perfetto_slice(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns,
		    const char *name, const char *category)
{
	begin_slice(&p->j, t, start_ns, end_ns, name, category);
	json_object_end(&p->j);
}

static void ipi_slice(struct json *j, const struct perfetto_ipi *ipi, bool receiver)
{
	char name[48], vector[8] = "?";

	if (ipi->vector != VIEW_NO_VECTOR)
		snprintf(vector, sizeof(vector), "0x%02x", ipi->vector & 0xff);
	snprintf(name, sizeof(name), receiver ? "IPI %s from %u" : "IPI %s to %u", vector,
		 receiver ? ipi->src_id : ipi->dst_id);
	begin_slice(j, receiver ? ipi->dst : ipi->src, ipi->ts_ns,
		    receiver ? ipi->dst_end_ns : ipi->src_end_ns, name, "ipi");
	json_object_flat(j, "args");
	json_u64(j, "src", ipi->src_id);
	json_u64(j, "dst", ipi->dst_id);
	json_u64_or_null(j, "vector", ipi->vector != VIEW_NO_VECTOR, ipi->vector);
	json_string(j, "vector_name", ipi->vector_name);
	json_string(j, "dst_state", ipi->state);
	json_string(j, "path", ipi->path);
	json_u64(j, "cpu", ipi->cpu);
	json_u64_or_null(j, "dst_cpu", ipi->dst_cpu >= 0, (u64)ipi->dst_cpu);
	json_object_end(j);
	json_object_end(j);
}

static void arrow_end(struct json *j, const struct perfetto_ipi *ipi, u64 id, bool receiver)
{
	head(j, receiver ? "f" : "s", receiver ? ipi->dst : ipi->src);
	json_thousandths(j, "ts", ipi->ts_ns);
	json_string(j, "cat", "ipi");
	json_string(j, "name", "ipi");
	json_u64(j, "id", id);
	/* The slice that is open at that time, not the next one. */
	if (receiver)
		json_string(j, "bp", "e");
	json_object_end(j);
}

void perfetto_ipi(struct perfetto *p, const struct perfetto_ipi *ipi)
{
	u64 id = ++p->arrows;

	ipi_slice(&p->j, ipi, false);
	ipi_slice(&p->j, ipi, true);
	arrow_end(&p->j, ipi, id, false);
	arrow_end(&p->j, ipi, id, true);
}

void perfetto_gap(struct perfetto *p, struct perfetto_track t, u64 ts_ns, u32 cpu)
{
	char name[64];

	snprintf(name, sizeof(name), "events were missed on CPU %u before this", cpu);
	head(&p->j, "i", t);
	json_thousandths(&p->j, "ts", ts_ns);
	json_string(&p->j, "s", "g");
	json_string(&p->j, "cat", "loss");
	json_string(&p->j, "name", name);
	json_object_end(&p->j);
}

void perfetto_end(struct perfetto *p)
{
	json_array_end(&p->j);
	json_object_end(&p->j);
	json_finish(&p->j);
}
