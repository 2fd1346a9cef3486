// SPDX-License-Identifier: GPL-2.0-only
/*
 * program.c - see program.h. A process a run would cost more than the run; glibc lets stdout and
 * stderr be other streams for a while, so that sanitizers still write to the real ones.
 */
#include "program.h"
#include "cli/commands.h"

#include <string.h>

static const struct command *const commands[] = {
	&command_report,  &command_matrix,   &command_heatmap, &command_graph, &command_yield,
	&command_latency, &command_timeline, &command_export,  &command_html,
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int program_run(const char *line, const char *file, FILE *out, FILE *err)
{
	char text[512], path[256], *rest = text, *argv[PROGRAM_ARGS + 1] = { NULL };
	FILE *old_out = stdout, *old_err = stderr;
	const struct command *cmd;
	int argc = 0, code;

	snprintf(text, sizeof(text), "%s", line);
	snprintf(path, sizeof(path), "%s", file);
	while (rest && argc < PROGRAM_ARGS - 1)
		argv[argc++] = strsep(&rest, " ");
	argv[argc++] = path;
	cmd = find(argv[0]);
	if (!cmd)
		return -1;
	stdout = out;
	stderr = err;
	code = command_exit_code(cmd->run(cmd, argc, argv));
	fflush(out);
	fflush(err);
	stdout = old_out;
	stderr = old_err;
	return code;
}
