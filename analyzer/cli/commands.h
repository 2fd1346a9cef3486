/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commands.h - the commands there are; a new one is a cmd_ file, a line here and a row in main.c.
 */
#ifndef KVM_IPI_COMMANDS_H
#define KVM_IPI_COMMANDS_H

#include "cli/session.h"

extern const struct command cmd_report, cmd_matrix, cmd_heatmap, cmd_graph, cmd_yield, cmd_latency,
	cmd_timeline, cmd_export, cmd_html, cmd_record, cmd_check;

#endif
