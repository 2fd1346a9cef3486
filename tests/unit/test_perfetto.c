// SPDX-License-Identifier: GPL-2.0-only
/* test_perfetto.c - what an IPI becomes, by the stages that are known, and what is cut off. */
#include "output/perfetto.h"

#include "unit.h"

static char text[4096];

static void put_begin(struct perfetto *p, const struct graph_view *g)
{
	text[0] = 0;
}

static void put_slice(struct perfetto *p, const struct perfetto_slice *s)
{
	static const char *const arrows[] = { "", " begins", " ends" };

	sprintf(text + strlen(text), "%llu-%llu %s%s%s\n", (unsigned long long)s->start_ns,
		(unsigned long long)s->end_ns, s->name, arrows[s->arrow], s->has_parts ? " {" : "");
}

static void put_end_slice(struct perfetto *p, const struct perfetto_slice *s)
{
	strcat(text, "}\n");
}

static void put_end(struct perfetto *p)
{
}

static const struct perfetto_format told = {
	.begin = put_begin, .slice = put_slice, .end_slice = put_end_slice, .end = put_end
};

#define NEVER PERFETTO_NEVER

static const struct perfetto_ipi plain = {
	.id = 1,
	.sent_ns = 100,
	.after_ns = { NEVER, NEVER, NEVER, NEVER },
	.to_ns = UINT64_MAX,
	.src_id = 0,
	.dst_id = 4,
	.vector = 0xfd,
	.state = "halted",
	.cpu = 1,
	.dst_cpu = -1,
};

static void shows(const struct perfetto_ipi *ipi, const char *want)
{
	const struct perfetto_track t = { 10, 11 };
	struct perfetto p;

	perfetto_begin(&p, &told, NULL, NULL);
	perfetto_sent(&p, t, ipi);
	perfetto_received(&p, t, ipi);
	ck_assert_int_eq(perfetto_end(&p), 0);
	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(p.arrows, 1);
}

START_TEST(stages)
{
	struct perfetto_ipi ipi = plain;

	shows(&ipi, "100-100 0xfd to 4 begins\n100-100 0xfd from 0, halted ends {\n}\n");
	ipi.after_ns[PERFETTO_ACCEPTED] = 5;
	shows(&ipi, "100-105 0xfd to 4 begins\n100-105 0xfd from 0, halted {\n"
		    "100-105 until accepted\n105-105 acknowledged ends\n}\n");
	ipi.after_ns[PERFETTO_RUNNING] = 20;
	ipi.after_ns[PERFETTO_INJECTED] = 30;
	ipi.after_ns[PERFETTO_EOI] = 50;
	shows(&ipi, "100-105 0xfd to 4 begins\n100-150 0xfd from 0, halted {\n"
		    "100-105 until accepted\n105-120 until scheduled in\n120-130 until injected\n"
		    "130-150 until EOI ends\n}\n");
	ipi.after_ns[PERFETTO_RUNNING] = 0;
	ipi.after_ns[PERFETTO_EOI] = NEVER;
	shows(&ipi, "100-105 0xfd to 4 begins\n100-130 0xfd from 0, halted {\n"
		    "100-105 until accepted\n105-130 until injected\n130-130 injected ends\n}\n");
}
END_TEST

/* Nothing is drawn outside of what is shown, and the arrow still has both ends. */
START_TEST(cut_off)
{
	struct perfetto_ipi ipi = plain;

	ipi.after_ns[PERFETTO_ACCEPTED] = 5;
	ipi.after_ns[PERFETTO_INJECTED] = 30;
	ipi.after_ns[PERFETTO_EOI] = 50;
	ipi.from_ns = 102;
	ipi.to_ns = 120;
	shows(&ipi, "102-105 0xfd to 4 begins\n102-120 0xfd from 0, halted {\n"
		    "102-105 until accepted\n105-120 until injected\n120-120 injected ends\n}\n");
}
END_TEST

