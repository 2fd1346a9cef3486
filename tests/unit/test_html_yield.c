// SPDX-License-Identifier: GPL-2.0-only
/* test_html_yield.c - the page's section on directed yield: each figure once, what is missing is
 * said. */
#include "output/html_parts.h"

#include "unit.h"
#include "yield_sample.h"

static bool has(const struct yield_sample *s, const char *text)
{
	struct capture c;
	bool found;

	capture_open(&c);
	html_yield(&s->view, &s->vm, c.f);
	found = strstr(capture_text(&c), text);
	capture_free(&c);
	return found;
}

START_TEST(figures)
{
	struct yield_sample s;

	yield_sample_init(&s);
	ck_assert(has(&s, "goes to the same receiver: 40.0&nbsp;%"));
	ck_assert(has(&s, "<tr><td>50<td>8<td>5<td>37.5<td>25.0<td>25.0<td>1<td>77<td>0.077\n"));
	ck_assert(
		has(&s, "EOI: 7 (87.5&nbsp;%), never: 1; replaced before it: 3; after 1.2&nbsp;"));
	ck_assert(has(&s, "<td class=\"n\">v2<td>1.5<td>4\n"));
	ck_assert(has(
		&s,
		"in 99.4&nbsp;% of 180 successful yields; without the probes it would have in 83.3"));
	ck_assert(
		has(&s, "ipi-v3 relaxed<td>160<td>40<td>90<td>90.0<td>10<td>0<td>3<td>60.0<td>\n"));
	ck_assert(has(&s, "<tr><td>50<td>2<td>3<td>5<td>6<td>7\n"));
	ck_assert(has(&s, "Suggested window: 0.5&nbsp;ms"));
	ck_assert(has(&s, "can help."));
	ck_assert(has(&s, "<ul class=\"summary\">\n<li>Of 8 directed"));
	ck_assert(has(&s, "did.\n</ul>\n"));
	ck_assert(!has(&s, "Summary"));
	ck_assert(has(&s, "stock<td>15<td>25.0<td>15.0<td>36.7<td>0<td>15<td>0\n"));
	ck_assert(has(&s, "(random)<td><td>33.3<td>29.0<td>37.1<td><td><td>\n"));
}
END_TEST

START_TEST(missing)
{
	struct yield_sample s;

	yield_sample_init(&s);
	s.replay.probed = false;
	s.replay.unverified = "no probes";
	ck_assert(has(&s, "<strong>Unverified:</strong>"));
	s.vm.ack = NULL;
	s.vm.replay = NULL;
	s.view.missing_ack = "-e kvm:kvm_eoi";
	s.view.missing_replay = "-e x";
	ck_assert(
		has(&s, "Acknowledgements are left out; record with <code>-e kvm:kvm_eoi</code>"));
	ck_assert(has(&s, "Spins and policies are left out; record with <code>-e x</code>"));
	ck_assert(!has(&s, "class=\"sortable policies\""));
	ck_assert(!has(&s, "class=\"sortable rules\""));
}
END_TEST

UNIT_SUITE(html_yield, figures, missing)
