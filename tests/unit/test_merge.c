// SPDX-License-Identifier: GPL-2.0-only
/* test_merge.c - many streams in the order of time. */
#include "input/merge.h"

#include "image.h"
#include "unit.h"

#define CPUS  5
#define PAGES 4
static struct page pages[CPUS * PAGES];

/*
 * Records of 12 bytes whose payload is {type, cpu, n}: two types in turn; times overlap in all
 * ways.
 */
static struct file_spec make_pages(int version, enum codec codec, u64 start)
{
	u32 seed = 7;

	for (u32 cpu = 0; cpu < CPUS; cpu++) {
		u64 ts = start;
		u32 n = 0;

		for (u32 i = 0; i < PAGES; i++) {
			struct page *p = &pages[cpu * PAGES + i];
			u32 delta = 0;

			page_begin(p, ts);
			while (p->used < PAGE - 16 - 16) {
				u32 payload[3] = { TRACK_ID + n % 2, cpu, n };

				n++;

				page_record(p, delta, payload, sizeof(payload));
				seed = seed * 1664525 + 1013904223;
				delta = (seed >> 16) % (cpu + 1) * 10; /* CPU 0: all at one time */
				ts += delta;
			}
			page_end(p, cpu == 2 && i == 1 ? PAGE_MISSED | PAGE_MISSED_STORED : 0, 9);
		}
	}
	return (struct file_spec){ .version = version,
				   .page = pages,
				   .nr_pages = PAGES,
				   .nr_cpus = CPUS,
				   .codec = codec };
}

/* What has been seen of the merge so far. */
struct seen {
	u64 ts;
	u32 cpu, gaps;
	u64 records;
	u32 next[16]; /* by the CPU's number: the n that must come */
};

static void check_record(struct seen *s, const struct merged *m)
{
	if (s->records) {
		ck_assert_uint_ge(m->ts, s->ts);
		if (m->ts == s->ts)
			ck_assert_uint_ge(m->cpu, s->cpu); /* of equal times, by CPU */
	}
	s->ts = m->ts;
	s->cpu = m->cpu;
	if (!m->payload) {
		ck_assert_uint_eq(m->lost, 9);
		s->gaps++;
		return;
	}
	ck_assert_uint_eq(m->len, 12);
	ck_assert_uint_eq(load32(m->payload + 8), s->next[m->cpu]);
	s->next[m->cpu]++;
	s->records++;
}

static void merge_all(struct merge *m, struct seen *s)
{
	struct merged out[MERGE_BATCH];
	u32 failed;
	s64 nr;

	*s = (struct seen){ 0 };
	ck_assert_int_eq(merge_start(m), 0);
	while ((nr = merge_next(m, out, &failed)) > 0) {
		ck_assert_int_le(nr, MERGE_BATCH);
		for (s64 i = 0; i < nr; i++)
			check_record(s, &out[i]);
	}
	ck_assert_int_eq(nr, 0);
}

static void check_kind(int version, enum codec codec)
{
	struct file_spec spec = make_pages(version, codec, 5000);
	struct stream_totals t;
	struct merge m = { 0 };
	struct container c;
	struct seen s;

	image_open_spec(&c, &spec);
	for (u32 i = 0; i < c.nr_sections; i++)
		ck_assert_int_eq(merge_add(&m, &c, &c.sections[i], 7), 0);
	merge_all(&m, &s);
	ck_assert_uint_eq(s.gaps, 1);
	ck_assert_uint_eq(s.records, CPUS * PAGES * 254);
	stream_totals_init(&t);
	merge_totals(&m, 7, &t);
	ck_assert_uint_eq(t.records, s.records);
	ck_assert_uint_eq(t.gaps, 1);
	stream_totals_init(&t);
	merge_totals(&m, 6, &t);
	ck_assert_uint_eq(t.records, 0);
	merge_release(&m);
	container_close(&c);
}

/* All gaps, and the records of one type, or of any (0); how many. */
static u32 collect(const struct file_spec *spec, const u8 *ids, u16 type, struct merged *list,
		   struct stream_totals *t)
{
	struct merged out[MERGE_BATCH];
	struct merge m = { 0 };
	struct container c;
	u32 failed, kept = 0;
	s64 nr;

