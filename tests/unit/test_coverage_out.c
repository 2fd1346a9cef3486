// SPDX-License-Identifier: GPL-2.0-only
/* test_coverage_out.c - coverage in words and as JSON: none and not recorded do not look alike. */
#include "output/coverage_out.h"

#include "unit.h"

static const struct loss_view lost[] = {
	{ .cpu = 2,
	  .gaps = 1,
	  .events = 0,
	  .from_ns = 1500000,
	  .to_ns = 2500000,
	  .ns = 1000000,
	  .span = { { 1500000, 2500000, 0, false } },
	  .nr_spans = 1 },
	{ .cpu = 3,
	  .gaps = 2,
	  .events = 9,
	  .events_known = true,
	  .from_ns = 1,
	  .to_ns = 3000000000,
	  .ns = 5000 },
};

static const struct coverage_pair_view pairs[] = {
	{ .vm_pid = 42,
	  .have_vm_pid = true,
	  .vm_id = 1,
	  .have_vm_id = true,
	  .src = 0,
	  .dst = 3,
	  .count = 7 },
	{ .vm_pid = 42, .have_vm_pid = true, .src = 1, .dst = 2, .count = 4, .avic = true },
};

static struct coverage_view full(void)
{
	struct coverage_view c = {
		.directed = { "directed", "directed", true, 60 },
		.sent = { "apic_ipis", "kvm_apic_ipi", true, 100 },
		.pv_targets = { "pv_targets", "", true, 12 },
		.apicv_accepts = { "apicv_accepts", "", true, 0 },
		.watched = { "watched", "", true, 59 },
		.no_eoi = { "no_eoi", "", true, 4 },
		.unconfirmed = { "unconfirmed", "", true, 5 },
		.hypercall_accepts = { "hypercall_accepts", "accepted from hypercalls", true, 7 },
		.pair = pairs,
		.nr_pairs = ARRAY_SIZE(pairs),
		.hardware = "avic",
		.hides = "much",
		.lost = lost,
		.nr_lost = 2,
	};

	for (size_t i = 0; i < ARRAY_SIZE(c.became); i++)
		c.became[i] = (struct count_view){ "kind", "of a kind", true,
						   i < 2 ? 60 - 20 * i : 0 };
	for (size_t i = 0; i < ARRAY_SIZE(c.other); i++)
		c.other[i] = (struct count_view){ "other", "of another", true, i ? 0 : 3 };
	return c;
}

static char *words(const struct coverage_view *c)
{
	struct capture out;
	char *text;

	capture_open(&out);
	remarks_coverage(c, out.f);
	text = strdup(capture_text(&out));
	capture_free(&out);
	return text;
}

START_TEST(everything_recorded)
{
	struct coverage_view c = full();
	char *text = words(&c);

	ck_assert_str_eq(
		text,
		"# Coverage: 60 directed of 100 kvm_apic_ipi, 40 of a kind; 3 PV (12 targets);\n"
		"#   7 accepted from hypercalls; EOIs never came for 4 of 59;\n"
		"#   at most 5 were not delivered; avic hides much.\n"
		"#   PV or Hyper-V: VM 42/1 0 -> 3: 7\n"
		"#   AVIC, exited, receiver not running: VM 42/? 1 -> 2: 4\n"
		"#   CPU 2 lost records in 1 gap (1.000 ms) from +0.001500 to +0.002500 s\n"
		"#   CPU 3 lost 9 records in 2 gaps (0.005 ms) from +0.000000 to +3.000000 s\n");
	free(text);
}
END_TEST

START_TEST(nothing_recorded)
{
	struct coverage_view c = { .directed = { "directed", "directed", true, 60 } };
	char *text = words(&c);

	ck_assert_str_eq(
		text, "# Coverage: 60 directed IPIs; not recorded: other ICR writes, PV, Hyper-V,\n"
		      "#   AVIC, EOIs; how many were delivered is not recorded;\n"
		      "#   APICv or AVIC: not to be seen.\n");
	free(text);
}
END_TEST

static void check_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "not there: %s\nin: %s", part, text);
}

START_TEST(as_json)
{
	struct coverage_view c = full();
	struct capture out;
	const char *text;
	struct json j;

	c.watched.known = false;
	capture_open(&out);
	json_init(&j, out.f);
	json_object(&j, NULL);
	json_coverage(&j, &c);
	json_object_end(&j);
	json_finish(&j);
	text = capture_text(&out);
	check_has(text, "  \"coverage\": {\n    \"directed\": 60,\n    \"apic_ipis\": 100,\n");
	check_has(text, "\"watched\": null,\n    \"no_eoi\": 4,\n    \"unconfirmed\": 5,\n"
			"    \"hardware\": \"avic\",\n    \"hides\": \"much\",\n    \"lost\": [\n");
	check_has(text, "\"cpu\": 2,\n        \"gaps\": 1,\n        \"events\": null,\n");
	check_has(text, "{\"from_ns\": 1500000, \"to_ns\": 2500000, \"events\": null}");
	check_has(text, "\"spans\": []");
	check_has(text, "\"hypercall_accepts\": 7,\n    \"hypercall_pairs\": [\n      "
			"{\"vm_pid\": 42, \"vm_id\": 1, \"src\": 0, \"dst\": 3, \"count\": 7}\n");
	check_has(text,
		  "\"avic_pairs\": [\n      "
		  "{\"vm_pid\": 42, \"vm_id\": null, \"src\": 1, \"dst\": 2, \"count\": 4}\n");
	capture_free(&out);
}
END_TEST

UNIT_SUITE(coverage_out, everything_recorded, nothing_recorded, as_json)
