// SPDX-License-Identifier: GPL-2.0-only
/*
 * tally_shares.c - see tally_shares.h: shares of a VM's IPIs.
 *
 * A share p is a ratio of two counts that vary together. What its logit's error depends on is how
 * far a stretch's x is from p n: (x - p n) / (mean n * p (1 - p)), the first order of the ratio.
 * The one-way share is no ratio of sums; its series are the pseudo-values of a jackknife that
 * leaves out one stretch at a time.
 */
#include "analysis/compare/tally_shares.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* What is counted of a share in a stretch, and what it is a share of. */
struct part_count {
	u64 n, of;
};

static struct part_count count_part(const u32 n[NR_SERIES_PARTS], const struct tally_key *key)
{
	u64 all = n[SERIES_STATE_OTHER];

	for (int s = 0; s < NR_IPI_STATES; s++)
		all += n[s];
	if (key->kind == TALLY_STATE)
		return (struct part_count){ n[key->a], all };
	if (key->kind == TALLY_PATH)
		return (struct part_count){ n[SERIES_PATH_SLOW], all - n[SERIES_PATH_OTHER] };
	return (struct part_count){ n[SERIES_CPU_SAME], all - n[SERIES_CPU_UNKNOWN] };
}

/* From residuals, of which mean is what they are a share of in a stretch. */
static void scale_share(struct tally_row *r, u32 nr, double mean)
{
	double p = (double)r->n / (double)r->of;

	for (u32 i = 0; i < nr; i++)
		r->x[i] = (float)(r->x[i] / (mean * p * (1 - p)));
}

static int add_share_series(struct tally *t, struct tally_row *r, const struct series_vm *vm)
{
	struct series_range range = tally_vm(t, r->key.vm).stretch;
	double p = (double)r->n / (double)r->of, sum = 0;

	if (!range.nr || r->n < TALLY_SERIES_MIN || r->of - r->n < TALLY_SERIES_MIN)
		return 0;
	r->x = tally_new_series(t, &r->key);
	if (!r->x)
		return -ENOMEM;
	for (u32 i = 0; i < range.nr; i++) {
		struct part_count c = count_part(vm->n[range.from + i], &r->key);

		r->x[i] = (float)((double)c.n - p * (double)c.of);
		sum += (double)c.of;
	}
	scale_share(r, range.nr, max_of(sum, 1.0) / range.nr);
	return 0;
}

static int add_share(struct tally *t, const struct series *s, struct tally_key key,
		     const struct pairs_summary *sum, u64 n, u64 of)
{
	struct tally_row *r;

	if (!of)
		return 0;
	r = tally_row(t, key);
	if (!r)
		return -ENOMEM;
	r->n = n;
	r->of = of;
	return sum->vm < s->nr_vm ? add_share_series(t, r, &s->vm[sum->vm]) : 0;
}

/* Receivers' states are known where any has a name. */
static u64 known_states(const struct pairs_summary *sum)
{
	u64 n = 0;

	for (int i = 0; i < NR_IPI_STATES; i++)
		n += sum->state[i];
	return n ? sum->ipis : 0;
}

static int add_vm_shares(struct tally *t, const struct series *s, const struct pairs_summary *sum,
			 u32 vm)
{
	u64 states = known_states(sum);
	int ret = 0;

	for (u32 i = 0; i < NR_IPI_STATES && !ret; i++)
		ret = add_share(t, s, (struct tally_key){ vm, TALLY_STATE, i, 0 }, sum,
				sum->state[i], states);
	if (!ret && !sum->path_none)
		ret = add_share(t, s, (struct tally_key){ vm, TALLY_PATH, IPI_PATH_SLOW, 0 }, sum,
				sum->path[IPI_PATH_SLOW], sum->ipis - sum->path_other);
	if (!ret)
		ret = add_share(t, s, (struct tally_key){ vm, TALLY_PLACE, 0, 0 }, sum,
				sum->cpu_same, sum->cpu_known);
	return ret;
}

int tally_add_shares(struct tally *t, const struct series *s, const u32 *match)
{
	int ret = 0;

	for (u32 i = 0; i < s->pairs.nr_summaries && !ret; i++) {
		const struct pairs_summary *sum = &s->pairs.summary[i];

		if (match[sum->vm] != TALLY_NO_VM)
			ret = add_vm_shares(t, s, sum, match[sum->vm]);
	}
	return ret;
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static double at(const struct tally_row *r, u32 stretch)
{
	return r && r->x ? r->x[stretch] : 0;
}

/* A pair's part of its VM's row, whose series are sums of what is left without a stretch. */
static void add_pair_one_way(struct tally *t, struct tally_row *to, const struct tally_row *there)
{
	struct tally_key key = { there->key.vm, TALLY_PAIR, there->key.b, there->key.a };
	const struct tally_row *back = tally_find(t, &key);
	double difference = (double)there->n - (back ? (double)back->n : 0);

	/* Each couple counts once: from the lower id, or from the only one that sends. */
	to->of += there->n;
	if (back && there->key.a > there->key.b)
		return;
	to->n += distance(there->n, back ? back->n : 0);
	for (u32 i = 0; to->x && i < tally_stretches(t, &to->key); i++)
		to->x[i] += (float)fabs(difference - (at(there, i) - at(back, i)));
}

/* Sums without a stretch to pseudo-values of the share, and to their distance from it. */
static void scale_one_way(struct tally *t, struct tally_row *r, const struct tally_row *vm)
{
	u32 nr = tally_stretches(t, &r->key);
	double of = (double)r->of, p = (double)r->n / of;

	if (!r->x || !vm->x || r->n < TALLY_SERIES_MIN || r->of - r->n < TALLY_SERIES_MIN) {
		free(r->x);
		r->x = NULL;
		return;
	}
	for (u32 i = 0; i < nr; i++) {
		double without = r->x[i] / max_of(of - vm->x[i], 1.0);

		r->x[i] = (float)((nr - 1.0) * (p - without) / (p * (1 - p)));
	}
}

int tally_add_one_way(struct tally *t)
{
	u32 nr = t->nr_rows;

	for (u32 i = 0; i < nr; i++) {
		struct tally_key key = { t->row[i].key.vm, TALLY_ONE_WAY, 0, 0 };
		struct tally_row *to;

		if (t->row[i].key.kind != TALLY_PAIR)
			continue;
		to = tally_row(t, key);
		if (to && !to->x && tally_stretches(t, &key))
			to->x = tally_new_series(t, &key);
		if (!to || (tally_stretches(t, &key) && !to->x))
			return -ENOMEM;
		add_pair_one_way(t, to, &t->row[i]);
	}
	for (u32 i = nr; i < t->nr_rows; i++) {
		struct tally_key key = { t->row[i].key.vm, TALLY_VM, 0, 0 };

		scale_one_way(t, &t->row[i], tally_find(t, &key));
	}
	return 0;
}
