// SPDX-License-Identifier: GPL-2.0-only
/*
 * Version 6: everything in one fixed order.
 *
 * The tables have a row for each CPU up to the highest id, because the row's place is the id. An
 * instance is option 3, an offset and a name; at that offset stands a table like the main one.
 * The clock's name follows each table, because option 4 is there; later versions also write it into
 * that option.
 */
#include <stdio.h>

#include "container.h"

static void write_meta(struct out *f, const struct container *c)
{
	struct buf b = { .big_endian = c->o->big_endian };

	meta_headers(&b, c->o);
	meta_ftrace_events(&b);
	meta_events(&b, c);
	meta_kallsyms(&b, c->o);
	meta_printk(&b);
	meta_cmdlines(&b, c->o);
	buf_int(&b, cpu_id(c->o, c->o->cpus - 1) + 1, 4);
	out_bytes(f, b.data, b.len);
	buf_release(&b);
}

/* Notes in @at where the instances' offsets have to be written later. */
static void write_options(struct out *f, const struct container *c, u64 at[MAX_BUFFERS])
{
	struct buf b = { .big_endian = c->o->big_endian }, clocks = { 0 };
	unsigned int i;
	char name[32];

	buf_str(&b, "options  ");
	meta_options(&b, c);
	if (!c->o->old_clock)
		meta_clock(&clocks, c->o);
	add_option(&b, 4, clocks.data, clocks.len);
	buf_release(&clocks);
	for (i = 1; i < nr_buffers(c->o); i++) {
		buffer_name(name, i);
		buf_int(&b, 3, 2);
		buf_int(&b, 8 + strlen(name) + 1, 4);
		at[i] = f->pos + b.len;
		buf_int(&b, 0, 8);
		buf_str(&b, name);
	}
	buf_int(&b, 0, 2);
	out_bytes(f, b.data, b.len);
	buf_release(&b);
}

static u64 align_up(u64 v, u64 to)
{
	return (v + to - 1) / to * to;
}

static void write_buffer(struct out *f, const struct container *c, unsigned int buffer)
{
	const struct options *o = c->o;
	struct page_writer *w = &c->writers[buffer * o->cpus];
	u32 rows = cpu_id(o, o->cpus - 1) + 1, page = buffer_page_size(o, 0), i;
	char clock[64];
	u64 table;

	out_bytes(f, "flyrecord", 10);
	table = f->pos;
	for (i = 0; i < rows * 2; i++)
		out_int(f, 0, 8);
	snprintf(clock, sizeof(clock), "[%s]", o->clock);
	out_int(f, strlen(clock), 8);
	out_bytes(f, clock, strlen(clock));
	for (i = 0; i < o->cpus; i++) {
		u64 row = table + 16 * cpu_id(o, i), at = align_up(f->pos, page);

		out_patch8(f, row, at);
		out_patch8(f, row + 8, page_file_size(&w[i]));
		if (!page_file_size(&w[i]))
			continue;
		out_skip_to(f, at);
		out_store(f, &w[i]);
		if (!buffer && !i)
			out_skip_to(f, f->pos + o->skip);
	}
}

void write_v6(struct out *f, const struct container *c)
{
	u64 at[MAX_BUFFERS];
	unsigned int i;

	write_meta(f, c);
	write_options(f, c, at);
	write_buffer(f, c, 0);
	for (i = 1; i < nr_buffers(c->o); i++) {
		out_patch8(f, at[i], f->pos);
		write_buffer(f, c, i);
	}
}
