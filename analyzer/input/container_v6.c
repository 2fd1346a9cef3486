// SPDX-License-Identifier: GPL-2.0-only
/*
 * container_v6.c - trace.dat version 6: one thing behind the other, without an index.
 *
 * Header, formats, kallsyms, printk, command lines, CPU count, options, then a table of the CPUs'
 * places. Instances are named by options and have tables of their own elsewhere in the file. A file
 * that was cut keeps every complete page; only one cut before its table is lost.
 */
#include "input/container.h"
#include "input/page.h"

#include <errno.h>
#include <stdlib.h>

#define MARK_LEN	  10
#define INSTANCE_NAME_MAX 256
#define CPUS_MAX	  (64 * 1024)

struct instance {
	u64 offset;
	char name[INSTANCE_NAME_MAX];
};

struct v6 {
	struct container *c;
	struct instance *instances;
	u32 nr_instances;
	bool clock_follows; /* its name stands behind each table */
};

static int add_instance(struct v6 *v, struct meta *m, u32 size)
{
	struct instance *grown = realloc(v->instances, (v->nr_instances + 1) * sizeof(*grown));
	struct instance *i;

	if (!grown)
		return -ENOMEM;
	v->instances = grown;
	i = &grown[v->nr_instances];
	i->offset = meta_u64(m);
	if (!meta_string(m, i->name, min_of((size_t)size, sizeof(i->name))))
		return -EBADMSG;
	v->nr_instances++;
	return 0;
}

/* The list of options up to its end. With v == NULL they are only stepped over. */
static int read_options(struct v6 *v, struct meta *m)
{
	for (;;) {
		u16 id = meta_u16(m);
		u32 size;
		u64 next;
		int ret = 0;

		if (m->bad)
			return -EBADMSG;
		if (id == OPTION_DONE)
			return 0;
		size = meta_u32(m);
		if (size > meta_left(m))
			return -EBADMSG;
		next = m->pos + size;
		if (v && id == OPTION_TRACECLOCK)
			v->clock_follows = true;
		if (v && id == OPTION_BUFFER && size > 8)
			ret = add_instance(v, m, size - 8);
		else if (v)
			ret = container_read_option(v->c, id, m, size);
		if (ret)
			return ret;
		meta_seek(m, next);
	}
}

/* Reads "options" (if it is there) and the mark behind it; 0 when flyrecord data follows. */
static int read_mark(struct v6 *v, struct meta *m)
{
	char mark[MARK_LEN + 1] = "";

	if (!meta_bytes(m, mark, MARK_LEN))
		return -EBADMSG;
	if (!strncmp(mark, "options", 7)) {
		int ret = read_options(v, m);

		if (ret)
			return ret;
		if (!meta_bytes(m, mark, MARK_LEN))
			return -EBADMSG;
	}
	if (!strncmp(mark, "latency", 7))
		return -EOPNOTSUPP;
	return strncmp(mark, "flyrecord", 9) ? -EBADMSG : 0;
}

static int read_cpu_table(struct container *c, struct meta *m, u32 buffer)
{
	for (u32 cpu = 0; cpu < c->nr_cpus; cpu++) {
		struct section s = { .buffer = buffer, .cpu = cpu };
		int ret;

		s.offset = meta_u64(m);
		s.size = meta_u64(m);
		if (m->bad)
			return -EBADMSG;
		ret = container_add_section(c, s);
		if (ret)
			return ret;
	}
	return 0;
}

/* Before trace-cmd 3 the option that tells of a clock was empty: its name stands here alone. */
static int read_clock(struct v6 *v, struct meta *m)
{
	char text[256] = "";
	u64 len;

	if (!v->clock_follows || v->c->clock)
		return 0;
	len = meta_u64(m);
	if (m->bad || len >= sizeof(text) || !meta_bytes(m, text, len)) {
		m->bad = 0; /* of a clock without a name nothing else depends */
		return 0;
	}
	return container_set_clock(v->c, text);
}

static int read_instances(struct v6 *v, struct meta *m)
{
	struct container *c = v->c;

	for (u32 i = 0; i < v->nr_instances; i++) {
		int ret = container_add_buffer(c, v->instances[i].name, NULL, c->page_size);

		if (ret)
			return ret;
		/*
		 * The table of an instance stands behind the top buffer's data: a cut file lacks
		 * it.
		 */
		meta_seek(m, v->instances[i].offset);
		ret = read_mark(NULL, m);
		if (!ret)
			ret = read_cpu_table(c, m, c->nr_buffers - 1);
		ret = meta_result(m, ret);
		if (ret == -EBADMSG) {
			c->damaged++;
			m->bad = 0;
			ret = 0;
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* From the formats to the CPU count. Kallsyms and the printk formats are stepped over unread. */
static int read_middle(struct container *c, struct meta *m)
{
	u32 ftrace = meta_u32(m);
	int ret;

	for (u32 i = 0; i < ftrace && !m->bad; i++)
		meta_skip(m, meta_u64(m));
	if (m->bad)
		return -EBADMSG;
	ret = container_read_formats(c, m, c->file_size);
	if (ret)
		return ret;
	meta_skip(m, meta_u32(m)); /* kallsyms */
	meta_skip(m, meta_u32(m)); /* printk */
	c->cmdlines_len = meta_u64(m);
	c->cmdlines_off = m->pos;
	meta_skip(m, c->cmdlines_len);
	c->nr_cpus = meta_u32(m);
	return m->bad || c->nr_cpus > CPUS_MAX ? -EBADMSG : 0;
}

static int read_data_places(struct v6 *v, struct meta *m)
{
	struct container *c = v->c;
	int ret = read_mark(v, m);

	if (!ret && c->nr_cpus > CPUS_MAX)
		ret = -EBADMSG;
	if (!ret)
		ret = container_add_buffer(c, "", NULL, c->page_size);
	if (!ret)
		ret = read_cpu_table(c, m, 0);
	if (!ret)
		ret = read_clock(v, m);
	if (!ret)
		ret = read_instances(v, m);
	return ret;
}

int container_read_v6(struct container *c, struct meta *m, const char *path, struct err *err)
{
	struct v6 v = { .c = c };
	int ret = container_read_header_info(m, path, err);

	if (ret)
		return ret;
	ret = read_middle(c, m);
	if (!ret)
		ret = read_data_places(&v, m);
	free(v.instances);
	ret = meta_result(m, ret);
	if (ret == -ENOMEM)
		return err_set(err, ret, "out of memory");
	if (ret == -EOPNOTSUPP)
		return err_set(err, ret,
			       "%s: a latency trace (text); "
			       "record events instead: "
			       "trace-cmd record -e kvm:kvm_ipi_track",
			       path);
	if (ret && ret != -EBADMSG)
		return err_set(err, ret, "%s: cannot read: %s", path, strerror(-ret));
	if (ret)
		return err_set(err, ret,
			       "%s: damaged or cut off before its data (at byte %llu of %llu)",
			       path, m->pos, c->file_size);
	return 0;
}
