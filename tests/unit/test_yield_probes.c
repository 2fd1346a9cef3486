// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_probes.c - which probes of a trace are those at yield_to(), by names and by fields. */
#include "decode/yield_probes.h"

#include "unit.h"

#define FORMAT(name, place, value)                                                                 \
	"name: " name "\nID: 1665\nformat:\n"                                                      \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:unsigned long " place ";\toffset:8;\tsize:8;\tsigned:0;\n"                        \
	"\tfield:s32 " value ";\toffset:16;\tsize:4;\tsigned:1;\n\nprint fmt: \"\"\n"

static const char ytp[] = FORMAT("ytp", "__probe_ip", "pid");
static const char yto[] = FORMAT("yto", "__probe_ret_ip", "ret");
static const char mine[] = FORMAT("mine", "__probe_ip", "target");
static const char back[] = FORMAT("back", "__probe_ret_ip", "retval");
static const char other[] = FORMAT("other", "__probe_ip", "pid");
static const char plain[] = FORMAT("plain", "ip", "pid");

/* What is found among these; the names, parted by a blank, are compared. */
static void is(struct format_text *formats, u32 nr, int found, const char *names)
{
	struct container c = { .fd = -1, .formats = formats, .nr_formats = nr };
	struct probe target, result;
	char text[256] = "";

	ck_assert_int_eq(yield_probes_find(&c, &target, &result), found);
	if (target.system)
		snprintf(text, sizeof(text), "%s:%s:%s %s:%s:%s", target.system, target.event,
			 target.field, result.system, result.event, result.field);
	ck_assert_str_eq(text, names);
	probe_release(&target);
	probe_release(&result);
}

#define TEXT(system, t)                                                                            \
	{                                                                                          \
		system, t, sizeof(t) - 1                                                           \
	}

START_TEST(by_names)
{
	struct format_text f[] = { TEXT("kprobes", other), TEXT("kprobes", yto),
				   TEXT("kprobes", ytp) };

	is(f, 3, YIELD_PROBES_FOUND, "kprobes:ytp:pid kprobes:yto:ret");
}
END_TEST

START_TEST(by_fields)
{
	struct format_text f[] = { TEXT("kvm", other), TEXT("own", plain), TEXT("own", mine),
				   TEXT("own", back), TEXT("own", other) };

	is(f, 4, YIELD_PROBES_FOUND, "own:mine:target own:back:retval");
	is(f, 3, YIELD_PROBES_NONE, "");
	is(f, 5, YIELD_PROBES_SEVERAL, "");
}
END_TEST

START_TEST(a_name_without_end)
{
	char system[400];
	struct format_text f[] = { TEXT("own", back), TEXT(system, mine) };

	memset(system, 'x', sizeof(system));
	system[sizeof(system) - 1] = 0;
	is(f, 2, YIELD_PROBES_SEVERAL, "");
}
END_TEST

UNIT_SUITE(yield_probes, by_names, by_fields, a_name_without_end)
