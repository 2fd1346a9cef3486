// SPDX-License-Identifier: GPL-2.0-only
/* test_pieces.c - pieces of files: together they are the files, whoever reads them. */
#include "input/pieces.h"

#include <errno.h>
#include <unistd.h>

#include "image.h"
#include "input/stream.h"
#include "unit.h"

#define NR_PAGES 700 /* some raw pieces, and more chunks than one piece takes */
static struct page pages[NR_PAGES];

/* One record a page; its time is the page's number, plus one. */
static struct file_spec usual(int version, enum codec codec)
{
	for (u32 i = 0; i < NR_PAGES; i++) {
		page_begin(&pages[i], i + 1);
		page_track(&pages[i], 0, track_record(1, 1, 0, 1, 0));
		page_end(&pages[i], 0, 0);
	}
	return (struct file_spec){ .version = version,
				   .page = pages,
				   .nr_pages = NR_PAGES / 2,
				   .nr_cpus = 2,
				   .codec = codec };
}

struct result {
	u64 pieces, records, sum; /* of the records' times */
	u64 damaged;		  /* in streams, and chunks that were not found */
};

static void read_piece(const struct piece *piece, struct unpacker *unpacker, struct result *r)
{
	struct stream s;
	struct batch b;
	int ret;

	ck_assert_int_eq(stream_init(&s, piece->c, &piece->section, unpacker, STREAM_BUFFER), 0);
	while ((ret = stream_next(&s, &b)) > 0)
		for (u32 i = 0; i < b.nr; i++, r->records++)
			r->sum += b.rec[i].ts;
	ck_assert_int_eq(ret, 0);
	r->damaged += s.totals.damaged;
	r->pieces++;
	stream_release(&s);
}

static struct result read_all(struct pieces *p)
{
	struct unpacker unpacker = { 0 };
	struct result r = { 0 };
	struct piece piece;
	int ret;

	while ((ret = pieces_next(p, &piece)) > 0)
		read_piece(&piece, &unpacker, &r);
	ck_assert_int_eq(ret, 0);
	ck_assert_int_eq(pieces_next(p, &piece), 0);
	for (u32 i = 0; i < p->nr; i++)
		r.damaged += p->damaged[i];
	unpacker_release(&unpacker);
	return r;
}

static struct result read_image(const struct image *img)
{
	struct container c;
	struct result r;
	struct pieces p;

	image_open(&c, img);
	ck_assert_int_eq(pieces_init(&p, 1), 0);
	pieces_add(&p, &c, 0);
	r = read_all(&p);
	pieces_release(&p);
	container_close(&c);
	return r;
}

static const struct {
	int version;
	enum codec codec;
} kinds[] = { { 6, CODEC_NONE }, { 7, CODEC_NONE }, { 7, CODEC_ZSTD }, { 7, CODEC_ZLIB } };

START_TEST(together_they_are_the_file)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct file_spec spec = usual(kinds[k].version, kinds[k].codec);
		struct image img;
		struct result r;

		image_file(&img, &spec, NULL);
		r = read_image(&img);
		ck_assert_uint_ge(r.pieces, 4);
		ck_assert_uint_eq(r.records, NR_PAGES);
		ck_assert_uint_eq(r.sum, (u64)NR_PAGES * (NR_PAGES + 1) / 2);
		ck_assert_uint_eq(r.damaged, 0);
		image_free(&img);
	}
}
END_TEST

START_TEST(several_files)
{
	struct container c[ARRAY_SIZE(kinds)];
	struct result r;
	struct pieces p;

	ck_assert_int_eq(pieces_init(&p, ARRAY_SIZE(kinds)), 0);
	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct file_spec spec = usual(kinds[k].version, kinds[k].codec);

		image_open_spec(&c[k], &spec);
		pieces_add(&p, &c[k], k);
	}
	r = read_all(&p);
	ck_assert_uint_eq(r.records, ARRAY_SIZE(kinds) * NR_PAGES);
	pieces_release(&p);
	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++)
		container_close(&c[k]);
}
END_TEST

