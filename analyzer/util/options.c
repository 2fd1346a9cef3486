// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - see options.h. Not getopt_long: that keeps its state in globals, prints by itself,
 * and cannot tell which option was meant.
 */
#include "util/options.h"
#include "util/nearest.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdlib.h>

struct parser {
	const struct option_row *const *tables;
	int argc, at;
	char **argv;
	void *opts;
	struct err *err;
};

static const struct option_row help_row = { .name = "help", .letter = 'h' };

int texts_add(struct texts *t, char *s)
{
	char **grown = realloc(t->s, (t->nr + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	t->s = grown;
	t->s[t->nr++] = s;
	return 0;
}

void texts_release(struct texts *t)
{
	free(t->s);
	*t = (struct texts){ 0 };
}

/* By the exact name, else by a unique beginning of it; NULL: none or several. */
static const struct option_row *find_long(const struct parser *p, const char *name, size_t len)
{
	const struct option_row *prefix = NULL;
	unsigned int prefixes = 0;

	if (len == 4 && !strncmp(name, "help", 4))
		return &help_row;
	for (const struct option_row *const *t = p->tables; *t; t++)
		for (const struct option_row *row = *t; row->name; row++) {
			if (strncmp(row->name, name, len))
				continue;
			if (!row->name[len])
				return row;
			prefix = row;
			prefixes++;
		}
	return prefixes == 1 && len > 1 ? prefix : NULL;
}

static const struct option_row *find_letter(const struct parser *p, char letter)
{
	if (letter == 'h')
		return &help_row;
	for (const struct option_row *const *t = p->tables; *t; t++)
		for (const struct option_row *row = *t; row->name; row++)
			if (row->letter == letter)
				return row;
	return NULL;
}

static int unknown_long(const struct parser *p, const char *name, size_t len)
{
	struct nearest n;
	char typed[64];

	snprintf(typed, sizeof(typed), "%.*s", (int)min_of(len, sizeof(typed) - 1), name);
	nearest_init(&n, typed);
	for (const struct option_row *const *t = p->tables; *t; t++)
		for (const struct option_row *row = *t; row->name; row++)
			nearest_offer(&n, row->name);
	nearest_offer(&n, "help");
	if (n.best)
		return err_set(p->err, -EINVAL, "unknown option --%s; did you mean --%s?", typed,
			       n.best);
	return err_set(p->err, -EINVAL, "unknown option --%s; --help lists them", typed);
}

static int set_choice(const struct parser *p, const struct option_row *row, const char *value)
{
	char list[128] = "";

	for (int i = 0; row->choices[i]; i++) {
		size_t len = strlen(list);

		if (!strcmp(row->choices[i], value)) {
			*(int *)((char *)p->opts + row->at) = i;
			return 0;
		}
		snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", row->choices[i]);
	}
	return err_set(p->err, -EINVAL, "--%s %s: one of %s is meant", row->name, value, list);
}

static int set_number(const struct parser *p, const struct option_row *row, const char *value)
{
	const char *end;
	u64 n;

	if (number_parse(value, &end, &n) || *end || n < row->min || n > row->max)
		return err_set(p->err, -EINVAL, "--%s %s: a number from %llu to %llu is meant",
			       row->name, value, row->min, row->max);
	*(u64 *)((char *)p->opts + row->at) = n;
	return 0;
}

static int set_value(const struct parser *p, const struct option_row *row, char *value)
{
	void *to = (char *)p->opts + row->at;

	switch (row->type) {
	case OPT_FLAG: *(bool *)to = true; return 0;
	case OPT_NUMBER: return set_number(p, row, value);
	case OPT_TEXT: *(const char **)to = value; return 0;
	case OPT_CHOICE: return set_choice(p, row, value);
	case OPT_TEXTS: return texts_add(to, value) ? err_set(p->err, -ENOMEM, "out of memory") : 0;
	}
	return 0;
}

/* The value of an option that wants one: behind it in the same word, or the next word. */
static int take_value(struct parser *p, const struct option_row *row, char *attached, char **value)
{
	*value = attached;
	if (row->type == OPT_FLAG)
		return attached ? err_set(p->err, -EINVAL, "--%s takes no value", row->name) : 0;
	if (!attached && p->at + 1 < p->argc)
		*value = p->argv[++p->at];
	if (!*value)
		return err_set(p->err, -EINVAL, "--%s wants a value: %s", row->name, row->arg);
	return 0;
}

static int parse_long(struct parser *p, char *word)
{
	char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct option_row *row = find_long(p, word, len);
	char *value;
	int ret;

	if (row == &help_row)
		return OPTIONS_HELP;
	if (!row)
		return unknown_long(p, word, len);
	ret = take_value(p, row, equals ? equals + 1 : NULL, &value);
	return ret ? ret : set_value(p, row, value);
}

static int parse_letters(struct parser *p, char *letters)
{
	for (char *l = letters; *l; l++) {
		const struct option_row *row = find_letter(p, *l);
		bool flag = row && row->type == OPT_FLAG;
		char *value = NULL;
		int ret;

		if (row == &help_row)
			return OPTIONS_HELP;
		if (!row)
			return err_set(p->err, -EINVAL, "unknown option -%c; --help lists them",
				       *l);
		ret = flag ? 0 : take_value(p, row, l[1] ? l + 1 : NULL, &value);
		if (!ret)
			ret = set_value(p, row, value);
		if (ret || !flag)
			return ret;
	}
	return 0;
}

int options_parse(const struct option_row *const *tables, int argc, char **argv, void *opts,
		  struct texts *rest, struct err *err)
{
	struct parser p = { tables, argc, 1, argv, opts, err };
	bool only_rest = false;

	for (; p.at < argc; p.at++) {
		char *word = argv[p.at];
		int ret = 0;

		if (only_rest || word[0] != '-' || !word[1])
			ret = texts_add(rest, word) ? err_set(err, -ENOMEM, "out of memory") : 0;
		else if (!strcmp(word, "--"))
			only_rest = true;
		else if (word[1] == '-')
			ret = parse_long(&p, word + 2);
		else
			ret = parse_letters(&p, word + 1);
		if (ret)
			return ret;
	}
	return 0;
}

#define HELP_COLUMN 28

void options_help(const struct option_row *table, FILE *out)
{
	for (const struct option_row *row = table; row->name; row++) {
		int n = row->letter ? fprintf(out, "  -%c, --%s", row->letter, row->name)
				    : fprintf(out, "      --%s", row->name);

		if (row->arg)
			n += fprintf(out, " %s", row->arg);
		if (n >= HELP_COLUMN - 1)
			n = fprintf(out, "\n") - 1;
		fprintf(out, "%*s", HELP_COLUMN - n, "");
		/* A newline in the text goes on below its beginning. */
		for (const char *c = row->help; *c; c++)
			if (*c == '\n')
				fprintf(out, "\n%*s", HELP_COLUMN, "");
			else
				fputc(*c, out);
		fputc('\n', out);
	}
}

void options_list(const struct option_row *table, const char *const *formats, FILE *out)
{
	for (const struct option_row *row = table; row->name; row++) {
		const char *const *values = row->choices;

		if (!values && !strcmp(row->name, "format"))
			values = formats;
		fprintf(out, "--%s\t%c\t%s\t", row->name, row->letter ? row->letter : '-',
			row->arg ? row->arg : "-");
		if (!values)
			fputc('-', out);
		for (int i = 0; values && values[i]; i++)
			fprintf(out, "%s%s", i ? "," : "", values[i]);
		fputc('\n', out);
	}
}
