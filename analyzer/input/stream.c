// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - see stream.h. */
#include "input/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define READ_AHEAD (512 * 1024)

void stream_totals_init(struct stream_totals *t)
{
	*t = (struct stream_totals){ .first_ts = UINT64_MAX };
}

void stream_totals_add(struct stream_totals *t, const struct stream_totals *other)
{
	t->records += other->records;
	t->first_ts = min_of(t->first_ts, other->first_ts);
	t->last_ts = max_of(t->last_ts, other->last_ts);
	t->gaps += other->gaps;
	t->lost += other->lost;
	t->lost_unknown |= other->lost_unknown;
	t->damaged += other->damaged;
}

void unpacker_limit(struct unpacker *u, const struct container *c)
{
	u->file_bytes += c->file_size;
}

void unpacker_release(struct unpacker *u)
{
	free(u->packed);
	codec_release(&u->codec);
	*u = (struct unpacker){ 0 };
}

void stream_release(struct stream *s)
{
	if (s->pages && s->section->packed)
		s->unpacker->held -= s->room;
	free(s->pages);
	s->pages = NULL;
	s->room = 0;
}

static int stream_reserve(u8 **p, size_t *room, size_t want)
{
	if (*room >= want)
		return 0;
	free(*p);
	*p = malloc(want);
	*room = *p ? want : 0;
	return *p ? 0 : -ENOMEM;
}

/* Room for a chunk's pages, within what the file may make us unpack. */
static int reserve_pages(struct stream *s, size_t want)
{
	struct unpacker *u = s->unpacker;
	u64 more = want > s->room ? want - s->room : 0;
	int ret;

	u->unpacked += want;
	if (u->file_bytes && (u->unpacked > UNPACK_ANY + UNPACK_RATIO * u->file_bytes ||
			      u->held + more > UNPACK_ANY + UNPACK_HELD_RATIO * u->file_bytes))
		return -EFBIG;
	u->held -= s->room;
	ret = stream_reserve(&s->pages, &s->room, want);
	u->held += s->room;
	return ret;
}

static int read_at(struct stream *s, void *to, size_t len)
{
	s64 n = file_pread(s->c->fd, to, len, s->pos);

	if (n < 0)
		return (int)n;
	s->pos += n;
	progress_add(s->c->progress, (u64)n);
	return n == (s64)len ? 0 : -ENODATA;
}

int stream_init(struct stream *s, const struct container *c, const struct section *section,
		struct unpacker *unpacker, size_t want)
{
	u32 page_size = c->buffers[section->buffer].page_size;
	u8 count[4];
	int ret;

	*s = (struct stream){ .c = c,
			      .section = section,
			      .unpacker = unpacker,
			      .page_size = page_size,
			      .pos = section->offset,
			      .end = section_data_end(c, section) };
	s->want = max_of(want / page_size, (size_t)1) * page_size;
	stream_totals_init(&s->totals);
	if (!section->packed)
		return stream_reserve(&s->pages, &s->room, min_of((u64)s->want, section->size));
	s->chunks_left = section->chunks;
	if (s->chunks_left)
		return 0;
	ret = section->size < sizeof(count) ? -ENODATA : read_at(s, count, sizeof(count));
	if (ret == -ENODATA) {
		s->totals.damaged++;
		s->pos = s->end;
		return 0;
	}
	s->chunks_left = ret ? 0 : load32(count);
	return ret;
}

/*
 * Many streams in turn look like random access to the kernel, which then reads nothing ahead: on a
 * cold file each read would wait for the disk. Asking costs little, and nothing where the file is
 * in memory.
 */
static void ask_ahead(struct stream *s)
{
	u64 len = min_of((u64)READ_AHEAD, s->end - s->pos);

	if (!s->one_of_many || s->pos < s->asked || len <= s->want)
		return;
	posix_fadvise(s->c->fd, (off_t)s->pos, (off_t)len, POSIX_FADV_WILLNEED);
	s->asked = s->pos + len / 2;
}

