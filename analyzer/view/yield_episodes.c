// SPDX-License-Identifier: GPL-2.0-only
/* yield_episodes.c - see yield_episodes.h. */
#include "view/yield_episodes.h"
#include "analysis/yield/interval.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(YIELD_MODES == NR_EPISODE_MODES, "the view's modes are the analysis's");

void yield_times_of(struct yield_times *to, const struct hist *h)
{
	*to = (struct yield_times){
		.nr = h->nr,
		.p50 = hist_percentile(h, 50, 100),
		.p90 = hist_percentile(h, 90, 100),
		.p99 = hist_percentile(h, 99, 100),
		.max = h->max,
		.error_parts = hist_error_parts(h),
	};
}

static struct yield_rate rate_of(u64 of, u32 permille, struct interval i)
{
	return (struct yield_rate){ of, permille, i.lo, i.hi, i.known };
}

static bool is_within(u32 permille, const struct yield_rate *r)
{
	return r->lo <= permille && permille <= r->hi;
}

/*
 * A difference is seen where neither one's interval has the other's figure in it. Asking one alone
 * would find one in 20 of 20 against 19 of 20: the bootstrap of episodes that are all alike has no
 * width.
 */
static enum yield_verdict verdict_of(const struct yield_rate *r, const struct yield_rate *stock)
{
	if (!r->have_interval)
		return YIELD_FEW;
	if (is_within(stock->permille, r) || is_within(r->permille, stock))
		return YIELD_SAME;
	return r->permille > stock->permille ? YIELD_MORE : YIELD_FEWER;
}

static void build_policy(struct yield_policy_episodes *to, const struct episodes_vm *vm, int i)
{
	const struct episode_policy *p = &vm->policy[i];

	to->hits = episodes_hits(vm, i);
	to->rate = rate_of(vm->helpable, interval_permille(to->hits, vm->helpable),
			   interval_of_share(to->hits, vm->helpable));
	memcpy(to->mode_hits, p->hits, sizeof(to->mode_hits));
	to->any = p->any;
	to->spins_to_hit = p->spins_to_hit;
}

/* The pick of chance: so many awaited ones among so many candidates. */
static int build_random(struct yield_rate *to, const struct episodes_vm *vm)
{
	struct interval_class *c = calloc((size_t)vm->shares.nr + 1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	for (u32 i = 0; i < vm->shares.nr; i++) {
		const struct episode_share *s = &vm->share[i];

		c[i].value = s->candidates ? (double)s->awaited / s->candidates : 0;
		c[i].nr = s->nr;
	}
	*to = rate_of(vm->helpable, interval_mean(c, vm->shares.nr),
		      interval_of_mean(c, vm->shares.nr));
	free(c);
	return 0;
}

int yield_episodes_build(struct yield_episodes *to, struct yield_policy *policy,
			 const struct episodes_vm *vm)
{
	*to = (struct yield_episodes){
		.count = vm->count,
		.complete = vm->complete,
		.ns = vm->ns,
		.helpable = vm->helpable,
		.helpable_ns = vm->helpable_ns,
		.yields = vm->yields,
	};
	memcpy(to->mode_of, vm->of, sizeof(to->mode_of));
	yield_times_of(&to->length, &vm->length);
	yield_times_of(&to->spins, &vm->spins);
	for (int i = 0; i < NR_POLICIES; i++) {
		build_policy(&policy[i].episodes, vm, i);
		policy[i].episodes.verdict = verdict_of(&policy[i].episodes.rate,
							&policy[POLICY_STOCK].episodes.rate);
	}
	return build_random(&to->random, vm);
}
