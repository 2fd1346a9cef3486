// SPDX-License-Identifier: GPL-2.0-only
/* test_container.c - what the readers of both layouts share. */
#include "input/container.h"

#include <fcntl.h>
#include <unistd.h>

#include "image.h"
#include "unit.h"

static struct page one_page(void)
{
	struct page p;

	page_begin(&p, 1000);
	page_track(&p, 0, track_record(10, 1, 0, 1, 0xfd));
	page_end(&p, 0, 0);
	return p;
}

/* Opens an image that is expected to fail; its line has this word. */
static void check_refused(const struct image *img, int want, const char *word)
{
	struct container c;
	struct err err;
	int fd = image_fd(img);

	ck_assert_int_eq(container_open(&c, fd, "x.dat", &err), want);
	ck_assert_msg(!strncmp(err.msg, "x.dat: ", 7) && strstr(err.msg, word), "%s: %s", word,
		      err.msg);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1); /* it was taken, and closed */
	ck_assert_int_eq(c.fd, -1);
	container_close(&c);
}

START_TEST(kernel_of_32_bits)
{
	struct page page = one_page();
	struct file_spec spec = { .version = 6,
				  .page = &page,
				  .nr_pages = 1,
				  .nr_cpus = 1,
				  .header_page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\n"
						 "\tfield: local_t commit;\toffset:8;\tsize:4;\n" };
	struct image img;

	for (spec.version = 6; spec.version <= 7; spec.version++) {
		image_file(&img, &spec, NULL);
		check_refused(&img, -EOPNOTSUPP, "32-bit kernel");
		image_free(&img);
	}
}
END_TEST

START_TEST(sections_are_clipped)
{
	struct container c = { .fd = -1, .file_size = 10 * PAGE + 100 };

	ck_assert_int_eq(container_add_buffer(&c, "", "local", PAGE), 0);
	/* Whole; cut in a page; beyond the end; empty; an offset that wraps. */
	ck_assert_int_eq(container_add_section(&c, (struct section){ .size = 10 * PAGE }), 0);
	ck_assert_uint_eq(c.damaged, 0);
	ck_assert_int_eq(
		container_add_section(&c, (struct section){ .offset = PAGE, .size = 11 * PAGE }),
		0);
	ck_assert_uint_eq(c.sections[1].size, 9 * PAGE);
	ck_assert_uint_eq(c.damaged, 2);
	ck_assert_int_eq(container_add_section(
				 &c, (struct section){ .offset = 20 * PAGE, .size = 3 * PAGE }),
			 0);
	ck_assert_uint_eq(c.damaged, 5);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .offset = 0, .size = 0 }), 0);
	ck_assert_int_eq(
		container_add_section(&c, (struct section){ .offset = UINT64_MAX - 10, .size = 1 }),
		0);
	ck_assert_uint_eq(c.nr_sections, 2);
	/* Of compressed data, nobody knows how many pages are gone. */
	c.damaged = 0;
	ck_assert_int_eq(
		container_add_section(&c, (struct section){ .size = 11 * PAGE, .packed = true }),
		0);
	ck_assert_uint_eq(c.sections[2].size, c.file_size);
	ck_assert_uint_eq(c.damaged, 1);
	container_close(&c);
}
END_TEST

START_TEST(clocks)
{
	struct container c = { .fd = -1 };

	ck_assert_int_eq(container_set_clock(&c, ""), 0);
	ck_assert_ptr_null(c.clock);
	ck_assert_int_eq(container_set_clock(&c, "local [global] mono\n"), 0);
	ck_assert_str_eq(c.clock, "global");
	ck_assert_int_eq(container_set_clock(&c, "mono_raw\n"), 0);
	ck_assert_str_eq(c.clock, "mono_raw");
	ck_assert_int_eq(container_set_clock(&c, "[cut"), 0);
	ck_assert_str_eq(c.clock, "[cut");
	container_close(&c);
}
END_TEST

/* Reads formats from a piece of memory. */
static int read_formats(struct container *c, const struct image *img)
{
	struct meta m;

	*c = (struct container){ .fd = -1 };
	meta_init_mem(&m, img->p, img->len);
	return container_read_formats(c, &m, 1 << 20);
}

START_TEST(formats_of_two_systems)
{
	struct image img = { 0 };
	struct container c;
	size_t whole;

	image_u32(&img, 2);
	image_string(&img, "kvm");
	image_u32(&img, 2);
	image_u64(&img, 3);
	image_bytes(&img, "one", 3);
	image_u64(&img, 0);
	image_string(&img, "sched");
	image_u32(&img, 1);
	image_u64(&img, 5);
	image_bytes(&img, "three", 5);
	whole = img.len;
	ck_assert_int_eq(read_formats(&c, &img), 0);
	ck_assert_uint_eq(c.nr_formats, 3);
	ck_assert_str_eq(c.formats[0].system, "kvm");
	ck_assert_str_eq(c.formats[0].text, "one");
	ck_assert_str_eq(c.formats[1].text, "");
	ck_assert_str_eq(c.formats[2].system, "sched");
	ck_assert_str_eq(c.formats[2].text, "three");
	ck_assert_uint_eq(c.formats[2].len, 5);
	container_close(&c);
	for (img.len = 4; img.len < whole; img.len++) {
		ck_assert_int_eq(read_formats(&c, &img), -EBADMSG);
		container_close(&c);
	}
	image_free(&img);
}
END_TEST

START_TEST(formats_of_impossible_size)
{
	struct image img = { 0 };
	struct container c;

	image_u32(&img, 0xffffffff);
	image_string(&img, "kvm");
	image_u32(&img, 0xffffffff);
	image_u64(&img, UINT64_MAX - 7);
	ck_assert_int_eq(read_formats(&c, &img), -EBADMSG);
	container_close(&c);
	image_set_u64(&img, 12, 2 << 20); /* over the limit, though it is there */
	image_zero(&img, 3 << 20);
	ck_assert_int_eq(read_formats(&c, &img), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(more_sections_than_room)
{
	struct container c = { .fd = -1, .file_size = 3 * 16 };
	int ret = 0;

	ck_assert_int_eq(container_add_buffer(&c, "", NULL, PAGE), 0);
	/* Empty ones count, too: each is named by 16 bytes of the file. */
	for (int i = 0; i < 4; i++)
		ret |= container_add_section(&c, (struct section){ .cpu = 1 });
	ck_assert_int_eq(ret, 0);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .cpu = 1 }), -EBADMSG);
	container_close(&c);
}
END_TEST

START_TEST(names_beyond_all_bounds)
{
	struct container c = { .fd = -1, .version = 6, .cmdlines_len = 1u << 30 };
	char *text;

	/* An extra that cannot be had is none. */
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

UNIT_SUITE(container, kernel_of_32_bits, sections_are_clipped, clocks, formats_of_two_systems,
	   formats_of_impossible_size, more_sections_than_room, names_beyond_all_bounds)
