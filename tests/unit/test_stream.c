// SPDX-License-Identifier: GPL-2.0-only
/* test_stream.c - a CPU's data, raw and compressed, with damage that costs no more than it must. */
#include "input/stream.h"

#include <errno.h>
#include <unistd.h>

#include "image.h"
#include "unit.h"

#define NR_PAGES 7
static struct page pages[NR_PAGES];

/* Each page has 10 records; the time of the n-th is n. */
static struct file_spec usual(int version, enum codec codec)
{
	for (u32 i = 0; i < NR_PAGES; i++) {
		page_begin(&pages[i], 10 * i);
		for (u32 n = 0; n < 10; n++)
			page_track(&pages[i], !!n, track_record(1, 1, i, n, 0));
		page_end(&pages[i], i == 3 ? PAGE_MISSED | PAGE_MISSED_STORED : 0, 100);
	}
	return (struct file_spec){ .version = version,
				   .page = pages,
				   .nr_pages = NR_PAGES,
				   .nr_cpus = 1,
				   .codec = codec };
}

/* Reads a section to its end; the sum of all times, and the stream's totals. */
static u64 read_all(const struct container *c, struct stream_totals *totals, size_t want)
{
	struct unpacker unpacker = { 0 };
	struct stream s;
	struct batch b;
	u64 sum = 0;
	int ret;

	ck_assert_int_eq(stream_init(&s, c, &c->sections[0], &unpacker, want), 0);
	while ((ret = stream_next(&s, &b)) > 0)
		for (u32 i = 0; i < b.nr; i++)
			sum += b.rec[i].ts;
	ck_assert_int_eq(ret, 0);
	ck_assert_int_eq(stream_next(&s, &b), 0); /* the end stays the end */
	*totals = s.totals;
	stream_release(&s);
	unpacker_release(&unpacker);
	return sum;
}

static const struct {
	int version;
	enum codec codec;
} kinds[] = { { 6, CODEC_NONE }, { 7, CODEC_NONE }, { 7, CODEC_ZSTD }, { 7, CODEC_ZLIB } };

START_TEST(every_kind_of_file)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct file_spec spec = usual(kinds[k].version, kinds[k].codec);
		struct stream_totals t;
		struct container c;

		image_open_spec(&c, &spec);
		/* A page at a time, three, and all of them. */
		for (size_t want = 1; want < STREAM_BUFFER; want = want * 3 + 3 * PAGE) {
			ck_assert_uint_eq(read_all(&c, &t, want), 69 * 70 / 2);
			ck_assert_uint_eq(t.records, 70);
			ck_assert_uint_eq(t.first_ts, 0);
			ck_assert_uint_eq(t.last_ts, 69);
			ck_assert_uint_eq(t.gaps, 1);
			ck_assert_uint_eq(t.lost, 100);
			ck_assert(!t.lost_unknown && !t.damaged);
		}
		container_close(&c);
	}
}
END_TEST

START_TEST(a_damaged_page)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct file_spec spec = usual(kinds[k].version, kinds[k].codec);
		struct stream_totals t;
		struct container c;

		memset(pages[2].data + 8, 0xff, 4); /* its commit */
		image_open_spec(&c, &spec);
		read_all(&c, &t, STREAM_BUFFER_MIN);
		ck_assert_uint_eq(t.records, 60);
		ck_assert_uint_eq(t.damaged, 1);
		container_close(&c);
	}
}
END_TEST

START_TEST(a_damaged_record)
{
	struct file_spec spec = usual(7, CODEC_ZSTD);
	u32 over_the_end = 28;
	struct stream_totals t;
	struct container c;

	memcpy(pages[2].data + 16 + 9 * 36, &over_the_end, 4);
	image_open_spec(&c, &spec);
	read_all(&c, &t, STREAM_BUFFER_MIN);
	ck_assert_uint_eq(t.records, 69);
	ck_assert_uint_eq(t.damaged, 1);
	container_close(&c);
}
END_TEST

START_TEST(missing_numbers)
{
	struct file_spec spec = usual(6, CODEC_NONE);
	struct stream_totals t;
	struct container c;

	page_end(&pages[5], PAGE_MISSED, 0);
	image_open_spec(&c, &spec);
	read_all(&c, &t, STREAM_BUFFER_MIN);
	ck_assert_uint_eq(t.gaps, 2);
	ck_assert_uint_eq(t.lost, 100);
	ck_assert(t.lost_unknown);
	container_close(&c);
}
END_TEST

/* A packed file with one number changed behind its first chunk's place. */
static void read_broken(size_t behind, u32 value, struct stream_totals *t)
{
	struct file_spec spec = usual(7, CODEC_ZSTD);
	struct file_places at;
	struct container c;
	struct image img;

	image_file(&img, &spec, &at);
	image_set_u32(&img, at.first_chunk + behind, value);
	image_open(&c, &img);
	read_all(&c, t, STREAM_BUFFER_MIN);
	container_close(&c);
	image_free(&img);
}

