// SPDX-License-Identifier: GPL-2.0-only
/*
 * container_salvage.c - trace.dat version 7 without its index.
 *
 * trace-cmd writes the list of each buffer's CPUs behind the data, so a file that was cut has the
 * data and nothing that says where it is. But sections stand one behind the other, each with its
 * length; and in a buffer's section each CPU's data begins at a page's border: packed data with a
 * count of chunks and the first frame's magic, plain data with a page whose time is before that of
 * the page in front of it.
 *
 * CPUs without data leave no trace there, so the numbers of CPUs are guesses unless all of the
 * machine's are found. Everything is read once, from the front to the back.
 */
#include "input/container_v7.h"
#include "input/page.h"
#include "input/stream.h"

#include <errno.h>
#include <stdlib.h>

#define IDS_MAX		 64	   /* of sections: those of today end at 22 */
#define STRINGS_MAX	 (1 << 20) /* descriptions are offsets into the section of strings */
#define CHUNKS_MAX	 (1u << 28)
#define LOST_BUFFERS_MAX 4096
#define SCAN_BYTES	 65536

/* A buffer's section: its data is at [from, to). */
struct found_buffer {
	u64 at, from, to;
	bool packed;
};

struct salvage {
	struct v7 *v;
	struct container *c;
	struct found_buffer *buffer;
	u32 nr_buffers;
	u64 header_at, formats_at, cmdlines_at;
	u32 cpu;    /* the number that the next stream of a buffer gets */
	int failed; /* a read failed: what it would have shown is no damage */
};

/* Whether len bytes stand at `at`. */
static bool peek(struct salvage *w, void *to, size_t len, u64 at)
{
	s64 n = file_pread(w->c->fd, to, len, at);

	if (n < 0)
		w->failed = (int)n;
	return n == (s64)len;
}

static bool plausible_section(const struct container *c, const struct content *s)
{
	bool known = s->id == OPTION_DONE || s->id == OPTION_BUFFER ||
		     (s->id >= OPTION_STRINGS && s->id < IDS_MAX);

	/*
	 * A buffer's size is written last: 0 where the recording ended before; too large in a cut
	 * file.
	 */
	return known && s->flags <= SECTION_COMPRESSED &&
	       (s->id == OPTION_BUFFER || (s->size && s->size <= c->file_size - s->offset));
}

/* Where the next section begins, from `at` on; the file's end when there is none. */
static u64 find_section(struct salvage *w, u64 at, u8 *scan)
{
	const struct container *c = w->c;

	while (c->file_size - at >= SECTION_HEADER) {
		u64 n = min_of((u64)SCAN_BYTES, c->file_size - at);

		if (!peek(w, scan, n, at))
			break;
		for (u64 i = 0; i + SECTION_HEADER <= n; i++) {
			struct content s = { .id = load16(scan + i),
					     .flags = load16(scan + i + 2),
					     .offset = at + i + SECTION_HEADER,
					     .size = load64(scan + i + 8) };

			/* Much looks like a buffer's header: those need a size that fits. */
			if (load32(scan + i + 4) < STRINGS_MAX && plausible_section(c, &s) &&
			    s.size && s.size <= c->file_size - s.offset)
				return at + i;
		}
		at += n - SECTION_HEADER + 1;
	}
	return c->file_size;
}

