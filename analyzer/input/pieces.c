// SPDX-License-Identifier: GPL-2.0-only
/* pieces.c - see pieces.h. */
#include "input/pieces.h"
#include "input/stream.h"

#include <errno.h>
#include <stdlib.h>

#define PIECE_BYTES  (1024 * 1024)
#define PIECE_CHUNKS 32 /* of some 40 KiB, unpacked */
#define CHUNK_HEADER 8

int pieces_init(struct pieces *p, u32 room)
{
	*p = (struct pieces){ .lock = PTHREAD_MUTEX_INITIALIZER };
	p->source = calloc(room + 1, sizeof(*p->source));
	p->damaged = calloc(room + 1, sizeof(*p->damaged));
	return p->source && p->damaged ? 0 : -ENOMEM;
}

void pieces_add(struct pieces *p, const struct container *c, u32 input)
{
	p->source[p->nr++] = (struct pieces_source){ c, input };
}

void pieces_release(struct pieces *p)
{
	free(p->source);
	free(p->damaged);
	p->source = NULL;
	p->damaged = NULL;
}

static void next_section(struct pieces *p)
{
	p->section++;
	p->pos = 0;
}

/* The next run of pages; the whole section's end is its end. */
static void cut_raw(struct pieces *p, const struct section *s, struct piece *out)
{
	u32 page_size = out->c->buffers[s->buffer].page_size;
	u64 want = max_of((u64)PIECE_BYTES / page_size, 1ull) * page_size;
	u64 left = s->size - p->pos;

	out->section.offset = s->offset + p->pos;
	out->section.size = min_of(want, left);
	p->pos += out->section.size;
	if (p->pos == s->size)
		next_section(p);
}

/* The rest of a section's chunks cannot be found: that many are lost. */
static void lose_chunks(struct pieces *p)
{
	p->damaged[p->at] += p->chunks;
	p->chunks = 0;
}

/* 1: a run of chunks; 0: this section has none (left); -errno. */
static int cut_packed(struct pieces *p, const struct section *s, struct piece *out)
{
	const struct container *c = out->c;
	u64 end = section_data_end(c, s);
	u8 head[CHUNK_HEADER];
	u32 nr = 0;
	s64 n;

	if (!p->pos) {
		n = file_pread(c->fd, head, 4, s->offset);
		if (n < 0)
			return (int)n;
		p->chunks = n == 4 ? load32(head) : 1;
		p->pos = s->offset + 4;
		if (n != 4)
			lose_chunks(p);
	}
	out->section.offset = p->pos;
	while (nr < PIECE_CHUNKS && p->chunks) {
		n = end - p->pos >= CHUNK_HEADER ? file_pread(c->fd, head, CHUNK_HEADER, p->pos)
						 : 0;
		if (n < 0)
			return (int)n;
		if (n != CHUNK_HEADER || load32(head) > end - p->pos - CHUNK_HEADER) {
			lose_chunks(p);
			break;
		}
		p->unpacked += load32(head + 4) <= CHUNK_MAX ? load32(head + 4) : 0;
		if (p->unpacked > UNPACK_ANY + UNPACK_RATIO * c->file_size)
			return -EFBIG;
		p->pos += CHUNK_HEADER + load32(head);
		p->chunks--;
		nr++;
	}
	out->section.size = p->pos - out->section.offset;
	out->section.chunks = nr;
	if (!p->chunks)
		next_section(p);
	return nr > 0;
}

static int next_locked(struct pieces *p, struct piece *out)
{
	while (p->at < p->nr) {
		const struct pieces_source *source = &p->source[p->at];
		const struct section *s;
		int ret = 1;

		if (p->section == source->c->nr_sections) {
			p->at++;
			p->section = 0;
			p->unpacked = 0;
			continue;
		}
		s = &source->c->sections[p->section];
		*out = (struct piece){ source->c, source->input, *s };
		if (s->packed)
			ret = cut_packed(p, s, out);
		else
			cut_raw(p, s, out);
		if (ret)
			return ret;
	}
	return 0;
}

int pieces_next(struct pieces *p, struct piece *out)
{
	int ret;

	pthread_mutex_lock(&p->lock);
	ret = next_locked(p, out);
	pthread_mutex_unlock(&p->lock);
	return ret;
}
