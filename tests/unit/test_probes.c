// SPDX-License-Identifier: GPL-2.0-only
/* test_probes.c - records of the probes on deliveries, in the layouts that users give them. */
#include "decode/events.h"
#include "decode/stock_ipi.h"

#include "unit.h"

#define FIELD(type, name, offset, size, is_signed)                                                 \
	"\tfield:" type " " name ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #is_signed ";\n"
#define COMMON                                                                                     \
	FIELD("unsigned short", "common_type", 0, 2, 0)                                            \
	FIELD("unsigned char", "common_flags", 2, 1, 0)                                            \
	FIELD("int", "common_pid", 4, 4, 1) FIELD("unsigned long", "__probe_ip", 8, 8, 0)

static const char deliver[] = "name: deliver\nID: 20\nformat:\n" COMMON FIELD(
	"u64", "kvm", 16, 8, 0) FIELD("s32", "pid", 24, 4, 1) FIELD("u64", "srcp", 28, 8, 0)
	FIELD("s32", "src", 36, 4, 1) FIELD("u32", "vec", 40, 4, 0) FIELD("u16", "dm", 44, 2, 0)
		FIELD("u32", "sh", 46, 4, 0);
static const char accept[] = "name: accept\nID: 21\nformat:\n" COMMON FIELD("s32", "dst", 16, 4, 1)
	FIELD("u32", "vec", 20, 4, 0) FIELD("u32", "dm", 24, 4, 0)
		FIELD("u8", "preempted", 28, 1, 0) FIELD("u8", "ready", 29, 1, 0)
			FIELD("s32", "mode", 30, 4, 1) FIELD("s32", "cpu", 34, 4, 1)
				FIELD("u64", "wait", 38, 8, 0);
static const char fast[] = "name: fast\nID: 22\nformat:\n" COMMON FIELD("u8", "ret", 16, 1, 0);
/* What can be left out is. */
static const char least_deliver[] = "name: deliver\nID: 20\nformat:\n" COMMON FIELD(
	"u64", "srcp", 16, 8, 0) FIELD("u16", "src", 24, 2, 0);
static const char least_accept[] = "name: accept\nID: 21\nformat:\n" COMMON FIELD(
	"u16", "dst", 16, 2, 0) FIELD("u8", "preempted", 18, 1, 0);
static const char no_sender[] = "name: deliver\nID: 20\nformat:\n" COMMON FIELD("u64", "srcp", 16,
										8, 0);

struct deliver_record {
	u16 type;
	u8 flags, preempt;
	s32 pid;
	u64 ip, kvm;
	s32 vm_pid;
	u64 srcp;
	s32 src;
	u32 vec;
	u16 dm;
	u32 sh;
} __attribute__((packed));

struct accept_record {
	u16 type;
	u8 flags, preempt;
	s32 pid;
	u64 ip;
	s32 dst;
	u32 vec, dm;
	u8 preempted, ready;
	s32 mode, cpu;
	u64 wait;
} __attribute__((packed));

static struct events_decoder d;

static int init(const char *group, const char *first, const char *second, struct err *err)
{
	struct format_text f[] = { { group, first, strlen(first) },
				   { group, second, strlen(second) },
				   { group, fast, strlen(fast) } };
	struct container c = { .fd = -1, .formats = f, .nr_formats = ARRAY_SIZE(f) };

	err->msg[0] = 0;
	return events_init(&d, &c, 0, PROBES_KINDS, NULL, NULL, err);
}

static bool decode(const void *payload, u32 len, struct event *ev)
{
	struct merged m = { .ts = 99, .payload = payload, .len = len, .cpu = 5 };

	return events_decode(&d, &m, ev);
}

START_TEST(deliveries)
{
	struct deliver_record r = { .type = 20,
				    .flags = 0x10,
				    .pid = 7,
				    .kvm = 0xffff888800001000,
				    .vm_pid = 42,
				    .srcp = 0xffff888800002000,
				    .src = 3,
				    .vec = 0xfd };
	struct event ev;
	struct err err;

	ck_assert_int_eq(init("kvm_ipi", deliver, accept, &err), 0);
	ck_assert_uint_eq(d.kinds,
			  EV_BIT(EV_DELIVER) | EV_BIT(EV_DELIVER_ACCEPT) | EV_BIT(EV_FAST));
	ck_assert(decode(&r, sizeof(r), &ev));
	ck_assert(ev.kind == EV_DELIVER && ev.pid == 7 && ev.flags == 0x10 && ev.ts == 99);
	ck_assert(ev.deliver.vm == r.kvm && ev.deliver.vm_pid == 42 && ev.deliver.have_vm_pid);
	ck_assert(ev.deliver.from_vcpu && ev.deliver.src == 3 && ev.deliver.vector == 0xfd);
	ck_assert_uint_eq(ev.deliver.kind, STOCK_UNICAST);
	r.srcp = 0;
	ck_assert(decode(&r, sizeof(r), &ev) && !ev.deliver.from_vcpu);
	ck_assert(!decode(&r, sizeof(r) - 1, &ev));
	ck_assert_uint_eq(d.damaged, 1);
}
END_TEST

