// SPDX-License-Identifier: GPL-2.0-only
/* test_container_content.c - sections of version 7: sizes that lie, and options that are packed. */
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

START_TEST(sizes_that_lie)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct file_places at;
	struct image img;

	image_file(&img, &spec, &at);
	image_set_u64(&img, at.options - 8, UINT64_MAX); /* the section's */
	check_refused(&img, -EBADMSG);
	image_set_u64(&img, at.options - 8, 10); /* ends in an option */
	check_refused(&img, -EBADMSG);
	image_free(&img);
	image_file(&img, &spec, &at);
	image_set_u32(&img, at.options + 2, 0xffffffff); /* an option's */
	check_refused(&img, -EBADMSG);
	image_set_u32(&img, at.options + 2, 4); /* shorter than what it holds */
	check_refused(&img, -EBADMSG);
	image_free(&img);
	image_file(&img, &spec, &at);
	image_set_u32(&img, at.buffer_option - 4, 20); /* the buffer's table is cut by it */
	check_partial(&img, 2);
	image_free(&img);
}
END_TEST

START_TEST(packed_options)
{
	struct file_spec spec = usual(CODEC_ZSTD);
	struct image img, packed = { 0 };
	struct file_places at;
	struct container c;
	struct err err;
	size_t section;
	u64 len;

	/* The first options section again, compressed, at the end of the file. */
	image_file(&img, &spec, &at);
	len = load64(img.p + at.options - 8);
	image_pack(&packed, CODEC_ZSTD, img.p + at.options, len);
	section = img.len;
	image_u16(&img, OPTION_DONE);
	image_u16(&img, 1);
	image_u32(&img, 0);
	image_u64(&img, packed.len + 8);
	image_u32(&img, (u32)packed.len);
	image_u32(&img, (u32)len);
	image_bytes(&img, packed.p, packed.len);
	image_set_u64(&img, at.chain, section);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_sections, 2);
	container_close(&c);
	/* Lengths that lie, and a frame that is none. */
	image_set_u32(&img, section + 20, (u32)len + 1);
	check_refused(&img, -EBADMSG);
	image_set_u32(&img, section + 20, 0xffffffff);
	check_refused(&img, -EBADMSG);
	image_set_u32(&img, section + 20, (u32)len);
	image_set_u32(&img, section + 16, 0xffffffff);
	check_refused(&img, -EBADMSG);
	image_set_u32(&img, section + 16, (u32)packed.len);
	image_set_u32(&img, section + 24, 0);
	check_refused(&img, -EBADMSG);
	image_free(&packed);
	image_free(&img);
}
END_TEST

UNIT_SUITE(container_content, sizes_that_lie, packed_options)
