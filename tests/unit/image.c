// SPDX-License-Identifier: GPL-2.0-only
/* image.c - see image.h. */
#define _GNU_SOURCE
#include "image.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "input/stream.h"
#include "input/container.h"
#include "unit.h"

const char header_page_format[] = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
				  "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
				  "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
				  "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";

const char track_format[] =
	"name: kvm_ipi_track\nID: 1234\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:u32 vm_id;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:s32 vm_pid;\toffset:12;\tsize:4;\tsigned:1;\n"
	"\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:u32 dst_vcpu_id;\toffset:20;\tsize:4;\tsigned:0;\n"
	"\tfield:s32 dst_cpu;\toffset:24;\tsize:4;\tsigned:1;\n"
	"\tfield:u8 vector;\toffset:28;\tsize:1;\tsigned:0;\n"
	"\tfield:u8 path;\toffset:29;\tsize:1;\tsigned:0;\n"
	"\tfield:u8 dst_state;\toffset:30;\tsize:1;\tsigned:0;\n\n"
	"print fmt: \"vm %d/%u\", REC->vm_pid, REC->vm_id\n";

void image_free(struct image *img)
{
	free(img->p);
	*img = (struct image){ 0 };
}

void image_bytes(struct image *img, const void *from, size_t len)
{
	if (img->len + len >= img->room) {
		img->room = 2 * (img->len + len) + 64;
		img->p = realloc(img->p, img->room);
		ck_assert_ptr_nonnull(img->p);
	}
	if (len && from)
		memcpy(img->p + img->len, from, len);
	else
		memset(img->p + img->len, 0, len);
	img->len += len;
}

void image_zero(struct image *img, size_t len)
{
	image_bytes(img, NULL, len);
}

void image_u8(struct image *img, u8 v)
{
	image_bytes(img, &v, sizeof(v));
}

void image_u16(struct image *img, u16 v)
{
	image_bytes(img, &v, sizeof(v));
}

void image_u32(struct image *img, u32 v)
{
	image_bytes(img, &v, sizeof(v));
}

void image_u64(struct image *img, u64 v)
{
	image_bytes(img, &v, sizeof(v));
}

void image_string(struct image *img, const char *s)
{
	image_bytes(img, s, strlen(s) + 1);
}

void image_set_u32(struct image *img, size_t at, u32 v)
{
	ck_assert_uint_le(at + sizeof(v), img->len);
	memcpy(img->p + at, &v, sizeof(v));
}

void image_set_u64(struct image *img, size_t at, u64 v)
{
	ck_assert_uint_le(at + sizeof(v), img->len);
	memcpy(img->p + at, &v, sizeof(v));
}

int image_fd(const struct image *img)
{
	int fd = memfd_create("image", 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, img->p, img->len), (ssize_t)img->len);
	return fd;
}

void image_pack(struct image *to, enum codec codec, const void *from, size_t len)
{
	size_t room = ZSTD_compressBound(len) + compressBound(len);
	u8 *packed = malloc(room);
	uLongf zlib_len = room;
	size_t got = len;

	ck_assert_ptr_nonnull(packed);
	if (codec == CODEC_ZSTD) {
		got = ZSTD_compress(packed, room, from, len, 1);
		ck_assert(!ZSTD_isError(got));
	} else if (codec == CODEC_ZLIB) {
		ck_assert_int_eq(compress(packed, &zlib_len, from, len), Z_OK);
		got = zlib_len;
	}
	image_bytes(to, codec == CODEC_NONE ? from : packed, got);
	free(packed);
}

void page_begin(struct page *p, u64 ts)
{
	memset(p, 0, sizeof(*p));
	memcpy(p->data, &ts, sizeof(ts));
}

static void page_bytes(struct page *p, const void *from, u32 len)
{
	ck_assert_uint_le(16 + p->used + len, sizeof(p->data));
	memcpy(p->data + 16 + p->used, from, len);
	p->used += len;
}

