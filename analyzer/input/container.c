// SPDX-License-Identifier: GPL-2.0-only
/* container.c - see container.h: what the readers of both layouts share. */
#include "input/container.h"
#include "util/clean.h"
#include "input/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BUFFERS_MAX  4096
#define SECTIONS_MAX (1024 * 1024)

int container_add_buffer(struct container *c, const char *name, const char *clock, u32 page_size)
{
	struct buffer *grown;

	if (page_size < PAGE_SIZE_MIN || page_size > PAGE_SIZE_MAX || page_size % 4 ||
	    c->nr_buffers == BUFFERS_MAX)
		return -EBADMSG;
	grown = realloc(c->buffers, (c->nr_buffers + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->buffers = grown;
	grown[c->nr_buffers] = (struct buffer){ .name = strdup(name),
						.page_size = page_size,
						.clock = clock ? strdup(clock) : NULL };
	c->nr_buffers++;
	if (grown[c->nr_buffers - 1].name)
		text_clean(grown[c->nr_buffers - 1].name);
	if (grown[c->nr_buffers - 1].clock)
		text_clean(grown[c->nr_buffers - 1].clock);
	return grown[c->nr_buffers - 1].name && (!clock || grown[c->nr_buffers - 1].clock)
		       ? 0
		       : -ENOMEM;
}

/* What the file no longer has of a section is cut off and counted, page by page. */
static void clip_section(struct container *c, struct section *s)
{
	u32 page_size = c->buffers[s->buffer].page_size;
	u64 have = s->offset < c->file_size ? c->file_size - s->offset : 0;

	if (s->size <= have)
		return;
	c->damaged += s->packed ? 1 : (s->size - have + page_size - 1) / page_size;
	s->size = have;
	if (!s->packed)
		s->size -= s->size % page_size;
}

/*
 * The least that a section with data can be: a page; or the count of chunks, a chunk's lengths, a
 * frame.
 */
static u64 least_size(const struct container *c, const struct section *s)
{
	return s->packed ? 16 : c->buffers[s->buffer].page_size;
}

int container_add_section(struct container *c, struct section s)
{
	/* Each is named in at least 16 bytes, and nothing names as many as the file could. */
	if (++c->nr_listed > c->file_size / 16 + 1)
		return -EBADMSG;
	clip_section(c, &s);
	if (!s.size)
		return 0;
	if (s.size < least_size(c, &s)) {
		c->damaged++;
		return 0;
	}
	if (c->nr_sections == SECTIONS_MAX)
		return -EBADMSG;
	/* Grow at powers of two. */
	if (!(c->nr_sections & (c->nr_sections - 1))) {
		size_t room = c->nr_sections ? 2 * (size_t)c->nr_sections : 1;
		struct section *grown = realloc(c->sections, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->sections = grown;
	}
	c->sections[c->nr_sections++] = s;
	return 0;
}

int container_set_clock(struct container *c, const char *text)
{
	/* The kernel's list, "[local] global …", has the chosen one in brackets. */
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	size_t len = close ? (size_t)(close - open - 1) : strcspn(text, " \n");
	const char *from = close ? open + 1 : text;

	if (!len)
		return 0;
	free(c->clock);
	c->clock = strndup(from, len);
	if (!c->clock)
		return -ENOMEM;
	text_clean(c->clock);
	return 0;
}

/* The size that header_page gives to commit is that of the kernel's long. */
static unsigned int commit_size(const char *header_page)
{
	const char *p = strstr(header_page, " commit;");
	unsigned int size = 0;

	p = p ? strstr(p, "size:") : NULL;
	if (p)
		sscanf(p, "size:%u", &size);
	return size;
}

int container_read_header_info(struct meta *m, const char *path, struct err *err)
{
	char text[4096];
	u64 len;

	if (!meta_bytes(m, text, 12) || memcmp(text, "header_page", 12))
		goto damaged;
	len = meta_u64(m);
	if (len >= sizeof(text) || !meta_bytes(m, text, len))
		goto damaged;
	text[len] = 0;
	if (commit_size(text) == 4)
		return err_set(
			err, -EOPNOTSUPP,
			"%s: recorded on a 32-bit kernel; only 64-bit x86 hosts are supported",
			path);
	if (!meta_bytes(m, text, 13) || memcmp(text, "header_event", 13))
		goto damaged;
	meta_skip(m, meta_u64(m));
	if (!m->bad)
		return 0;
damaged:
	return err_set(err, -EBADMSG, "%s: damaged or cut off in its first header (header_page)",
		       path);
}

struct format_reader {
	struct container *c;
	char *text; /* everything, with the systems' names, NUL-terminated pieces */
	size_t len, room;
};

/* Room for n more bytes; offsets, not pointers, are kept until all is read. */
static bool reader_grow(struct format_reader *r, size_t n)
{
	size_t room = max_of(r->room, (size_t)4096);
	char *grown;

	while (room - r->len < n)
		room *= 2;
	if (room == r->room)
		return true;
	grown = realloc(r->text, room);
	if (!grown)
		return false;
	r->text = grown;
	r->room = room;
	return true;
}

static int add_format(struct format_reader *r, size_t system, size_t text, size_t len)
{
	struct container *c = r->c;

	if (!(c->nr_formats & (c->nr_formats - 1))) {
		size_t room = c->nr_formats ? 2 * (size_t)c->nr_formats : 1;
		struct format_text *grown = realloc(c->formats, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->formats = grown;
	}
	/* Offsets for the time being; made pointers when the text no longer moves. */
	c->formats[c->nr_formats++] = (struct format_text){ .system = (char *)(uintptr_t)system,
							    .text = (char *)(uintptr_t)text,
							    .len = len };
	return 0;
}

static int read_system(struct format_reader *r, struct meta *m, u64 limit)
{
	size_t system = r->len;
	u32 count;

	if (!reader_grow(r, 256))
		return -ENOMEM;
	if (!meta_string(m, r->text + r->len, 256))
		return -EBADMSG;
	r->len += strlen(r->text + r->len) + 1;
	count = meta_u32(m);
	for (u32 i = 0; i < count && !m->bad; i++) {
		u64 len = meta_u64(m);
		int ret;

		if (m->bad || len > meta_left(m) || r->len + len > limit)
			return -EBADMSG;
		if (!reader_grow(r, len + 1))
			return -ENOMEM;
		if (!meta_bytes(m, r->text + r->len, len))
			return -EBADMSG;
		ret = add_format(r, system, r->len, len);
		if (ret)
			return ret;
		r->len += len;
		r->text[r->len++] = 0;
	}
	return m->bad ? -EBADMSG : 0;
}

int container_read_formats(struct container *c, struct meta *m, u64 limit)
{
	struct format_reader r = { .c = c };
	u32 systems = meta_u32(m);
	int ret = m->bad ? -EBADMSG : 0;

	if (c->format_text)
		return 0;
	for (u32 i = 0; i < systems && !ret; i++)
		ret = read_system(&r, m, limit);
	c->format_text = r.text;
	for (u32 i = 0; i < c->nr_formats; i++) {
		c->formats[i].system = r.text + (uintptr_t)c->formats[i].system;
		c->formats[i].text = r.text + (uintptr_t)c->formats[i].text;
	}
	return ret;
}

void container_forget(struct container *c)
{
	struct container first = {
		.fd = c->fd,
		.file_size = c->file_size,
		.version = c->version,
		.page_size = c->page_size,
		.codec = c->codec,
		.salvage = c->salvage,
	};

	for (u32 i = 0; i < c->nr_buffers; i++) {
		free(c->buffers[i].name);
		free(c->buffers[i].clock);
	}
	free(c->buffers);
	for (u32 i = 0; i < c->nr_guests; i++) {
		free(c->guests[i].name);
		free(c->guests[i].cpu);
	}
	free(c->guests);
	free(c->sections);
	free(c->formats);
	free(c->format_text);
	free(c->clock);
	free(c->release);
	free(c->host);
	memcpy(first.codec_name, c->codec_name, sizeof(first.codec_name));
	*c = first;
}

void container_close(struct container *c)
{
	container_forget(c);
	if (c->fd >= 0)
		close(c->fd);
	*c = (struct container){ .fd = -1 };
}