	image_open_spec(&c, spec);
	for (u32 i = 0; i < c.nr_sections; i++)
		ck_assert_int_eq(merge_add(&m, &c, &c.sections[i], 7), 0);
	merge_want(&m, 7, ids);
	ck_assert_int_eq(merge_start(&m), 0);
	while ((nr = merge_next(&m, out, &failed)) > 0)
		for (s64 i = 0; i < nr; i++)
			if (!out[i].payload || !type || load16(out[i].payload) == type) {
				/*
				 * What it points to goes with the merge: the numbers of the record.
				 */
				out[i].payload = out[i].payload ? (const u8 *)(uintptr_t)load64(
									  out[i].payload + 4)
								: NULL;
				list[kept++] = out[i];
			}
	ck_assert_int_eq(nr, 0);
	stream_totals_init(t);
	merge_totals(&m, 7, t);
	merge_release(&m);
	container_close(&c);
	return kept;
}

START_TEST(wanted)
{
	static struct merged all[CPUS * PAGES * 255], some[CPUS * PAGES * 255];
	static u8 ids[1 << 16] = { [TRACK_ID] = 3 };
	struct file_spec spec = make_pages(7, CODEC_ZSTD, 5000);
	struct stream_totals t, sifted;
	u32 nr = collect(&spec, NULL, TRACK_ID, all, &t);

	ck_assert_uint_eq(collect(&spec, ids, 0, some, &sifted), nr);
	ck_assert_uint_eq(nr, CPUS * PAGES * 254 / 2 + 1); /* and the gap */
	for (u32 i = 0; i < nr; i++) {
		ck_assert_uint_eq(all[i].ts, some[i].ts);
		ck_assert_uint_eq(all[i].cpu, some[i].cpu);
		ck_assert_uint_eq(all[i].since, some[i].since);
		ck_assert_uint_eq(all[i].lost, some[i].lost);
		ck_assert_ptr_eq(all[i].payload, some[i].payload);
	}
	ck_assert_mem_eq(&t, &sifted, sizeof(t));
	/* Nothing is wanted: gaps still come. */
	ids[TRACK_ID] = 0;
	ck_assert_uint_eq(collect(&spec, ids, 0, some, &sifted), 1);
	ck_assert_ptr_null(some[0].payload);
	ck_assert_mem_eq(&t, &sifted, sizeof(t));
}
END_TEST

START_TEST(raw)
{
	check_kind(6, CODEC_NONE);
	check_kind(7, CODEC_NONE);
}
END_TEST

START_TEST(packed)
{
	check_kind(7, CODEC_ZSTD);
	check_kind(7, CODEC_ZLIB);
}
END_TEST

START_TEST(no_streams_and_one)
{
	struct file_spec spec = make_pages(6, CODEC_NONE, 5000);
	struct merge m = { 0 };
	struct container c;
	struct seen s;

	merge_all(&m, &s);
	ck_assert_uint_eq(s.records, 0);
	merge_release(&m);
	image_open_spec(&c, &spec);
	ck_assert_int_eq(merge_add(&m, &c, &c.sections[3], 0), 0);
	merge_all(&m, &s);
	ck_assert_uint_eq(s.records, PAGES * 254);
	merge_release(&m);
	container_close(&c);
}
END_TEST

START_TEST(two_files)
{
	struct file_spec spec = make_pages(6, CODEC_NONE, 5000);
	struct merged out[MERGE_BATCH];
	struct merge m = { 0 };
	struct container a, b;
	u64 nr_in[2] = { 0 }, ts = 0;
	u32 failed;
	s64 nr;

	image_open_spec(&a, &spec);
	spec = make_pages(7, CODEC_ZSTD, 4000);
	image_open_spec(&b, &spec);
	for (u32 i = 0; i < CPUS; i++) {
		ck_assert_int_eq(merge_add(&m, &a, &a.sections[i], 0), 0);
		ck_assert_int_eq(merge_add(&m, &b, &b.sections[i], 1), 0);
	}
	ck_assert_int_eq(merge_start(&m), 0);
	while ((nr = merge_next(&m, out, &failed)) > 0)
		for (s64 i = 0; i < nr; i++) {
			ck_assert_uint_ge(out[i].ts, ts);
			ts = out[i].ts;
			nr_in[out[i].input] += !!out[i].payload;
		}
	ck_assert_uint_eq(nr_in[0], CPUS * PAGES * 254);
	ck_assert_uint_eq(nr_in[1], CPUS * PAGES * 254);
	merge_release(&m);
	container_close(&a);
	container_close(&b);
}
END_TEST

