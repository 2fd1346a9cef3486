// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - see merge.h.
 *
 * A tree of losers: each record costs one walk from its leaf to the root, about log2(streams)
 * compares, without looking at siblings. With many streams whatever belongs to one of them is a
 * cache miss: what a record needs is one line for each stream (the cursor), its place in the batch
 * and the payload ahead of it are fetched while the others are being merged.
 */
#include "input/merge.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define PREFETCH_AHEAD 128
#define RECS_AHEAD     8	    /* two lines of them */
#define BUFFERS_TOTAL  (512 * 1024) /* of all streams together: they are to stay in the cache */

struct merge_source {
	const struct container *c;
	const struct section *section;
	u32 input, order;
	struct stream stream;
	struct batch *batch;
	const u8 *ids; /* see merge_want(); NULL: all records */
	u64 last_ts;   /* of the batch's last record, wanted or not; 0: there was none yet */
	bool opened;
};

/*
 * All that most records need of their stream: the next one's time, and that of the one behind it,
 * since the tree waits for nothing but that.
 */
struct merge_cursor {
	u64 ts, then_ts;
	const struct rec *rec, *end; /* what is left of the batch */
	const u8 *page;
	u64 since; /* the time of the last record before the batch; 0: there was none */
	u32 cpu, input;
	bool gap;  /* comes before the records */
	bool done; /* there is no next record */
} __attribute__((aligned(64)));