static int add_buffer(struct salvage *w, u64 at, const struct content *s)
{
	struct container *c = w->c;
	u64 have = c->file_size - s->offset;
	struct found_buffer *grown;

	if (w->nr_buffers == LOST_BUFFERS_MAX)
		return -EBADMSG;
	grown = realloc(w->buffer, (w->nr_buffers + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	w->buffer = grown;
	grown[w->nr_buffers++] = (struct found_buffer){
		.at = at,
		.from = s->offset,
		.packed = s->flags & SECTION_COMPRESSED,
		.to = s->offset + (s->size ? min_of(s->size, have) : have),
	};
	if (s->size > have)
		c->salvaged.missing += s->size - have;
	return 0;
}

/* An options section: all of it, or what stands before its damage. */
static int add_options(struct salvage *w, u64 at)
{
	struct content s;
	u64 next;
	int ret = content_open(w->c, at, &s);

	if (!ret) {
		ret = meta_result(&s.m, v7_read_options(w->v, &s.m, &next));
		content_close(&s);
	}
	if (ret == -EBADMSG) {
		w->c->damaged++;
		ret = 0;
	}
	return ret;
}

static int add_section(struct salvage *w, u64 at, const struct content *s)
{
	switch (s->id) {
	case OPTION_DONE: return add_options(w, at);
	case OPTION_BUFFER: return add_buffer(w, at, s);
	case OPTION_HEADER_INFO: w->header_at = at; return 0;
	case OPTION_EVENT_FORMATS: w->formats_at = at; return 0;
	case OPTION_CMDLINES: w->cmdlines_at = at; return 0;
	}
	return 0;
}

static int walk_sections(struct salvage *w, u64 at)
{
	struct container *c = w->c;
	u8 *scan = malloc(SCAN_BYTES);
	int ret = scan ? 0 : -ENOMEM;

	while (!ret && c->file_size - at >= SECTION_HEADER) {
		struct content s;

		ret = content_header(c, at, &s);
		if (ret)
			break;
		if (!plausible_section(c, &s)) {
			c->damaged++;
			at = find_section(w, at + 1, scan);
			continue;
		}
		ret = add_section(w, at, &s);
		if (s.id == OPTION_BUFFER && w->nr_buffers)
			at = w->buffer[w->nr_buffers - 1].to;
		else
			at = s.offset + s.size;
	}
	free(scan);
	return ret;
}

static u64 align_up(u64 at, u32 page_size)
{
	return (at + page_size - 1) / page_size * page_size;
}

static bool frame_magic(enum codec codec, const u8 *frame)
{
	return codec == CODEC_ZSTD   ? load32(frame) == 0xfd2fb528
	       : codec == CODEC_ZLIB ? frame[0] == 0x78
				     : false;
}

/* Whether a chunk stands at `at`; *next is behind it, perhaps behind the end. */
static bool chunk_at(struct salvage *w, u64 at, u64 end, u32 page_size, u64 *next)
{
	u8 head[12];
	u32 in, out;

	if (at > end || end - at < sizeof(head) || !peek(w, head, sizeof(head), at))
		return false;
	in = load32(head);
	out = load32(head + 4);
	*next = at + 8 + in;
	return in >= 4 && out && out <= CHUNK_MAX && out % page_size == 0 &&
	       frame_magic(w->c->codec, head + 8);
}

/*
 * The packed data of one CPU, if it begins at `at`: where it ends, else 0. *lost: chunks it lacks.
 */
static u64 packed_end(struct salvage *w, u64 at, u64 end, u32 page_size, u32 *lost)
{
	u8 head[4];
	u64 pos = at + sizeof(head), next;
	u32 count, n = 0;

	if (end - at < sizeof(head) || !peek(w, head, sizeof(head), at))
		return 0;
	count = load32(head);
	if (!count || count > CHUNKS_MAX || !chunk_at(w, pos, end, page_size, &next))
		return 0;
	while (n < count && chunk_at(w, pos, end, page_size, &next) && next <= end) {
		pos = next;
		n++;
	}
	*lost = count - n;
	return pos;
}

static int salvage_packed(struct salvage *w, const struct found_buffer *b, u32 buffer,
			  u32 page_size)
{
	struct container *c = w->c;
	u64 at = align_up(b->from, page_size);
	int ret = 0;

	while (!ret && at < b->to) {
		u32 lost = 0;
		u64 end = packed_end(w, at, b->to, page_size, &lost);

		if (!end) {
			at += page_size;
			continue;
		}
		/* A section counts what it lacks when it is read; without a chunk it is none. */
		if (end - at == 4)
			c->damaged += lost;
		else
			ret = container_add_section(c, (struct section){ .buffer = buffer,
									 .cpu = w->cpu,
									 .offset = at,
									 .size = end - at - 4,
									 .packed = true });
		w->cpu++;
		at = align_up(end, page_size);
	}
	return ret;
}

static int salvage_pages(struct salvage *w, const struct found_buffer *b, u32 buffer, u32 page_size)
{
	struct container *c = w->c;
	struct section s = { .buffer = buffer,
			     .cpu = w->cpu,
			     .offset = align_up(b->from, page_size) };
	u64 at = s.offset, before = 0;
	int ret = 0;

	for (; !ret && at < b->to && b->to - at >= page_size; at += page_size) {
		u8 head[PAGE_HEADER] = { 0 };
		struct page_walk walk;
		bool empty;

		if (!peek(w, head, sizeof(head), at))
			break;
		empty = !load64(head) && !load64(head + 8);
		head[11] = 0; /* no marks: of missed events the number is behind the data */
		if (page_walk_init(&walk, head, page_size) && !empty) {
			if (walk.ts < before) {
				s.size = at - s.offset;
				ret = container_add_section(c, s);
				w->cpu++;
				s.offset = at;
				s.cpu = w->cpu;
			}
			before = walk.ts;
		}
	}
	s.size = at > s.offset ? at - s.offset : 0;
	if (!ret && s.size)
		ret = container_add_section(c, s);
	w->cpu += s.size > 0;
	return ret;
}

static bool container_salvage_is_listed(const struct container *c, u32 listed, u64 at)
{
	for (u32 i = 0; i < listed; i++)
		if (c->buffers[i].at == at)
			return true;
	return false;
}

/* The buffers that no option lists. */
static int salvage_buffers(struct salvage *w)
{
	struct container *c = w->c;
	u32 listed = c->nr_buffers, page_size = c->page_size;
	int ret = 0;

	c->salvaged.sure = true;
	for (u32 i = 0; i < w->nr_buffers && !ret; i++) {
		const struct found_buffer *b = &w->buffer[i];

		if (container_salvage_is_listed(c, listed, b->at))
			continue;
		w->cpu = 0;
		ret = container_add_buffer(c, "", NULL, page_size);
		if (!ret)
			ret = b->packed ? salvage_packed(w, b, c->nr_buffers - 1, page_size)
					: salvage_pages(w, b, c->nr_buffers - 1, page_size);
		c->salvaged.streams += w->cpu;
		c->salvaged.sure &= w->cpu == c->nr_cpus;
		w->v->buffer_cpus = max_of(w->v->buffer_cpus, w->cpu);
	}
	return ret;
}

/* What of the header and the formats can be read. */
static int read_texts(struct salvage *w, const char *path, struct err *err)
{
	struct v7 *v = w->v;
	int ret;

	v->header_at = w->header_at;
	v->formats_at = w->formats_at ? w->formats_at : v->formats_at;
	if (w->cmdlines_at) {
		w->c->cmdlines_off = w->cmdlines_at;
		w->c->cmdlines_len = 1;
	}
	ret = v7_read_texts(v, path, err);
	if (ret == -EBADMSG) {
		w->c->damaged++;
		v->header_at = 0; /* it is only looked at to know 32-bit kernels */
		ret = v7_read_texts(v, path, err);
	}
	return ret == -EBADMSG && w->c->nr_formats ? 0 : ret;
}

int container_salvage_v7(struct v7 *v, u64 at, const char *path, struct err *err)
{
	struct container *c = v->c;
	struct salvage w = { .v = v, .c = c };
	int ret;

	*v = (struct v7){ .c = c };
	c->salvaged.used = true;
	c->damaged++; /* the index */
	ret = walk_sections(&w, at);
	if (!ret)
		ret = salvage_buffers(&w);
	if (!ret && !w.failed && c->nr_sections)
		ret = read_texts(&w, path, err);
	free(w.buffer);
	ret = w.failed ? w.failed : ret;
	/* The rest of pages is counted as pages; of chunks only that there were some. */
	if (c->salvaged.missing)
		c->damaged += c->codec == CODEC_NONE
				      ? (c->salvaged.missing + c->page_size - 1) / c->page_size
				      : 1;
	if (!c->nr_cpus)
		c->nr_cpus = v->buffer_cpus;
	if (ret == -EBADMSG || (!ret && (!c->nr_sections || !c->nr_formats)))
		return err_set(err, -EBADMSG,
			       "%s: nothing to salvage: its %s cannot be found (the file has "
			       "%llu bytes)",
			       path, c->nr_sections ? "event formats" : "data", c->file_size);
	if (ret && !err->msg[0])
		err_set(err, ret, "%s: cannot read: %s", path, strerror(-ret));
	return ret;
}
