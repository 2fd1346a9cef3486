// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building ring-buffer pages.
 *
 * A page is: time of its first record (8 bytes), commit (a long: bytes used, and in its top bits
 * the marks of missed events), data. A record is a word of type_len:5 and delta:27, then the
 * payload; a step in time that 27 bits do not hold is a record of its own. The first record of a
 * page has delta 0, because the page's time is its time.
 *
 * Padding is planted so that a reader that steps over it wrongly finds well-formed records: what
 * was discarded keeps its payload, and the end of a page behind the last record is full of words
 * that look like one.
 */
#include <stdlib.h>

#include "compress.h"
#include "pages.h"

#define MISSED_EVENTS	 (1u << 31)
#define MISSED_STORED	 (1u << 30)

#define TYPE_PADDING	 29
#define TYPE_TIME_EXTEND 30
#define TYPE_TIME_STAMP	 31
#define MAX_SMALL	 112 /* bytes of payload that type_len can say: 4 * 28 */
#define MAX_DELTA	 ((1ull << 27) - 1)

void page_writer_init(struct page_writer *w, const struct options *o, u32 page_size, u64 seed)
{
	memset(w, 0, sizeof(*w));
	w->o = o;
	w->size = page_size;
	w->head = 8 + o->long_size;
	w->rng.s = seed;
	w->page = malloc(page_size);
	if (!w->page)
		die("out of memory");
	w->store.data.big_endian = o->big_endian;
	if (o->compress)
		buf_int(&w->store.data, 0, 4); /* the number of chunks */
}

void page_writer_release(struct page_writer *w)
{
	free(w->page);
	buf_release(&w->store.data);
	buf_release(&w->store.chunk);
	buf_release(&w->marks);
}

static void put_word(const struct page_writer *w, u8 *p, u32 type_len, u32 delta)
{
	if (w->o->big_endian)
		put_int(p, type_len << 27 | delta, 4, true);
	else
		put_int(p, delta << 5 | type_len, 4, false);
}

/* type_len and delta; the room was asked for by the caller. */
static void add_word(struct page_writer *w, u32 type_len, u32 delta)
{
	put_word(w, w->page + w->head + w->used, type_len, delta);
	w->used += 4;
}

static void add_u32(struct page_writer *w, u32 v)
{
	put_int(w->page + w->head + w->used, v, 4, w->o->big_endian);
	w->used += 4;
}

static u32 capacity(const struct page_writer *w)
{
	return w->size - w->head;
}

/* The next page may come after a loss. */
static void plan_gap(struct page_writer *w)
{
	enum gaps how = w->o->gaps;

	w->gap = how != GAPS_NONE && w->store.pages % w->o->gap_every == w->o->gap_every - 1;
	w->reserve = 0;
	w->missed = 0;
	if (!w->gap)
		return;
	if (how == GAPS_MIXED)
		how = w->lost.gaps & 1 ? GAPS_UNKNOWN : GAPS_KNOWN;
	if (how == GAPS_KNOWN) {
		w->missed = 1 + rng_below(&w->rng, 500);
		w->reserve = w->o->long_size;
	}
}

static void count_gap(struct page_writer *w)
{
	struct mark mark = { .ns = w->page_ns, .number = w->missed };
	u64 really = w->missed ? w->missed : 1 + rng_below(&w->rng, 500);

	buf_add(&w->marks, &mark, sizeof(mark));
	w->lost.gaps++;
	if (w->missed)
		w->lost.events += w->missed;
	else
		w->lost.unknown++;
	w->lost.overrun += really;
}

static void open_page(struct page_writer *w, u64 ns)
{
	memset(w->page, 0, w->size);
	put_int(w->page, ns, 8, w->o->big_endian);
	w->used = 0;
	w->last_ns = w->page_ns = ns;
	w->open = true;
	plan_gap(w);
}

/* Padding to the end of the page: delta 0, then words that look like records. */
static void pad_end(struct page_writer *w)
{
	u32 left = capacity(w) - w->reserve - w->used;

	if (left < 4)
		return;
	add_word(w, TYPE_PADDING, 0);
	left -= 4;
	if (!left)
		return;
	add_u32(w, left);
	for (left -= 4; left >= 4; left -= 4)
		add_word(w, 8, 1);
}

