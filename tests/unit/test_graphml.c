// SPDX-License-Identifier: GPL-2.0-only
/* test_graphml.c - GraphML, and text that XML can hold. */
#include "output/graphml.h"

#include "net_fixture.h"
#include "unit.h"

START_TEST(text)
{
	struct capture c;

	capture_open(&c);
	xml_text("<a b='c'>&\"\xc3\xa9", c.f);
	xml_text("\x01\x7f\xff\xc0\x80\xed\xa0\x80\xef\xbf\xbf\xf4\x90\x80\x80\n", c.f);
	ck_assert_str_eq(capture_text(&c), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;\xc3\xa9"
					   "????????"
					   "????????");
	capture_free(&c);
}
END_TEST

START_TEST(graph)
{
	struct net_fixture f;
	struct capture c;
	char note[] = "lost <x>";
	char *notes[] = { note };

	net_fixture(&f, "VM <script>");
	capture_open(&c);
	graphml_begin(notes, 1, c.f);
	graphml_vm(&f.n, 0, c.f);
	graphml_end(c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "<desc>lost &lt;x&gt;</desc>"));
	ck_assert_ptr_nonnull(strstr(c.text, "<data key=\"vm\">VM &lt;script&gt;</data>"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "<edge source=\"0:0\" target=\"0:4\"><data key=\"weight\">9<"));
	ck_assert_ptr_nonnull(strstr(c.text, "<!-- VM 42/3: 1 small edges"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(graphml, text, graph)