struct reader {
	struct pieces *p;
	struct result r;
	pthread_t thread;
};

static void *reader_run(void *arg)
{
	struct unpacker unpacker = { 0 };
	struct reader *reader = arg;
	struct piece piece;

	while (pieces_next(reader->p, &piece) > 0)
		read_piece(&piece, &unpacker, &reader->r);
	unpacker_release(&unpacker);
	return NULL;
}

START_TEST(several_threads)
{
	struct file_spec spec = usual(7, CODEC_ZSTD);
	struct reader readers[4] = { { 0 } };
	struct container c;
	struct pieces p;
	u64 records = 0, sum = 0;

	image_open_spec(&c, &spec);
	ck_assert_int_eq(pieces_init(&p, 1), 0);
	pieces_add(&p, &c, 0);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].p = &p;
		ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, reader_run, &readers[i]),
				 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
		records += readers[i].r.records;
		sum += readers[i].r.sum;
	}
	ck_assert_uint_eq(records, NR_PAGES);
	ck_assert_uint_eq(sum, (u64)NR_PAGES * (NR_PAGES + 1) / 2);
	pieces_release(&p);
	container_close(&c);
}
END_TEST

START_TEST(wrong_chunks)
{
	const u32 chunks = NR_PAGES / 4; /* of each CPU; two pages each */
	struct file_spec spec = usual(7, CODEC_ZSTD);
	struct file_places at;
	struct image img;
	struct result r;
	u32 len;

	image_file(&img, &spec, &at);
	len = load32(img.p + at.first_chunk + 4);
	image_set_u32(&img, at.first_chunk + 4, 0xffffffff); /* beyond the end: this CPU is lost */
	r = read_image(&img);
	ck_assert_uint_eq(r.records, NR_PAGES / 2);
	ck_assert_uint_eq(r.damaged, chunks);
	image_set_u32(&img, at.first_chunk + 4, len);
	image_set_u32(&img, at.first_chunk + 12, 0); /* no frame: one chunk is lost */
	r = read_image(&img);
	ck_assert_uint_eq(r.records, NR_PAGES - 2);
	ck_assert_uint_eq(r.damaged, 1);
	image_set_u32(&img, at.first_chunk, 0); /* no chunks */
	r = read_image(&img);
	ck_assert_uint_eq(r.records, NR_PAGES / 2);
	image_set_u32(&img, at.first_chunk, 0xffffffff); /* more than there are */
	r = read_image(&img);
	ck_assert_uint_ge(r.damaged, 0xffffffff - 2ull * chunks - 2);
	image_free(&img);
}
END_TEST

START_TEST(nothing)
{
	struct container c = { .fd = -1 };
	struct pieces p;
	struct result r;

	ck_assert_int_eq(pieces_init(&p, 0), 0);
	r = read_all(&p);
	ck_assert_uint_eq(r.pieces, 0);
	pieces_release(&p);
	ck_assert_int_eq(pieces_init(&p, 1), 0);
	pieces_add(&p, &c, 0); /* a file without data */
	r = read_all(&p);
	ck_assert_uint_eq(r.pieces, 0);
	pieces_release(&p);
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
	struct pieces p;
	struct piece piece;
	int ret;

	image_bombs(&img, 8);
	c.fd = image_fd(&img);
	c.file_size = section.size = img.len;
	ck_assert_int_eq(pieces_init(&p, 1), 0);
	pieces_add(&p, &c, 0);
	while ((ret = pieces_next(&p, &piece)) > 0)
		;
	ck_assert_int_eq(ret, -EFBIG);
	pieces_release(&p);
	close(c.fd);
	image_free(&img);
}
END_TEST

UNIT_SUITE(pieces, together_they_are_the_file, several_files, several_threads, wrong_chunks,
	   nothing, bombs)
