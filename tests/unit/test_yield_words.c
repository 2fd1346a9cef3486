// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_words.c - sentences that say what the figures carry, and not more. */
#include "output/yield_words.h"

#include "unit.h"
#include "yield_sample.h"

static bool says(const struct yield_sample *s, const char *sentence)
{
	struct capture c;
	char *flat;
	bool found;

	capture_open(&c);
	yield_words(&s->view, &s->vm, c.f);
	flat = yield_flat(capture_text(&c));
	found = strstr(flat, sentence);
	free(flat);
	capture_free(&c);
	return found;
}

START_TEST(sentences)
{
	struct yield_sample s;

	yield_sample_init(&s);
	ck_assert(says(&s, "Of 8 directed IPIs, 50.0 % met a receiver that was runnable"));
	ck_assert(says(&s, "37.5 % of the hints were replaced before their receiver had answered"));
	ck_assert(says(&s, "80 wait episodes are complete, 2 were cut"));
	ck_assert(says(&s, "In 60 of them (75.0 %)"));
	ck_assert(says(&s, "took 5.0 % of the time of its 4 vCPUs")); /* 0.2 of 4 s */
	ck_assert(says(&s, "user mode in 20, in kernel mode in 39; in 1 that is unknown"));
	ck_assert(says(&s, "stock 6.0 % of 150, ipi-v3+relaxed 1.9 % of 160"));
	ck_assert(says(&s,
		       "after 88.9 % of 180 successful yields the target ran before the spinner; "
		       "1.5 successful yields an episode"));
	ck_assert(says(&s, "in 99.4 % of 180 observed yields"));
	ck_assert(says(&s, "The kernel is taken to have run stock."));
	ck_assert(says(&s, "A hit is not a speed-up"));
	s.replay.probed = false;
	s.replay.unverified = "no probes";
	ck_assert(says(
		&s,
		"nothing verifies the replay (no probes); 60.0 % of the kernel's picks are sure"));
	s.ack.acknowledged = 0;
	ck_assert(says(&s, "No acknowledgement was seen"));
	s.vm.replay = NULL;
	ck_assert(!says(&s, "spins"));
}
END_TEST

/* No sentence on what is better stands there without the figures for it. */
START_TEST(comparisons)
{
	struct yield_policy *p;
	struct yield_sample s;

	yield_sample_init(&s);
	p = &s.policy[1];
	ck_assert(says(
		&s, "stock picks an awaited vCPU in 25.0 % (15.0 to 36.7), and a random pick among "
		    "the vCPUs that stock's rule lets pass would in 33.3 % (29.0 to 37.1): no "
		    "difference seen."));
	ck_assert(says(&s, "More often than stock: ipi-v3+relaxed 50.0 % (40.0 to 61.7)."));
	ck_assert(!says(&s, "Less often") && !says(&s, "No difference from"));
	p->episodes.verdict = YIELD_FEWER;
	ck_assert(says(&s, "Less often than stock: ipi-v3+relaxed") && !says(&s, "More often"));
	p->episodes.verdict = YIELD_SAME;
	ck_assert(says(&s, "No difference from stock seen: ipi-v3+relaxed") &&
		  !says(&s, "Less often"));
	p->bound = true;
	ck_assert(says(&s, "Upper bounds, by construction: ipi-v3+relaxed 50.0 % (40.0 to 61.7)."));
	ck_assert(!says(&s, "No difference from stock seen"));
	s.episodes.random = (struct yield_rate){ 60, 100, 80, 120, true };
	ck_assert(says(&s, "stock is better than chance"));
	s.episodes.random = (struct yield_rate){ 60, 500, 480, 520, true };
	ck_assert(says(&s, "stock is worse than chance"));
	s.policy[0].episodes.rate = (struct yield_rate){ 15, 250, 0, 0, false };
	ck_assert(says(&s, "25.0 %, and a random"));
	ck_assert(says(&s, "So few episodes (15) have no intervals, and carry no conclusion"));
	s.replay.episodes = NULL;
	ck_assert(says(&s, "There are no wait episodes without acknowledgements"));
	ck_assert(!says(&s, "than chance") && !says(&s, "an episode"));
}
END_TEST

START_TEST(lines_fit)
{
	struct yield_sample s;
	struct capture c;
	size_t longest = 0;

	yield_sample_init(&s);
	capture_open(&c);
	yield_words(&s.view, &s.vm, c.f);
	for (const char *p = capture_text(&c); *p; p += strcspn(p, "\n") + 1)
		longest = max_of(longest, strcspn(p, "\n"));
	ck_assert_uint_le(longest, 79);
	capture_free(&c);
}
END_TEST

UNIT_SUITE(yield_words, sentences, comparisons, lines_fit)