void page_u32(struct page *p, u32 v)
{
	page_bytes(p, &v, sizeof(v));
}

void page_record(struct page *p, u32 delta, const void *payload, u32 len)
{
	ck_assert(len % 4 == 0 && len && len <= 112);
	page_u32(p, delta << 5 | len / 4);
	page_bytes(p, payload, len);
}

void page_long_record(struct page *p, u32 delta, const void *payload, u32 len)
{
	static const u8 zero[4];

	page_u32(p, delta << 5);
	page_u32(p, len + 4);
	page_bytes(p, payload, len);
	page_bytes(p, zero, (4 - len % 4) % 4);
}

void page_extend(struct page *p, u64 delta)
{
	page_u32(p, (u32)(delta & ((1u << 27) - 1)) << 5 | 30);
	page_u32(p, (u32)(delta >> 27));
}

void page_absolute(struct page *p, u64 ts)
{
	page_u32(p, (u32)(ts & ((1u << 27) - 1)) << 5 | 31);
	page_u32(p, (u32)(ts >> 27));
}

void page_end(struct page *p, u32 flags, u64 lost)
{
	u64 commit = p->used | flags;

	memcpy(p->data + 8, &commit, sizeof(commit));
	if ((flags & PAGE_MISSED_STORED) && 16 + p->used + 8 <= sizeof(p->data))
		memcpy(p->data + 16 + p->used, &lost, sizeof(lost));
}

struct track_record track_record(s32 vm_pid, u32 vm_id, u32 src, u32 dst, u8 vector)
{
	return (struct track_record){ .common_type = TRACK_ID,
				      .common_pid = 77,
				      .vm_id = vm_id,
				      .vm_pid = vm_pid,
				      .src = src,
				      .dst = dst,
				      .dst_cpu = 1,
				      .vector = vector };
}

void page_track(struct page *p, u32 delta, struct track_record r)
{
	_Static_assert(sizeof(r) == 32, "as the kernel has it");
	page_record(p, delta, &r, sizeof(r));
}

static void put_initial(struct image *img, const struct file_spec *spec)
{
	image_bytes(img, "\x17\x08\x44tracing", 10);
	image_string(img, spec->version == 6 ? "6" : "7");
	image_u8(img, 0); /* little-endian */
	image_u8(img, 8); /* bytes in a long */
	image_u32(img, spec->page_size ? spec->page_size : PAGE);
}

static void put_header_info(struct image *img, const struct file_spec *spec)
{
	const char *text = spec->header_page ? spec->header_page : header_page_format;

	image_string(img, "header_page");
	image_u64(img, strlen(text));
	image_bytes(img, text, strlen(text));
	image_string(img, "header_event");
	image_u64(img, 3);
	image_bytes(img, "any", 3);
}

static void put_formats(struct image *img, const struct file_spec *spec)
{
	const char *text = spec->format ? spec->format : track_format;

	if (!*text) {
		image_u32(img, 0);
		return;
	}
	image_u32(img, 1);
	image_string(img, "kvm");
	image_u32(img, 1);
	image_u64(img, strlen(text));
	image_bytes(img, text, strlen(text));
}

static size_t data_len(const struct file_spec *spec)
{
	return (size_t)spec->nr_pages * PAGE;
}

static void put_pages(struct image *img, const struct file_spec *spec, u32 cpu)
{
	for (u32 i = 0; i < spec->nr_pages; i++)
		image_bytes(img, spec->page[cpu * spec->nr_pages + i].data, PAGE);
}

/* The CPUs' places, to be filled in by fill_table(), and the data behind them. */
static size_t put_table_v6(struct image *img, const struct file_spec *spec)
{
	size_t table = img->len;

	image_zero(img, spec->nr_cpus * 16);
	image_zero(img, (PAGE - img->len % PAGE) % PAGE);
	for (u32 cpu = 0; cpu < spec->nr_cpus; cpu++) {
		image_set_u64(img, table + 16 * cpu, img->len);
		image_set_u64(img, table + 16 * cpu + 8, data_len(spec));
		put_pages(img, spec, cpu);
	}
	return table;
}

