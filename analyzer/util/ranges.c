// SPDX-License-Identifier: GPL-2.0-only
/* ranges.c - see ranges.h. A handful of ranges: a linear look is faster than anything clever. */
#include "util/ranges.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

int number_parse(const char *text, const char **end, u64 *value)
{
	char *stop;

	/*
	 * No octal: 010 is ten to whoever types it here. No sign, no blanks: strtoull takes both.
	 */
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	if (hex ? !isxdigit((unsigned char)text[2]) : !isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &stop, hex ? 16 : 10);
	*end = stop;
	return errno ? -EINVAL : 0;
}

static int range_add(struct ranges *set, u32 from, u32 to)
{
	struct range *grown = realloc(set->r, (set->nr + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	set->r = grown;
	set->r[set->nr++] = (struct range){ from, to };
	return 0;
}

int ranges_parse(struct ranges *set, const char *text, u32 max)
{
	const char *p = text;

	for (;;) {
		u64 from, to;
		int ret = number_parse(p, &p, &from);

		if (ret)
			return ret;
		to = from;
		if (*p == '-') {
			ret = number_parse(p + 1, &p, &to);
			if (ret)
				return ret;
		}
		if (from > to || to > max)
			return -EINVAL;
		ret = range_add(set, from, to);
		if (ret)
			return ret;
		if (!*p)
			return 0;
		if (*p++ != ',')
			return -EINVAL;
	}
}

bool ranges_have(const struct ranges *set, u32 n)
{
	for (size_t i = 0; i < set->nr; i++)
		if (n >= set->r[i].from && n <= set->r[i].to)
			return true;
	return false;
}

void ranges_release(struct ranges *set)
{
	free(set->r);
	*set = (struct ranges){ 0 };
}

int span_parse(const char *text, bool bare, u64 *ns)
{
	static const struct {
		const char *name;
		u64 ns;
	} units[] = {
		{ "", 1 }, { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }
	};
	const char *end;
	u64 n;

	if (number_parse(text, &end, &n) || !n)
		return -EINVAL;
	for (size_t i = bare ? 0 : 1; i < ARRAY_SIZE(units); i++)
		if (!strcmp(end, units[i].name) && n <= UINT64_MAX / 2 / units[i].ns) {
			*ns = n * units[i].ns;
			return 0;
		}
	return -EINVAL;
}
