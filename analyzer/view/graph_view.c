// SPDX-License-Identifier: GPL-2.0-only
/* graph_view.c - see graph_view.h. */
#include "view/graph_view.h"
#include "view/cells.h"
#include "view/vm_view.h"

#include <errno.h>
#include <stdlib.h>

#define EDGES_AHEAD 32

static u64 graph_view_since_start(const struct graph_builder *view, u64 ts)
{
	return view->s->trace.ticks ? VIEW_NO_TIME : ts - view->s->trace.totals.first_ts;
}

static u64 duration(const struct stream_totals *t)
{
	return t->first_ts <= t->last_ts ? t->last_ts - t->first_ts : 0;
}

/* How the VM is known, and that this vCPU of it is the sender. */
static const char *known_sender(const struct graph_builder *view, u32 vm, u32 vcpu)
{
	const struct thread *t = threads_of(&view->s->threads, vm, vcpu);

	if (!view->s->stock)
		return known_names[KNOWN_CERTAIN];
	return known_names[t ? min_of(t->vm_known, t->vcpu_known) : KNOWN_NOT];
}

static const char *known_vm(const struct graph_builder *view, u32 vm)
{
	const struct threads_vm *v = threads_vm(&view->s->threads, vm);

	if (!view->s->stock)
		return known_names[KNOWN_CERTAIN];
	return known_names[v ? v->known : KNOWN_NOT];
}

static int sort_rows(const void *ctx, u32 vm)
{
	const struct graph_builder *view = ctx;

	return pairs_sort(view->pairs, &view->pairs->summary[vm]);
}

static void get_edge(const void *ctx, u32 row, struct edge_view *out)
{
	const struct graph_builder *view = ctx;
	const struct pairs *p = view->pairs;
	u32 i = p->order[row];
	const struct edge *e = edges_at(&p->edges, i);

	/* Rows are asked for one behind the other, and lie anywhere in a large graph. */
	if (row + EDGES_AHEAD < p->edges.nr)
		edges_prefetch(&p->edges, p->order[row + EDGES_AHEAD]);

	*out = (struct edge_view){
		.known = known_sender(view, e->key.vm, e->key.src),
		.src = e->key.src,
		.dst = e->key.dst,
		.vector = e->key.vector,
		.slow = edge_count(&p->edges, i, EDGE_PATH_SLOW),
		.path_other = edge_count(&p->edges, i, EDGE_PATH_OTHER),
		.first_ns = graph_view_since_start(view, e->first),
		.last_ns = graph_view_since_start(view, e->last),
	};
	for (int n = 0; n < VIEW_STATES; n++) {
		out->state[n] = edge_count(&p->edges, i, n);
		out->count += out->state[n];
	}
	out->state[VIEW_STATES] = edge_count(&p->edges, i, EDGE_STATE_OTHER);
	out->count += out->state[VIEW_STATES];
	out->fast = out->count - out->slow - out->path_other;
}

static void get_vectors(const void *ctx, u32 vm, u64 count[VIEW_NO_VECTOR + 1])
{
	const struct graph_builder *view = ctx;

	memcpy(count, view->pairs->summary[vm].vector, (VIEW_NO_VECTOR + 1) * sizeof(*count));
}

static u32 get_odd(const void *ctx, u32 vm, bool paths, struct odd_view *out, u32 max)
{
	const struct graph_builder *view = ctx;
	u32 number = view->pairs->summary[vm].vm, nr = 0;
	const struct pairs_odd *odd = number < view->pairs->nr_odd ? view->pairs->odd[number]
								   : NULL;
	const u64 *count = !odd ? NULL : paths ? odd->path : odd->state;

	for (u32 v = 0; odd && v < 256 && nr < max; v++)
		if (count[v] && !(paths && v == IPI_PATH_AVIC))
			out[nr++] = (struct odd_view){ v, count[v] };
	return nr;
}

static const char *graph_view_get_vector_name(const void *ctx, u32 vector)
{
	const struct graph_builder *view = ctx;

	return vector_name(view->s->vectors.names, vector);
}

void input_view_of(struct input_view *to, const struct input *in)
{
	const struct stream_totals *t = &in->totals;

	*to = (struct input_view){
		.file = in->name,
		.path = in->path,
		.clock = in->clock,
		.cpus = in->c.nr_cpus,
		.ticks = in->ticks,
		.duration_ns = in->ticks ? VIEW_NO_TIME : duration(t),
		.records = t->records,
		.events = in->events,
		.gaps = t->gaps,
		.lost = t->lost,
		.lost_known = !t->lost_unknown,
		.overrun = in->c.stat_overrun + in->c.stat_dropped,
		.overrun_known = in->c.have_stats,
		.skipped = in->skipped,
		.time_shift = in->c.time_shift,
		.salvaged = in->c.salvaged.used,
		.salvaged_cpus = in->c.salvaged.streams,
		.salvaged_sure = in->c.salvaged.sure,
		.missing_bytes = in->c.salvaged.missing,
	};
}

