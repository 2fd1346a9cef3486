// SPDX-License-Identifier: GPL-2.0-only
/* test_container.c - the first bytes, and what both layouts share. */
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
	ck_assert_msg(!strncmp(err.msg, "x.dat: ", 7) && strstr(err.msg, word), "%s: %s", word, err.msg);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1); /* it was taken, and closed */
	ck_assert_int_eq(c.fd, -1);
	container_close(&c);
}

START_TEST(first_bytes)
{
	struct page page = one_page();
	struct file_spec spec = { .version = 6, .page = &page, .nr_pages = 1, .nr_cpus = 1 };
	struct image img;

	image_file(&img, &spec, NULL);
	img.p[12] = 1;
	check_refused(&img, -EOPNOTSUPP, "big-endian");
	img.p[12] = 0;
	img.p[13] = 4;
	check_refused(&img, -EOPNOTSUPP, "32-bit");
	img.p[13] = 8;
	img.p[10] = '5';
	check_refused(&img, -EOPNOTSUPP, "version 5");
	memset(img.p + 10, '6', 8);
	check_refused(&img, -EBADMSG, "cut off");	/* a version without an end */
	img.p[0] = 0x16;
	check_refused(&img, -EINVAL, "no trace.dat");
	image_free(&img);
}
END_TEST

START_TEST(page_sizes)
{
	static const u32 bad[] = { 0, 60, 63, 0x80000000, 0xffffffff, 65 << 20 };
	struct page page = one_page();
	struct file_spec spec = { .version = 6, .page = &page, .nr_pages = 1, .nr_cpus = 1 };
	struct image img;

	image_file(&img, &spec, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		image_set_u32(&img, 14, bad[i]);
		check_refused(&img, -EBADMSG, "page size");
	}
	image_set_u32(&img, 14, 4098);	/* records are words */
	check_refused(&img, -EBADMSG, "damaged");
	image_free(&img);
}
END_TEST

START_TEST(kernel_of_32_bits)
{
	struct page page = one_page();
	struct file_spec spec = { .version = 6, .page = &page, .nr_pages = 1, .nr_cpus = 1,
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

START_TEST(not_files)
{
	struct container c;
	struct err err;

	ck_assert_int_eq(container_open(&c, open("/dev/null", O_RDONLY), "n", &err), -ESPIPE);
	ck_assert_int_eq(container_open(&c, open("/", O_RDONLY), "n", &err), -EISDIR);
	ck_assert_int_eq(container_open(&c, -1, "n", &err), -EBADF);
	ck_assert_str_eq(err.msg, "n: Bad file descriptor");
}
END_TEST

START_TEST(sections_are_clipped)
{
	struct container c = { .fd = -1, .file_size = 10 * PAGE + 100 };

	ck_assert_int_eq(container_add_buffer(&c, "", "local", PAGE), 0);
	/* Whole; cut in a page; beyond the end; empty; an offset that wraps. */
	ck_assert_int_eq(container_add_section(&c, (struct section){ .size = 10 * PAGE }), 0);
	ck_assert_uint_eq(c.damaged, 0);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .offset = PAGE,
							.size = 11 * PAGE }), 0);
	ck_assert_uint_eq(c.sections[1].size, 9 * PAGE);
	ck_assert_uint_eq(c.damaged, 2);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .offset = 20 * PAGE,
							.size = 3 * PAGE }), 0);
	ck_assert_uint_eq(c.damaged, 5);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .offset = 0, .size = 0 }), 0);
	ck_assert_int_eq(container_add_section(&c, (struct section){ .offset = UINT64_MAX - 10,
							.size = 1 }), 0);
	ck_assert_uint_eq(c.nr_sections, 2);
	/* Of compressed data, nobody knows how many pages are gone. */
	c.damaged = 0;
	ck_assert_int_eq(container_add_section(&c, (struct section){ .size = 11 * PAGE,
							.packed = true }), 0);
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
	image_set_u64(&img, 12, 2 << 20);	/* over the limit, though it is there */
	image_zero(&img, 3 << 20);
	ck_assert_int_eq(read_formats(&c, &img), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(names_of_threads)
{
	struct page page = one_page();
	struct file_spec spec = { .version = 6, .page = &page, .nr_pages = 1, .nr_cpus = 1 };
	struct container c;
	struct err err;
	char *text;
	int fd = open("tests/data/captures/612-n-k-debian612-nopv-all.dat", O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(container_open(&c, fd, "x.dat", &err), 0);
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_ptr_nonnull(strstr(text, "178 CPU 0/KVM\n"));
	free(text);
	c.cmdlines_off =
		c.file_size; /* nothing there: no names, and no reason to refuse the file */
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
	container_close(&c);

	image_open_spec(&c, &spec);
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_uint_eq(strlen(text), c.cmdlines_len - 1);	/* that one has a NUL */
	free(text);
	c.cmdlines_len = 0;
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
	container_close(&c);
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

UNIT_SUITE(container, names_of_threads, first_bytes, page_sizes, kernel_of_32_bits, not_files,
	   sections_are_clipped,
	   clocks, formats_of_two_systems, formats_of_impossible_size,
	   more_sections_than_room,
	   names_beyond_all_bounds)
