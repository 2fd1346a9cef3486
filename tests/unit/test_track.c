// SPDX-License-Identifier: GPL-2.0-only
/* test_track.c - records of kvm_ipi_track, in the usual layout and in others. */
#include "decode/track.h"

#include "image.h"
#include "unit.h"

static const struct vm_cache nobody;

static int init(struct track *t, const char *format, struct err *err)
{
	struct format_text f = { "kvm", format, strlen(format) };
	struct container c = { .fd = -1, .formats = &f, .nr_formats = 1 };

	err->msg[0] = 0;
	return track_init(t, &c, err);
}

/* A batch of one page. */
static void batch_of(struct batch *b, struct page *p)
{
	struct page_walk w;

	page_end(p, 0, 0);
	ck_assert(page_walk_init(&w, p->data, sizeof(p->data)));
	page_walk_next(&w, b);
	b->cpu = 6;
}

START_TEST(the_usual_layout)
{
	struct ipi_event ev[BATCH_MAX];
	struct track_record r = track_record(-5, 0xfffffffe, 3, 4095, 0xfd);
	struct batch b;
	struct track t;
	struct page p;
	struct err err;

	ck_assert_int_eq(init(&t, track_format, &err), 0);
	ck_assert(t.plain && t.usual);
	ck_assert_uint_eq(t.min_len, 31);
	r.dst_cpu = -1;
	r.path = 1;
	r.state = 4;
	page_begin(&p, 1000);
	page_track(&p, 0, r);
	page_track(&p, 5, track_record(7, 8, 1, 0, 0));
	batch_of(&b, &p);
	ck_assert_uint_eq(track_decode(&t, &b, &nobody, ev), 2);
	ck_assert(ev[0].ts == 1000 && ev[0].cpu == 6 && ev[0].vm_pid == -5 &&
		  ev[0].vm_id == 0xfffffffe);
	ck_assert(ev[0].src == 3 && ev[0].dst == 4095 && ev[0].dst_cpu == -1 &&
		  ev[0].vector == 0xfd);
	ck_assert(ev[0].path == IPI_PATH_SLOW && ev[0].state == IPI_STATE_WOKEN);
	ck_assert(ev[0].have_vm_id && ev[0].have_vm_pid);
	ck_assert(ev[1].ts == 1005 && ev[1].vm_pid == 7 && ev[1].vm_id == 8 && ev[1].src == 1);
	ck_assert(ev[1].path == IPI_PATH_FAST && ev[1].state == IPI_STATE_GUEST);
}
END_TEST

START_TEST(others_are_left_out)
{
	struct track_record other = track_record(1, 1, 1, 1, 1), ours = track_record(1, 1, 0, 1, 1);
	struct ipi_event ev[BATCH_MAX];
	struct batch b;
	struct track t;
	struct page p;
	struct err err;

	ck_assert_int_eq(init(&t, track_format, &err), 0);
	other.common_type = TRACK_ID + 1;
	page_begin(&p, 0);
	page_track(&p, 0, other);
	page_track(&p, 1, ours);
	page_record(&p, 1, &other, 4);	    /* another event, and a short one */
	page_record(&p, 1, &ours, 28);	    /* ours, and too short */
	page_long_record(&p, 1, &ours, 30); /* by one byte */
	page_long_record(&p, 1, &ours, 31); /* just long enough */
	page_track(&p, 1, other);
	batch_of(&b, &p);
	ck_assert_uint_eq(b.nr, 7);
	ck_assert_uint_eq(track_decode(&t, &b, &nobody, ev), 2);
	ck_assert_uint_eq(t.damaged, 2);
	ck_assert(ev[0].ts == 1 && ev[1].ts == 5);
}
END_TEST

#define FIELD(type, name, offset, size, is_signed)                                                 \
	"\tfield:" type " " name ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #is_signed ";\n"

