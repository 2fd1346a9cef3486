// SPDX-License-Identifier: GPL-2.0-only
/* test_edges.c - counts by edge: a plain array beside them says what they must be. */
#include "model/edges.h"

#include "unit.h"

#define VMS	3
#define VCPUS	12
#define VECTORS 4
static const u32 identity[VMS] = { 0, 1, 2 };

/* What is counted, the simple way: by VM, sender, receiver, vector, which of the counters. */
static u64 model[VMS][VCPUS][VCPUS][VECTORS][NR_EDGE_COUNTS];

static u32 random_u32(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct ipi_event random_event(u32 *seed)
{
	return (struct ipi_event){
		.ts = 1000 + random_u32(seed) % 1000,
		.vm = random_u32(seed) % VMS,
		.src = random_u32(seed) % VCPUS,
		.dst = random_u32(seed) % VCPUS,
		.vector = (u16)(random_u32(seed) % VECTORS),
		.path = (u8)(random_u32(seed) % 3),
		.state = (u8)(random_u32(seed) % (NR_IPI_STATES + 2)),
		.cpu = random_u32(seed) % 4,
		.dst_cpu = (s32)(random_u32(seed) % 5) - 1,
	};
}

static void model_add(const struct ipi_event *ev)
{
	u64 *n = model[ev->vm][ev->src][ev->dst][ev->vector];

	n[ev->state < NR_IPI_STATES ? ev->state : EDGE_STATE_OTHER]++;
	n[EDGE_PATH_SLOW] += ev->path == IPI_PATH_SLOW;
	n[EDGE_PATH_OTHER] += ev->path > IPI_PATH_SLOW;
	n[EDGE_CPU_SENDERS] += ev->dst_cpu == (s32)ev->cpu;
	n[EDGE_CPU_UNKNOWN] += ev->dst_cpu == IPI_CPU_NONE;
}

/* nr events from this seed, in batches of all lengths, into t and, if asked for, the model. */
static void fill(struct edges *t, u32 seed, u32 nr, bool with_model)
{
	struct ipi_event ev[300];

	for (u32 done = 0, part; done < nr; done += part) {
		part = min_of(1 + done % ARRAY_SIZE(ev), nr - done);
		for (u32 i = 0; i < part; i++) {
			ev[i] = random_event(&seed);
			if (with_model)
				model_add(&ev[i]);
		}
		ck_assert_int_eq(edges_add(t, ev, part), 0);
	}
}

/* Two tables hold the same, whatever the order of their insertions was. */
static void check_same(const struct edges *a, const struct edges *b)
{
	u32 *x = edges_sorted(a, identity, VMS), *y = edges_sorted(b, identity, VMS);

	ck_assert_uint_eq(a->nr, b->nr);
	for (u32 i = 0; i < a->nr; i++) {
		const struct edge *e = edges_at(a, x[i]), *f = edges_at(b, y[i]);

		ck_assert(!memcmp(&e->key, &f->key, sizeof(e->key)));
		ck_assert(e->first == f->first && e->last == f->last);
		for (unsigned int n = 0; n < NR_EDGE_COUNTS; n++)
			ck_assert_uint_eq(edge_count(a, x[i], n), edge_count(b, y[i], n));
	}
	free(x);
	free(y);
}

START_TEST(counts)
{
	struct edges t = { 0 };
	u64 total = 0;

	fill(&t, 1, 100000, true);
	ck_assert_uint_eq(t.nr, VMS * VCPUS * VCPUS * VECTORS);
	for (u32 i = 0; i < t.nr; i++) {
		const struct edge_key *k = &edges_at(&t, i)->key;

		for (unsigned int n = 0; n < NR_EDGE_COUNTS; n++)
			ck_assert_uint_eq(edge_count(&t, i, n),
					  model[k->vm][k->src][k->dst][k->vector][n]);
		total += edge_total(&t, i);
	}
	ck_assert_uint_eq(total, 100000);
	edges_seal(&t);
	ck_assert_uint_ge(edge_total(&t, 0), 1); /* can still be read */
	edges_release(&t);
	edges_release(&t);
}
END_TEST

START_TEST(empty)
{
	struct edges t = { 0 };
	u32 *order = edges_sorted(&t, identity, VMS);

	ck_assert_ptr_nonnull(order);
	free(order);
	ck_assert_int_eq(edges_add(&t, NULL, 0), 0);
	edges_seal(&t);
	edges_release(&t);
}
END_TEST

START_TEST(merge_is_commutative)
{
	struct edges a = { 0 }, b = { 0 }, ab = { 0 }, ba = { 0 }, both = { 0 };

	fill(&a, 3, 700, false);
	fill(&b, 4, 90, false);
	fill(&both, 3, 700, false);
	fill(&both, 4, 90, false);
	ck_assert_int_eq(edges_merge(&ab, &a, identity), 0);
	ck_assert_int_eq(edges_merge(&ab, &b, identity), 0);
	ck_assert_int_eq(edges_merge(&ba, &b, identity), 0);
	ck_assert_int_eq(edges_merge(&ba, &a, identity), 0);
	check_same(&ab, &ba);
	check_same(&ab, &both);
	edges_release(&a);
	edges_release(&b);
	edges_release(&ab);
	edges_release(&ba);
	edges_release(&both);
}
END_TEST

START_TEST(merge_is_associative)
{
	struct edges part[3] = { { 0 } }, left = { 0 }, right = { 0 }, bc = { 0 };

	for (u32 i = 0; i < 3; i++)
		fill(&part[i], 5 + i, 50 << 2 * i, false);
	for (u32 i = 0; i < 3; i++)
		ck_assert_int_eq(edges_merge(&left, &part[i], identity), 0); /* (a + b) + c */
	ck_assert_int_eq(edges_merge(&bc, &part[1], identity), 0);
	ck_assert_int_eq(edges_merge(&bc, &part[2], identity), 0);
	ck_assert_int_eq(edges_merge(&right, &part[0], identity), 0);
	ck_assert_int_eq(edges_merge(&right, &bc, identity), 0); /* a + (b + c) */
	check_same(&left, &right);
	edges_release(&left);
	edges_release(&right);
	edges_release(&bc);
	for (u32 i = 0; i < 3; i++)
		edges_release(&part[i]);
}
END_TEST

START_TEST(merge_maps_vms)
{
	const u32 swap[VMS] = { 1, 0, 1 }; /* two of src's are one here */
	struct ipi_event ev[] = { { .vm = 0, .src = 1 },
				  { .vm = 1, .src = 1 },
				  { .vm = 2, .src = 1 } };
	struct edges a = { 0 }, b = { 0 };

	ck_assert_int_eq(edges_add(&a, ev, 3), 0);
	ck_assert_int_eq(edges_merge(&b, &a, swap), 0);
	ck_assert_uint_eq(b.nr, 2);
	for (u32 i = 0; i < 2; i++)
		ck_assert_uint_eq(edge_total(&b, i), edges_at(&b, i)->key.vm == 1 ? 2 : 1);
	edges_release(&a);
	edges_release(&b);
}
END_TEST

START_TEST(many_edges)
{
	const u32 nr = 300000;
	struct edges t = { 0 };

	/* Through several sizes of table and index; twice, so that each is found again. */
	for (int round = 0; round < 2; round++)
		for (u32 i = 0; i < nr; i += 100) {
			struct ipi_event ev[100];

			for (u32 n = i; n < i + 100; n++)
				ev[n - i] = (struct ipi_event){ .ts = i,
								.vm = n % 5,
								.src = n / 500,
								.dst = n,
								.vector = (u16)(n % 256) };
			ck_assert_int_eq(edges_add(&t, ev, 100), 0);
		}
	ck_assert_uint_eq(t.nr, nr);
	for (u32 i = 0; i < nr; i++)
		ck_assert_uint_eq(edge_total(&t, i), 2);
	/* Memory: what the header promises. */
	ck_assert_uint_le(edges_bytes(&t), 100ull * nr);
	edges_release(&t);
}
END_TEST

START_TEST(times_and_cpus)
{
	struct ipi_event ev[] = {
		{ .ts = 50, .cpu = 3, .dst_cpu = 2 },
		{ .ts = 10, .cpu = 3, .dst_cpu = 2 },
		{ .ts = 70, .cpu = 3, .dst_cpu = -1 },
		{ .ts = 60, .cpu = 1, .dst_cpu = 1 },
	};
	struct edges t = { 0 };

	ck_assert_int_eq(edges_add(&t, ev, 4), 0);
	ck_assert_uint_eq(t.nr, 1);
	ck_assert(edges_at(&t, 0)->first == 10 && edges_at(&t, 0)->last == 70);
	edges_release(&t);
	ck_assert_int_eq(edges_add_cpus(&t, ev, 4), 0);
	ck_assert_uint_eq(t.nr, 2);
	ck_assert(edges_at(&t, 0)->key.src == 3 && edges_at(&t, 0)->key.dst == 2);
	ck_assert_uint_eq(edge_total(&t, 0), 2);
	edges_release(&t);
}
END_TEST

UNIT_SUITE(edges, counts, empty, merge_is_commutative, merge_is_associative, merge_maps_vms,
	   many_edges, times_and_cpus)
