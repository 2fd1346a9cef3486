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
	ck_assert(says(&s, "Of 8 directed IPIs, 50 % met a receiver that was runnable"));
	ck_assert(says(&s, "38 % of the hints were replaced before their receiver had answered"));
	ck_assert(says(&s, "In 100 of 200 spins (50 %)"));
	ck_assert(says(&s, "in 99 % of 180 observed yields"));
	ck_assert(!says(&s, "So few spins"));
	s.replay.helpable = 99;
	ck_assert(says(&s, "(So few spins carry no conclusion.)"));
	s.replay.helpable = 0;
	ck_assert(says(&s, "In none of 200 spins"));
	s.replay.probed = false;
	ck_assert(says(&s, "Nothing in this trace verifies the replay"));
	s.ack.acknowledged = 0;
	ck_assert(says(&s, "No acknowledgement was seen"));
	s.vm.replay = NULL;
	ck_assert(!says(&s, "spins"));
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

UNIT_SUITE(yield_words, sentences, lines_fit)
