// SPDX-License-Identifier: GPL-2.0-only
/*
 * container_v7.c - trace.dat version 7: sections anywhere in the file, found through a chain of
 * options sections, each section with a header and perhaps compressed as a whole.
 *
 * The options are written last, so a file that was cut has lost its index (container_salvage.c).
 */
#include "input/container_v7.h"

#include <errno.h>
#include <stdlib.h>

#define CHAIN_MAX 4096

/* What a compressed section may grow to: far above any real one, far below the machine's memory. */
#define UNPACKED_MAX (64ull * 1024 * 1024)
#define UNPACKED_RATIO 64
#define UNPACKED_ANY (1024 * 1024) /* whatever the ratio */

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
	*s = (struct content){ .id = load16(head), .flags = load16(head + 2),
			       .offset = at + SECTION_HEADER, .size = load64(head + 8) };
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
	case OPTION_BUFFER:
		return read_buffer_option(v, m);
	case OPTION_EVENT_FORMATS:
		v->formats_at = meta_u64(m);
		return 0;
	case OPTION_HEADER_INFO:
		v->header_at = meta_u64(m);
		return 0;
	case OPTION_CMDLINES:
		v->c->cmdlines_off = meta_u64(m);
		v->c->cmdlines_len = 1;
		return 0;
	default:
		return container_read_option(v->c, id, m, size);
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

/* Options add up, so no section is read twice. UNPACKED_MAX is for all of the chain. */
static int read_chain(struct v7 *v, u64 at)
{
	u64 unpacked = 0, seen[CHAIN_MAX];
	int ret = 0;

	for (unsigned int i = 0; at && !ret; i++) {
		struct content s;

		if (i == CHAIN_MAX)
			return -EBADMSG;
		for (unsigned int k = 0; k < i; k++)
			if (seen[k] == at)
				return -EBADMSG;
		seen[i] = at;
		ret = content_open(v->c, at, &s);
		if (ret)
			return ret;
		unpacked += s.unpacked ? s.m.end : 0;
		ret = s.id == OPTION_DONE && unpacked <= UNPACKED_MAX ?
			v7_read_options(v, &s.m, &at) : -EBADMSG;
		ret = meta_result(&s.m, ret);
		content_close(&s);
	}
	return ret;
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

int container_read_v7(struct container *c, struct meta *m, const char *path, struct err *err)
{
	struct v7 v = { .c = c };
	char codec_version[32];
	u64 first;
	int ret;

	if (!meta_string(m, c->codec_name, sizeof(c->codec_name)) ||
	    !meta_string(m, codec_version, sizeof(codec_version)))
		return err_set(err, -EBADMSG, "%s: cut off in its first bytes", path);
	c->codec = codec_find(c->codec_name);
	if (c->codec == CODEC_UNKNOWN)
		return err_set(err, -EOPNOTSUPP, "%s: compressed by %s; zstd and zlib are known "
			       "(trace-cmd convert --compression can change it)", path, c->codec_name);
	first = meta_u64(m);
	err->msg[0] = 0;
	ret = m->bad || !first ? -EBADMSG : read_chain(&v, first);
	if (c->salvage && (ret == -EBADMSG || (!ret && !c->nr_buffers))) {
		container_forget(c);
		return container_salvage_v7(&v, m->pos, path, err);
	}
	/* A chain that breaks behind a buffer has lost others, or nothing: that one can be read. */
	if (ret == -EBADMSG && c->nr_sections) {
		c->damaged++;
		ret = 0;
	}
	if (!c->nr_cpus)	/* the option that tells is missing */
		c->nr_cpus = v.buffer_cpus;
	if (!ret && c->nr_buffers)
		ret = v7_read_texts(&v, path, err);
	if (ret == -ENOMEM)
		return err_set(err, ret, "out of memory");
	if (ret && ret != -EBADMSG && ret != -EOPNOTSUPP)
		return err_set(err, ret, "%s: cannot read: %s", path, strerror(-ret));
	if (ret && !err->msg[0])
		return err_set(err, ret, "%s: damaged or cut off: the index at its end is missing (the "
			       "file has %llu bytes); --salvage looks for its data without", path,
			       (unsigned long long)c->file_size);
	if (!ret && !c->nr_buffers)
		return err_set(err, -EBADMSG, "%s: holds no trace data (was trace-cmd killed?)", path);
	return ret;
}

int container_cmdlines_v7(struct container *c, char **text)
{
	struct content s;
	u64 len;
	int ret = content_open(c, c->cmdlines_off, &s);

	if (ret)
		return ret;
	len = meta_u64(&s.m);
	if (s.m.bad || len > meta_left(&s.m) || len > UNPACKED_MAX) {
		ret = -EBADMSG;
		goto out;
	}
	*text = malloc(len + 1);
	if (!*text) {
		ret = -ENOMEM;
		goto out;
	}
	(*text)[len] = 0;
	if (!meta_bytes(&s.m, *text, len))
		ret = -EBADMSG;
out:
	content_close(&s);
	return ret;
}