static void put_v6(struct image *img, const struct file_spec *spec, struct file_places *at)
{
	put_header_info(img, spec);
	image_u32(img, 0); /* ftrace's own formats */
	at->formats = img->len;
	put_formats(img, spec);
	image_u32(img, 5); /* kallsyms */
	image_bytes(img, "ksyms", 5);
	image_u32(img, 0); /* printk formats */
	image_u64(img, 9); /* command lines */
	image_bytes(img, "77 qemu\n\0", 9);
	at->cpu_count = img->len;
	image_u32(img, spec->nr_cpus);
	image_bytes(img, "options  \0", 10);
	at->options = img->len;
	if (spec->option) {
		image_u16(img, spec->option_id);
		image_u32(img, spec->option_len);
		image_bytes(img, spec->option, spec->option_len);
	}
	if (spec->instance) {
		image_u16(img, OPTION_BUFFER);
		image_u32(img, 8 + 3);
		at->instance_offset = img->len;
		image_u64(img, 0);
		image_string(img, "in");
	}
	image_u16(img, OPTION_DONE);
	image_bytes(img, "flyrecord\0", 10);
	at->cpu_table = put_table_v6(img, spec);
	at->data = img->len - spec->nr_cpus * data_len(spec);
	if (!spec->instance)
		return;
	image_set_u64(img, at->instance_offset, img->len);
	image_bytes(img, "flyrecord\0", 10);
	put_table_v6(img, spec);
}

static size_t section_begin(struct image *img, u16 id, u16 flags)
{
	image_u16(img, id);
	image_u16(img, flags);
	image_u32(img, 0); /* a description, in the strings' section */
	image_u64(img, 0); /* its size */
	return img->len;
}

static void section_end(struct image *img, size_t begin)
{
	image_set_u64(img, begin - 8, img->len - begin);
}

/* Chunks of two pages each, so that even small files have several. */
static void put_chunks(struct image *img, const struct file_spec *spec, u32 cpu)
{
	u32 chunks = (spec->nr_pages + 1) / 2;

	image_u32(img, chunks);
	for (u32 i = 0; i < chunks; i++) {
		u32 pages = min_of(2u, spec->nr_pages - 2 * i);
		struct image raw = { 0 };
		size_t head = img->len;

		for (u32 n = 0; n < pages; n++)
			image_bytes(&raw, spec->page[cpu * spec->nr_pages + 2 * i + n].data, PAGE);
		image_u32(img, 0);
		image_u32(img, (u32)raw.len);
		image_pack(img, spec->codec, raw.p, raw.len);
		image_set_u32(img, head, (u32)(img->len - head - 8));
		image_free(&raw);
	}
}

static void put_buffer_option(struct image *img, const struct file_spec *spec, size_t section,
			      const u64 *offset, const u64 *size, struct file_places *at)
{
	size_t head = img->len;

	image_u16(img, OPTION_BUFFER);
	image_u32(img, 0);
	at->buffer_option = img->len;
	image_u64(img, section);
	image_string(img, "");
	image_string(img, "local");
	image_u32(img, spec->page_size ? spec->page_size : PAGE);
	image_u32(img, spec->nr_cpus);
	at->cpu_table = img->len;
	for (u32 cpu = 0; cpu < spec->nr_cpus; cpu++) {
		image_u32(img, 3 * cpu); /* with holes */
		image_u64(img, offset[cpu]);
		image_u64(img, size[cpu]);
	}
	image_set_u32(img, head + 2, (u32)(img->len - head - 6));
}

static void put_place_option(struct image *img, u16 id, u64 place)
{
	image_u16(img, id);
	image_u32(img, 8);
	image_u64(img, place);
}

