// SPDX-License-Identifier: GPL-2.0-only
/* test_net_tables.c - metrics as text, CSV and JSON. */
#include "output/net_tables.h"

#include "net_fixture.h"
#include "unit.h"

START_TEST(text)
{
	struct net_fixture f;
	struct capture c;

	net_fixture(&f, "VM 42/3");
	capture_open(&c);
	net_text(&f.n, 2, c.f);
	ck_assert_str_eq(
		capture_text(&c),
		"VM 42/3: 3 vCPUs, 3 pairs, 16 IPIs\n"
		"  coverage   50 % in 1 pairs, 80 % in 2, 90 % in 2, 95 % in 3, 99 % in 3\n"
		"  asymmetry  25.0 % of the IPIs have none the other way\n"
		"  groups     2; 93.8 % of the IPIs stay inside one\n"
		"  group  vcpus  inside  touching  members\n"
		"      0      2      15        16  0,4\n"
		"      1      1       0         1  9\n"
		"  vcpu  sends_to  gets_from  partners  sent  received  asymmetry_%  group  hub\n"
		"     0         1          2         2     9         7           13      0  hub\n"
		"     4         1          1         1     6         9          -20      0  -\n"
		"# 1 more vCPUs (-E 3 shows them all)\n");
	capture_free(&c);
}
END_TEST

START_TEST(csv)
{
	struct net_fixture f;
	struct capture c;

	net_fixture(&f, "VM 42/3");
	f.vm.have_id = false;
	capture_open(&c);
	net_csv(&f.n, c.f);
	ck_assert_str_eq(capture_text(&c), "42,,0,1,2,2,9,7,125,0,1\n42,,4,1,1,1,6,9,-200,0,0\n"
					   "42,,9,1,0,1,1,0,1000,1,0\n");
	capture_free(&c);
}
END_TEST

START_TEST(json)
{
	struct net_fixture f;
	struct capture c;
	struct json j;

	net_fixture(&f, "VM 42/3");
	capture_open(&c);
	json_init(&j, c.f);
	json_object_flat(&j, NULL);
	net_json(&f.n, &j);
	json_object_end(&j);
	json_finish(&j);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "\"one_way\": 4, \"inside_groups\": 15"));
	ck_assert_ptr_nonnull(strstr(c.text, "{\"percent\": 95, \"pairs\": 3}"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "\"asymmetry_permille\": -200, \"group\": 0, \"hub\": false}"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(net_tables, text, csv, json)
