// SPDX-License-Identifier: GPL-2.0-only
/* test_container_open.c - the first bytes, what is refused by them, the saved names of threads. */
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
	check_refused(&img, -EBADMSG, "cut off"); /* a version without an end */
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
	image_set_u32(&img, 14, 4098); /* records are words */
	check_refused(&img, -EBADMSG, "damaged");
	image_free(&img);
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
	ck_assert_uint_eq(strlen(text), c.cmdlines_len - 1); /* that one has a NUL */
	free(text);
	c.cmdlines_len = 0;
	ck_assert_int_eq(container_cmdlines(&c, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
	container_close(&c);
}
END_TEST

UNIT_SUITE(container_open, first_bytes, page_sizes, not_files, names_of_threads)