static void graph_view_build_vm(struct vm_view *to, const struct graph_builder *view, u32 i)
{
	const struct pairs *p = view->pairs;
	const struct pairs_summary *sum = &p->summary[i];
	const struct vm *vm = &view->s->trace.vms.vm[sum->vm];

	*to = vm_view_of(vm, &view->s->names);
	to->known = known_vm(view, sum->vm);
	to->vcpus = sum->vcpus;
	to->pairs = sum->pairs;
	to->ipis = sum->ipis;
	to->have_paths = sum->path_none < sum->ipis;
	to->fast = sum->path[IPI_PATH_FAST];
	to->slow = sum->path[IPI_PATH_SLOW];
	to->path_other = sum->path_other;
	if (sum->vm < p->nr_odd && p->odd[sum->vm])
		to->avic = p->odd[sum->vm]->path[IPI_PATH_AVIC];
	to->cpu_known = sum->cpu_known;
	to->cpu_same = sum->cpu_same;
	to->first_ns = graph_view_since_start(view, sum->first_ts);
	to->last_ns = graph_view_since_start(view, sum->last_ts);
	to->first_row = sum->first;
	to->nr_rows = sum->nr;
	memcpy(to->state, sum->state, sizeof(to->state));
}

int graph_view_init(struct graph_builder *view, const struct recording *s, struct pairs *pairs,
		    const char *schema)
{
	const struct trace *t = &s->trace;

	_Static_assert((int)VIEW_STATES == NR_IPI_STATES && VIEW_NO_VECTOR == IPI_VECTOR_NONE,
		       "views and events agree");
	*view = (struct graph_builder){ .pairs = pairs, .s = s };
	view->in = calloc(t->nr_in, sizeof(*view->in));
	view->vm = calloc(pairs->nr_summaries + 1, sizeof(*view->vm));
	if (!view->in || !view->vm || coverage_view_init(&view->coverage, s))
		return -ENOMEM;
	for (u32 i = 0; i < t->nr_in; i++)
		input_view_of(&view->in[i], &t->in[i]);
	for (u32 i = 0; i < pairs->nr_summaries; i++)
		graph_view_build_vm(&view->vm[i], view, i);
	view->g = (struct graph_view){
		.schema = schema,
		.source = recording_source(s),
		.coverage = &view->coverage,
		.in = view->in,
		.nr_in = t->nr_in,
		.vm = view->vm,
		.nr_vm = pairs->nr_summaries,
		.duration_ns = recording_span(s),
		.ctx = view,
		.sort = sort_rows,
		.edge = get_edge,
		.vectors = get_vectors,
		.odd = get_odd,
		.vector_name = graph_view_get_vector_name,
		.vector_names_given = s->vectors.given,
	};
	return 0;
}

int graph_view_distances(struct graph_builder *view, const struct distances *distances)
{
	const struct topology *t = distances->topology;
	u32 count[NR_TOPOLOGY_LEVELS];

	_Static_assert((int)VIEW_DISTANCES == NR_DISTANCES &&
			       (int)VIEW_FAR_UNKNOWN == DISTANCE_UNKNOWN,
		       "views and the topology agree");
	view->g.distances = true;
	if (!t->nr)
		return 0;
	if (topology_count(t, count))
		return -ENOMEM;
	view->topology = (struct topology_view){
		.cpus = t->nr,
		.cores = count[LEVEL_CORE],
		.llcs = count[LEVEL_LLC],
		.nodes = count[LEVEL_NODE],
		.packages = count[LEVEL_PACKAGE],
	};
	view->g.topology = &view->topology;
	for (u32 i = 0; i < view->g.nr_vm; i++) {
		struct distances_vm line = distances_of_vm(distances, view->pairs->summary[i].vm);

		memcpy(view->vm[i].distance, line.ipis, sizeof(line.ipis));
	}
	return 0;
}

void graph_view_release(struct graph_builder *view)
{
	free(view->in);
	free(view->vm);
	coverage_view_release(&view->coverage);
	*view = (struct graph_builder){ 0 };
}

static int compare_matrix_cells(const void *a, const void *b)
{
	const struct matrix_cell *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->col < y->col ? -1 : x->col > y->col;
}

/* Several rows of the table may be of one cell. Returns how many cells there are. */
static u32 join_cells(struct matrix_cell *cell, u32 nr)
{
	u32 to = 0;

	if (!nr)
		return 0;
	qsort(cell, nr, sizeof(*cell), compare_matrix_cells);
	for (u32 i = 1; i < nr; i++) {
		if (compare_matrix_cells(&cell[to], &cell[i]))
			cell[++to] = cell[i];
		else
			cell[to].count += cell[i].count;
	}
	return to + 1;
}

int matrix_view_init(struct matrix_view *m, const struct graph_builder *view, u32 i, bool cpus)
{
	struct cells cells;
	struct matrix_cell *cell;
	int ret = cells_init(&cells, view->pairs, i, cpus);

	*m = (struct matrix_view){
		.vm = &view->vm[i],
		.row_title = cpus ? "sender's CPU" : "sender",
		.col_title = cpus ? "receiver's CPU" : "receiver",
		.row_id = cells.id,
		.col_id = cells.id,
		.nr_rows = cells.nr_ids,
		.nr_cols = cells.nr_ids,
	};
	cell = ret ? NULL : malloc(((size_t)cells.nr + 1) * sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	for (u32 k = 0; k < cells.nr; k++) {
		struct cell_count c = cells_at(&cells, k);

		cell[k] = (struct matrix_cell){ c.row, c.col, c.count };
	}
	m->cell = cell;
	m->nr_cells = join_cells(cell, cells.nr);
	return 0;
}

void matrix_view_release(struct matrix_view *m)
{
	free((void *)m->row_id);
	free((void *)m->cell);
	*m = (struct matrix_view){ 0 };
}
