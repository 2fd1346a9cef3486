// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_csv.c - one long table, every row with six columns. */
#include "unit.h"
#include "yield_sample.h"

START_TEST(rows)
{
	static const char *const want[] = {
		"\n42,3,hints,50000000,alive_ns,77000000\n",
		"\n42,3,stability,,same,2\n",
		"\n42,3,states,,preempted,3\n",
		"\n42,3,ack,v2,stale_ns,1500000\n",
		"\n42,3,replay,,agree,179\n",
		"\n42,3,policies,ipi-v3+relaxed,hits,90\n",
		"\n42,3,policies_sure,stock,missed,1\n",
		"\n42,3,windows_ipi_first,50000000,missed,6\n",
		"\n42,3,windows,50000000,stale,7\n",
		"\n42,3,replay,,scheduler_mismatch,20\n",
	};
	struct yield_sample s;
	struct capture c;
	const char *line;

	yield_sample_init(&s);
	capture_open(&c);
	yield_csv(&s.view, c.f);
	line = capture_text(&c);
	ck_assert(!strncmp(line, "vm_pid,vm_id,table,key,name,value\n", 34));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		ck_assert_msg(strstr(line, want[i]) != NULL, "%s", want[i]);
	for (; *line; line = strchr(line, '\n') + 1) {
		int commas = 0;

		for (const char *p = line; *p != '\n'; p++)
			commas += *p == ',';
		ck_assert_int_eq(commas, 5);
	}
	capture_free(&c);
}
END_TEST

UNIT_SUITE(yield_csv, rows)