START_TEST(kinds_of_deliveries)
{
	static const struct {
		u16 dm;
		u32 sh;
		u8 kind;
	} is[] = {
		{ 0, 0, STOCK_UNICAST },	   { 0, 0x40000, STOCK_SELF },
		{ 0, 0x80000, STOCK_SHORTHAND },   { 0, 0xc0000, STOCK_SHORTHAND },
		{ 0x100, 0, STOCK_LOWEST },	   { 0x400, 0, STOCK_SPECIAL },
		{ 0x500, 0x80000, STOCK_SPECIAL }, { 0x600, 0, STOCK_SPECIAL },
	};
	struct event ev;
	struct err err;

	ck_assert_int_eq(init("kvm_ipi", deliver, accept, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		struct deliver_record r = { .type = 20, .dm = is[i].dm, .sh = is[i].sh };

		ck_assert(decode(&r, sizeof(r), &ev));
		ck_assert_uint_eq(ev.deliver.kind, is[i].kind);
	}
}
END_TEST

START_TEST(states)
{
	static const struct {
		u8 preempted, ready;
		s32 mode;
		u64 wait;
		u8 state;
	} is[] = {
		{ 0, 0, 1, 0, IPI_STATE_GUEST },     { 0, 0, 0, 0, IPI_STATE_HOST },
		{ 0, 0, 2, 0, IPI_STATE_HOST },	     { 0, 0, 3, 0, IPI_STATE_HOST },
		{ 1, 1, 0, 0, IPI_STATE_PREEMPTED }, { 1, 0, 1, 5, IPI_STATE_PREEMPTED },
		{ 0, 0, 0, 5, IPI_STATE_HALTED },    { 0, 1, 0, 5, IPI_STATE_WOKEN },
		{ 0, 1, 1, 0, IPI_STATE_GUEST },
	};
	struct event ev;
	struct err err;

	ck_assert_int_eq(init("kvm_ipi", deliver, accept, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		struct accept_record r = { .type = 21,
					   .dst = 2,
					   .vec = 0x41,
					   .cpu = -1,
					   .preempted = is[i].preempted,
					   .ready = is[i].ready,
					   .mode = is[i].mode,
					   .wait = is[i].wait };

		ck_assert(decode(&r, sizeof(r), &ev));
		ck_assert(ev.kind == EV_DELIVER_ACCEPT && ev.accept.dst == 2);
		ck_assert(ev.accept.vector == 0x41 && ev.accept.cpu == -1);
		ck_assert_uint_eq(ev.accept.state, is[i].state);
	}
}
END_TEST

START_TEST(the_least_and_the_older_group)
{
	u8 record[26] = { [0] = 20, [16] = 1, [24] = 9 };
	struct event ev;
	struct err err;

	ck_assert_int_eq(init("kvmipi", least_deliver, least_accept, &err), 0);
	ck_assert(decode(record, sizeof(record), &ev));
	ck_assert(ev.deliver.from_vcpu && ev.deliver.src == 9 && !ev.deliver.vm);
	ck_assert(!ev.deliver.have_vm_pid && ev.deliver.vector == IPI_VECTOR_NONE);
	record[0] = 21;
	record[18] = 1;
	ck_assert(decode(record, 19, &ev));
	ck_assert(ev.accept.dst == 1 && ev.accept.state == IPI_STATE_NONE);
	ck_assert(ev.accept.cpu == IPI_CPU_NONE && ev.accept.vector == IPI_VECTOR_NONE);
	/* What it cannot do without, and a group of another name. */
	ck_assert_int_eq(init("kvm_ipi", no_sender, accept, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.msg, "src"));
	ck_assert_int_eq(init("others", deliver, accept, &err), 0);
	ck_assert_uint_eq(d.kinds, 0);
}
END_TEST

UNIT_SUITE(probes, deliveries, kinds_of_deliveries, states, the_least_and_the_older_group)
