// SPDX-License-Identifier: GPL-2.0-only
/*
 * What v6 and v7 have in common: the output file with its holes, the texts that stand before the
 * data (formats, kernel symbols, command lines), and the options about the recorded machine.
 */
#include <errno.h>
#include <stdio.h>

#include "container.h"
#include "host.h"

void out_open(struct out *f, const char *name, bool big_endian)
{
	f->file = fopen(name, "w");
	if (!f->file)
		die("%s: %s", name, strerror(errno));
	f->pos = 0;
	f->big_endian = big_endian;
}

void out_close(struct out *f)
{
	if (fclose(f->file))
		die("writing: %s", strerror(errno));
}

void out_bytes(struct out *f, const void *data, size_t len)
{
	if (len && fwrite(data, len, 1, f->file) != 1)
		die("writing: %s", strerror(errno));
	f->pos += len;
}

void out_int(struct out *f, u64 v, unsigned int size)
{
	u8 b[8];

	put_int(b, v, size, f->big_endian);
	out_bytes(f, b, size);
}

void out_skip_to(struct out *f, u64 pos)
{
	if (fseeko(f->file, pos, SEEK_SET))
		die("seeking: %s", strerror(errno));
	f->pos = pos;
}

void out_patch8(struct out *f, u64 at, u64 v)
{
	u64 back = f->pos;

	out_skip_to(f, at);
	out_int(f, v, 8);
	out_skip_to(f, back);
}

void out_store(struct out *f, const struct page_writer *w)
{
	const struct store *s = &w->store;

	if (!s->hole) {
		out_bytes(f, s->data.data, s->data.len);
		return;
	}
	out_bytes(f, s->data.data, s->hole_at);
	out_skip_to(f, f->pos + s->hole);
	out_bytes(f, s->data.data + s->hole_at, s->data.len - s->hole_at);
}

const char *buffer_name(char name[32], unsigned int buffer)
{
	name[0] = '\0';
	if (buffer)
		snprintf(name, 32, "instance%u", buffer);
	return name;
}

/* A text with its size before it. */
static void add_sized(struct buf *b, const struct buf *text, unsigned int size_bytes)
{
	buf_int(b, text->len, size_bytes);
	buf_add(b, text->data, text->len);
}

void meta_headers(struct buf *b, const struct options *o)
{
	struct buf text = { .big_endian = o->big_endian };

	buf_str(b, "header_page");
	format_header_page(&text, buffer_page_size(o, 0), o->long_size);
	add_sized(b, &text, 8);
	buf_str(b, "header_event");
	text.len = 0;
	format_header_event(&text);
	add_sized(b, &text, 8);
	buf_release(&text);
}

void meta_ftrace_events(struct buf *b)
{
	struct buf text = { 0 };

	buf_int(b, 1, 4);
	format_print(&text);
	add_sized(b, &text, 8);
	buf_release(&text);
}

void meta_events(struct buf *b, const struct container *c)
{
	struct buf text = { 0 };

	if (c->o->host) {
		host_events(b, c);
		return;
	}
	buf_int(b, 2, 4);
	buf_str(b, "kvm");
	buf_int(b, c->o->no_format ? 1 : 2, 4);
	format_kvm_eoi(&text);
	add_sized(b, &text, 8);
	if (!c->o->no_format)
		add_sized(b, &c->track_format, 8);
	buf_str(b, "sched");
	buf_int(b, 1, 4);
	text.len = 0;
	format_sched_switch(&text);
	add_sized(b, &text, 8);
	buf_release(&text);
}

/* As /proc/kallsyms shows them; cut to the size that was asked for. */
void meta_kallsyms(struct buf *b, const struct options *o)
{
	struct buf text = { 0 };
	u64 i, n = o->kallsyms;

	for (i = 0; text.len < n; i++)
		buf_printf(&text, "%016llx %c some_kernel_function_%llu\n",
			   0xffffffff81000000ull + i * 48, i % 3 ? 't' : 'T',
			   (unsigned long long)i);
	if (text.len > n) {
		text.len = n;
		text.data[n - 1] = '\n';
	}
	add_sized(b, &text, 4);
	buf_release(&text);
}

void meta_printk(struct buf *b)
{
	struct buf text = { 0 };

	buf_printf(&text, "0xffffffff8246d2dd : \"CPU_ON\"\n0xffffffff8246d2e4 : \"CPU_OFF\"\n");
	add_sized(b, &text, 4);
	buf_release(&text);
}

