// SPDX-License-Identifier: GPL-2.0-only
/* test_page.c - pages of the ring buffer: every kind of record, and every way to be wrong. */
#include "input/page.h"

#include "image.h"
#include "unit.h"

static const u32 payload[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* All batches of a page into one list. */
struct walked {
	bool ok, gap, damaged;
	u64 lost;
	u32 nr, batches;
	struct rec rec[PAGE / 8];
};

static void walk(struct walked *out, const struct page *p)
{
	struct page_walk w;
	struct batch b;

	*out = (struct walked){ 0 };
	out->ok = page_walk_init(&w, p->data, sizeof(p->data));
	while (page_walk_next(&w, &b)) {
		ck_assert_uint_le(out->nr + b.nr, ARRAY_SIZE(out->rec));
		ck_assert_ptr_eq(b.page, p->data);
		if (b.gap) {
			ck_assert_uint_eq(out->batches, 0); /* a gap is before the first record */
			out->gap = true;
			out->lost = b.lost;
		}
		memcpy(out->rec + out->nr, b.rec, b.nr * sizeof(*b.rec));
		out->nr += b.nr;
		out->batches++;
	}
	out->damaged = w.damaged;
	for (u32 i = 0; i < out->nr; i++)
		ck_assert_uint_le(out->rec[i].off + out->rec[i].len, 16 + p->used);
	ck_assert(!page_walk_next(&w, &b) && !b.nr);
}

START_TEST(plain_records)
{
	struct walked w;
	struct page p;

	page_begin(&p, 1000);
	page_record(&p, 0, payload, 4);
	page_record(&p, 5, payload, 32);
	page_record(&p, 7, payload, 32);
	page_record(&p, (1 << 27) - 1, payload, 112);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert(w.ok && !w.gap && !w.damaged);
	ck_assert_uint_eq(w.nr, 4);
	ck_assert_uint_eq(w.rec[0].ts, 1000);
	ck_assert_uint_eq(w.rec[1].ts, 1005);
	ck_assert_uint_eq(w.rec[2].ts, 1012);
	ck_assert_uint_eq(w.rec[3].ts, 1012 + (1 << 27) - 1);
	ck_assert_uint_eq(w.rec[0].len, 4);
	ck_assert_uint_eq(w.rec[3].len, 112);
	ck_assert_uint_eq(w.rec[0].off, 20);
	ck_assert_uint_eq(load32(p.data + w.rec[2].off + 4), 2);
}
END_TEST

START_TEST(long_records)
{
	struct walked w;
	struct page p;

	page_begin(&p, 1000);
	page_record(&p, 0, payload, 8);
	page_long_record(&p, 3, payload, 200);
	page_long_record(&p, 4, payload, 113); /* padded to 116 */
	page_long_record(&p, 4, payload, 4);   /* short, in the long form: allowed */
	page_record(&p, 1, payload, 8);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert(w.ok && !w.damaged);
	ck_assert_uint_eq(w.nr, 5);
	ck_assert_uint_eq(w.rec[1].len, 200);
	ck_assert_uint_eq(w.rec[1].ts, 1003);
	ck_assert_uint_eq(load32(p.data + w.rec[1].off), 1);
	ck_assert_uint_eq(w.rec[2].len, 113);
	ck_assert_uint_eq(w.rec[3].len, 4);
	ck_assert_uint_eq(w.rec[4].ts, 1012);
	ck_assert_uint_eq(load32(p.data + w.rec[4].off), 1);
}
END_TEST

START_TEST(times)
{
	const u64 high = 0xf8ull << 56 | 12345; /* the top five bits are kept */
	struct walked w;
	struct page p;

	page_begin(&p, high);
	page_record(&p, 0, payload, 4);
	page_extend(&p, 1ull << 40 | 99);
	page_record(&p, 1, payload, 4);
	page_absolute(&p, 1ull << 58 | 77);
	page_record(&p, 2, payload, 4);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert(w.ok && !w.damaged);
	ck_assert_uint_eq(w.nr, 3);
	ck_assert_uint_eq(w.rec[0].ts, high);
	ck_assert_uint_eq(w.rec[1].ts, high + (1ull << 40 | 99) + 1);
	ck_assert_uint_eq(w.rec[2].ts, (0xf8ull << 56 | 1ull << 58 | 77) + 2);
}
END_TEST

START_TEST(padding)
{
	struct walked w;
	struct page p;

	page_begin(&p, 1000);
	page_record(&p, 0, payload, 4);
	page_u32(&p, 6u << 5 | 29); /* discarded: skipped, its time counts */
	page_u32(&p, 12);
	page_u32(&p, 0xffffffff);
	page_u32(&p, 0xffffffff);
	page_record(&p, 1, payload, 4);
	page_u32(&p, 29); /* ends the page */
	page_u32(&p, 0xffffffff);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert(w.ok && !w.damaged);
	ck_assert_uint_eq(w.nr, 2);
	ck_assert_uint_eq(w.rec[1].ts, 1007);
}
END_TEST

START_TEST(missed_events)
{
	struct walked w;
	struct page p;

	page_begin(&p, 1000);
	page_record(&p, 0, payload, 4);
	page_end(&p, PAGE_MISSED | PAGE_MISSED_STORED, 77);
	walk(&w, &p);
	ck_assert(w.gap && w.lost == 77 && w.nr == 1);
	page_end(&p, PAGE_MISSED, 0);
	walk(&w, &p);
	ck_assert(w.gap && w.lost == LOST_UNKNOWN && w.nr == 1);
	page_end(&p, PAGE_MISSED_STORED, 77); /* that bit alone says nothing */
	walk(&w, &p);
	ck_assert(!w.gap);
	page_begin(&p, 1000); /* no record at all */
	page_end(&p, PAGE_MISSED | PAGE_MISSED_STORED, 5);
	walk(&w, &p);
	ck_assert(w.ok && w.gap && w.lost == 5 && !w.nr && w.batches == 1);
	page_begin(&p, 1000); /* no room for the number */
	while (p.used < PAGE - 16)
		page_u32(&p, 1), page_u32(&p, 0);
	page_end(&p, PAGE_MISSED | PAGE_MISSED_STORED, 5);
	walk(&w, &p);
	ck_assert(w.ok && w.gap && w.lost == LOST_UNKNOWN);
	ck_assert_uint_eq(w.nr, (PAGE - 16) / 8);
}
END_TEST

START_TEST(more_than_a_batch)
{
	struct walked w;
	struct page p;

	page_begin(&p, 0);
	for (int i = 0; i < 510; i++)
		page_record(&p, 1, payload, 4);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert_uint_eq(w.nr, 510);
	ck_assert_uint_eq(w.rec[509].ts, 510);
	/* Times extended between all of them: batches of fewer records, none lost. */
	page_begin(&p, 0);
	for (int i = 0; i < 255; i++) {
		page_extend(&p, 1ull << 30);
		page_record(&p, 1, payload, 4);
	}
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert_uint_eq(w.nr, 255);
	ck_assert_uint_eq(w.rec[254].ts, 255 * ((1ull << 30) + 1));
}
END_TEST

START_TEST(batches_of_a_large_page)
{
	const u32 size = 64 * 1024, nr = (size - 16) / 8;
	u8 *page = calloc(1, size);
	struct page_walk w;
	struct batch b;
	u64 commit = nr * 8;
	u32 got = 0, head = 1 << 5 | 1;

	memcpy(page + 8, &commit, 8);
	for (u32 i = 0; i < nr; i++)
		memcpy(page + 16 + 8 * i, &head, 4);
	ck_assert(page_walk_init(&w, page, size));
	while (page_walk_next(&w, &b)) {
		ck_assert_uint_le(b.nr, BATCH_MAX);
		for (u32 i = 0; i < b.nr; i++)
			ck_assert_uint_eq(b.rec[i].ts, ++got);
	}
	ck_assert_uint_eq(got, nr);
	free(page);
}
END_TEST

START_TEST(header_cannot_be_right)
{
	static const u64 bad[] = { PAGE - 16 + 4, PAGE, (1u << 27) - 1, 3, 17 };
	struct page_walk w;
	struct batch b;
	struct page p;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		page_begin(&p, 0);
		page_record(&p, 0, payload, 4);
		memcpy(p.data + 8, &bad[i], 8);
		ck_assert(!page_walk_init(&w, p.data, PAGE));
		ck_assert(!page_walk_next(&w, &b));
	}
	page_begin(&p, 0); /* all that fits */
	while (p.used < PAGE - 16)
		page_record(&p, 0, payload, 4);
	page_end(&p, 0, 0);
	ck_assert(page_walk_init(&w, p.data, PAGE));
}
END_TEST

