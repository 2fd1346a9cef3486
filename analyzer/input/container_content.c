// SPDX-License-Identifier: GPL-2.0-only
/*
 * container_content.c - see container_v7.h: a section's content, unpacked where needed, and the
 * sections that are read the same with the index and without it.
 */
#include "input/container_v7.h"

#include <errno.h>
#include <stdlib.h>

#define UNPACKED_RATIO 64
#define UNPACKED_ANY   (1024 * 1024) /* whatever the ratio */

void content_close(struct content *s)
{
	meta_release(&s->m);
	free(s->unpacked);
	s->unpacked = NULL;
}

int content_header(const struct container *c, u64 at, struct content *s)
{
	u8 head[SECTION_HEADER];
	s64 n;

	if (at > c->file_size || c->file_size - at < SECTION_HEADER)
		return -EBADMSG;
	n = file_pread(c->fd, head, sizeof(head), at);
	if (n != SECTION_HEADER)
		return n < 0 ? (int)n : -EBADMSG;
	*s = (struct content){ .id = load16(head),
			       .flags = load16(head + 2),
			       .offset = at + SECTION_HEADER,
			       .size = load64(head + 8) };
	s->m.fd = -1;
	return 0;
}

static int unpack(const struct container *c, struct content *s)
{
	struct codec_ctx ctx = { 0 };
	u8 head[8];
	u8 *packed;
	u32 in, out;
	s64 n = file_pread(c->fd, head, sizeof(head), s->offset);
	int ret = -EBADMSG;

	if (n != sizeof(head))
		return n < 0 ? (int)n : -EBADMSG;
	in = load32(head);
	out = load32(head + 4);
	if (in > c->file_size - s->offset - sizeof(head) || out > UNPACKED_MAX ||
	    out > max_of((u64)in * UNPACKED_RATIO, (u64)UNPACKED_ANY))
		return -EBADMSG;
	packed = malloc(in + !in);
	s->unpacked = malloc(out + !out);
	if (!packed || !s->unpacked)
		ret = -ENOMEM;
	else if ((n = file_pread(c->fd, packed, in, s->offset + sizeof(head))) == in)
		ret = codec_decompress(&ctx, c->codec, packed, in, s->unpacked, out);
	else if (n < 0)
		ret = (int)n;
	codec_release(&ctx);
	free(packed);
	if (!ret)
		meta_init_mem(&s->m, s->unpacked, out);
	else
		content_close(s);
	/* A packed section in a file that says it is not packed. */
	return ret == -EOPNOTSUPP ? -EBADMSG : ret;
}

int content_open(const struct container *c, u64 at, struct content *s)
{
	int ret = content_header(c, at, s);

	if (ret)
		return ret;
	if (s->size > c->file_size - s->offset)
		return -EBADMSG;
	if (s->flags & SECTION_COMPRESSED)
		return unpack(c, s);
	return meta_init_file(&s->m, c->fd, s->offset, s->offset + s->size);
}

static int read_buffer_option(struct v7 *v, struct meta *m)
{
	struct container *c = v->c;
	struct content data = { 0 };
	char name[256], clock[64];
	u64 at = meta_u64(m);
	u32 page_size, cpus;
	int ret;

	if (!meta_string(m, name, sizeof(name)) || !meta_string(m, clock, sizeof(clock)))
		return -EBADMSG;
	page_size = meta_u32(m);
	cpus = meta_u32(m);
	if (m->bad)
		return -EBADMSG;
	v->buffer_cpus = max_of(v->buffer_cpus, cpus);
	ret = content_header(c, at, &data);
	if (ret)
		return ret;
	ret = container_add_buffer(c, name, *clock ? clock : NULL, page_size);
	if (!ret)
		c->buffers[c->nr_buffers - 1].at = at;
	for (u32 i = 0; i < cpus && !ret; i++) {
		struct section s = { .buffer = c->nr_buffers - 1,
				     .packed = data.flags & SECTION_COMPRESSED };

		s.cpu = meta_u32(m);
		s.offset = meta_u64(m);
		s.size = meta_u64(m);
		ret = m->bad ? -EBADMSG : container_add_section(c, s);
	}
	return ret;
}

static int read_option(struct v7 *v, unsigned int id, struct meta *m, u32 size)
{
	switch (id) {
	case OPTION_BUFFER: return read_buffer_option(v, m);
	case OPTION_EVENT_FORMATS: v->formats_at = meta_u64(m); return 0;
	case OPTION_HEADER_INFO: v->header_at = meta_u64(m); return 0;
	case OPTION_CMDLINES:
		v->c->cmdlines_off = meta_u64(m);
		v->c->cmdlines_len = 1;
		return 0;
	default: return container_read_option(v->c, id, m, size);
	}
}

/* One options section; *next is where the chain goes on, 0 at its end. */
int v7_read_options(struct v7 *v, struct meta *m, u64 *next)
{
	for (;;) {
		u16 id = meta_u16(m);
		u32 size = meta_u32(m);
		u64 after = m->pos + size;
		int ret;

		if (m->bad || size > meta_left(m))
			return -EBADMSG;
		if (id == OPTION_DONE) {
			*next = size >= 8 ? meta_u64(m) : 0;
			return m->bad ? -EBADMSG : 0;
		}
		ret = read_option(v, id, m, size);
		if (ret)
			return ret;
		if (m->bad || m->pos > after)
			return -EBADMSG;
		meta_seek(m, after);
	}
}

int v7_read_texts(struct v7 *v, const char *path, struct err *err)
{
	struct content s;
	int ret;

	err->msg[0] = 0;
	if (v->header_at) {
		ret = content_open(v->c, v->header_at, &s);
		if (ret)
			return ret;
		ret = meta_result(&s.m, container_read_header_info(&s.m, path, err));
		content_close(&s);
		if (ret)
			return ret;
	}
	if (v->formats_at) {
		ret = content_open(v->c, v->formats_at, &s);
		if (ret)
			return ret;
		ret = meta_result(&s.m, container_read_formats(v->c, &s.m, UNPACKED_MAX));
		content_close(&s);
		if (ret)
			return ret;
	}
	return 0;
}
