// SPDX-License-Identifier: GPL-2.0-only
/* interval.c - see interval.h. */
#include "analysis/yield/interval.h"

#include <math.h>
#include <stdlib.h>

#define SIDE  0.025 /* of the draws, on each side */
#define DRAWS 2000
/* Of more episodes so many are drawn, and the draws' deviations shrink as those of all would. */
#define DRAWN_MAX 512
#define SEED	  0x79696c64
#define REACH	  12 /* standard deviations, beyond which no draw is */

u32 interval_permille(u64 part, u64 of)
{
	return of ? (u32)(((unsigned __int128)part * 2000 + of) / (2 * (unsigned __int128)of)) : 0;
}

static u32 permille(double share)
{
	return (u32)lround(1000 * min_of(max_of(share, 0.0), 1.0));
}

/* How likely exactly k hits are among n draws. */
static double binomial(double n, double k, double p)
{
	int sign; /* of the gamma function, positive here; lgamma() would write to a global */

	return exp(lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign) +
		   k * log(p) + (n - k) * log1p(-p));
}

struct interval interval_of_share(u64 hits, u64 of)
{
	double n = (double)of, p = of ? (double)hits / n : 0, sd = sqrt(n * p * (1 - p));
	double k = max_of(floor(n * p - REACH * sd - 1), 0.0), sum = 0;
	struct interval to = { .known = of >= INTERVAL_LEAST };

	if (!to.known)
		return to;
	if (!hits || hits == of) {
		to.lo = to.hi = hits ? 1000 : 0;
		return to;
	}
	for (; k <= n; k++) {
		double before = sum;

		sum += binomial(n, k, p);
		if (before < SIDE && sum >= SIDE)
			to.lo = permille(k / n);
		if (sum >= 1 - SIDE)
			break;
	}
	to.hi = permille(min_of(k, n) / n);
	return to;
}

/* SplitMix64. */
static u64 next_number(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static u64 total_of(const struct interval_class *c, u32 nr)
{
	u64 total = 0;

	for (u32 i = 0; i < nr; i++)
		total += c[i].nr;
	return total;
}

static double mean_of(const struct interval_class *c, u32 nr)
{
	u64 total = total_of(c, nr);
	double sum = 0;

	for (u32 i = 0; i < nr; i++)
		sum += c[i].value * (double)c[i].nr;
	return total ? sum / (double)total : 0;
}

u32 interval_mean(const struct interval_class *c, u32 nr)
{
	return permille(mean_of(c, nr));
}

static double draw(const struct interval_class *c, u64 total, u64 drawn, u64 *state)
{
	double sum = 0;

	for (u64 i = 0; i < drawn; i++) {
		u64 at = (u64)((unsigned __int128)next_number(state) * total >> 64);
		u32 k = 0;

		while (at >= c[k].nr)
			at -= c[k++].nr;
		sum += c[k].value;
	}
	return sum / (double)drawn;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct interval interval_of_mean(const struct interval_class *c, u32 nr)
{
	u64 total = total_of(c, nr), drawn = min_of(total, (u64)DRAWN_MAX), state = SEED;
	double mean = mean_of(c, nr), shrink, of[DRAWS];
	struct interval to = { .known = total >= INTERVAL_LEAST };

	if (!to.known)
		return to;
	shrink = sqrt((double)drawn / (double)total);
	for (u32 i = 0; i < DRAWS; i++)
		of[i] = mean + (draw(c, total, drawn, &state) - mean) * shrink;
	qsort(of, DRAWS, sizeof(*of), compare);
	to.lo = permille(of[(u32)(SIDE * DRAWS)]);
	to.hi = permille(of[DRAWS - 1 - (u32)(SIDE * DRAWS)]);
	return to;
}
