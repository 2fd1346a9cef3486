/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - command lines as tables: argv in, a plain struct out, nothing printed.
 *
 * A table's rows name an option, say where in the struct its value goes and what it may be. The
 * help text, the man page (checked against it) and the parser all come from the same rows.
 */
#ifndef KVM_IPI_OPTIONS_H
#define KVM_IPI_OPTIONS_H

#include <stdio.h>

#include "util/err.h"
#include "util/types.h"

enum option_type {
	OPT_FLAG,   /* bool: set to true */
	OPT_NUMBER, /* u64, min to max */
	OPT_TEXT,   /* const char *: points into argv */
	OPT_CHOICE, /* int: index into choices */
	OPT_TEXTS,  /* struct texts: may be given several times */
};

/* Strings that point into argv; the array is owned. */
struct texts {
	char **s;
	u32 nr;
};

struct option_row {
	const char *name; /* without the dashes; NULL ends a table */
	char letter;	  /* 0: none */
	enum option_type type;
	size_t at;	 /* offsetof() in the options struct */
	const char *arg; /* what the help calls the value */
	const char *help;
	u64 min, max;
	const char *const *choices; /* NULL-terminated */
};

/* Returned when --help was met: nothing is wrong, and nothing else was looked at. */
#define OPTIONS_HELP 1

/*
 * Reads argv[1..argc-1] into opts by the tables (NULL-terminated list of them); what is no option
 * goes to rest. "--" ends the options; a unique beginning of a long name is enough. 0,
 * OPTIONS_HELP, or -EINVAL / -ENOMEM with a line that names the nearest option.
 */
int options_parse(const struct option_row *const *tables, int argc, char **argv, void *opts,
		  struct texts *rest, struct err *err);

/* The rows of a table, as --help shows them. */
void options_help(const struct option_row *table, FILE *out);

/*
 * The same for programs: a line for each option with four columns, separated by tabs, "-" for what
 * it has not: --NAME, its letter, what its value is called, the values it may have, separated by
 * commas. formats are those of an option "format"; may be NULL.
 */
void options_list(const struct option_row *table, const char *const *formats, FILE *out);

int texts_add(struct texts *t, char *s); /* 0 or -ENOMEM */
void texts_release(struct texts *t);

#endif