/* Threads are named as QEMU names them; see payload.c for their ids. */
void meta_cmdlines(struct buf *b, const struct options *o)
{
	struct buf text = { 0 };
	u32 vm, cpu;

	for (vm = 0; vm < o->vms && vm < 64; vm++)
		for (cpu = 0; cpu < o->vcpus && cpu < 64; cpu++)
			buf_printf(&text, "%u CPU %u/KVM\n", vcpu_pid(vm, cpu), cpu);
	add_sized(b, &text, 8);
	buf_release(&text);
}

void meta_cpustat(struct buf *b, const struct page_writer *w, u32 cpu)
{
	buf_printf(b,
		   "CPU: %u\nentries: 0\noverrun: %llu\ncommit overrun: 0\nbytes: 0\n"
		   "oldest event ts:     5.000000\nnow ts:     6.000000\ndropped events: %llu\n"
		   "read events: %llu\n",
		   cpu, (unsigned long long)w->lost.overrun, (unsigned long long)w->lost.dropped,
		   (unsigned long long)w->records);
}

void add_option(struct buf *b, unsigned int id, const void *data, size_t len)
{
	buf_int(b, id, 2);
	buf_int(b, len, 4);
	buf_add(b, data, len);
}

static void add_option_str(struct buf *b, unsigned int id, const char *s)
{
	add_option(b, id, s, strlen(s) + 1);
}

/* Instances' statistics come behind a line that names them, as trace-cmd writes them. */
static void add_stats(struct buf *b, const struct container *c)
{
	const struct options *o = c->o;
	struct buf text = { 0 };
	unsigned int buffer;
	char name[32];
	u32 cpu;

	for (buffer = 0; buffer < nr_buffers(o); buffer++) {
		if (buffer) {
			text.len = 0;
			buf_printf(&text, "\nBuffer: %s\n\n", buffer_name(name, buffer));
			buf_str(&text, "");
			add_option(b, 2, text.data, text.len);
		}
		for (cpu = 0; cpu < o->cpus; cpu++) {
			text.len = 0;
			meta_cpustat(&text, &c->writers[buffer * o->cpus + cpu], cpu_id(o, cpu));
			buf_str(&text, "");
			add_option(b, 2, text.data, text.len);
		}
	}
	buf_release(&text);
}

void meta_clock(struct buf *b, const struct options *o)
{
	buf_printf(b, "[%s] global counter uptime perf mono mono_raw boot tai\n", o->clock);
	buf_str(b, "");
}

/* What changes the times that a reader shows. */
static void add_times(struct buf *b, const struct options *o)
{
	char text[32];
	u8 tsc[16];

	if (o->date_us) {
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)o->date_us);
		add_option_str(b, 1, text);
	}
	if (o->offset_ns) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)o->offset_ns);
		add_option_str(b, 7, text);
	}
	if (o->tsc_mult) {
		put_int(tsc, o->tsc_mult, 4, o->big_endian);
		put_int(tsc + 4, o->tsc_shift, 4, o->big_endian);
		put_int(tsc + 8, 0, 8, o->big_endian);
		add_option(b, 14, tsc, sizeof(tsc));
	}
}

void meta_options(struct buf *b, const struct container *c)
{
	const struct options *o = c->o;
	u8 number[8];

	add_option_str(b, 5, "Linux testhost 6.12.0-mktrace x86_64");
	add_option_str(b, 9, "3.1.6 mktrace");
	put_int(number, 0x1122334455667788ull ^ o->seed, 8, o->big_endian);
	add_option(b, 11, number, 8);
	add_times(b, o);
	if (o->stats)
		add_stats(b, c);
	put_int(number, cpu_id(o, o->cpus - 1) + 1, 4, o->big_endian);
	add_option(b, 8, number, 4);
	if (o->unknown_options) {
		add_option_str(b, 24, "instance:last boot info of a later version");
		add_option(b, 999, "\0\xff\0\xff", 4);
		add_option(b, 25, number, 0);
	}
}

void container_write(const struct container *c)
{
	const struct options *o = c->o;
	struct out f;

	out_open(&f, o->out, o->big_endian);
	out_bytes(&f, "\x17\x08\x44tracing", 10);
	out_bytes(&f, o->version == 6 ? "6" : "7", 2);
	out_int(&f, o->big_endian, 1);
	out_int(&f, o->long_size, 1);
	out_int(&f, buffer_page_size(o, 0), 4);
	if (o->version == 6)
		write_v6(&f, c);
	else
		write_v7(&f, c);
	out_close(&f);
}
