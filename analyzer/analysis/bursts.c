// SPDX-License-Identifier: GPL-2.0-only
/* bursts.c - see bursts.h. */
#include "analysis/bursts.h"

u32 bursts_find(const u64 *count, u32 nr_bins, u64 times, struct burst *out, u32 max)
{
	struct burst now = { 0 };
	u64 total = 0;
	u32 nr = 0;

	for (u32 i = 0; i < nr_bins; i++)
		total += count[i];
	for (u32 i = 0; i <= nr_bins; i++) {
		u64 n = i < nr_bins ? count[i] : 0;

		if (n >= BURST_MIN &&
		    (unsigned __int128)n * nr_bins >= (unsigned __int128)times * total) {
			if (!now.nr)
				now.first = i;
			now.nr++;
			now.count += n;
			now.peak = max_of(now.peak, n);
		} else if (now.nr) {
			if (nr < max)
				out[nr] = now;
			nr++;
			now = (struct burst){ 0 };
		}
	}
	return nr;
}