START_TEST(gap_without_records)
{
	struct merged out[MERGE_BATCH];
	struct merge m = { 0 };
	struct file_spec spec;
	struct container c;
	struct page p[2];
	u32 failed, payload = TRACK_ID, nr = 0;
	s64 got;

	page_begin(&p[0], 100);
	page_end(&p[0], PAGE_MISSED, 0);
	page_begin(&p[1], 50);
	page_record(&p[1], 0, &payload, 4);
	page_end(&p[1], 0, 0);
	spec = (struct file_spec){ .version = 6, .page = p, .nr_pages = 1, .nr_cpus = 2 };
	image_open_spec(&c, &spec);
	merge_add(&m, &c, &c.sections[0], 0);
	merge_add(&m, &c, &c.sections[1], 0);
	ck_assert_int_eq(merge_start(&m), 0);
	while ((got = merge_next(&m, out, &failed)) > 0)
		for (s64 i = 0; i < got; i++, nr++) {
			ck_assert_int_eq(!!out[i].payload, nr == 0);
			ck_assert_uint_eq(out[i].ts, nr ? 100 : 50);
			ck_assert_uint_eq(out[i].cpu, nr ? 0 : 1);
			ck_assert(!nr || out[i].lost == LOST_UNKNOWN);
		}
	ck_assert_int_eq(got, 0);
	ck_assert_uint_eq(nr, 2);
	merge_release(&m);
	container_close(&c);
}
END_TEST

/*
 * Times further apart than a node of the tree has bits for, from the second page on or from the
 * first.
 */
static void check_far(const u64 start[3][2])
{
	struct merged out[MERGE_BATCH];
	struct merge m = { 0 };
	struct file_spec spec;
	struct container c;
	struct page p[6];
	u64 ts = 0, nr = 0;
	u32 failed, payload = TRACK_ID, cpu = 0;
	s64 got;

	for (u32 i = 0; i < 6; i++) {
		page_begin(&p[i], start[i / 2][i % 2]);
		for (u32 n = 0; n < 3; n++)
			page_record(&p[i], n, &payload, 4);
		page_end(&p[i], 0, 0);
	}
	spec = (struct file_spec){ .version = 6, .page = p, .nr_pages = 2, .nr_cpus = 3 };
	image_open_spec(&c, &spec);
	for (u32 i = 0; i < 3; i++)
		ck_assert_int_eq(merge_add(&m, &c, &c.sections[i], 0), 0);
	ck_assert_int_eq(merge_start(&m), 0);
	while ((got = merge_next(&m, out, &failed)) > 0)
		for (s64 i = 0; i < got; i++, nr++) {
			ck_assert(nr == 0 || out[i].ts > ts ||
				  (out[i].ts == ts && out[i].cpu >= cpu));
			ts = out[i].ts;
			cpu = out[i].cpu;
		}
	ck_assert_int_eq(got, 0);
	ck_assert_uint_eq(nr, 18);
	ck_assert(m.wide);
	merge_release(&m);
	container_close(&c);
}

START_TEST(far_times)
{
	const u64 far = 1ull << 63;
	const u64 later[3][2] = { { 1000, far + 7 }, { 1001, far + 6 }, { 1001, far + 7 } };
	const u64 first[3][2] = { { far, far + 7 }, { 5, far + 6 }, { far, UINT64_MAX - 3 } };

	check_far(later);
	check_far(first);
}
END_TEST

UNIT_SUITE(merge, raw, packed, wanted, no_streams_and_one, two_files, gap_without_records,
	   far_times)
