// SPDX-License-Identifier: GPL-2.0-only
/* test_container_v7.c - files of version 7: sections, chains that loop, sizes that lie. */
#include "input/container.h"

#include <time.h>
#include <unistd.h>

#include "image.h"
#include "unit.h"

static struct page pages[4];

static struct file_spec usual(enum codec codec)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		page_begin(&pages[i], 1000 * i);
		page_track(&pages[i], 0, track_record(10, 1, 0, 1, 0xfd));
		page_end(&pages[i], 0, 0);
	}
	return (struct file_spec){
		.version = 7, .page = pages, .nr_pages = 2, .nr_cpus = 2, .codec = codec
	};
}

static int open_image(struct container *c, const struct image *img, struct err *err)
{
	return container_open(c, image_fd(img), "x.dat", err);
}

/* Opening fails with this code, and with a line. */
static void check_refused(const struct image *img, int want)
{
	struct container c;
	struct err err;

	ck_assert_int_eq(open_image(&c, img, &err), want);
	ck_assert(err.msg[0] && !strchr(err.msg, '\n'));
	container_close(&c);
}

/* Opening succeeds with the sections that stood before the damage, which is counted. */
static void check_partial(const struct image *img, u32 nr_sections)
{
	struct container c;
	struct err err;

	ck_assert_msg(!open_image(&c, img, &err), "%s", err.msg);
	ck_assert_uint_eq(c.nr_sections, nr_sections);
	ck_assert_uint_ge(c.damaged, 1);
	container_close(&c);
}

START_TEST(places)
{
	static const enum codec codecs[] = { CODEC_NONE, CODEC_ZSTD, CODEC_ZLIB };

	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		struct file_spec spec = usual(codecs[i]);
		struct file_places at;
		struct container c;
		struct image img;
		struct err err;

		image_file(&img, &spec, &at);
		ck_assert_int_eq(open_image(&c, &img, &err), 0);
		ck_assert_int_eq(c.version, 7);
		ck_assert_int_eq(c.codec, codecs[i]);
		ck_assert_uint_eq(c.nr_buffers, 1);
		ck_assert_str_eq(c.buffers[0].clock, "local");
		ck_assert_uint_eq(c.buffers[0].page_size, PAGE);
		ck_assert_uint_eq(c.nr_sections, 2);
		ck_assert_uint_eq(c.sections[0].offset, at.data);
		ck_assert_uint_eq(c.sections[1].cpu, 3); /* CPU ids may have holes */
		ck_assert_int_eq(c.sections[1].packed, codecs[i] != CODEC_NONE);
		ck_assert_uint_eq(c.nr_formats, 1);
		ck_assert_str_eq(c.formats[0].system, "kvm");
		container_close(&c);
		image_free(&img);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	struct file_spec spec = usual(CODEC_ZSTD);
	struct image img;

	/* The index is at the end, so that one byte less is no file. */
	image_file(&img, &spec, NULL);
	while (--img.len)
		check_refused(&img, img.len < 10 ? -EINVAL : -EBADMSG);
	image_free(&img);
}
END_TEST

START_TEST(unknown_codec)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct container c;
	struct image img;
	struct err err;

	spec.codec_name = "lzma";
	image_file(&img, &spec, NULL);
	ck_assert_int_eq(open_image(&c, &img, &err), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(err.msg, "lzma"));
	container_close(&c);
	image_free(&img);
	spec.codec_name = "a-name-that-is-far-too-long-for-a-codec";
	image_file(&img, &spec, NULL);
	check_refused(&img, -EBADMSG);
	image_free(&img);
}
END_TEST

/*
 * The place in the chain's first section that says where it goes on: the last number before the
 * second.
 */
static size_t next_of_first(const struct image *img)
{
	u64 first = load64(img->p + 14 + 4 + strlen("none") + 1 + strlen("1.2.3") + 1);

	return first + 16 + load64(img->p + first + 8) - 8;
}