/* The next pages as they are in the file. What is cut off in the middle of a page counts as one. */
static int fill_raw(struct stream *s)
{
	size_t len = min_of((u64)s->want, s->end - s->pos);
	s64 n;

	ask_ahead(s);
	n = file_pread(s->c->fd, s->pages, len, s->pos);
	if (n < 0)
		return (int)n;
	s->pos += n;
	progress_add(s->c->progress, (u64)n);
	if ((size_t)n < len) { /* the file has become shorter since it was opened */
		s->totals.damaged += (s->end - s->pos + s->page_size - 1) / s->page_size;
		s->end = s->pos;
	} else if (n % s->page_size) {
		s->totals.damaged++;
	}
	s->have = n - n % s->page_size;
	return 0;
}

/* Gives up the rest of a compressed section: its chunks can only be found one behind the other. */
static void drop_chunks(struct stream *s)
{
	s->totals.damaged += s->chunks_left;
	s->chunks_left = 0;
}

static int fill_chunk(struct stream *s)
{
	struct unpacker *u = s->unpacker;
	u8 head[8];
	u32 in, out;
	int ret;

	if (s->end - s->pos < sizeof(head)) {
		drop_chunks(s);
		return 0;
	}
	ask_ahead(s);
	ret = read_at(s, head, sizeof(head));
	in = load32(head);
	out = load32(head + 4);
	if (ret == -ENODATA || (!ret && in > s->end - s->pos)) {
		drop_chunks(s);
		return 0;
	}
	s->chunks_left--;
	if (!ret && out > CHUNK_MAX) { /* lost, but the next one can be found */
		s->totals.damaged++;
		s->pos += in;
		progress_add(s->c->progress, in);
		return 0;
	}
	if (!ret)
		ret = stream_reserve(&u->packed, &u->room, in);
	if (!ret)
		ret = reserve_pages(s, out + !out);
	if (!ret)
		ret = read_at(s, u->packed, in);
	if (ret == -ENODATA) { /* the file has become shorter since it was opened */
		s->totals.damaged++;
		drop_chunks(s);
		return 0;
	}
	if (ret)
		return ret;
	ret = codec_decompress(&u->codec, s->c->codec, u->packed, in, s->pages, out);
	if (ret == -ENOMEM)
		return ret;
	s->have = ret ? 0 : out - out % s->page_size;
	s->totals.damaged += ret || out % s->page_size;
	return 0;
}

/* Makes a page stand at pages + at: 1; 0 at the section's end; -errno. */
static int next_page(struct stream *s)
{
	while (s->at + s->page_size > s->have) {
		int ret;

		s->at = s->have = 0;
		if (s->section->packed ? !s->chunks_left : s->pos >= s->end)
			return 0;
		ret = s->section->packed ? fill_chunk(s) : fill_raw(s);
		if (ret)
			return ret;
	}
	return 1;
}

static u64 convert_time(const struct container *c, u64 ts)
{
	if (c->tsc_mult)
		ts = (u64)((unsigned __int128)ts * c->tsc_mult >> (c->tsc_shift & 63));
	return ts + c->ts_offset;
}

static void account(struct stream *s, struct batch *b)
{
	struct stream_totals *t = &s->totals;

	b->cpu = s->section->cpu;
	if (b->gap) {
		t->gaps++;
		if (b->lost == LOST_UNKNOWN)
			t->lost_unknown = true;
		else
			t->lost += b->lost;
	}
	if (!b->nr)
		return;
	if (unlikely(s->c->tsc_mult || s->c->ts_offset))
		for (u32 i = 0; i < b->nr; i++)
			b->rec[i].ts = convert_time(s->c, b->rec[i].ts);
	t->records += b->nr;
	t->first_ts = min_of(t->first_ts, b->rec[0].ts);
	t->last_ts = max_of(t->last_ts, b->rec[b->nr - 1].ts);
}

int stream_next(struct stream *s, struct batch *b)
{
	for (;;) {
		int ret;

		if (s->walking) {
			if (page_walk_next(&s->walk, b)) {
				account(s, b);
				return 1;
			}
			s->totals.damaged += s->walk.damaged;
			s->walking = false;
			s->at += s->page_size;
		}
		ret = next_page(s);
		if (ret <= 0)
			return ret;
		s->walking = true;
		s->totals.damaged += !page_walk_init(&s->walk, s->pages + s->at, s->page_size);
	}
}

bool stream_refills(const struct stream *s)
{
	/*
	 * A walk that has records left stays on its page; else the next page must be there already.
	 */
	if (s->walking && s->walk.pos < s->walk.end)
		return false;
	return s->at + (s->walking ? 2 : 1) * (size_t)s->page_size > s->have;
}