/* One good record, then these two words, then nothing: the good one stays, the rest is damage. */
static void check_damaged(u32 head, u32 second)
{
	struct walked w;
	struct page p;

	page_begin(&p, 0);
	page_record(&p, 0, payload, 4);
	page_u32(&p, head);
	page_u32(&p, second);
	page_end(&p, 0, 0);
	walk(&w, &p);
	ck_assert_msg(w.damaged && w.nr == 1, "%x %x: %u records", head, second, w.nr);
}

START_TEST(records_over_the_end)
{
	check_damaged(2, 0); /* data of 8 bytes, 4 are there */
	check_damaged(28, 0);
	check_damaged(0, 12); /* long: one word too long */
	check_damaged(0, 0xffffffff);
	check_damaged(0, 0x7fffffff);
	check_damaged(1 << 5 | 29, 8); /* discarded: beyond the end */
	check_damaged(1 << 5 | 29, 0xfffffffc);
}
END_TEST

START_TEST(lengths_too_short)
{
	for (u32 len = 0; len < 8; len++) /* counts itself, and no event has fewer than 4 bytes */
		check_damaged(0, len);
}
END_TEST

START_TEST(cut_in_its_second_word)
{
	static const u32 heads[] = { 0, 30, 31, 1 << 5 | 29 };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct walked w;
		struct page p;

		page_begin(&p, 0);
		page_record(&p, 0, payload, 4);
		page_u32(&p, heads[i]);
		page_end(&p, 0, 0);
		walk(&w, &p);
		ck_assert(w.damaged && w.nr == 1);
	}
}
END_TEST

