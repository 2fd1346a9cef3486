// SPDX-License-Identifier: GPL-2.0-only
/* clean.c - see clean.h. */
#include "util/clean.h"

size_t utf8_len(const char *text, u32 *number)
{
	const unsigned char *s = (const unsigned char *)text;
	u32 min, c;
	size_t n;

	*number = *s;
	if (*s < 0x80)
		return 1;
	if ((*s & 0xe0) == 0xc0)
		n = 2, min = 0x80, c = *s & 0x1f;
	else if ((*s & 0xf0) == 0xe0)
		n = 3, min = 0x800, c = *s & 0x0f;
	else if ((*s & 0xf8) == 0xf0)
		n = 4, min = 0x10000, c = *s & 0x07;
	else
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	*number = c;
	return c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

struct characters {
	u32 from, to;
};

size_t text_len(const char *s)
{
	static const struct characters hidden[] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	{ 0x61c, 0x61c }, /* marks of direction */
		{ 0x200e, 0x200f }, { 0x2028, 0x202e }, /* ends of lines, embeddings, overrides */
		{ 0x2066, 0x2069 },			/* isolates */
		{ 0xfeff, 0xfeff },			/* byte order mark */
		{ 0xfffe, 0xffff },
	};
	u32 c;
	size_t n = utf8_len(s, &c);

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (c >= hidden[i].from && c <= hidden[i].to)
			return 0;
	return n;
}

void text_clean(char *s)
{
	char *to = s;

	while (*s) {
		size_t shown = text_len(s), n = shown;
		u32 c;

		if (!shown) {
			n = max_of(utf8_len(s, &c), (size_t)1);
			*to++ = '?';
		} else {
			memmove(to, s, n);
			to += n;
		}
		s += n;
	}
	*to = 0;
}