START_TEST(chains)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct file_places at;
	struct image img;
	size_t next;
	u64 second;

	image_file(&img, &spec, &at);
	next = next_of_first(&img);
	second = load64(img.p + next);
	/* Loops: onto itself, and from the second to the first. */
	image_set_u64(&img, next, at.options - 16);
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, next, second);
	image_set_u64(&img, img.len - 8, at.options - 16);
	check_partial(&img, 2);
	image_set_u64(&img, img.len - 8, 0);
	/* Beyond the end, within its last bytes, into something that is no options section. */
	image_set_u64(&img, next, img.len);
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, next, img.len - 8);
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, next, UINT64_MAX);
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, next, at.data - 16);
	check_refused(&img, -EBADMSG);
	/* It ends before the buffer was named: nothing to read. */
	image_set_u64(&img, next, 0);
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, next, second);
	image_set_u64(&img, at.chain, 0);
	check_refused(&img, -EBADMSG);
	image_free(&img);
}
END_TEST

START_TEST(buffers)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	image_file(&img, &spec, &at);
	image_set_u32(&img, at.cpu_table - 4, 0xffffffff); /* CPUs */
	check_partial(&img, 2);
	image_set_u32(&img, at.cpu_table - 4, 2);
	image_set_u32(&img, at.cpu_table - 8, 32); /* the page's size */
	check_refused(&img, -EBADMSG);
	image_set_u32(&img, at.cpu_table - 8, PAGE);
	image_set_u64(&img, at.buffer_option, img.len); /* its section */
	check_refused(&img, -EBADMSG);
	image_free(&img);
	image_file(&img, &spec, &at);
	image_set_u64(&img, at.cpu_table + 4, img.len + PAGE); /* the first CPU's data is gone */
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_sections, 1);
	ck_assert_uint_eq(c.damaged, 2);
	container_close(&c);
	image_free(&img);
	/* Both CPUs have the same data, or some of it: that is one CPU's. */
	for (u32 i = 0; i < 2; i++) {
		image_file(&img, &spec, &at);
		image_set_u64(&img, at.cpu_table + 24, load64(img.p + at.cpu_table + 4) + i * PAGE);
		check_partial(&img, 1);
		image_free(&img);
	}
	image_file(&img, &spec, &at);
	image_set_u64(&img, at.cpu_table + 12, PAGE - 4); /* less than a page */
	check_partial(&img, 1);
	image_free(&img);
}
END_TEST

START_TEST(a_loop_of_large_sections_ends_soon)
{
	struct file_spec spec = usual(CODEC_ZSTD);
	const size_t large = 64u << 20;
	struct image img, raw = { 0 }, packed = { 0 };
	struct file_places at;
	struct timespec from, to;
	size_t section;

	/* An options section that grows to 64 MB of an unknown option, and goes on at itself. */
	image_file(&img, &spec, &at);
	section = img.len;
	image_u16(&raw, 25);
	image_u32(&raw, (u32)large);
	image_zero(&raw, large);
	image_u16(&raw, OPTION_DONE);
	image_u32(&raw, 8);
	image_u64(&raw, section);
	image_pack(&packed, CODEC_ZSTD, raw.p, raw.len);
	image_u16(&img, OPTION_DONE);
	image_u16(&img, 1);
	image_u32(&img, 0);
	/* A frame to be skipped, so that the ratio is one that is allowed. */
	image_u32(&packed, 0x184d2a50);
	image_u32(&packed, large / 60);
	image_zero(&packed, large / 60);
	image_u64(&img, packed.len + 8);
	image_u32(&img, (u32)packed.len);
	image_u32(&img, (u32)raw.len);
	image_bytes(&img, packed.p, packed.len);
	image_set_u64(&img, at.chain, section);
	clock_gettime(CLOCK_MONOTONIC, &from);
	check_refused(&img, -EBADMSG);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 20);
	image_free(&img);
	image_free(&raw);
	image_free(&packed);
}
END_TEST

START_TEST(without_formats)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct container c;
	struct image img;
	struct err err;

	spec.format = "";
	image_file(&img, &spec, NULL);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_formats, 0);
	container_close(&c);
	image_free(&img);
}
END_TEST

UNIT_SUITE(container_v7, places, cut_anywhere, unknown_codec, chains, buffers,
	   a_loop_of_large_sections_ends_soon, without_formats)