START_TEST(any_bytes)
{
	u32 seed = 1;

	/* Whatever stands in a page, nothing outside of it is looked at (the sanitizers watch). */
	for (int round = 0; round < 2000; round++) {
		struct page *p = malloc(
			sizeof(*p)); /* of its own, so that a read beyond it is seen */
		struct page_walk w;
		struct batch b;
		u64 commit;

		ck_assert_ptr_nonnull(p);
		for (size_t i = 0; i < sizeof(p->data); i++) {
			seed = seed * 1664525 + 1013904223;
			p->data[i] = seed >> 24 & (round % 3 ? 0xff : 0x1f);
		}
		commit = (seed >> 8) % (PAGE - 16 + 1) / 4 * 4 | (u64)(seed & 3) << 30;
		memcpy(p->data + 8, &commit, 8);
		ck_assert(page_walk_init(&w, p->data, PAGE));
		while (page_walk_next(&w, &b))
			for (u32 i = 0; i < b.nr; i++)
				ck_assert_uint_le(b.rec[i].off + b.rec[i].len, w.end);
		free(p);
	}
}
END_TEST

UNIT_SUITE(page, plain_records, long_records, times, padding, missed_events, more_than_a_batch,
	   batches_of_a_large_page, header_cannot_be_right, records_over_the_end, lengths_too_short,
	   cut_in_its_second_word, any_bytes)