START_TEST(wrong_chunks)
{
	struct stream_totals t;

	/* The first of four chunks holds two pages. */
	read_broken(12, 0, &t); /* not a frame: this chunk is lost */
	ck_assert_uint_eq(t.records, 50);
	ck_assert_uint_eq(t.damaged, 1);
	read_broken(8, PAGE, &t); /* unpacks to more than it said */
	ck_assert_uint_eq(t.records, 50);
	ck_assert_uint_eq(t.damaged, 1);
	read_broken(8, 3 * PAGE, &t); /* to less */
	ck_assert_uint_eq(t.records, 50);
	ck_assert_uint_eq(t.damaged, 1);
	read_broken(8, 0xffffffff, &t); /* to more than anybody has: costs itself alone */
	ck_assert_uint_eq(t.records, 50);
	ck_assert_uint_eq(t.damaged, 1);
	read_broken(4, 0xffffffff, &t); /* beyond the section */
	ck_assert_uint_eq(t.records, 0);
	ck_assert_uint_eq(t.damaged, 4);
	read_broken(4, 0, &t); /* empty: the rest is out of step */
	ck_assert_uint_eq(t.records, 0);
	ck_assert_uint_ge(t.damaged, 1);
	read_broken(0, 0, &t); /* no chunks at all */
	ck_assert_uint_eq(t.records, 0);
	read_broken(0, 3, &t);
	ck_assert_uint_eq(t.records, 60);
	read_broken(0, 1000, &t); /* more than there are */
	ck_assert_uint_eq(t.records, 70);
	ck_assert_uint_eq(t.damaged, 996);
}
END_TEST

START_TEST(a_file_that_shrinks)
{
	static const enum codec codecs[] = { CODEC_NONE, CODEC_ZSTD };

	for (size_t k = 0; k < ARRAY_SIZE(codecs); k++) {
		struct file_spec spec = usual(7, codecs[k]);
		struct stream_totals t;
		struct file_places at;
		struct container c;
		struct image img;

		image_file(&img, &spec, &at);
		image_open(&c, &img);
		ck_assert_int_eq(ftruncate(c.fd, at.data + (k ? 300 : 3 * PAGE + 50)), 0);
		read_all(&c, &t, STREAM_BUFFER_MIN);
		ck_assert_uint_eq(t.records, k ? t.records : 30);
		ck_assert_uint_lt(t.records, 70);
		ck_assert_uint_ge(t.damaged, k ? 1 : 4);
		container_close(&c);
		image_free(&img);
	}
}
END_TEST

START_TEST(reading_fails)
{
	struct file_spec spec = usual(6, CODEC_NONE);
	struct unpacker unpacker = { 0 };
	struct container c;
	struct stream s;
	struct batch b;
	int fd;

	image_open_spec(&c, &spec);
	ck_assert_int_eq(stream_init(&s, &c, &c.sections[0], &unpacker, STREAM_BUFFER_MIN), 0);
	fd = c.fd;
	close(fd);
	ck_assert_int_eq(stream_next(&s, &b), -EBADF);
	stream_release(&s);
	c.fd = -1;
	container_close(&c);
	unpacker_release(&unpacker);
}
END_TEST

START_TEST(converted_times)
{
	struct file_spec spec = usual(6, CODEC_NONE);
	struct stream_totals t;
	struct container c;

	image_open_spec(&c, &spec);
	c.tsc_mult = 3;
	c.tsc_shift = 1;
	c.ts_offset = 1000;
	read_all(&c, &t, STREAM_BUFFER_MIN);
	ck_assert_uint_eq(t.first_ts, 1000);
	ck_assert_uint_eq(t.last_ts, 69 * 3 / 2 + 1000);
	c.tsc_shift = 0xffffffff; /* damaged: anything, but defined */
	c.ts_offset = INT64_MIN;
	read_all(&c, &t, STREAM_BUFFER_MIN);
	ck_assert_uint_eq(t.records, 70);
	container_close(&c);
}
END_TEST

START_TEST(totals_are_those_of_the_union)
{
	struct stream_totals a, b = { 3, 10, 20, 1, 5, true, 2 }, c = { 2, 5, 15, 1, 4, false, 1 };

	stream_totals_init(&a);
	ck_assert_uint_gt(a.first_ts, a.last_ts);
	stream_totals_add(&a, &b);
	stream_totals_add(&a, &c);
	ck_assert_uint_eq(a.records, 5);
	ck_assert_uint_eq(a.first_ts, 5);
	ck_assert_uint_eq(a.last_ts, 20);
	ck_assert_uint_eq(a.gaps, 2);
	ck_assert_uint_eq(a.lost, 9);
	ck_assert(a.lost_unknown);
	ck_assert_uint_eq(a.damaged, 3);
}
END_TEST

START_TEST(bombs)
{
	struct image img = { 0 };
	struct buffer buffer = { .page_size = PAGE };
	struct section section = { .packed = true };
	struct container c = { .buffers = &buffer,
			       .nr_buffers = 1,
			       .sections = &section,
			       .nr_sections = 1,
			       .codec = CODEC_ZSTD };
	struct unpacker unpacker = { 0 };
	struct stream s;
	struct batch b;

	image_bombs(&img, 8);
	c.fd = image_fd(&img);
	c.file_size = section.size = img.len;
	unpacker_limit(&unpacker, &c);
	ck_assert_int_eq(stream_init(&s, &c, &section, &unpacker, STREAM_BUFFER), 0);
	/* Pages of zeros have no records: it ends at the limit, not at the end. */
	ck_assert_int_eq(stream_next(&s, &b), -EFBIG);
	ck_assert_uint_le(unpacker.unpacked, UNPACK_ANY + UNPACK_RATIO * img.len + CHUNK_MAX);
	stream_release(&s);
	ck_assert_uint_eq(unpacker.held, 0);
	unpacker_release(&unpacker);
	close(c.fd);
	image_free(&img);
}
END_TEST

UNIT_SUITE(stream, every_kind_of_file, a_damaged_page, a_damaged_record, missing_numbers,
	   wrong_chunks, a_file_that_shrinks, reading_fails, converted_times,
	   totals_are_those_of_the_union, bombs)
