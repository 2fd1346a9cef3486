/* SPDX-License-Identifier: GPL-2.0-only */
/* ranges.h - a set of numbers as users write it: "0-3,7,0x41". */
#ifndef KVM_IPI_RANGES_H
#define KVM_IPI_RANGES_H

#include "util/types.h"

struct range {
	u32 from, to; /* inclusive */
};

/* Owns its array; an empty set (all zero) means "no choice was made". */
struct ranges {
	struct range *r;
	size_t nr;
};

/* Adds what text lists; 0, -EINVAL (not such a list, or a number over max) or -ENOMEM. */
int ranges_parse(struct ranges *set, const char *text, u32 max);
bool ranges_have(const struct ranges *set, u32 n);
void ranges_release(struct ranges *set);

/* A whole number, decimal or 0x…, without sign: 0 or -EINVAL. *end is left behind it. */
int number_parse(const char *text, const char **end, u64 *value);

/* "10ms" to ns, of ns, us, ms and s; bare: a number alone is ns. More than 0: 0 or -EINVAL. */
int span_parse(const char *text, bool bare, u64 *ns);

#endif
