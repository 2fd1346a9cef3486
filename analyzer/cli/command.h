/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - what a command is to main.c, the exit codes, and the lines that commands have in
 * common.
 */
#ifndef KVM_IPI_COMMAND_H
#define KVM_IPI_COMMAND_H

#include "util/err.h"
#include "util/options.h"

#include <stdio.h>

/* Exit codes; every man page lists them. */
enum {
	EXIT_DONE = 0,
	EXIT_IO = 1, /* could not read or write */
	EXIT_USAGE = 2,
	EXIT_NOTHING = 3, /* no record of a wanted event, or the filters left none */
	EXIT_REFUSED = 4, /* --strict */
	EXIT_CHANGED = 5, /* diff --exit-code */
};

/*
 * What a command's functions return: 0 to go on, COMMAND_DONE when all that was asked for is done
 * (--help), or -errno with its line said. command_exit_code() alone makes exit codes of it:
 * -EINVAL is a usage, -ENODATA nothing to show, -ECANCELED refused; any other an I/O error.
 */
#define COMMAND_DONE	1
#define COMMAND_CHANGED 2 /* done; EXIT_CHANGED */
int command_exit_code(int ret);

/* A command, for main.c's table. run gets argv with the command's name first. */
struct command {
	const char *name, *usage, *summary, *help;
	const char *const
		*formats; /* NULL-terminated; the first is the default. NULL: it has none */
	const struct option_row *const *tables;
	const char *const *words; /* what may stand beside options and is no file; NULL */
	int (*run)(const struct command *cmd, int argc, char **argv);
};

void command_help(const struct command *cmd, FILE *out);

/* One line on standard error: "kvm-ipi: …". */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * The same for a failure: no memory or a failed reading or writing (both -EIO), a wrong option
 * (-EINVAL).
 */
int complain_memory(void);
int complain_io(const struct err *err);
int complain_usage(const struct err *err);

int terminal_width(void);
/* Blocks need a locale that has them. */
bool locale_utf8(void);

#endif
