// SPDX-License-Identifier: GPL-2.0-only
/* test_live_openmetrics.c - escaped labels, buckets on their bounds, a bounded number of pairs. */
#include "output/live_view.h"

#include "unit.h"

static struct live_view_vm vm = {
	.pid = 42,
	.id = 7,
	.have_id = true,
	.name = "a\"b\\c\nd",
	.ipis = 10,
	.path = { 8, 2 },
	.state = { 4, 3, 2, 1 },
	.nr_pairs = 3,
};

static struct live_view_pair pairs[] = { { 0, 1, 5, 0 }, { 1, 0, 4, 0 }, { 2, 0, 1, 0 } };

/* 7 bits: bucket 511 ends at 1024 ns, which is the first bound; 512 begins there. */
static const struct live_view_bucket buckets[] = {
	{ 0, 0, 511, 3 },
	{ 0, 2, 512, 2 },
	{ 1, 2, 9, 1 },
};
static const u32 first_bucket[] = { 0, 3 };

static const char *metrics(struct capture *c, u32 most, bool latency)
{
	const struct live_view v = {
		.vm = &vm,
		.nr_vms = 1,
		.pair = pairs,
		.lost_ipis = 9,
		.have_latency = latency,
		.latency_bits = 7,
		.bucket = buckets,
		.first_bucket = first_bucket,
	};

	capture_open(c);
	live_openmetrics(&v, most, c->f);
	return capture_text(c);
}

#define LABELS "{domain=\"a\\\"b\\\\c\\nd\",vm_pid=\"42\",vm_id=\"7\","

START_TEST(labels_and_counts)
{
	struct capture c;
	const char *text = metrics(&c, 2, false);

	ck_assert_ptr_nonnull(strstr(text, "kvm_ipi_sent_total" LABELS "state=\"preempted\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text, "kvm_ipi_path_total" LABELS "path=\"slow\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text, "kvm_ipi_pair_total" LABELS "src=\"1\",dst=\"0\"} 4\n"));
	ck_assert_ptr_null(strstr(text, "src=\"2\""));
	ck_assert_ptr_nonnull(strstr(text, "src=\"other\",dst=\"other\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "kvm_ipi_lost_total 9\n"));
	ck_assert_ptr_null(strstr(text, "latency"));
	ck_assert_str_eq(text + strlen(text) - 6, "# EOF\n");
	capture_free(&c);
}
END_TEST

START_TEST(a_bucket_counts_below_its_bound)
{
	struct capture c;
	const char *text = metrics(&c, 9, true);

	ck_assert_ptr_nonnull(
		strstr(text, LABELS "stage=\"acknowledged\",le=\"0.000001024\"} 3\n"));
	ck_assert_ptr_nonnull(
		strstr(text, LABELS "stage=\"acknowledged\",le=\"0.000004096\"} 5\n"));
	ck_assert_ptr_nonnull(strstr(text, LABELS "stage=\"acknowledged\",le=\"+Inf\"} 5\n"));
	ck_assert_ptr_nonnull(strstr(text, LABELS "stage=\"running\",le=\"0.000001024\"} 1\n"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(live_openmetrics, labels_and_counts, a_bucket_counts_below_its_bound)
