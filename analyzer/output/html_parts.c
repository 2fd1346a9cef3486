// SPDX-License-Identifier: GPL-2.0-only
/* html_parts.c - see html_parts.h. */
#include "output/html_parts.h"
#include "output/graphml.h"
#include "util/rounded.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

static void put_scaled(u64 num, u64 den, u32 scale, FILE *out)
{
	u64 tenths = den ? (u64)(((unsigned __int128)num * scale + den / 2) / den) : 0;

	if (den)
		fprintf(out, "%llu.%llu", (ull)(tenths / 10), (ull)(tenths % 10));
}

void html_tenths(u64 num, u64 den, FILE *out)
{
	put_scaled(num, den, 10, out);
}

void html_percent(u64 num, u64 den, FILE *out)
{
	put_scaled(num, den, 1000, out);
}

void html_rate(u64 count, u64 ns, FILE *out)
{
	if (ns)
		fprintf(out, "%.1f", (double)count * 1e9 / (double)ns);
}

void html_us(bool known, u64 ns, FILE *out)
{
	u64 tenths = rounded(ns, 100);

	if (known)
		fprintf(out, "%llu.%llu", tenths / 10, tenths % 10);
}

void html_ms(u64 ns, FILE *out)
{
	fprintf(out, "%llu", (ull)(ns / 1000000));
	if (ns % 1000000)
		fprintf(out, ".%llu", (ull)(ns % 1000000 / 100000));
}

void html_table(const char *caption, const char *class, const char *const *titles, FILE *out)
{
	fprintf(out,
		"<div class=\"wide%s\"><table class=\"sortable %s\"><caption>%s</caption><thead><tr>",
		strstr(class, "tall") ? " tall" : "", class, caption);
	for (; *titles; titles++)
		fprintf(out, "<th>%s", *titles);
	fputs("</thead><tbody>\n", out);
}

void html_table_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

void html_lossy(const struct input_view *in, u32 nr, FILE *out)
{
	if (view_lossy(in, nr))
		fputs("<p class=\"loss\">Records are missing, as the top of the page says: what "
		      "was under way then is left out, and counts are lower bounds.</p>\n",
		      out);
}

char *html_joined(void (*put)(const void *ctx, FILE *out), const void *ctx)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	put(ctx, f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	/* What is indented below a line is its list. */
	for (char *c = text; *c; c++)
		*c = *c == '\n' && !strncmp(c, "\n#   CPU ", 9) ? ';'
		     : *c == '#' || *c == '\n'			? ' '
								: *c;
	return text;
}
