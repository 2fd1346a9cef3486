// SPDX-License-Identifier: GPL-2.0-only
/* test_html_latency.c - the page's section on latencies: parts, the slowest, what is missing. */
#include "output/html_parts.h"

#include "latency_sample.h"
#include "unit.h"

static const char *evil(const void *ctx, u32 vector)
{
	return "<b>";
}

START_TEST(figures)
{
	struct latency_sample s;
	struct capture c;

	latency_sample_init(&s);
	s.view.vector_name = evil;
	capture_open(&c);
	ck_assert_int_eq(html_latency(&s.view, &s.vm, c.f), 0);
	capture_text(&c);
	ck_assert_ptr_nonnull(
		strstr(c.text, "acknowledged<td>7<td>1.0<td>2.0<td>1.5<td>3.0<td>4.0<td>5.0\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "injected<td>0<td><td><td><td><td><td>\n"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "<td class=\"n\">preempted<td>8<td>1.5<td>1.5<td>4.0<td>5.0<td>"));
	ck_assert_ptr_nonnull(strstr(c.text, "<tr><td>1<td>2<td>8<td>1.5<td>"));
	ck_assert_ptr_nonnull(strstr(c.text, "0xfd &lt;b&gt;<td>8"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "<tr><td>1.000000005<td>1<td>2<td>0xfd<td class=\"n\">preempted"
			       "<td>0.0<td><td>5.0<td>0.0\n"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "Until accepted is left out; record it with <code>-e accepts<"));
	ck_assert_ptr_nonnull(strstr(c.text, "1 part in 256, below for parts to 1 in 32."));
	capture_free(&c);
}
END_TEST

START_TEST(many_pairs)
{
	struct latency_line line[2 * HTML_LATENCY_PAIRS] = { { .part = LATENCY_VM } };
	struct latency_sample s;
	struct capture c;
	u32 rows = 0;

	latency_sample_init(&s);
	for (u32 i = 1; i < ARRAY_SIZE(line); i++)
		line[i] = (struct latency_line){ .part = LATENCY_PAIR, .ipis = i };
	s.vm.line = line;
	s.vm.nr_lines = ARRAY_SIZE(line);
	capture_open(&c);
	ck_assert_int_eq(html_latency(&s.view, &s.vm, c.f), 0);
	for (const char *p = capture_text(&c); (p = strstr(p, "<tr><td>0<td>0<td>")); p++)
		ck_assert_uint_eq(strtoul(p + strlen("<tr><td>0<td>0<td>"), NULL, 10),
				  ARRAY_SIZE(line) - 1 - rows++);
	ck_assert_uint_eq(rows, HTML_LATENCY_PAIRS); /* the heaviest, in that order */
	ck_assert_ptr_nonnull(strstr(c.text, "kvm-ipi latency -v has all"));
	capture_free(&c);
	for (size_t i = 1; i < ARRAY_SIZE(line); i++)
		line[i] = (struct latency_line){ .part = LATENCY_VECTOR };
	capture_open(&c);
	ck_assert_int_eq(html_latency(&s.view, &s.vm, c.f), 0);
	rows = 0;
	for (const char *p = capture_text(&c); (p = strstr(p, ">0x00 <td>0<td>")); p++)
		rows++;
	ck_assert_uint_eq(rows, ARRAY_SIZE(line) - 1);
	capture_free(&c);
}
END_TEST

UNIT_SUITE(html_latency, figures, many_pairs)