START_TEST(another_layout)
{
	/* Wider fields, in another order; the vector has a sign and does not fit. */
	static const char format[] = "name: kvm_ipi_track\nID: 1234\nformat:\n" FIELD(
		"unsigned short", "common_type", 0, 2, 0) FIELD("u64", "dst_vcpu_id", 8, 8, 0)
		FIELD("u16", "src_vcpu_id", 16, 2, 0) FIELD("s16", "vector", 18, 2, 1)
			FIELD("u32", "path", 20, 4, 0) FIELD("s64", "vm_pid", 24, 8, 1)
				FIELD("u16", "dst_state", 32, 2, 0);
	u64 payload[5] = { TRACK_ID, 77, 9 | (u64)0xfd << 16 | 0x100ull << 32, (u64)-3, 300 };
	struct ipi_event ev[BATCH_MAX];
	struct batch b;
	struct track t;
	struct page p;
	struct err err;

	ck_assert_int_eq(init(&t, format, &err), 0);
	ck_assert(!t.plain);
	page_begin(&p, 0);
	page_record(&p, 0, payload, sizeof(payload));
	payload[2] |= 0xffff0000; /* vector -1 */
	payload[4] = 2;
	page_record(&p, 1, payload, sizeof(payload));
	page_record(&p, 1, payload, 32); /* without its state */
	batch_of(&b, &p);
	ck_assert_uint_eq(track_decode(&t, &b, &nobody, ev), 2);
	ck_assert_uint_eq(t.damaged, 1);
	ck_assert(ev[0].src == 9 && ev[0].dst == 77 && ev[0].vector == 0xfd && ev[0].vm_pid == -3);
	ck_assert(ev[0].path == IPI_PATH_NONE && ev[0].state == IPI_STATE_NONE); /* 256, 300 */
	ck_assert(!ev[0].have_vm_id && ev[0].have_vm_pid && ev[0].dst_cpu == IPI_CPU_NONE);
	ck_assert(ev[1].vector == IPI_VECTOR_NONE && ev[1].state == IPI_STATE_PREEMPTED);
}
END_TEST

START_TEST(only_what_is_required)
{
	static const char format[] = "name: kvm_ipi_track\nID: 1234\nformat:\n" FIELD(
		"unsigned short", "common_type", 0, 2, 0) FIELD("u32", "src_vcpu_id", 8, 4, 0)
		FIELD("u32", "dst_vcpu_id", 12, 4, 0);
	struct track_record r = track_record(7, 8, 9, 10, 11);
	struct ipi_event ev[BATCH_MAX];
	struct batch b;
	struct track t;
	struct page p;
	struct err err;

	ck_assert_int_eq(init(&t, format, &err), 0);
	page_begin(&p, 0);
	page_record(&p, 0, &r, 16);
	batch_of(&b, &p);
	ck_assert_uint_eq(track_decode(&t, &b, &nobody, ev), 1);
	ck_assert(ev[0].src == 8 && ev[0].dst == 7); /* as this format has it */
	ck_assert(!ev[0].have_vm_id && !ev[0].have_vm_pid && !ev[0].vm_id && !ev[0].vm_pid);
	ck_assert(ev[0].vector == IPI_VECTOR_NONE && ev[0].path == IPI_PATH_NONE);
	ck_assert(ev[0].state == IPI_STATE_NONE && ev[0].dst_cpu == IPI_CPU_NONE);
}
END_TEST

START_TEST(without_sender_or_format)
{
	struct track t;
	struct err err;

	ck_assert_int_eq(init(&t,
			      "name: kvm_ipi_track\nID: 1\nformat:\n" FIELD("unsigned short",
									    "common_type", 0, 2, 0)
				      FIELD("u32", "src_vcpu_id", 8, 4, 0),
			      &err),
			 -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.msg, "dst_vcpu_id"));
	ck_assert_int_eq(init(&t, "name: kvm_exit\nID: 1\nformat:\n", &err), -ENOENT);
}
END_TEST

START_TEST(vms_that_are_known)
{
	struct vm_cache vms = { 0 };
	struct ipi_event ev[BATCH_MAX];
	struct batch b = { .nr = 3, .cpu = 1 };
	const u32 id[] = { 0, 7, 0 };
	u8 page[3 * 32] = { 0 };
	struct track t;
	struct err err;
	u64 ids;

	/* All ids are 0 but one: an empty line is not the VM of pid 0. */
	ck_assert_uint_eq(vm_cache_line(0), VM_CACHE_OF_0);
	ck_assert_uint_ne(vm_cache_line(1), VM_CACHE_OF_0);
	ck_assert_int_eq(init(&t, track_format, &err), 0);
	b.page = page;
	for (u32 i = 0; i < 3; i++) {
		memcpy(page + 32 * i, &t.format.id, 2);
		memcpy(page + 32 * i + t.field[TRACK_VM_ID].offset, &id[i], 4);
		b.rec[i] = (struct rec){ .ts = i, .off = 32 * i, .len = 32 };
	}
	ck_assert_uint_eq(track_decode(&t, &b, &vms, ev), 3);
	ck_assert(t.strangers);
	vms.line[vm_cache_line(0)] = (struct vm_cached){ 0, 4, true };
	ck_assert_uint_eq(track_decode(&t, &b, &vms, ev), 3);
	ck_assert(t.strangers);
	ids = 7;
	vms.line[vm_cache_line(ids)] = (struct vm_cached){ ids, 0, true };
	ck_assert_uint_eq(track_decode(&t, &b, &vms, ev), 3);
	ck_assert(!t.strangers);
	ck_assert(ev[0].vm == 4 && ev[1].vm == 0 && ev[2].vm == 4);
}
END_TEST

UNIT_SUITE(track, the_usual_layout, others_are_left_out, another_layout, only_what_is_required,
	   without_sender_or_format, vms_that_are_known)