static void flush_chunk(struct store *s, enum compress how)
{
	if (!s->chunk.len)
		return;
	compress_frame(&s->data, how, s->chunk.data, s->chunk.len);
	s->nr_chunks++;
	s->chunk.len = 0;
}

static void store_page(struct page_writer *w)
{
	struct store *s = &w->store;

	s->pages++;
	if (!w->o->compress) {
		buf_add(&s->data, w->page, w->size);
		return;
	}
	buf_add(&s->chunk, w->page, w->size);
	if (s->chunk.len >= w->o->chunk_pages * w->size)
		flush_chunk(s, w->o->compress);
}

static void close_page(struct page_writer *w)
{
	u64 commit;

	if (!w->open)
		return;
	if (w->o->padding)
		pad_end(w);
	commit = w->used;
	if (w->gap) {
		commit |= MISSED_EVENTS;
		if (w->missed) {
			commit |= MISSED_STORED;
			put_int(w->page + w->head + w->used, w->missed, w->o->long_size,
				w->o->big_endian);
		}
		count_gap(w);
	}
	put_int(w->page + 8, commit, w->o->long_size, w->o->big_endian);
	w->bytes += w->used;
	w->open = false;
	store_page(w);
}

/*
 * Makes room for a record of @len bytes at @ns, on a new page if need be, and writes what has to
 * stand before it. Returns the delta for the record itself.
 */
static u32 prepare(struct page_writer *w, u64 ns, u32 len)
{
	bool step = ns - w->last_ns > MAX_DELTA;
	u64 delta;

	if (w->o->absolute_ts && !rng_below(&w->rng, 8))
		step = true;
	if (w->open && w->used + (step ? 8 : 0) + len > capacity(w) - w->reserve)
		close_page(w);
	if (!w->open) {
		open_page(w, ns);
		return 0;
	}
	delta = ns - w->last_ns;
	w->last_ns = ns;
	if (!step)
		return delta;
	if (w->o->absolute_ts) {
		add_word(w, TYPE_TIME_STAMP, ns & MAX_DELTA);
		add_u32(w, ns >> 27 & 0xffffffff);
	} else {
		add_word(w, TYPE_TIME_EXTEND, delta & MAX_DELTA);
		add_u32(w, delta >> 27);
	}
	return 0;
}

void page_add(struct page_writer *w, u64 ns, const void *payload, u32 len)
{
	u32 delta;

	if (len <= MAX_SMALL) {
		delta = prepare(w, ns, 4 + len);
		add_word(w, len / 4, delta);
	} else {
		delta = prepare(w, ns, 8 + len);
		add_word(w, 0, delta);
		add_u32(w, len + 4);
	}
	memcpy(w->page + w->head + w->used, payload, len);
	w->used += len;
	if (!w->records++)
		w->first_ns = ns;
	w->last_record_ns = ns;
}

void page_add_discarded(struct page_writer *w, u64 ns, const void *payload, u32 len)
{
	u32 delta;

	if (len > MAX_SMALL)
		return; /* the kernel's own form of it keeps the length elsewhere */
	delta = prepare(w, ns, 4 + len);
	if (!delta) {
		/* 0 would end the page. The time of a page may be before its first record. */
		delta = 1;
		if (w->used)
			w->last_ns++;
		else
			put_int(w->page, --w->page_ns, 8, w->o->big_endian);
	}
	add_word(w, TYPE_PADDING, delta);
	add_u32(w, len);
	memcpy(w->page + w->head + w->used, (const u8 *)payload + 4, len - 4);
	w->used += len - 4;
}

void page_finish(struct page_writer *w)
{
	struct store *s = &w->store;

	close_page(w);
	if (w->o->compress) {
		flush_chunk(s, w->o->compress);
		put_int(s->data.data, s->nr_chunks, 4, w->o->big_endian);
	}
	s->hole_at = s->pages / 2 * w->size;
	if (w->o->stats)
		w->lost.dropped = rng_below(&w->rng, 4);
}

u64 page_file_size(const struct page_writer *w)
{
	if (!w->store.pages)
		return 0;
	return w->store.data.len + w->store.hole - (w->o->compress && !w->o->count_in_size ? 4 : 0);
}
