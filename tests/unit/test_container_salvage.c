// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_container_salvage.c - files of version 7 that have lost their index: every cut, and damage
 * on top.
 */
#include "input/stream.h"

#include "image.h"
#include "unit.h"

static struct page pages[6];

/* Two CPUs of three pages; each CPU begins before the other one's last page. */
static struct file_spec usual(enum codec codec)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		page_begin(&pages[i], 1000 + 100 * (i % 3) + i / 3);
		page_track(&pages[i], 0, track_record(10, 1, 0, 1, 0xfd));
		page_end(&pages[i], 0, 0);
	}
	return (struct file_spec){
		.version = 7, .page = pages, .nr_pages = 3, .nr_cpus = 2, .codec = codec
	};
}

static int salvage(struct container *c, const struct image *img, struct err *err)
{
	return container_open_salvage(c, image_fd(img), "x.dat", err);
}

/* The records of all streams, and what they count as damaged beside the container. */
static u64 read_all(const struct container *c, u64 *damaged)
{
	struct unpacker u = { 0 };
	u64 records = 0;
	struct batch b;

	*damaged = c->damaged;
	for (u32 i = 0; i < c->nr_sections; i++) {
		struct stream s;

		ck_assert_int_eq(stream_init(&s, c, &c->sections[i], &u, STREAM_BUFFER), 0);
		while (stream_next(&s, &b) > 0)
			records += b.nr;
		*damaged += s.totals.damaged;
		stream_release(&s);
	}
	unpacker_release(&u);
	return records;
}

START_TEST(no_index)
{
	static const enum codec codecs[] = { CODEC_NONE, CODEC_ZSTD, CODEC_ZLIB };

	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		struct file_spec spec = usual(codecs[i]);
		struct file_places at;
		struct container c;
		struct image img;
		struct err err;
		u64 damaged;

		image_file(&img, &spec, &at);
		img.len = at.options - 16;
		ck_assert_int_eq(container_open(&c, image_fd(&img), "x.dat", &err), -EBADMSG);
		ck_assert_ptr_nonnull(strstr(err.msg, "--salvage"));
		ck_assert_msg(!salvage(&c, &img, &err), "%s", err.msg);
		ck_assert(c.salvaged.used);
		ck_assert_uint_eq(c.salvaged.streams, 2);
		ck_assert_uint_eq(c.salvaged.missing, 0);
		/* The option with the machine's CPUs went with the index. */
		ck_assert(!c.salvaged.sure);
		ck_assert_uint_eq(c.nr_sections, 2);
		ck_assert_uint_eq(c.sections[1].cpu, 1);
		ck_assert_uint_eq(c.nr_cpus, 2);
		ck_assert_uint_eq(read_all(&c, &damaged), 6);
		ck_assert_uint_eq(damaged, 1);
		container_close(&c);
		image_free(&img);
	}
}
END_TEST

/*
 * Every length: as many records as there are complete pages, or chunks; refused when there is none.
 */
START_TEST(every_length)
{
	static const enum codec codecs[] = { CODEC_NONE, CODEC_ZSTD };

	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		struct file_spec spec = usual(codecs[i]);
		struct file_places at;
		struct image img;
		u64 most = 0;

		image_file(&img, &spec, &at);
		for (size_t len = 20; len < at.options - 16; len += 13) {
			struct container c;
			struct err err = { "" };
			u64 damaged, records;
			struct image cut = { img.p, len, img.room };
			int ret = salvage(&c, &cut, &err);

			ck_assert(ret == 0 || ret == -EBADMSG);
			ck_assert_int_eq(!ret, !err.msg[0]);
			records = ret ? 0 : read_all(&c, &damaged);
			if (codecs[i] == CODEC_NONE) {
				u64 complete = len > at.data ? (len - at.data) / PAGE : 0;

				ck_assert_uint_eq(records, min_of(complete, 6ull));
				ck_assert(ret || damaged >= 1 + 6 - complete);
			}
			ck_assert_uint_ge(records, most);
			most = records;
			container_close(&c);
		}
		ck_assert_uint_eq(most, codecs[i] == CODEC_NONE ? 5 : 5);
		image_free(&img);
	}
}
END_TEST

/* Damage in front of the data: what is found is used, and the rest is counted. */
START_TEST(more_damage)
{
	struct file_spec spec = usual(CODEC_ZSTD);
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;
	u64 damaged;

	/* The buffer's size was never written: the recording ended there. */
	image_file(&img, &spec, &at);
	img.len = at.options - 16;
	image_set_u64(&img, at.buffer + 8, 0);
	ck_assert_msg(!salvage(&c, &img, &err), "%s", err.msg);
	ck_assert_uint_eq(read_all(&c, &damaged), 6);
	container_close(&c);

	/* The first CPU's first chunk cannot be recognised: the second CPU's data is found. */
	image_set_u64(&img, at.buffer + 8, img.len - at.buffer - 16);
	img.p[at.data + 4 + 8] ^= 0xff;
	ck_assert_msg(!salvage(&c, &img, &err), "%s", err.msg);
	ck_assert_uint_eq(read_all(&c, &damaged), 3);
	container_close(&c);
	img.p[at.data + 4 + 8] ^= 0xff;

	/* The section of the header, which only tells of 32-bit kernels, is damaged inside. */
	memset(img.p + at.formats - 16 - 20, 0xff, 12);
	ck_assert_msg(!salvage(&c, &img, &err), "%s", err.msg);
	ck_assert_uint_eq(read_all(&c, &damaged), 6);
	container_close(&c);

	/* Without formats nothing can be read. */
	memset(img.p + at.formats - 16, 0xff, 16);
	ck_assert_int_eq(salvage(&c, &img, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.msg, "event formats"));
	container_close(&c);
	image_free(&img);
}
END_TEST

/* Pages of zeros were never written; time that turns back is another CPU. */
START_TEST(holes)
{
	struct file_spec spec = usual(CODEC_NONE);
	struct file_places at;
	struct container c;
	struct image img;
	struct err err;
	u64 damaged;

	image_file(&img, &spec, &at);
	img.len = at.options - 16;
	memset(img.p + at.data + PAGE, 0, PAGE);
	memset(img.p + at.data + 4 * PAGE + 8, 0xff, 4); /* more than a page holds */
	ck_assert_msg(!salvage(&c, &img, &err), "%s", err.msg);
	ck_assert_uint_eq(c.salvaged.streams, 2);
	ck_assert_uint_eq(read_all(&c, &damaged), 4);
	ck_assert_uint_eq(damaged, 2);
	container_close(&c);
	image_free(&img);
}
END_TEST

/* A whole index is followed, whatever was asked for. */
START_TEST(whole)
{
	struct file_spec spec = usual(CODEC_ZSTD);
	struct container c;
	struct image img;
	struct err err;

	image_file(&img, &spec, NULL);
	ck_assert_int_eq(salvage(&c, &img, &err), 0);
	ck_assert(!c.salvaged.used && !c.damaged);
	ck_assert_uint_eq(c.sections[1].cpu, 3);
	container_close(&c);
	image_free(&img);
}
END_TEST

UNIT_SUITE(container_salvage, no_index, every_length, more_damage, holes, whole)
