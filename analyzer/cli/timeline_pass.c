// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeline_pass.c - see timeline_pass.h. Which pairs get a row, and how long a bin is, is known
 * when all IPIs have been counted: so counts over time take another reading.
 */
#include "cli/timeline_pass.h"

#include <errno.h>
#include <stdlib.h>

/* The pairs that get a row: the `top` of each VM. */
static int choose_pairs(const struct pairs *p, u32 top, struct timeline_pair **chosen, u32 *nr)
{
	*nr = 0;
	*chosen = malloc(((size_t)p->nr_summaries * top + 1) * sizeof(**chosen));
	if (!*chosen)
		return -ENOMEM;
	for (u32 i = 0; i < p->nr_summaries; i++) {
		u32 nr_pairs;
		struct pair_count *list = pairs_fold(p, &p->summary[i], &nr_pairs);

		if (!list)
			return -ENOMEM;
		pair_counts_by_weight(list, nr_pairs);
		for (u32 k = 0; k < nr_pairs && k < top; k++)
			(*chosen)[(*nr)++] = (struct timeline_pair){ p->summary[i].vm, list[k].src,
								     list[k].dst };
		free(list);
	}
	return 0;
}

int timeline_pass(struct timeline *t, struct session *s, const struct opts *opts,
		  const struct pairs *pairs, u32 top, u64 bin_ns, u32 max_bins)
{
	struct analysis list[] = { { &timeline_ops, t } };
	u64 first = s->rec.trace.totals.first_ts, last = s->rec.trace.totals.last_ts;
	struct timeline_pair *chosen;
	u32 nr;
	int ret = choose_pairs(pairs, top, &chosen, &nr);

	if (s->rec.filter.have_time) {
		first = max_of(first, s->rec.filter.from);
		last = min_of(last, s->rec.filter.to);
	}
	/* Ticks have no bins: all in one. */
	if (s->rec.trace.ticks) {
		bin_ns = 0;
		max_bins = 1;
	}
	if (!ret)
		ret = timeline_init(t, first, last, bin_ns, max_bins, s->rec.trace.vms.nr, chosen,
				    nr);
	free(chosen);
	if (ret == -EFBIG) {
		complain("bins of %llu ns would be more than %u", bin_ns, TIMELINE_BINS_MAX);
		return -EINVAL;
	}
	if (ret)
		return complain_memory();
	/* What the first run found out stays true; of a stock source it comes with the IPIs. */
	if (!s->rec.stock && !s->want_coverage)
		return session_run_again(s, opts, list, ARRAY_SIZE(list));
	/* Else the second run finds out for itself what there is. */
	trace_reset(&s->rec.trace);
	threads_release(&s->rec.threads);
	coverage_release(&s->rec.coverage);
	return session_run(s, opts, list, ARRAY_SIZE(list));
}
