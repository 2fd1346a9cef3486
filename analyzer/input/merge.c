// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - see merge.h.
 *
 * A tree of losers: each record costs one walk from its leaf to the root, about log2(streams) compares,
 * without looking at siblings. With many streams the next record of each is a cache miss: the payload
 * ahead of a cursor is fetched while the others are being merged.
 */
#include "input/merge.h"

#include <errno.h>
#include <stdlib.h>

#define PREFETCH_AHEAD 128
#define BUFFERS_TOTAL (8 * 1024 * 1024) /* of all streams together, when there are many */

struct merge_source {
	const struct container *c;
	const struct section *section;
	u32 input, order;
	struct stream stream;
	struct batch *batch;
	u32 at;		/* in batch */
	u64 ts;		/* of the next record; UINT64_MAX when done */
	u64 taken_ts;	/* of the record that was taken last; 0: none yet */
	bool done, opened;
};

int merge_add(struct merge *m, const struct container *c, const struct section *section, u32 input)
{
	if (m->nr == m->room) {
		u32 room = m->room ? 2 * m->room : 16;
		struct merge_source *grown = realloc(m->source, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		m->source = grown;
		m->room = room;
	}
	m->source[m->nr] = (struct merge_source){ .c = c, .section = section, .input = input,
						  .order = m->nr };
	m->nr++;
	if (m->nr == 1 || m->source[m->nr - 2].c != c)
		unpacker_limit(&m->unpacker, c);
	return 0;
}

/* The source's next batch; sets ts. 0 or -errno. */
static int refill(struct merge_source *s)
{
	int ret = stream_next(&s->stream, s->batch);

	s->at = 0;
	if (ret > 0) {
		/* A gap in a page without records counts from the page's time. */
		s->ts = s->batch->nr ? s->batch->rec[0].ts : s->stream.walk.ts;
		return 0;
	}
	s->done = true;
	s->ts = UINT64_MAX;
	return ret;
}

/* Equal times go by rank: sources are sorted by CPU, and one without records comes last. */
static inline bool before(struct merge_node a, struct merge_node b)
{
	return (a.ts < b.ts) | ((a.ts == b.ts) & (a.rank < b.rank));
}

static struct merge_node node_of(const struct merge *m, u32 i)
{
	const struct merge_source *s = &m->source[i];

	return (struct merge_node){ s->ts, s->done ? i | MERGE_DONE : i };
}

/*
 * Plays the leaf's new record against the losers on its way up. Nobody can predict who wins, so the two
 * are swapped under a mask: gcc makes a branch of a choice.
 */
static inline void replay(struct merge *m, u32 leaf)
{
	struct merge_node winner = node_of(m, leaf);

	for (u32 i = (leaf + m->nr) / 2; i; i /= 2) {
		struct merge_node *other = &m->tree[i];
		u64 swap = -(u64)before(*other, winner);
		u64 ts = (winner.ts ^ other->ts) & swap;
		u32 rank = (winner.rank ^ other->rank) & (u32)swap;

		other->ts ^= ts;
		other->rank ^= rank;
		winner.ts ^= ts;
		winner.rank ^= rank;
	}
	m->tree[0] = winner;
}

/* Winner of the subtree at node, leaving losers behind. */
static struct merge_node build(struct merge *m, u32 node)
{
	struct merge_node a, b;
	bool first;

	if (node >= m->nr)
		return node_of(m, node - m->nr);
	a = build(m, 2 * node);
	b = build(m, 2 * node + 1);
	first = before(a, b);
	m->tree[node] = first ? b : a;
	return first ? a : b;
}

static int compare_sources(const void *a, const void *b)
{
	const struct merge_source *x = a, *y = b;

	if (x->section->cpu != y->section->cpu)
		return x->section->cpu < y->section->cpu ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* The shortest record is 8 bytes, so a small page needs no batch of the full size. */
static size_t batch_bytes(u32 page_size)
{
	u32 most = min_of(page_size / 8 + 1, (u32)BATCH_MAX);

	return offsetof(struct batch, rec) + most * sizeof(struct rec);
}

int merge_start(struct merge *m)
{
	m->want = m->nr ? BUFFERS_TOTAL / m->nr : 0;
	m->want = min_of(max_of(m->want, (size_t)STREAM_BUFFER_MIN), (size_t)STREAM_BUFFER);
	m->tree = calloc((size_t)m->nr + 1, sizeof(*m->tree));
	if (!m->tree)
		return -ENOMEM;
	if (m->nr)
		qsort(m->source, m->nr, sizeof(*m->source), compare_sources);
	for (u32 i = 0; i < m->nr; i++) {
		struct merge_source *s = &m->source[i];
		int ret;

		s->batch = malloc(batch_bytes(s->c->buffers[s->section->buffer].page_size));
		if (!s->batch)
			return -ENOMEM;
		s->opened = true;
		ret = stream_init(&s->stream, s->c, s->section, &m->unpacker, m->want);
		if (!ret)
			ret = refill(s);
		if (ret)
			return ret;
	}
	if (m->nr)
		m->tree[0] = m->nr > 1 ? build(m, 1) : node_of(m, 0);
	return 0;
}

/* Takes the gap or the record that s stands at. */
static inline void take(struct merge_source *s, struct merged *out)
{
	struct batch *b = s->batch;
	const struct rec *r = &b->rec[s->at];

	*out = (struct merged){ .ts = s->ts, .cpu = b->cpu, .input = s->input };
	if (unlikely(b->gap)) {
		out->lost = b->lost;
		out->since = s->taken_ts;
		b->gap = false;
		return;
	}
	out->payload = b->page + r->off;
	out->len = r->len;
	__builtin_prefetch(out->payload + PREFETCH_AHEAD);
	s->taken_ts = s->ts;
	s->at++;
}

s64 merge_next(struct merge *m, struct merged *out, u32 *failed)
{
	s64 nr = 0;

	while (nr < MERGE_BATCH && m->nr) {
		struct merge_source *s = &m->source[m->tree[0].rank & ~MERGE_DONE];

		if (s->done)
			break;
		if (s->at == s->batch->nr && !s->batch->gap) {
			int ret;

			/* What was handed out may lie in the memory that is read into next. */
			if (nr && stream_refills(&s->stream))
				break;
			ret = refill(s);
			if (ret) {
				*failed = s->input;
				return ret;
			}
			replay(m, (u32)(s - m->source));
			continue;
		}
		take(s, &out[nr++]);
		/* Behind its last record a source keeps that time: it is refilled when its turn comes. */
		if (s->at < s->batch->nr)
			s->ts = s->batch->rec[s->at].ts;
		replay(m, (u32)(s - m->source));
	}
	return nr;
}

void merge_totals(const struct merge *m, u32 input, struct stream_totals *t)
{
	for (u32 i = 0; i < m->nr; i++)
		if (m->source[i].input == input && m->source[i].opened)
			stream_totals_add(t, &m->source[i].stream.totals);
}

void merge_release(struct merge *m)
{
	for (u32 i = 0; i < m->nr; i++) {
		if (m->source[i].opened)
			stream_release(&m->source[i].stream);
		free(m->source[i].batch);
	}
	free(m->source);
	free(m->tree);
	unpacker_release(&m->unpacker);
	*m = (struct merge){ 0 };
}
