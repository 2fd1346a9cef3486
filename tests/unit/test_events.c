// SPDX-License-Identifier: GPL-2.0-only
/* test_events.c - the events beside kvm_ipi_track, by the fields that a file describes. */
#include "decode/events.h"

#include "image.h"
#include "unit.h"

#define FIELD(type, name, offset, size, is_signed)                                                 \
	"\tfield:" type " " name ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #is_signed ";\n"
#define COMMON                                                                                     \
	FIELD("unsigned short", "common_type", 0, 2, 0)                                            \
	FIELD("unsigned char", "common_flags", 2, 1, 0) FIELD("int", "common_pid", 4, 4, 1)

static const char eoi[] = "name: kvm_eoi\nID: 20\nformat:\n" COMMON FIELD(
	"__u32", "apicid", 8, 4, 0) FIELD("int", "vector", 12, 4, 1);
static const char switches[] = "name: sched_switch\nID: 30\nformat:\n" COMMON FIELD(
	"char", "prev_comm[16]", 8, 16, 1) FIELD("pid_t", "prev_pid", 24, 4, 1)
	FIELD("long", "prev_state", 32, 8, 1) FIELD("pid_t", "next_pid", 40, 4, 1);
static const char early[] = "name: kvm_eoi\nID: 20\nformat:\n" COMMON FIELD(
	"__u32", "apicid", 0, 4, 0) FIELD("int", "vector", 12, 4, 1);
static const char probe[] = "name: ytp\nID: 40\nformat:\n" COMMON FIELD(
	"unsigned long", "__probe_ip", 8, 8, 0) FIELD("s32", "pid", 16, 4, 1);

static struct events_decoder d;

static int init(u32 wanted, const struct probe *target, struct err *err)
{
	struct format_text f[] = { { "kvm", eoi, strlen(eoi) },
				   { "kvm", track_format, strlen(track_format) },
				   { "sched", switches, strlen(switches) },
				   { "kprobes", probe, strlen(probe) } };
	struct container c = { .fd = -1, .formats = f, .nr_formats = ARRAY_SIZE(f) };

	err->msg[0] = 0;
	return events_init(&d, &c, 3, wanted, target, NULL, err);
}

static struct merged merged_of(const void *payload, u32 len)
{
	return (struct merged){ .ts = 99, .payload = payload, .len = len, .cpu = 5, .input = 3 };
}

START_TEST(values_and_common_fields)
{
	u32 payload[4] = { 20 | 0x18 << 16, (u32)-7, 2, (u32)-1 };
	struct merged m = merged_of(payload, sizeof(payload));
	struct event ev;
	struct err err;

	ck_assert_int_eq(init(EV_BIT(EV_EOI) | EV_BIT(EV_EXIT), NULL, &err), 0);
	ck_assert_uint_eq(d.kinds, EV_BIT(EV_EOI)); /* the file does not describe kvm_exit */
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.kind == EV_EOI && ev.ts == 99 && ev.cpu == 5 && ev.input == 3);
	ck_assert(ev.pid == -7 && ev.flags == 0x18);
	ck_assert(ev.v[0] == 2 && ev.v[1] == -1 && ev.have == 3);
	m.len = 15;
	ck_assert(!events_decode(&d, &m, &ev));
	ck_assert_uint_eq(d.damaged, 1);
	m.len = 1; /* not even a type: nobody knows whose it is */
	ck_assert(!events_decode(&d, &m, &ev));
	ck_assert_uint_eq(d.damaged, 1);
	payload[0] = 30; /* described, not wanted */
	m = merged_of(payload, sizeof(payload));
	ck_assert(!events_decode(&d, &m, &ev));
	payload[0] = 31; /* not described */
	ck_assert(!events_decode(&d, &m, &ev));
}
END_TEST

START_TEST(arrays_are_no_values)
{
	u8 payload[44] = { 30 };
	s64 state = 0x100000002;
	struct merged m = merged_of(payload, sizeof(payload));
	struct event ev;
	struct err err;

	memcpy(payload + 32, &state, 8);
	payload[24] = 11;
	payload[40] = 12;
	ck_assert_int_eq(init(EV_BIT(EV_SWITCH), NULL, &err), 0);
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.v[0] == 11 && ev.v[1] == state && ev.v[2] == 12 && ev.have == 7);
}
END_TEST

