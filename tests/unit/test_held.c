// SPDX-License-Identifier: GPL-2.0-only
/* test_held.c - events that wait for an IPI to be put between them: the order in which they go on.
 */
#include "trace/held.h"

#include "unit.h"

#define SEEN_MAX 32

static struct held h;
static char seen[SEEN_MAX * 8]; /* "kind:ts " */
static u64 nr_seen;

static int record(void *self, const struct event *ev, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		nr_seen++;
		if (strlen(seen) < sizeof(seen) - 16)
			sprintf(seen + strlen(seen), "%s%llu ", ev[i].kind == EV_TRACK ? "ipi" : "",
				(unsigned long long)ev[i].ts);
	}
	return 0;
}

static const struct ordered_ops ops = { .name = "test", .records = record };
static const struct ordered list[] = { { &ops, NULL } };

static void begin(void)
{
	seen[0] = 0;
	nr_seen = 0;
	ck_assert_int_eq(held_init(&h, EV_BIT(EV_TRACK) | EV_BIT(EV_EOI), list, 1), 0);
}

static void add(u8 kind, u64 ts)
{
	held_add(&h, &(struct event){ .kind = kind, .ts = ts });
}

static void goes(const char *want)
{
	ck_assert_int_eq(held_go(&h, false), 0);
	ck_assert_int_eq(held_flush(&h), 0);
	ck_assert_str_eq(seen, want);
}

static struct event ipi(u64 ts)
{
	return (struct event){ .kind = EV_TRACK, .ts = ts };
}

START_TEST(in_its_place)
{
	struct event first = ipi(20), second = ipi(21);

	begin();
	add(EV_EOI, 10);
	add(EV_EXIT, 15); /* not wanted */
	add(EV_EOI, 20);
	ck_assert_int_eq(held_open_thread(&h, 7, 2), 0);
	goes("10 ");
	add(EV_EOI, 30);
	ck_assert_int_eq(held_open_thread(&h, 8, 3), 0);
	ck_assert_int_eq(held_place(&h, 2, &first), 0);
	ck_assert_int_eq(held_place(&h, 2, &second), 0);
	held_close_thread(&h, 7);
	goes("10 20 ipi20 ipi21 ");
	held_close_all(&h);
	goes("10 20 ipi20 ipi21 30 ");
	held_release(&h);
}
END_TEST

/* Its place has gone: behind what is oldest then. */
START_TEST(too_late)
{
	struct event late = ipi(10);

	begin();
	add(EV_EOI, 10);
	add(EV_EOI, 20);
	goes("10 20 ");
	add(EV_EOI, 30);
	ck_assert_int_eq(held_place(&h, 0, &late), 0);
	goes("10 20 30 ipi10 ");
	held_release(&h);
}
END_TEST

START_TEST(more_than_fits)
{
	struct event ev = ipi(5);

	begin();
	add(EV_EOI, 1);
	ck_assert_int_eq(held_open_thread(&h, 7, 0), 0);
	for (u64 i = 1; i < HELD_MAX; i++) {
		ck_assert_int_eq(held_go(&h, false), 0);
		add(EV_EOI, i + 1);
	}
	ck_assert_uint_eq(nr_seen, 0);
	/* The ring is full: on without the thread. */
	ck_assert_int_eq(held_go(&h, false), 0);
	ck_assert_int_eq(held_flush(&h), 0);
	ck_assert_uint_eq(nr_seen, HELD_MAX);
	ck_assert_uint_eq(h.nr_open, 0);
	add(EV_EOI, HELD_MAX + 1);
	ck_assert_int_eq(held_place(&h, 0, &ev), 0);
	ck_assert_int_eq(held_go(&h, true), 0);
	ck_assert_int_eq(held_flush(&h), 0);
	ck_assert_uint_eq(nr_seen, HELD_MAX + 2);
	held_release(&h);
}
END_TEST

START_TEST(past_all)
{
	struct event mark = { .kind = EV_MARK, .ts = 15 }, gap = { .kind = EV_GAP, .ts = 16 };

	begin();
	add(EV_EOI, 10);
	ck_assert_int_eq(held_open_thread(&h, 7, 0), 0);
	ck_assert_int_eq(held_pass(&h, &mark), 0); /* not wanted */
	ck_assert_int_eq(held_pass(&h, &gap), 0);  /* always wanted */
	goes("16 ");
	ck_assert_int_eq(held_go(&h, true), 0);
	ck_assert_int_eq(held_flush(&h), 0);
	ck_assert_str_eq(seen, "16 10 ");
	held_release(&h);
}
END_TEST

UNIT_SUITE(held, in_its_place, too_late, more_than_fits, past_all)
