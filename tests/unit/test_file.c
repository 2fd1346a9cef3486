// SPDX-License-Identifier: GPL-2.0-only
/* test_file.c - metadata that ends too early, at every place. */
#include "input/file.h"

#include <unistd.h>

#include "image.h"
#include "unit.h"

START_TEST(pread_stops_at_the_end)
{
	struct image img = { 0 };
	char buf[16] = "";
	int fd;

	image_bytes(&img, "0123456789", 10);
	fd = image_fd(&img);
	ck_assert_int_eq(file_pread(fd, buf, 4, 3), 4);
	ck_assert(!memcmp(buf, "3456", 4));
	ck_assert_int_eq(file_pread(fd, buf, 16, 3), 7);
	ck_assert_int_eq(file_pread(fd, buf, 16, 10), 0);
	ck_assert_int_eq(file_pread(fd, buf, 16, 1ull << 40), 0);
	ck_assert_int_eq(file_pread(fd, buf, 0, 0), 0);
	close(fd);
	ck_assert_int_eq(file_pread(fd, buf, 4, 0), -EBADF);
	image_free(&img);
}
END_TEST

START_TEST(numbers_and_strings)
{
	struct image img = { 0 };
	struct meta m;
	char s[8];

	image_u16(&img, 0x1234);
	image_u32(&img, 0x89abcdef);
	image_u64(&img, 0x0123456789abcdefull);
	image_string(&img, "name");
	image_string(&img, "");
	meta_init_mem(&m, img.p, img.len);
	ck_assert_uint_eq(meta_u16(&m), 0x1234);
	ck_assert_uint_eq(meta_u32(&m), 0x89abcdef);
	ck_assert_uint_eq(meta_u64(&m), 0x0123456789abcdefull);
	ck_assert(meta_string(&m, s, sizeof(s)));
	ck_assert_str_eq(s, "name");
	ck_assert(meta_string(&m, s, sizeof(s)));
	ck_assert_str_eq(s, "");
	ck_assert_uint_eq(meta_left(&m), 0);
	ck_assert_int_eq(m.bad, 0);
	meta_release(&m);
	image_free(&img);
}
END_TEST

START_TEST(bad_stays_bad)
{
	struct meta m;
	char s[8] = "x";

	meta_init_mem(&m, "abcdef", 6);
	ck_assert_uint_eq(meta_u64(&m), 0);
	ck_assert_int_eq(m.bad, -ENODATA);
	/* Two bytes would be there, but who knows where the reader stands. */
	ck_assert_uint_eq(meta_u16(&m), 0);
	ck_assert(!meta_string(&m, s, sizeof(s)));
	ck_assert_str_eq(s, "");
	ck_assert(!meta_bytes(&m, s, 1));
	meta_skip(&m, 0);
	ck_assert_int_eq(m.bad, -ENODATA);
	ck_assert_uint_eq(meta_left(&m), 0);
}
END_TEST

START_TEST(bounds)
{
	struct meta m;

	meta_init_mem(&m, "abcdef", 6);
	meta_skip(&m, UINT64_MAX); /* pos + len would wrap */
	ck_assert_int_eq(m.bad, -ENODATA);
	meta_init_mem(&m, "abcdef", 6);
	meta_skip(&m, 6);
	ck_assert_int_eq(m.bad, 0);
	meta_skip(&m, 1);
	ck_assert_int_eq(m.bad, -ENODATA);
	meta_init_mem(&m, "abcdef", 6);
	meta_seek(&m, 6);
	ck_assert_int_eq(m.bad, 0);
	meta_seek(&m, 0); /* backwards is fine */
	ck_assert_uint_eq(meta_u16(&m), 'a' | 'b' << 8);
	meta_seek(&m, 7);
	ck_assert_int_eq(m.bad, -ENODATA);
}
END_TEST

START_TEST(strings_have_an_end)
{
	struct meta m;
	char s[4];

	meta_init_mem(&m, "abcd", 5); /* four and its NUL into four */
	ck_assert(!meta_string(&m, s, sizeof(s)));
	ck_assert_str_eq(s, "");
	meta_init_mem(&m, "abc", 4);
	ck_assert(meta_string(&m, s, sizeof(s)));
	meta_init_mem(&m, "abc", 3); /* no NUL before the bound */
	ck_assert(!meta_string(&m, s, sizeof(s)));
	ck_assert_int_eq(m.bad, -ENODATA);
}
END_TEST

START_TEST(windows)
{
	const size_t len = 3 * META_WINDOW + 100;
	struct image img = { 0 };
	u8 *got = malloc(len);
	struct meta m;
	int fd;

	for (size_t i = 0; i < len; i += 4)
		image_u32(&img, (u32)(i * 2654435761u));
	fd = image_fd(&img);
	ck_assert_int_eq(meta_init_file(&m, fd, 0, len), 0);
	/* Pieces that lie across windows, then one that is larger than a window. */
	for (size_t i = 0; i < META_WINDOW + 70; i += 7)
		ck_assert(meta_bytes(&m, got + i, 7));
	ck_assert(meta_bytes(&m, got + m.pos, len - m.pos));
	ck_assert(!memcmp(got, img.p, len));
	meta_seek(&m, 4);
	ck_assert_uint_eq(meta_u32(&m), load32(img.p + 4));
	meta_release(&m);
	/* The bound is beyond what the file has. */
	ck_assert_int_eq(meta_init_file(&m, fd, len - 6, len + 100), 0);
	ck_assert_uint_eq(meta_u32(&m), load32(img.p + len - 6));
	ck_assert_uint_eq(meta_u32(&m), 0);
	ck_assert_int_eq(m.bad, -ENODATA);
	meta_release(&m);
	/* The bound is before its beginning: nothing is there. */
	ck_assert_int_eq(meta_init_file(&m, fd, 50, 10), 0);
	ck_assert_uint_eq(meta_left(&m), 0);
	meta_release(&m);
	close(fd);
	free(got);
	image_free(&img);
}
END_TEST

UNIT_SUITE(file, pread_stops_at_the_end, numbers_and_strings, bad_stays_bad, bounds,
	   strings_have_an_end, windows)
