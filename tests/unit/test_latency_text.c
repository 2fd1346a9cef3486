// SPDX-License-Identifier: GPL-2.0-only
/* test_latency_text.c - tables for people, and the CSV. */
#include "latency_sample.h"
#include "unit.h"

static void check(void (*put)(const struct latency_sample *s, FILE *out), const char *const *want)
{
	struct latency_sample s;
	struct capture c;

	latency_sample_init(&s);
	capture_open(&c);
	put(&s, c.f);
	for (; *want; want++)
		ck_assert_msg(strstr(capture_text(&c), *want) != NULL, "not there: %s\nin: %s",
			      *want, capture_text(&c));
	capture_free(&c);
}

static void put_text(const struct latency_sample *s, FILE *out)
{
	latency_text(&s->view, &(struct latency_style){ 0 }, out);
}

static void put_csv(const struct latency_sample *s, FILE *out)
{
	latency_csv(&s->view, out);
}

START_TEST(text)
{
	check(put_text,
	      (const char *const[]){
		      "# until accepted is left out; record it with: -e accepts",
		      "1 part in 256 for a VM", "VM 42/3: 8 IPIs",
		      "acknowledged     7     1.0      2.0     1.5     3.0     4.0     5.0",
		      "0xfd reschedule", "1 -> 2", "preempted", "1.000000005  42/3", NULL });
}
END_TEST

START_TEST(csv)
{
	check(put_csv, (const char *const[]){
			       "\n42,3,vm,,,,,injected,8,0,,,,,,\n",
			       "\n42,3,pair,1,2,,,running,8,7,1000,2000,1500,3000,4000,5000\n",
			       "\n42,3,vector,,,253,,accepted,8,7,",
			       "\n42,3,state,,,,preempted,accepted,8,7,", NULL });
}
END_TEST

UNIT_SUITE(latency_text, text, csv)