/* The receiver ran late, after the injection that another record told of. */
START_TEST(out_of_order)
{
	struct perfetto_ipi ipi = plain;

	ipi.after_ns[PERFETTO_RUNNING] = 20;
	ipi.after_ns[PERFETTO_INJECTED] = 10;
	ipi.after_ns[PERFETTO_EOI] = 50;
	shows(&ipi, "100-100 0xfd to 4 begins\n100-150 0xfd from 0, halted {\n"
		    "100-120 until scheduled in\n120-150 until EOI\n110-110 injected ends\n}\n");
}
END_TEST

START_TEST(as_json)
{
	struct graph_view g = { .schema = "s", .source = "track" };
	const struct perfetto_track t = { 10, 11 };
	struct perfetto p;
	struct capture c;
	const char *at;

	capture_open(&c);
	perfetto_begin(&p, &perfetto_json, &g, c.f);
	perfetto_process(&p, 10, "VM \"x\"", 0);
	perfetto_thread(&p, t, "vCPU 0", 0);
	perfetto_received(&p, t, &plain);
	perfetto_spin(&p, t, 5, 1005, 2);
	perfetto_pick(&p, t, 6, 7, 3, -3);
	perfetto_counter(&p, 10, 1000, 0, 17);
	perfetto_gap(&p, t, 6, 3);
	ck_assert_int_eq(perfetto_end(&p), 0);
	at = strstr(capture_text(&c), "\"name\": \"VM \\\"x\\\"\"");
	ck_assert_ptr_nonnull(at);
	at = strstr(at,
		    "{\"ph\": \"X\", \"pid\": 10, \"tid\": 11, \"ts\": 0.100, \"dur\": 0.000, "
		    "\"cat\": \"ipi\", \"name\": \"0xfd from 0, halted\", \"args\": {\"src\": 0, "
		    "\"dst\": 4, \"vector\": 253, \"vector_name\": null");
	ck_assert_ptr_nonnull(at);
	at = strstr(at,
		    "{\"ph\": \"f\", \"pid\": 10, \"tid\": 11, \"ts\": 0.100, \"cat\": \"ipi\", "
		    "\"name\": \"ipi\", \"id\": 1, \"bp\": \"e\"}");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_nonnull(strstr(at, "\"args\": {\"yield_to_calls\": 2}"));
	ck_assert_ptr_nonnull(strstr(at, "\"name\": \"yield to vCPU 3: failed\", \"args\": "
					 "{\"target\": 3, \"result\": -3}"));
	ck_assert_ptr_nonnull(strstr(at, "\"name\": \"IPIs/s\", \"args\": {\"value\": 17}"));
	capture_free(&c);
}
END_TEST

/* By hand, from Perfetto's .proto files. */
START_TEST(as_protobuf)
{
	static const unsigned char want[] = "\x0a\x22"
					    "\x40\x05"
					    "\x50\x01"
					    "\x68\x03"
					    "\x62\x10"
					    "\x12\x06\x08\x01\x12\x02hi"
					    "\x0a\x06\x08\x02\x12\x02me"
					    "\x5a\x08"
					    "\x48\x01"
					    "\x58\x0b"
					    "\x50\x01"
					    "\x18\x02"
					    "\x0a\x0b"
					    "\x40\xac\x02"
					    "\x50\x01"
					    "\x5a\x04"
					    "\x48\x02"
					    "\x58\x0b";
	struct graph_view g = { .schema = "s" };
	const struct perfetto_track t = { 10, 11 };
	struct perfetto p;
	struct capture c;

	capture_open(&c);
	perfetto_begin(&p, &perfetto_proto, &g, c.f);
	perfetto_plain(&p, t, 5, 300, "hi", "me");
	ck_assert_int_eq(perfetto_end(&p), 0);
	capture_text(&c);
	ck_assert_mem_eq(c.text, want, sizeof(want) - 1);
	capture_free(&c);
}
END_TEST

UNIT_SUITE(perfetto, stages, cut_off, out_of_order, as_json, as_protobuf)
