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
		ret = s.id == OPTION_DONE && unpacked <= UNPACKED_MAX
			      ? v7_read_options(v, &s.m, &at)
			      : -EBADMSG;
		ret = meta_result(&s.m, ret);
		content_close(&s);
	}
	return ret;
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
		return err_set(err, -EOPNOTSUPP,
			       "%s: compressed by %s; zstd and zlib are known "
			       "(trace-cmd convert --compression can change it)",
			       path, c->codec_name);
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
	if (!c->nr_cpus) /* the option that tells is missing */
		c->nr_cpus = v.buffer_cpus;
	if (!ret && c->nr_buffers)
		ret = v7_read_texts(&v, path, err);
	if (ret == -ENOMEM)
		return err_set(err, ret, "out of memory");
	if (ret && ret != -EBADMSG && ret != -EOPNOTSUPP)
		return err_set(err, ret, "%s: cannot read: %s", path, strerror(-ret));
	if (ret && !err->msg[0])
		return err_set(err, ret,
			       "%s: damaged or cut off: the index at its end is missing (the "
			       "file has %llu bytes); --salvage looks for its data without",
			       path, c->file_size);
	if (!ret && !c->nr_buffers)
		return err_set(err, -EBADMSG, "%s: holds no trace data (was trace-cmd killed?)",
			       path);
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
