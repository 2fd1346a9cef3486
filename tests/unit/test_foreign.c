// SPDX-License-Identifier: GPL-2.0-only
/* test_foreign.c - what each stranger is called. */
#include "input/foreign.h"

#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "unit.h"

/* A file with these first bytes is described by a line with this word in it. */
static void check_file(const char *bytes, size_t len, const char *word)
{
	struct image img = { 0 };
	struct err err = { "" };
	int fd;

	image_bytes(&img, bytes, len);
	fd = image_fd(&img);
	ck_assert_int_lt(foreign_describe(fd, "x.dat", &err), 0);
	ck_assert_msg(!strncmp(err.msg, "x.dat: ", 7) && strstr(err.msg, word), "%s: %s", word,
		      err.msg);
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	close(fd);
	image_free(&img);
}

START_TEST(known_strangers)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *word;
	} files[] = {
		{ "PERFILE2........", 16, "perf.data" },
		{ "\x1f\x8b\x08\x00", 4, "gzip -d" },
		{ "\xfd"
		  "7zXZ\x00",
		  6, "xz -d" },
		{ "\x28\xb5\x2f\xfd....", 8, "zstd -d" },
		{ "BZh91AY", 7, "bzip2 -d" },
		{ "PK\x03\x04....", 8, "zip" },
		{ "\x7f"
		  "ELF\x02",
		  5, "ELF" },
		{ "\xc1\x1f\xfc\xc1", 4, "CTF" },
		{ "\xd4\xc3\xb2\xa1", 4, "pcap" },
		{ "# tracer: nop\n", 14, "trace" },
		{ "{\"a\": 1}", 8, "JSON" },
		{ "some words\n", 11, "text" },
		{ "\x00\x01\x02", 3, "no trace.dat" },
		{ "\x17\x08\x44trac", 7, "no trace.dat" },
		{ "PERFILE", 7, "text" }, /* cut in its magic: no more than text */
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		check_file(files[i].bytes, files[i].len, files[i].word);
}
END_TEST

START_TEST(tar)
{
	char head[512] = "trace.dat";

	memcpy(head + 257, "ustar", 5);
	check_file(head, sizeof(head), "tar");
}
END_TEST

START_TEST(kinds)
{
	struct err err = { "" };
	struct stat st = { .st_mode = S_IFDIR };

	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), -EISDIR);
	ck_assert_ptr_nonnull(strstr(err.msg, "directory"));
	st.st_mode = S_IFIFO;
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), -ESPIPE);
	ck_assert_ptr_nonnull(strstr(err.msg, "pipe"));
	st.st_mode = S_IFSOCK;
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), -ESPIPE);
	st.st_mode = S_IFCHR;
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), -ESPIPE);
	ck_assert_ptr_nonnull(strstr(err.msg, "device"));
	st.st_mode = S_IFREG;
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), -ENODATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "empty"));
	st.st_size = 1;
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), 0);
	st = (struct stat){ .st_mode = S_IFBLK }; /* its size is not in st_size */
	ck_assert_int_eq(foreign_refuse_kind(&st, "x", &err), 0);
}
END_TEST

START_TEST(unreadable)
{
	struct err err = { "" };

	ck_assert_int_eq(foreign_describe(-1, "x", &err), -EBADF);
	ck_assert_ptr_nonnull(strstr(err.msg, "cannot read"));
}
END_TEST

UNIT_SUITE(foreign, known_strangers, tar, kinds, unreadable)