START_TEST(track_records)
{
	struct track_record r = track_record(10, 2, 3, 4, 0xfb);
	struct merged m = merged_of(&r, sizeof(r));
	struct event ev;
	struct err err;

	ck_assert_int_eq(init(EV_BIT(EV_TRACK), NULL, &err), 0);
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.kind == EV_TRACK && ev.pid == 77);
	ck_assert(ev.ipi.src == 3 && ev.ipi.dst == 4 && ev.ipi.vector == 0xfb &&
		  ev.ipi.vm_pid == 10);
	ck_assert(ev.ipi.ts == 99 && ev.ipi.cpu == 5);
	m.len = 28;
	ck_assert(!events_decode(&d, &m, &ev));
	ck_assert_uint_eq(d.damaged, 1);
}
END_TEST

START_TEST(gaps)
{
	struct merged m = { .ts = 50, .cpu = 1, .input = 3, .lost = 12 };
	struct event ev;
	struct err err;

	ck_assert_int_eq(init(0, NULL, &err), 0);
	ck_assert_uint_eq(d.kinds, 0);
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.kind == EV_GAP && ev.ts == 50 && ev.v[0] == 12);
	m.lost = LOST_UNKNOWN;
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert_int_eq(ev.v[0], -1);
}
END_TEST

/* No event has a field of its own where the common ones are: damage. */
START_TEST(fields_among_the_common_ones)
{
	struct format_text f = { "kvm", early, strlen(early) };
	struct container c = { .fd = -1, .formats = &f, .nr_formats = 1 };
	struct err err = { "" };

	ck_assert_int_eq(events_init(&d, &c, 0, EV_BIT(EV_EOI), NULL, NULL, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.msg, "apicid"));
}
END_TEST

START_TEST(probes)
{
	u64 payload[3] = { 40, 0, 555 };
	struct merged m = merged_of(payload, 20);
	struct probe p, other;
	struct event ev;
	struct err err;

	ck_assert_int_eq(probe_parse(&p, "kprobes:ytp:pid"), 0);
	ck_assert_str_eq(p.system, "kprobes");
	ck_assert_str_eq(p.event, "ytp");
	ck_assert_str_eq(p.field, "pid");
	ck_assert_int_eq(init(0, &p, &err), 0);
	ck_assert_uint_eq(d.kinds, EV_BIT(EV_PROBE_TARGET));
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.kind == EV_PROBE_TARGET && ev.v[0] == 555);
	ck_assert_int_eq(probe_parse(&other, "kprobes:ytp:nosuch"), 0);
	ck_assert_int_eq(init(0, &other, &err),
			 -EBADMSG); /* the event is there, its field is not */
	ck_assert_ptr_nonnull(strstr(err.msg, "nosuch"));
	probe_release(&other);
	ck_assert_int_eq(probe_parse(&other, "kprobes:nosuch:pid"), 0);
	ck_assert_int_eq(init(0, &other, &err), 0);
	ck_assert_uint_eq(d.kinds, 0);
	probe_release(&other);
	probe_release(&p);
}
END_TEST

START_TEST(probes_that_are_none)
{
	static const char *const bad[] = { "",	   ":",	   "::",   "a",	     "a:b",
					   "a:b:", "a::c", ":b:c", "a:b:c:d" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct probe p;

		ck_assert_msg(probe_parse(&p, bad[i]) == -EINVAL, "\"%s\"", bad[i]);
		ck_assert_ptr_null(p.system);
		probe_release(&p);
	}
}
END_TEST

START_TEST(every_kind_has_a_name)
{
	for (int kind = EV_GAP; kind < NR_EVENT_KINDS; kind++)
		ck_assert_ptr_nonnull(event_kind_name(kind));
	ck_assert_str_eq(event_kind_name(EV_EXIT), "kvm:kvm_exit");
}
END_TEST

START_TEST(marks)
{
	static const char text[] = "kvm-ipi: vm 1/2 name \"a\"\n";
	u8 payload[64] = { 5, 0, 0x10, 0, 7 };
	struct merged m = merged_of(payload, 16 + sizeof(text) - 1);
	struct batch *b = calloc(1, sizeof(*b));
	struct event ev;
	struct err err;
	size_t len;

	memcpy(payload + 16, text, sizeof(text) - 1);
	memcpy(payload + 16 + sizeof(text) - 1, "beyond the record", 18);
	ck_assert_int_eq(init(EV_BIT(EV_EOI) | EV_BIT(EV_MARK), NULL, &err), 0);
	ck_assert(d.kinds & EV_BIT(EV_MARK));
	ck_assert(events_decode(&d, &m, &ev));
	ck_assert(ev.kind == EV_MARK && ev.pid == 7 && ev.flags == 0x10);
	ck_assert_uint_eq(ev.text.len, sizeof(text) - 1);
	ck_assert(!memcmp(ev.text.s, text, ev.text.len));
	*b = (struct batch){ .page = payload, .nr = 1, .rec = { { 99, 0, m.len } } };
	ck_assert_ptr_eq(events_mark(b, 0, &len), payload + 16);
	ck_assert_uint_eq(len, sizeof(text) - 1);
	b->rec[0].len = 16 + 8; /* "kvm-ipi:" alone */
	ck_assert_ptr_null(events_mark(b, 0, &len));
	m.len = 16;
	ck_assert(!events_decode(&d, &m, &ev));
	ck_assert_int_eq(init(EV_BIT(EV_EOI), NULL, &err), 0); /* not wanted */
	m.len = 40;
	ck_assert(!events_decode(&d, &m, &ev));
	free(b);
}
END_TEST