static void put_options_v7(struct image *img, const struct file_spec *spec, size_t header,
			   size_t formats, struct file_places *at)
{
	size_t section = section_begin(img, OPTION_DONE, 0);

	at->options = img->len;
	put_place_option(img, OPTION_HEADER_INFO, header);
	put_place_option(img, OPTION_EVENT_FORMATS, formats);
	if (spec->option) {
		image_u16(img, spec->option_id);
		image_u32(img, spec->option_len);
		image_bytes(img, spec->option, spec->option_len);
	}
	image_u16(img, OPTION_DONE);
	image_u32(img, 8);
	image_u64(img, 0); /* where the chain goes on: filled in by the caller */
	section_end(img, section);
}

static void put_v7(struct image *img, const struct file_spec *spec, struct file_places *at)
{
	static const char *const names[] = { "none", "zstd", "zlib" };
	size_t header, formats, data, section, first;
	u64 offset[16], size[16];

	ck_assert_uint_le(spec->nr_cpus, ARRAY_SIZE(offset));
	image_string(img, spec->codec_name ? spec->codec_name : names[spec->codec]);
	image_string(img, "1.2.3");
	at->chain = img->len;
	image_u64(img, 0);
	header = img->len;
	section = section_begin(img, OPTION_HEADER_INFO, 0);
	put_header_info(img, spec);
	section_end(img, section);
	formats = img->len;
	section = section_begin(img, OPTION_EVENT_FORMATS, 0);
	at->formats = img->len;
	put_formats(img, spec);
	section_end(img, section);
	data = img->len;
	section = section_begin(img, OPTION_BUFFER, spec->codec != CODEC_NONE);
	for (u32 cpu = 0; cpu < spec->nr_cpus; cpu++) {
		image_zero(img, (PAGE - img->len % PAGE) % PAGE);
		offset[cpu] = img->len;
		if (spec->codec == CODEC_NONE)
			put_pages(img, spec, cpu);
		else
			put_chunks(img, spec, cpu);
		size[cpu] = img->len - offset[cpu];
	}
	section_end(img, section);
	at->data = at->first_chunk = spec->nr_cpus ? offset[0] : img->len;
	at->buffer = data;
	/* Two options sections: what describes the file, then its buffer. */
	first = img->len;
	put_options_v7(img, spec, header, formats, at);
	image_set_u64(img, at->chain, first);
	image_set_u64(img, img->len - 8, img->len);
	section = section_begin(img, OPTION_DONE, 0);
	put_buffer_option(img, spec, data, offset, size, at);
	image_u16(img, OPTION_DONE);
	image_u32(img, 8);
	image_u64(img, 0);
	section_end(img, section);
}

void image_file(struct image *img, const struct file_spec *spec, struct file_places *at)
{
	struct file_places unused;

	at = at ? at : &unused;
	*at = (struct file_places){ 0 };
	*img = (struct image){ 0 };
	put_initial(img, spec);
	if (spec->version == 6)
		put_v6(img, spec, at);
	else
		put_v7(img, spec, at);
}

void image_open(struct container *c, const struct image *img)
{
	struct err err;
	int ret = container_open(c, image_fd(img), "x.dat", &err);

	ck_assert_msg(!ret, "%d: %s", ret, err.msg);
}

void image_open_spec(struct container *c, const struct file_spec *spec)
{
	struct image img;

	image_file(&img, spec, NULL);
	image_open(c, &img);
	image_free(&img);
}

void image_bombs(struct image *img, u32 nr)
{
	const size_t large = CHUNK_MAX;
	struct image raw = { 0 }, packed = { 0 };

	image_zero(&raw, large);
	image_pack(&packed, CODEC_ZSTD, raw.p, large);
	image_u32(img, nr);
	for (u32 i = 0; i < nr; i++) {
		image_u32(img, (u32)packed.len);
		image_u32(img, (u32)large);
		image_bytes(img, packed.p, packed.len);
	}
	image_free(&packed);
	image_free(&raw);
}
