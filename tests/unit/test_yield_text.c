// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_text.c - what people read: figures, what is missing, and how far to believe it. */
#include "unit.h"
#include "yield_sample.h"

static void check(const struct yield_sample *s, const struct yield_style *style,
		  const char *const *has, const char *hasnt)
{
	struct capture c;
	char *text;

	capture_open(&c);
	yield_text(&s->view, style, c.f);
	text = yield_flat(capture_text(&c));
	for (; *has; has++)
		ck_assert_msg(strstr(text, *has) != NULL, "not there: %s\nin: %s", *has, text);
	if (hasnt)
		ck_assert_msg(!strstr(text, hasnt), "there: %s", hasnt);
	for (const char *p = capture_text(&c); *p; p += strcspn(p, "\n") + 1)
		ck_assert_uint_le(strcspn(p, "\n"), 79);
	free(text);
	capture_free(&c);
}

START_TEST(probed)
{
	static const char *const has[] = {
		"VM 42/3: 4 vCPUs, 8 IPIs",
		"could be boosted (preempted or woken): 4 (50.0 %)",
		"acknowledged 7 (87.5 %), never: 1",
		"v2 1.5 4",
		"own choice in 179 (99.4 %) of 180",
		"where it is sure in 105 (95.5 %)",
		"nothing awaited 70 (35.0 %)",
		"suggested window: 0.5 ms",
		"20 (11.1 %)",
		"1: of a race",
		"1.000000005 vCPU 0 (thread 101) awaits vCPU 1; 2 candidates; stock 2, ipi-v3+relaxed none",
		"Wait episodes: 82, complete 80, helpable 60 (user 20, kernel 39, unknown 1)",
		"stock 15 25.0 15.0 36.7 - 0 15 0",
		"ipi-v3+relaxed 30 50.0 40.0 61.7 more 10 20 0",
		"(random) - 33.3 29.0 37.1",
		"stock 20 (1.6), ipi-v3+relaxed 40 (1.3)",
		NULL
	};
	struct yield_style style = { 0 };
	struct yield_sample s;

	yield_sample_init(&s);
	check(&s, &style, has, "vCPU 3: replay none");
	style.verbose = true;
	check(&s, &style,
	      (const char *const[]){ "1.000000007 vCPU 3: replay none, kernel 1: of a race", NULL },
	      NULL);
}
END_TEST

START_TEST(less)
{
	struct yield_style style = { .quiet = true };
	struct yield_sample s;

	yield_sample_init(&s);
	s.replay.probed = false;
	check(&s, &style, (const char *const[]){ "UNVERIFIED", "needs the probes", NULL },
	      "In words");
	s.vm.ack = NULL;
	s.vm.replay = NULL;
	s.view.missing_ack = "-e this";
	s.view.missing_replay = "-e that";
	check(&s, &style,
	      (const char *const[]){ "# acknowledgements are left out; record them with: -e this",
				     "# spins and policies are left out; record them with: "
				     "-e that",
				     NULL },
	      "Spins:");
	memset(s.vm.head.state, 0, sizeof(s.vm.head.state));
	s.vm.head.state[VIEW_STATES] = 8;
	check(&s, &style,
	      (const char *const[]){ "could be boosted (preempted or woken): not recorded", NULL },
	      NULL);
}
END_TEST

START_TEST(low_accuracy)
{
	struct yield_style style = { 0 };
	struct yield_sample s;

	yield_sample_init(&s);
	check(&s, &style, (const char *const[]){ "(99.4 %) of 180", NULL }, "--search");
	s.replay.agree = 170;
	check(&s, &style,
	      (const char *const[]){ "does the order of the search fit this kernel?", NULL }, NULL);
	s.replay.observed = s.replay.agree = 99; /* too few to say so */
	s.replay.agree = 50;
	check(&s, &style, (const char *const[]){ "50 (50.5 %) of 99", NULL }, "--search");
}
END_TEST

UNIT_SUITE(yield_text, probed, less, low_accuracy)
