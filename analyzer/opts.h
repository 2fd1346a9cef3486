/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - the options that every reading command has, and what is made of them.
 */
#ifndef KVM_IPI_OPTS_H
#define KVM_IPI_OPTS_H

#include "analysis/filter.h"
#include "analysis/coverage.h"
#include "drive.h"
#include "model/names.h"
#include "model/vectors.h"
#include "util/options.h"
#include "util/outfile.h"

/* Exit codes; every man page lists them. */
enum {
	EXIT_DONE = 0,
	EXIT_IO = 1,		/* could not read or write */
	EXIT_USAGE = 2,
	EXIT_NOTHING = 3,	/* no record of a wanted event, or the filters left none */
	EXIT_REFUSED = 4,	/* --strict */
};

enum source_choice { SOURCE_AUTO, SOURCE_TRACK, SOURCE_STOCK };
enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* First member of each command's options struct: the tables below fill it by offset. */
struct opts {
	struct texts inputs;	/* -i */
	const char *output;
	const char *format;
	struct texts vms;
	const char *vcpus, *vectors, *cpus, *time;
	u64 entries;
	int sort;		/* enum graph_sort, or -1: as the command likes */
	const char *guest;
	const char *vm_names;
	int color;
	int source;
	u64 threads;		/* 0: as many as help */
	bool strict, quiet, verbose;
};

extern const struct option_row opts_input_rows[], opts_filter_rows[], opts_output_rows[];
extern const char *const opts_color_choices[]; /* of enum color_when */

/* What the options mean, ready for use. */
struct session {
	struct texts files;		/* at least one */
	struct trace trace;
	struct progress progress;
	struct filter filter;
	struct vm_names names;
	const struct vector_names *vectors;
	struct vector_names own_vectors; /* of a --guest file */
	char *own_text;
	bool vectors_given;
	int format;			/* index into the command's formats */
	bool color;
	/* Set before session_run(): coverage will be shown; its kinds of IPIs cost two ordered runs. */
	bool want_coverage;
	/* after session_run() */
	bool stock;			/* the IPIs are from stock events, not from kvm_ipi_track */
	struct thread_map threads;	/* filled for a stock source, and where coverage needed it */
	struct coverage coverage;
};

/* A command, for main.c's table. run gets argv with the command's name first, and exits' codes back. */
struct command {
	const char *name, *usage, *summary, *help;
	const char *const *formats;	/* NULL-terminated; the first is the default. NULL: it has none */
	const struct option_row *const *tables;
	const char *const *words;	/* what may stand beside options and is no file; NULL */
	int (*run)(const struct command *cmd, int argc, char **argv);
};

/*
 * argv to an opened session: parses, checks, opens the inputs. Prints what there is to print. Returns
 * -1 when the command can go on, else the exit code. Release it in either case.
 */
int session_begin(struct session *s, const struct command *cmd, int argc, char **argv,
		  struct opts *opts);
void session_end(struct session *s, struct opts *opts);

/*
 * The same for a command that reads no trace: argv to opts, what is no option to rest; then the format,
 * by its name or the output's ending. -1 when the command can go on, else the exit code, after its line.
 */
int command_parse(const struct command *cmd, int argc, char **argv, struct opts *opts,
		  struct texts *rest);
int command_format(const struct command *cmd, const struct opts *opts, int *format, bool *color);

/* Runs the analyses; -1 when there is something to show, else the exit code, after its message. */
int session_run(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr);

/*
 * The same in the order of time, in three steps, because only the analyses know what passed the filters:
 * find out who is who (fills s->threads), run, set s->trace.counted and check. IPIs are those of
 * kvm_ipi_track, or of the stock events where there are none or --source says so (s->stock); kinds: what
 * the files describe of what was wanted. Each -1 or an exit code, after its message.
 */
int session_threads(struct session *s);
int session_run_ordered(struct session *s, const struct opts *opts, const struct ordered_want *want,
			const struct analysis *list, u32 nr, u32 *kinds);
int session_check(struct session *s, const struct opts *opts);

/* Opens the output, lets put() write to it, makes it appear. The exit code. */
int session_write(const struct opts *opts, int (*put)(void *ctx, FILE *out), void *ctx);

/* One line on standard error: "kvm-ipi: …". The second is for memory, and returns its exit code. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int complain_memory(void);
void command_help(const struct command *cmd, FILE *out);
int terminal_width(void);

#endif