/* A page of records of 16 bytes: EOIs of a thread's vCPU. */
static u32 news(struct events_said *said, const u32 (*records)[4], u32 nr, u32 len, u64 *tracked,
		struct event *ev)
{
	static struct batch b;

	b = (struct batch){ .page = (const u8 *)records, .nr = nr, .cpu = 5 };
	for (u32 i = 0; i < nr; i++)
		b.rec[i] = (struct rec){ .ts = 100 + i, .off = 16 * i, .len = len };
	return events_news(&d, &b, said, ev, tracked);
}

START_TEST(what_is_new_of_a_thread)
{
	static const u32 eois[][4] = {
		{ 20, 7, 2, 1 }, { 20, 7, 2, 9 }, { 20, 7 + EVENTS_SAID, 2, 1 },
		{ 20, 7, 2, 1 }, { 20, 7, 3, 1 }, { 21, 7, 4, 1 }
	};
	struct events_said said = { 0 };
	struct event ev[6];
	u64 tracked = 0;
	struct err err;

	ck_assert_int_eq(init(EV_BIT(EV_EOI) | EV_BIT(EV_TRACK), NULL, &err), 0);
	/* The second one says nothing new; the third one takes the first one's place. */
	ck_assert_uint_eq(news(&said, eois, 6, 16, &tracked, ev), 4);
	ck_assert(ev[0].pid == 7 && ev[0].ts == 100 && ev[0].v[0] == 2 && ev[0].cpu == 5);
	ck_assert(ev[1].pid == 7 + EVENTS_SAID && ev[2].ts == 103 && ev[3].v[0] == 3);
	ck_assert_uint_eq(news(&said, eois + 4, 1, 16, &tracked, ev), 0);
	ck_assert_uint_eq(news(&said, eois, 6, 15, &tracked, ev), 0);
	ck_assert_uint_eq(d.damaged, 5);
	ck_assert_uint_eq(news(&said, eois, 6, 1, &tracked, ev), 0);
	ck_assert_uint_eq(tracked, 0);
}
END_TEST

START_TEST(what_is_new_of_a_sender)
{
	struct track_record r[4] = { track_record(10, 2, 3, 4, 0xfb),
				     track_record(10, 2, 3, 5, 0xfc),
				     track_record(10, 3, 3, 4, 0xfb),
				     track_record(10, 3, 1, 4, 0xfb) };
	struct batch b = { .page = (const u8 *)r, .nr = 4 };
	struct events_said said = { 0 };
	struct event ev[4];
	u64 tracked = 0;
	struct err err;

	for (u32 i = 0; i < 4; i++)
		b.rec[i] = (struct rec){ .ts = i, .off = (u32)sizeof(*r) * i, .len = sizeof(*r) };
	ck_assert_int_eq(init(EV_BIT(EV_EOI) | EV_BIT(EV_TRACK), NULL, &err), 0);
	ck_assert_uint_eq(events_news(&d, &b, &said, ev, &tracked), 3);
	ck_assert(ev[0].ipi.dst == 4 && ev[1].ipi.vm_id == 3 && ev[2].ipi.src == 1);
	ck_assert_uint_eq(tracked, 4);
	/* One that is too short is damaged, and an IPI all the same: nobody else had counted it. */
	b.rec[0].len = 28;
	b.nr = 1;
	ck_assert_uint_eq(events_news(&d, &b, &said, ev, &tracked), 0);
	ck_assert_uint_eq(d.damaged, 1);
}
END_TEST

UNIT_SUITE(events, values_and_common_fields, arrays_are_no_values, track_records, gaps,
	   fields_among_the_common_ones, probes, probes_that_are_none, every_kind_has_a_name, marks,
	   what_is_new_of_a_thread, what_is_new_of_a_sender)
