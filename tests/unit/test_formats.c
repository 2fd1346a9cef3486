// SPDX-License-Identifier: GPL-2.0-only
/* test_formats.c - event formats as kernels write them, and as nobody should. */
#include "input/formats.h"

#include "image.h"
#include "unit.h"

static const struct field_want want[] = { { "src_vcpu_id", true },
					  { "vm_pid", false },
					  { "none", false } };

#define COMMON "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"

/* Resolves the wanted fields in this text. */
static int resolve(const char *text, struct field *found, struct event_format *format,
		   struct err *err)
{
	struct format_text f = { "kvm", text, strlen(text) };
	struct container c = { .fd = -1, .formats = &f, .nr_formats = 1 };

	err->msg[0] = 0;
	return formats_resolve(&c, "kvm", "kvm_ipi_track", want, ARRAY_SIZE(want), found, format,
			       err);
}

START_TEST(as_the_kernel_writes_it)
{
	struct field found[ARRAY_SIZE(want)];
	struct event_format format;
	struct err err;

	ck_assert_int_eq(resolve(track_format, found, &format, &err), 0);
	ck_assert_uint_eq(format.id, TRACK_ID);
	ck_assert(format.type.offset == 0 && format.type.size == 2);
	ck_assert(found[0].offset == 16 && found[0].size == 4 && !found[0].is_signed);
	ck_assert(found[1].offset == 12 && found[1].size == 4 && found[1].is_signed);
	ck_assert_uint_eq(found[2].size, 0);
}
END_TEST

START_TEST(print_formats_do_not_matter)
{
	struct field found[ARRAY_SIZE(want)];
	struct event_format format;
	struct err err;

	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON
				 "\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n\n"
				 "print fmt: \"%s %d\", ((((((((",
				 found, &format, &err),
			 0);
	ck_assert_uint_eq(found[0].offset, 16);
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON
				 "\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n",
				 found, &format, &err),
			 0);
}
END_TEST

START_TEST(what_cannot_be_used)
{
	struct field found[ARRAY_SIZE(want)];
	struct event_format format;
	struct err err;

	/* The required field is missing, is an array, has an offset beyond any record. */
	ck_assert_int_eq(
		resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON, found, &format, &err),
		-EBADMSG);
	ck_assert_str_eq(err.msg, "its format has no usable field src_vcpu_id");
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON
				 "\tfield:u32 src_vcpu_id[3];\toffset:16;\tsize:12;\tsigned:0;\n",
				 found, &format, &err),
			 -EBADMSG);
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON
				 "\tfield:u32 src_vcpu_id;\toffset:65536;\tsize:4;\tsigned:0;\n",
				 found, &format, &err),
			 -EBADMSG);
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n"
				 "\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n",
				 found, &format, &err),
			 -EBADMSG);
	ck_assert_str_eq(err.msg, "its format has no usable common_type");
	/* An optional field that cannot be used is as good as none. */
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\nformat:\n" COMMON
				 "\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n"
				 "\tfield:u32 vm_pid;\toffset:12;\tsize:3;\tsigned:0;\n",
				 found, &format, &err),
			 0);
	ck_assert_uint_eq(found[1].size, 0);
}
END_TEST

START_TEST(damaged_texts)
{
	struct field found[ARRAY_SIZE(want)];
	struct event_format format;
	size_t len = strlen(track_format);
	char *text = strdup(track_format);
	struct err err;

	ck_assert_int_eq(resolve("", found, &format, &err), -ENOENT);
	ck_assert_int_eq(resolve("name: kvm_ipi_track\n", found, &format, &err), -ENOENT);
	ck_assert_int_eq(resolve("name: kvm_ipi_tracker\nID: 7\n", found, &format, &err), -ENOENT);
	ck_assert_int_eq(resolve("name: kvm_ipi_track\nID: 7\n", found, &format, &err), -EBADMSG);
	ck_assert(err.msg[0]);
	/* Cut anywhere: usable or not, never a crash, and never a field from nowhere. */
	for (size_t cut = len; cut--;) {
		int ret;

		text[cut] = 0;
		ret = resolve(text, found, &format, &err);
		ck_assert(ret == 0 || ((ret == -ENOENT || ret == -EBADMSG) && err.msg[0]));
		if (!ret)
			ck_assert(found[0].offset == 16 && found[0].size == 4);
	}
	free(text);
}
END_TEST

START_TEST(other_events)
{
	struct format_text f[] = {
		{ "sched", "name: sched_switch\nID: 300\nformat:\n", 36 },
		{ "kvm", "no name\n", 8 },
		{ "kvm", "name: x\nID: many\n", 17 },
		{ "kvm", "ID: 65535\nname:  kvm_exit\n", 26 },
	};
	struct container c = { .fd = -1, .formats = f, .nr_formats = ARRAY_SIZE(f) };
	struct err err;
	char name[14];
	u16 id = 0;

	ck_assert(formats_event(&c, 0, name, sizeof(name), &id));
	ck_assert_str_eq(name, "sched_switch");
	ck_assert_uint_eq(id, 300);
	ck_assert(!formats_event(&c, 0, name, 12, &id)); /* no room */
	ck_assert(!formats_event(&c, 1, name, sizeof(name), &id));
	ck_assert(!formats_event(&c, 2, name, sizeof(name), &id));
	ck_assert(formats_event(&c, 3, name, sizeof(name), &id));
	ck_assert_str_eq(name, "kvm_exit");
	ck_assert_uint_eq(id, 65535);
	ck_assert_int_eq(formats_resolve(&c, "sched", "kvm_exit", NULL, 0, NULL, NULL, &err),
			 -ENOENT);
	ck_assert_str_eq(err.msg, "the file does not describe sched:kvm_exit");
}
END_TEST

START_TEST(values_by_width_and_sign)
{
	const u8 p[] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f };

	ck_assert_uint_eq(field_load(p, (struct field){ 0, 1, false }), 0xfe);
	ck_assert_int_eq((s64)field_load(p, (struct field){ 0, 1, true }), -2);
	ck_assert_int_eq((s64)field_load(p, (struct field){ 0, 2, true }), -2);
	ck_assert_uint_eq(field_load(p, (struct field){ 0, 4, false }), 0xfffffffe);
	ck_assert_int_eq((s64)field_load(p, (struct field){ 0, 4, true }), -2);
	ck_assert_int_eq((s64)field_load(p, (struct field){ 0, 8, true }), -2);
	ck_assert_uint_eq(field_load(p, (struct field){ 8, 1, true }), 0x7f);
	ck_assert_uint_eq(field_load(p, (struct field){ 0, 0, true }), 0); /* no such field */
}
END_TEST

UNIT_SUITE(formats, as_the_kernel_writes_it, print_formats_do_not_matter, what_cannot_be_used,
	   damaged_texts, other_events, values_by_width_and_sign)
