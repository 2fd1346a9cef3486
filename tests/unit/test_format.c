// SPDX-License-Identifier: GPL-2.0-only
/* test_format.c - the record's fields against the contract, and each of them elsewhere. */
#include "live/format.h"

#include "unit.h"

static const char *const fields[] = {
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n",
	"\tfield:u32 vm_id;\toffset:8;\tsize:4;\tsigned:0;\n",
	"\tfield:s32 vm_pid;\toffset:12;\tsize:4;\tsigned:1;\n",
	"\tfield:u32 src_vcpu_id;\toffset:16;\tsize:4;\tsigned:0;\n",
	"\tfield:u32 dst_vcpu_id;\toffset:20;\tsize:4;\tsigned:0;\n",
	"\tfield:s32 dst_cpu;\toffset:24;\tsize:4;\tsigned:1;\n",
	"\tfield:u8 vector;\toffset:28;\tsize:1;\tsigned:0;\n",
	"\tfield:u8 path;\toffset:29;\tsize:1;\tsigned:0;\n",
	"\tfield:u8 dst_state;\toffset:30;\tsize:1;\tsigned:0;\n",
};

/* The format with one field left out, or at another offset. */
static void make(char *to, u32 without, u32 moved)
{
	strcpy(to, "name: kvm_ipi_track\nID: 1234\nformat:\n");
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		char *offset;

		if (i == without)
			continue;
		strcat(to, fields[i]);
		offset = strrchr(to, 'o');
		while (strncmp(offset, "offset:", 7))
			offset--;
		if (i == moved)
			offset[7]++;
	}
	strcat(to, "\nprint fmt: \"vm %d/%u field:\", REC->vm_pid\n");
}

START_TEST(the_contract_is_taken)
{
	struct err err = { "" };
	char text[2048];
	u32 offset, size;

	make(text, UINT32_MAX, UINT32_MAX);
	ck_assert_int_eq(format_check_track(text, &err), 0);
	ck_assert_int_eq(format_field(text, "path", &offset, &size), 0);
	ck_assert_uint_eq(offset, 29);
	ck_assert_uint_eq(size, 1);
	ck_assert_int_eq(format_field(text, "id", &offset, &size), -ENOENT);
	ck_assert_int_eq(format_field("", "path", &offset, &size), -ENOENT);
}
END_TEST

START_TEST(another_record_is_refused)
{
	for (u32 i = 1; i < ARRAY_SIZE(fields); i++) {
		bool used = !strstr(fields[i], "dst_cpu");
		struct err err = { "" };
		char text[2048];

		make(text, i, UINT32_MAX);
		ck_assert_int_eq(format_check_track(text, &err), used ? -EINVAL : 0);
		make(text, UINT32_MAX, i);
		ck_assert_int_eq(format_check_track(text, &err), used ? -EINVAL : 0);
	}
}
END_TEST

UNIT_SUITE(format, the_contract_is_taken, another_record_is_refused)
