// SPDX-License-Identifier: GPL-2.0-only
/* test_container_v6.c - files of version 6, whole, cut and contradicting themselves. */
#include "input/container.h"

#include <unistd.h>

#include "image.h"
#include "unit.h"

static struct page pages[4];

static struct file_spec usual(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		page_begin(&pages[i], 1000 * i);
		page_track(&pages[i], 0, track_record(10, 1, 0, 1, 0xfd));
		page_end(&pages[i], 0, 0);
	}
	return (struct file_spec){ .version = 6, .page = pages, .nr_pages = 2, .nr_cpus = 2 };
}

static int open_image(struct container *c, const struct image *img, struct err *err)
{
	return container_open(c, image_fd(img), "x.dat", err);
}

START_TEST(places)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	image_file(&img, &spec, &at);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_int_eq(c.version, 6);
	ck_assert_uint_eq(c.nr_cpus, 2);
	ck_assert_uint_eq(c.nr_buffers, 1);
	ck_assert_str_eq(c.buffers[0].name, "");
	ck_assert_uint_eq(c.nr_sections, 2);
	ck_assert_uint_eq(c.sections[1].cpu, 1);
	ck_assert_uint_eq(c.sections[1].offset, at.data + 2 * PAGE);
	ck_assert_uint_eq(c.sections[1].size, 2 * PAGE);
	ck_assert(!c.sections[1].packed);
	ck_assert_uint_eq(c.nr_formats, 1);
	ck_assert_str_eq(c.formats[0].text, track_format);
	ck_assert_uint_eq(c.cmdlines_len, 9);
	ck_assert_uint_eq(c.damaged, 0);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(instances)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	spec.instance = true;
	image_file(&img, &spec, &at);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_buffers, 2);
	ck_assert_str_eq(c.buffers[1].name, "in");
	ck_assert_uint_eq(c.nr_sections, 4);
	ck_assert_uint_eq(c.sections[3].buffer, 1);
	ck_assert_uint_eq(c.sections[3].cpu, 1);
	container_close(&c);
	/*
	 * The instance's place is nowhere, at its own option, or cut off: the rest is still read.
	 */
	image_set_u64(&img, at.instance_offset, UINT64_MAX);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_sections, 2);
	ck_assert_uint_eq(c.damaged, 1);
	container_close(&c);
	image_set_u64(&img, at.instance_offset, at.instance_offset);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_sections, 2);
	ck_assert_uint_eq(c.damaged, 1);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(cut_anywhere)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;
	size_t whole;

	image_file(&img, &spec, &at);
	whole = img.len;
	for (img.len = 1; img.len < at.cpu_table + 32; img.len++) {
		ck_assert_int_lt(open_image(&c, &img, &err), 0);
		ck_assert(err.msg[0] && !strchr(err.msg, '\n'));
		container_close(&c);
	}
	/* Behind the table every whole page is kept, and every missing one is counted. */
	for (; img.len <= whole; img.len += 500) {
		u64 have = 0, pages_there = img.len > at.data ? (img.len - at.data) / PAGE : 0;

		ck_assert_int_eq(open_image(&c, &img, &err), 0);
		for (u32 i = 0; i < c.nr_sections; i++)
			have += c.sections[i].size / PAGE;
		ck_assert_uint_eq(have, pages_there);
		ck_assert_uint_eq(c.damaged, 4 - pages_there);
		container_close(&c);
	}
	image_free(&img);
}
END_TEST

START_TEST(option_of_cpus)
{
	const u8 one[] = { 1, 0, 0, 0 }, many[] = { 0, 0, 0, 0x7f };
	struct file_spec spec = usual();
	struct container c;
	struct image img;
	struct err err;

	spec.option_id = OPTION_CPUCOUNT;
	spec.option_len = 4;
	spec.option = one;
	image_file(&img, &spec, NULL);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_cpus, 1);
	ck_assert_uint_eq(c.nr_sections, 1);
	container_close(&c);
	image_free(&img);
	spec.option = many;
	image_file(&img, &spec, NULL);
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(unknown_option)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	spec.option_id = 25;
	spec.option_len = 5;
	spec.option = (const u8 *)"12345";
	image_file(&img, &spec, &at);
	ck_assert_int_eq(open_image(&c, &img, &err), 0);
	ck_assert_uint_eq(c.nr_sections, 2);
	container_close(&c);
	image_set_u32(&img, at.options + 2, 0xfffffff0); /* longer than the file */
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(counts_without_end)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	image_file(&img, &spec, &at);
	image_set_u32(&img, at.cpu_count, 0xffffffff);
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_set_u32(&img, at.cpu_count, 60000); /* allowed, but not there */
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_set_u32(&img, at.cpu_count, 2);
	image_set_u32(&img, at.formats, 0xffffffff);
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_set_u32(&img, at.formats - 4, 0xffffffff);
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

START_TEST(latency_traces)
{
	struct file_spec spec = usual();
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;

	image_file(&img, &spec, &at);
	memcpy(img.p + at.cpu_table - 10, "latency  \0", 10);
	ck_assert_int_eq(open_image(&c, &img, &err), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(err.msg, "latency trace"));
	container_close(&c);
	memcpy(img.p + at.cpu_table - 10, "something\0", 10);
	ck_assert_int_eq(open_image(&c, &img, &err), -EBADMSG);
	container_close(&c);
	image_free(&img);
}
END_TEST

/* trace-cmd 2 left the option empty, and put the clock's name behind the table. */
START_TEST(clock_behind_the_table)
{
	static const struct {
		u64 len;
		const char *text, *want;
	} rows[] = {
		{ 7, "[local]", "local" },
		{ 0, "", NULL },
		{ 7000, "[local]", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct file_spec spec = usual();
		struct file_places at;
		struct container c;
		struct image img;
		struct err err;

		spec.option_id = OPTION_TRACECLOCK;
		spec.option = (const u8 *)"";
		image_file(&img, &spec, &at);
		image_set_u64(&img, at.cpu_table + 2 * 16, rows[i].len);
		memcpy(img.p + at.cpu_table + 2 * 16 + 8, rows[i].text, strlen(rows[i].text));
		ck_assert_msg(!open_image(&c, &img, &err), "%s", err.msg);
		ck_assert(rows[i].want ? c.clock && !strcmp(c.clock, rows[i].want) : !c.clock);
		ck_assert_uint_eq(c.nr_sections, 2);
		container_close(&c);
		image_free(&img);
	}
}
END_TEST

UNIT_SUITE(container_v6, places, instances, cut_anywhere, option_of_cpus, unknown_option,
	   counts_without_end, latency_traces, clock_behind_the_table)
