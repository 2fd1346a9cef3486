// SPDX-License-Identifier: GPL-2.0-only
/*
 * Version 7: sections, found through options.
 *
 * The usual order is trace-cmd's: texts, first options, then for each buffer its data and an
 * options section that names it, each options section pointing at the next, strings last. With all
 * sections compressed (the options too) the pointers have to be known beforehand: there the
 * options come last, and the chain runs backwards through the file, which the format allows.
 */
#include <stdio.h>

#include "compress.h"
#include "container.h"

#define SECTION_COMPRESSED 1

struct v7 {
	struct out *f;
	const struct container *c;
	struct buf strings;
	u64 first_options; /* where the header says where they are */
	u64 prev_done;	   /* where to write the offset of the next options, 0: nowhere yet */
};

static u32 add_string(struct v7 *v, const char *s)
{
	u32 id = v->strings.len;

	buf_str(&v->strings, s);
	return id;
}

/* One section, but not a buffer's. Returns its offset. */
static u64 write_section(struct v7 *v, unsigned int id, const char *name, const struct buf *data,
			 bool compressed)
{
	struct buf frame = { .big_endian = v->c->o->big_endian };
	u64 at = v->f->pos;

	if (compressed) {
		compress_frame(&frame, v->c->o->compress, data->data, data->len);
		data = &frame;
	}
	out_int(v->f, id, 2);
	out_int(v->f, compressed ? SECTION_COMPRESSED : 0, 2);
	out_int(v->f, add_string(v, name), 4);
	out_int(v->f, data->len, 8);
	out_bytes(v->f, data->data, data->len);
	buf_release(&frame);
	return at;
}

static void add_option8(struct buf *b, unsigned int id, u64 v)
{
	u8 number[8];

	put_int(number, v, 8, b->big_endian);
	add_option(b, id, number, 8);
}

/* Writes the texts and lists them in @options. */
static void write_texts(struct v7 *v, struct buf *options)
{
	static const char *const names[] = { "headers",	 "ftrace events", "events format",
					     "kallsyms", "printk",	  "command lines" };
	const struct options *o = v->c->o;
	struct buf b = { .big_endian = o->big_endian };
	unsigned int id;

	for (id = 16; id <= 21; id++) {
		b.len = 0;
		switch (id) {
		case 16: meta_headers(&b, o); break;
		case 17: meta_ftrace_events(&b); break;
		case 18: meta_events(&b, v->c); break;
		case 19: meta_kallsyms(&b, o); break;
		case 20: meta_printk(&b); break;
		default: meta_cmdlines(&b, o);
		}
		add_option8(options, id,
			    write_section(v, id, names[id - 16], &b, o->sections >= SECTIONS_META));
	}
	buf_release(&b);
}

static u64 align_up(u64 v, u64 to)
{
	return (v + to - 1) / to * to;
}

/* The data of a buffer, and the option that tells where it is. */
static void write_buffer(struct v7 *v, unsigned int buffer, struct buf *options)
{
	const struct options *o = v->c->o;
	struct page_writer *w = &v->c->writers[buffer * o->cpus];
	struct buf opt = { .big_endian = o->big_endian };
	u64 at = v->f->pos, page = buffer_page_size(o, buffer);
	char name[32], text[64];
	u32 i, with_data = 0;

	buffer_name(name, buffer);
	snprintf(text, sizeof(text), "buffer flyrecord %s", name);
	out_int(v->f, 3, 2);
	out_int(v->f, o->compress ? SECTION_COMPRESSED : 0, 2);
	out_int(v->f, add_string(v, text), 4);
	out_int(v->f, 0, 8);
	for (i = 0; i < o->cpus; i++)
		with_data += page_file_size(&w[i]) > 0;
	buf_int(&opt, at, 8);
	buf_str(&opt, name);
	buf_str(&opt, o->clock);
	buf_int(&opt, page, 4);
	buf_int(&opt, with_data, 4);
	for (i = 0; i < o->cpus; i++) {
		if (!page_file_size(&w[i]))
			continue;
		out_skip_to(v->f, align_up(v->f->pos, page));
		buf_int(&opt, cpu_id(o, i), 4);
		buf_int(&opt, v->f->pos, 8);
		buf_int(&opt, page_file_size(&w[i]), 8);
		out_store(v->f, &w[i]);
		if (!buffer && !i)
			out_skip_to(v->f, v->f->pos + o->skip);
	}
	out_patch8(v->f, at + 8, v->f->pos - at - 16);
	add_option(options, 3, opt.data, opt.len);
	buf_release(&opt);
}

/* Ends and writes an options section; the one before it, or the header, learns where it is. */
static void write_options(struct v7 *v, struct buf *options)
{
	u64 at;

	add_option8(options, 0, 0);
	at = write_section(v, 0, "options", options, false);
	out_patch8(v->f, v->prev_done ? v->prev_done : v->first_options, at);
	v->prev_done = v->f->pos - 8;
	options->len = 0;
}

/* The same, compressed and back to front: @buffers last in the chain, first in the file. */
static void write_options_backwards(struct v7 *v, struct buf *machine, struct buf *buffers)
{
	u64 at;

	add_option8(buffers, 0, 0);
	at = write_section(v, 0, "options", buffers, true);
	add_option8(machine, 0, at);
	at = write_section(v, 0, "options", machine, true);
	out_patch8(v->f, v->first_options, at);
}

static void machine_options(struct v7 *v, struct buf *b)
{
	struct buf clocks = { 0 };

	meta_clock(&clocks, v->c->o);
	add_option(b, 4, clocks.data, clocks.len);
	meta_options(b, v->c);
	buf_release(&clocks);
}

void write_v7(struct out *f, const struct container *c)
{
	struct v7 v = { .f = f, .c = c };
	struct buf machine = { .big_endian = c->o->big_endian };
	struct buf buffers = { .big_endian = c->o->big_endian };
	bool backwards = c->o->sections == SECTIONS_ALL;
	unsigned int i;

	out_bytes(f, compress_name(c->o->compress), strlen(compress_name(c->o->compress)) + 1);
	out_bytes(f, compress_version(c->o->compress),
		  strlen(compress_version(c->o->compress)) + 1);
	v.first_options = f->pos;
	out_int(f, 0, 8);
	write_texts(&v, &machine);
	machine_options(&v, &machine);
	if (!backwards)
		write_options(&v, &machine);
	for (i = 0; i < nr_buffers(c->o); i++) {
		write_buffer(&v, i, &buffers);
		if (!backwards)
			write_options(&v, &buffers);
	}
	if (backwards)
		write_options_backwards(&v, &machine, &buffers);
	add_string(&v, "strings");
	write_section(&v, 15, "strings", &v.strings, c->o->sections >= SECTIONS_META);
	buf_release(&machine);
	buf_release(&buffers);
	buf_release(&v.strings);
}
