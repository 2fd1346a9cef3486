/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commands.h - the commands there are; a new one is a cmd_ file, a line here and a row in main.c.
 */
#ifndef KVM_IPI_COMMANDS_H
#define KVM_IPI_COMMANDS_H

#include "cli/session.h"

extern const struct command command_report, command_matrix, command_heatmap, command_graph,
	command_yield, command_latency, command_timeline, command_export, command_html,
	command_record, command_check, command_diff, command_top;

/* heatmap --diff; argv without that word. */
int diff_as_heatmap(int argc, char **argv);

#endif