int merge_add(struct merge *m, const struct container *c, const struct section *section, u32 input)
{
	struct merge_source *grown = rows_grown(m->source, &m->room, m->nr, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	m->source = grown;
	m->source[m->nr] =
		(struct merge_source){ .c = c, .section = section, .input = input, .order = m->nr };
	m->nr++;
	if (m->nr == 1 || m->source[m->nr - 2].c != c)
		unpacker_limit(&m->unpacker, c);
	return 0;
}

void merge_want(struct merge *m, u32 input, const u8 *ids)
{
	for (u32 i = 0; i < m->nr; i++)
		if (m->source[i].input == input)
			m->source[i].ids = ids;
}

/* Leaves the wanted records in the batch. */
static void sift(struct batch *b, const u8 *ids)
{
	u32 kept = 0;

	for (u32 i = 0; i < b->nr; i++) {
		const struct rec r = b->rec[i];

		b->rec[kept] = r;
		kept += r.len >= 2 && ids[load16(b->page + r.off)];
	}
	b->nr = kept;
}

/*
 * Of the record behind the one at hand. Behind its last a source keeps that one's: then it is
 * refilled.
 */
static inline u64 ts_behind(const struct merge_cursor *c)
{
	return c->end - c->rec > 1 ? c->rec[1].ts : c->end > c->rec ? c->rec->ts : 0;
}

/* The source's next batch, which may be empty. 0 or -errno. */
static int refill(struct merge *m, u32 i)
{
	struct merge_source *s = &m->source[i];
	struct merge_cursor *c = &m->cursor[i];
	struct batch *b = s->batch;
	int ret = stream_next(&s->stream, b);

	c->done = ret <= 0;
	if (c->done)
		return ret;
	/*
	 * A gap comes with the first record, wanted or not; in a page without any, at the page's
	 * time.
	 */
	c->ts = b->nr ? b->rec[0].ts : s->stream.walk.ts;
	c->since = s->last_ts;
	if (b->nr)
		s->last_ts = b->rec[b->nr - 1].ts;
	if (s->ids)
		sift(b, s->ids);
	c->rec = b->rec;
	c->end = b->rec + b->nr;
	c->page = b->page;
	c->cpu = b->cpu;
	c->gap = b->gap;
	if (b->nr && !c->gap)
		c->ts = b->rec[0].ts;
	c->then_ts = ts_behind(c);
	return 0;
}

/* Equal times go by rank: sources are sorted by CPU, and one without records comes last. */
static inline bool before(struct merge_node a, struct merge_node b)
{
	return ((unsigned __int128)a.ts << 64 | a.rank) < ((unsigned __int128)b.ts << 64 | b.rank);
}

static inline struct merge_node node_of(const struct merge *m, u32 i)
{
	const struct merge_cursor *c = &m->cursor[i];

	if (unlikely(c->done))
		return (struct merge_node){ UINT64_MAX, i | MERGE_DONE };
	return (struct merge_node){ c->ts, i };
}

/* False: the time is too far from the others. */
static inline bool key_of(const struct merge *m, u32 i, u64 *key)
{
	const struct merge_cursor *c = &m->cursor[i];
	u64 since = unlikely(c->done) ? m->span : c->ts - m->base;

	*key = since << m->rank_bits | i;
	return likely(since < m->span) || c->done;
}

/* Winner of the subtree at place, leaving losers behind. */
static struct merge_node build_wide(struct merge *m, u32 place)
{
	struct merge_node a, b;
	bool first;

	if (place >= m->nr)
		return node_of(m, place - m->nr);
	a = build_wide(m, 2 * place);
	b = build_wide(m, 2 * place + 1);
	first = before(a, b);
	m->tree[place] = first ? b : a;
	return first ? a : b;
}

static u64 build_keys(struct merge *m, u32 place)
{
	u64 a, b;

	if (place >= m->nr) {
		m->wide |= !key_of(m, place - m->nr, &a);
		return a;
	}
	a = build_keys(m, 2 * place);
	b = build_keys(m, 2 * place + 1);
	m->key[place] = max_of(a, b);
	return min_of(a, b);
}

/*
 * Plays the leaf's new record against the losers on its way up. Nobody can predict who wins:
 * choices, no branches.
 */
static inline void replay_keys(struct merge *m, u32 leaf, u64 winner)
{
	u64 *key = m->key;

	for (u32 i = (leaf + m->nr) / 2; i; i /= 2) {
		u64 other = key[i], low = min_of(other, winner);

		key[i] = other ^ winner ^ low;
		winner = low;
	}
	key[0] = winner;
}

static void replay_wide(struct merge *m, u32 leaf)
{
	struct merge_node winner = node_of(m, leaf);

	for (u32 i = (leaf + m->nr) / 2; i; i /= 2) {
		struct merge_node other = m->tree[i];

		if (before(other, winner)) {
			m->tree[i] = winner;
			winner = other;
		}
	}
	m->tree[0] = winner;
}

static inline void replay(struct merge *m, u32 leaf)
{
	u64 key;

	if (unlikely(m->wide)) {
		replay_wide(m, leaf);
	} else if (likely(key_of(m, leaf, &key))) {
		replay_keys(m, leaf, key);
	} else {
		m->wide = true;
		m->tree[0] = m->nr > 1 ? build_wide(m, 1) : node_of(m, 0);
	}
}

/* Whose record is the next one; nr: nobody's. */
static inline u32 winner(const struct merge *m)
{
	if (unlikely(m->wide))
		return m->tree[0].rank & MERGE_DONE ? m->nr : m->tree[0].rank;
	if (unlikely(m->key[0] >> m->rank_bits == m->span))
		return m->nr;
	return (u32)(m->key[0] & ((1ull << m->rank_bits) - 1));
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

static int open_source(struct merge *m, u32 i)
{
	struct merge_source *s = &m->source[i];
	int ret;

	m->cursor[i] = (struct merge_cursor){ .input = s->input };
	s->batch = malloc(batch_bytes(s->c->buffers[s->section->buffer].page_size));
	if (!s->batch)
		return -ENOMEM;
	s->opened = true;
	ret = stream_init(&s->stream, s->c, s->section, &m->unpacker, m->want);
	s->stream.one_of_many = m->nr > 1;
	return ret ? ret : refill(m, i);
}

/* The first times are the base; as many bits as the sources' numbers leave are the span. */
static void build(struct merge *m)
{
	m->base = UINT64_MAX;
	for (u32 i = 0; i < m->nr; i++)
		if (!m->cursor[i].done)
			m->base = min_of(m->base, m->cursor[i].ts);
	while (m->nr > 1u << m->rank_bits)
		m->rank_bits++;
	m->span = UINT64_MAX >> m->rank_bits;
	m->key[0] = build_keys(m, 1);
	if (m->wide)
		m->tree[0] = build_wide(m, 1);
}

int merge_start(struct merge *m)
{
	void *cursor = NULL;
	int ret = 0;

	m->want = m->nr ? BUFFERS_TOTAL / m->nr : 0;
	m->want = min_of(max_of(m->want, (size_t)STREAM_BUFFER_MIN), (size_t)STREAM_BUFFER);
	m->tree = calloc((size_t)m->nr + 1, sizeof(*m->tree));
	m->key = calloc((size_t)m->nr + 1, sizeof(*m->key));
	if (!m->key || !m->tree || posix_memalign(&cursor, 64, (m->nr + 1) * sizeof(*m->cursor)))
		ret = -ENOMEM;
	m->cursor = cursor;
	if (m->nr)
		qsort(m->source, m->nr, sizeof(*m->source), compare_sources);
	for (u32 i = 0; i < m->nr && !ret; i++)
		ret = open_source(m, i);
	if (m->nr && !ret)
		build(m);
	return ret;
}

/* The gap that the cursor stands at. */
static void take_gap(struct merge_cursor *c, u64 lost, struct merged *out)
{
	*out = (struct merged){
		.ts = c->ts, .cpu = c->cpu, .input = c->input, .lost = lost, .since = c->since
	};
	c->gap = false;
	if (c->rec < c->end)
		c->ts = c->rec->ts;
}

/* Takes the record that the cursor stands at. */
static inline void merge_take(struct merge_cursor *c, struct merged *out)
{
	const struct rec *r = c->rec++;

	*out = (struct merged){ .ts = c->ts,
				.payload = c->page + r->off,
				.len = r->len,
				.cpu = c->cpu,
				.input = c->input };
	__builtin_prefetch(out->payload + PREFETCH_AHEAD);
	__builtin_prefetch(r + RECS_AHEAD);
	c->ts = c->then_ts;
	if (likely(c->end - c->rec > 1))
		c->then_ts = c->rec[1].ts;
}

/*
 * The leaf that has just been taken from is the winner again: streams come in runs. Takes on
 * without playing, for as long as no other one's time has come. Returns how many.
 */
static s64 take_run(struct merge *m, u32 leaf, struct merged *out, s64 room)
{
	struct merge_cursor *c = &m->cursor[leaf];
	u64 limit = UINT64_MAX, key;
	s64 nr = 0;

	for (u32 i = (leaf + m->nr) / 2; i; i /= 2)
		limit = min_of(limit, m->key[i]);
	while (nr < room && !c->gap && c->rec < c->end && key_of(m, leaf, &key) && key < limit)
		merge_take(c, &out[nr++]);
	if (nr)
		replay(m, leaf);
	return nr;
}

/* What the winner has next, which is no record; one of these, or -errno. */
enum { TOOK_NOTHING, TOOK_GAP, FIRST_HAND_ON };

static int take_other(struct merge *m, u32 leaf, bool empty, struct merged *out)
{
	struct merge_cursor *c = &m->cursor[leaf];

	if (c->gap) {
		take_gap(c, m->source[leaf].batch->lost, out);
		return TOOK_GAP;
	}
	/* What was handed out may lie in the memory that is read into next. */
	if (!empty && stream_refills(&m->source[leaf].stream))
		return FIRST_HAND_ON;
	return refill(m, leaf);
}

s64 merge_next(struct merge *m, struct merged *out, u32 *failed)
{
	u32 leaf = m->nr ? winner(m) : 0, next;
	s64 nr = 0;

	while (nr < MERGE_BATCH && leaf != m->nr) {
		struct merge_cursor *c = &m->cursor[leaf];

		if (likely(c->rec < c->end && !c->gap)) {
			merge_take(c, &out[nr++]);
		} else {
			int ret = take_other(m, leaf, !nr, &out[nr]);

			if (ret == FIRST_HAND_ON)
				break;
			if (ret < 0) {
				*failed = c->input;
				return ret;
			}
			nr += ret;
		}
		replay(m, leaf);
		next = winner(m);
		if (next == leaf && !m->wide) {
			nr += take_run(m, leaf, &out[nr], MERGE_BATCH - nr);
			next = winner(m);
		}
		leaf = next;
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
	free(m->cursor);
	free(m->key);
	free(m->tree);
	unpacker_release(&m->unpacker);
	*m = (struct merge){ 0 };
}
