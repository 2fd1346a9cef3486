// SPDX-License-Identifier: GPL-2.0-only
/* test_net.c - what writers of graphs share: what is cut, widths, colours. */
#include "net_fixture.h"
#include "unit.h"

START_TEST(cut)
{
	struct net_fixture f;
	char text[100];

	net_fixture(&f, "VM");
	ck_assert_uint_eq(net_cut(&f.n), 1);
	ck_assert(net_cut_remark(&f.n, text, sizeof(text)));
	ck_assert_str_eq(text, "1 small edges of 3 are left out (1 of 16 IPIs)");
	f.n.nr_shown = 3;
	ck_assert(!net_cut_remark(&f.n, text, sizeof(text)));
}
END_TEST

START_TEST(widths_and_colors)
{
	struct net_fixture f;

	net_fixture(&f, "VM");
	ck_assert(net_width(&f.n, &f.edge[0]) == 6);
	ck_assert(net_width(&f.n, &f.edge[2]) > 0.5);
	ck_assert(net_width(&f.n, &f.edge[2]) < net_width(&f.n, &f.edge[1]));
	ck_assert_uint_eq(net_color(0), net_color(NET_COLORS));
	for (u32 i = 1; i < NET_COLORS; i++)
		ck_assert_uint_ne(net_color(i), net_color(0));
}
END_TEST

UNIT_SUITE(net, cut, widths_and_colors)
