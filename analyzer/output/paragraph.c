// SPDX-License-Identifier: GPL-2.0-only
/* paragraph.c - see paragraph.h. */
#include "output/paragraph.h"

#include <stdarg.h>

void paragraph_say(struct paragraph *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->text + p->len, sizeof(p->text) - p->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		p->len = min_of(p->len + (size_t)n, sizeof(p->text) - 1);
}

void paragraph_share(struct paragraph *p, u64 n, u64 of)
{
	u64 tenths = of ? (u64)(((unsigned __int128)n * 1000 + of / 2) / of) : 0;

	paragraph_say(p, "%llu~(%llu.%llu~%%)", n, tenths / 10, tenths % 10);
}

void paragraph_put(struct paragraph *p, const char *first, const char *rest, FILE *out)
{
	const size_t width = p->width ? p->width : PARAGRAPH_WIDTH;
	const char *text = p->text;
	size_t column = 0;
	bool begun = false;

	for (size_t word; *text; text += word, text += strspn(text, " ")) {
		word = strcspn(text, " ");
		if (begun && column + 1 + word <= width)
			column += (size_t)fprintf(out, " ");
		else
			column = (size_t)fprintf(out, "%s%s", begun ? "\n" : "",
						 begun ? rest : first) -
				 begun;
		begun = true;
		for (size_t i = 0; i < word; i++)
			fputc(text[i] == '~' ? ' ' : text[i], out);
		column += word;
	}
	if (begun)
		fputc('\n', out);
	p->text[0] = 0;
	p->len = 0;
}
