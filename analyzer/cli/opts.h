/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - the options that every reading command has, and what can be told from the words alone.
 */
#ifndef KVM_IPI_OPTS_H
#define KVM_IPI_OPTS_H

#include "analysis/filter.h"
#include "cli/command.h"
#include "trace/passes.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* First member of each command's options struct: the tables below fill it by offset. */
struct opts {
	struct texts inputs; /* -i */
	const char *output;
	const char *format;
	struct texts vms;
	const char *vcpus, *vectors, *cpus, *time;
	u64 entries;
	int sort; /* enum graph_sort, or -1: as the command likes */
	const char *guest;
	const char *vm_names;
	const char *topology;
	int color;
	int source;
	u64 threads; /* 0: as many as help */
	bool strict, salvage, together, quiet, verbose, no_pager;
};

extern const struct option_row opts_input_rows[], opts_filter_rows[], opts_output_rows[];
#define opts_recording_rows (opts_input_rows + 2) /* without -i and --together, the first */
/* Of commands that have a use for them: */
extern const struct option_row opts_topology_rows[], opts_guest_rows[], opts_threads_rows[],
	opts_entries_rows[], opts_sort_rows[];
extern const char *const opts_color_choices[]; /* of enum color_when */

/*
 * argv to opts, what is no option to rest; then the format, by its name or the output's ending, and
 * whether to colour. As all of a command's functions return (command.h).
 */
int command_parse(const struct command *cmd, int argc, char **argv, struct opts *opts,
		  struct texts *rest);
int command_format(const struct command *cmd, const struct opts *opts, int *format, bool *color);

/*
 * The lists and VMs into the filter; 0 or -errno. The time has a function of its own: +S needs the
 * trace.
 */
int opts_filter(const struct opts *opts, struct filter *f, struct err *err);

/*
 * START,STOP of --time, in seconds, or in a clock's ticks: as trace-cmd prints them. first_ts:
 * where +S counts from. opts_time_relative() tells whether it is needed.
 */
bool opts_time_relative(const struct opts *opts);
int opts_time(const struct opts *opts, struct filter *f, u64 first_ts, bool ticks, struct err *err);

#endif
