// SPDX-License-Identifier: GPL-2.0-only
/*
 * container_open.c - see container.h: the first bytes, and which layout's reader takes the rest.
 *
 * Only little-endian files of 64-bit kernels are read: KVM on x86 has no others. Everything else is
 * refused with a line that names it (foreign.c knows the usual ones).
 */
#include "input/container.h"
#include "input/foreign.h"
#include "input/page.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAGIC	     "\x17\x08\x44tracing"
#define MAGIC_LEN    10
#define CMDLINES_MAX (64u << 20)

struct order_key {
	u64 offset;
	u32 i;
};

static int compare_offsets(const void *a, const void *b)
{
	const struct order_key *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/*
 * Every byte is one CPU's: of sections that overlap the one that begins first stays. Otherwise a
 * table of N entries that all name the same data would cost N times its size.
 */
static int drop_overlaps(struct container *c)
{
	struct order_key *key = malloc((c->nr_sections + 1) * sizeof(*key));
	u64 end = 0;
	u32 kept = 0;

	if (!key)
		return -ENOMEM;
	for (u32 i = 0; i < c->nr_sections; i++)
		key[i] = (struct order_key){ c->sections[i].offset, i };
	qsort(key, c->nr_sections, sizeof(*key), compare_offsets);
	for (u32 i = 0; i < c->nr_sections; i++) {
		struct section *s = &c->sections[key[i].i];

		if (s->offset >= end) {
			end = s->offset + s->size;
			continue;
		}
		c->damaged += s->packed ? 1 : s->size / c->buffers[s->buffer].page_size;
		s->size = 0;
	}
	free(key);
	for (u32 i = 0; i < c->nr_sections; i++)
		if (c->sections[i].size)
			c->sections[kept++] = c->sections[i];
	c->nr_sections = kept;
	return 0;
}

/* The part that all versions share, up to the page size. 0 or -errno, with a message. */
static int read_initial(struct container *c, struct meta *m, const char *path, struct err *err)
{
	char magic[MAGIC_LEN], version[8];
	u8 big_endian, long_size;

	if (!meta_bytes(m, magic, MAGIC_LEN) || memcmp(magic, MAGIC, MAGIC_LEN))
		return foreign_describe(c->fd, path, err);
	if (!meta_string(m, version, sizeof(version)) || !meta_bytes(m, &big_endian, 1) ||
	    !meta_bytes(m, &long_size, 1))
		return err_set(err, -EBADMSG, "%s: cut off in its first bytes", path);
	if (strcmp(version, "6") && strcmp(version, "7"))
		return err_set(err, -EOPNOTSUPP,
			       "%s: a trace.dat of version %s; versions 6 and 7 are known "
			       "(trace-cmd convert can change it)",
			       path, version);
	if (big_endian)
		return err_set(err, -EOPNOTSUPP,
			       "%s: recorded on a big-endian machine; only x86 hosts are supported",
			       path);
	if (long_size != 8)
		return err_set(err, -EOPNOTSUPP,
			       "%s: recorded by a %u-bit system; "
			       "only 64-bit x86 hosts are supported",
			       path, 8u * long_size);
	c->version = version[0] - '0';
	c->page_size = meta_u32(m);
	if (m->bad || c->page_size < PAGE_SIZE_MIN || c->page_size > PAGE_SIZE_MAX)
		return err_set(err, -EBADMSG, "%s: damaged: a page size of %u", path, c->page_size);
	return 0;
}

static int open_any(struct container *c, int fd, const char *path, bool salvage, struct err *err)
{
	struct stat st;
	struct meta m = { .fd = -1 };
	int ret;

	*c = (struct container){ .fd = fd, .salvage = salvage };
	err->msg[0] = 0;
	if (fstat(fd, &st)) {
		ret = err_set(err, -errno, "%s: %s", path, strerror(errno));
		goto out;
	}
	ret = foreign_refuse_kind(&st, path, err);
	if (ret)
		goto out;
	c->file_size = st.st_size;
	ret = meta_init_file(&m, fd, 0, c->file_size);
	if (ret) {
		err_set(err, ret, "out of memory");
		goto out;
	}
	ret = read_initial(c, &m, path, err);
	if (!ret)
		ret = c->version == 6 ? container_read_v6(c, &m, path, err)
				      : container_read_v7(c, &m, path, err);
	if (!ret && drop_overlaps(c))
		ret = err_set(err, -ENOMEM, "out of memory");
out:
	meta_release(&m);
	if (ret)
		container_close(c);
	return ret;
}

int container_open(struct container *c, int fd, const char *path, struct err *err)
{
	return open_any(c, fd, path, false, err);
}

int container_open_salvage(struct container *c, int fd, const char *path, struct err *err)
{
	return open_any(c, fd, path, true, err);
}

static int cmdlines_v6(struct container *c, char **text)
{
	s64 n;

	if (c->cmdlines_len > CMDLINES_MAX)
		return -EBADMSG;
	*text = malloc(c->cmdlines_len + 1);
	if (!*text)
		return -ENOMEM;
	n = file_pread(c->fd, *text, c->cmdlines_len, c->cmdlines_off);
	(*text)[max_of(n, 0)] = 0;
	return (int)min_of(n, 0);
}

int container_cmdlines(struct container *c, char **text)
{
	int ret = -EBADMSG;

	*text = NULL;
	if (c->cmdlines_len)
		ret = c->version == 6 ? cmdlines_v6(c, text) : container_cmdlines_v7(c, text);
	/* Names are an extra: what is damaged there makes no trace unreadable. */
	if (ret == -EBADMSG || ret == -ENODATA) {
		free(*text);
		*text = calloc(1, 1);
		ret = *text ? 0 : -ENOMEM;
	}
	return ret;
}
