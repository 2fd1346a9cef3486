// SPDX-License-Identifier: GPL-2.0-only
/*
 * command.c - see command.h. One place for each line that several commands print.
 */
#include "cli/command.h"
#include "util/clean.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

void complain(const char *fmt, ...)
{
	char line[2 * ERR_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* Names of files and what was typed may hold anything; it stays one line. */
	text_clean(line);
	fprintf(stderr, "kvm-ipi: %s\n", line);
}

int command_exit_code(int ret)
{
	switch (ret) {
	case 0:
	case COMMAND_DONE: return EXIT_DONE;
	case COMMAND_CHANGED: return EXIT_CHANGED;
	case -EINVAL: return EXIT_USAGE;
	case -ENODATA: return EXIT_NOTHING;
	case -ECANCELED: return EXIT_REFUSED;
	}
	return EXIT_IO;
}

int complain_memory(void)
{
	complain("out of memory");
	return -EIO;
}

int complain_io(const struct err *err)
{
	if (err->msg[0])
		complain("%s", err->msg);
	return -EIO;
}

int complain_usage(const struct err *err)
{
	complain("%s", err->msg);
	return -EINVAL;
}

void command_help(const struct command *cmd, FILE *out)
{
	fprintf(out, "usage: kvm-ipi %s %s\n\n%s\n\n", cmd->name, cmd->usage, cmd->help);
	for (int i = 0; cmd->formats && cmd->formats[i]; i++)
		fprintf(out, "%s%s%s", i ? ", " : "Formats: ", cmd->formats[i],
			i ? "" : " (the default)");
	if (cmd->formats)
		fputs("\n\n", out);
	for (const struct option_row *const *t = cmd->tables; *t; t++)
		options_help(*t, out);
	fputs("  -h, --help                print this\n", out);
}

int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && atoi(columns) >= 40 ? atoi(columns) : 80;
}

bool locale_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strstr(v, "UTF-8") || strstr(v, "utf8");
	}
	return false;
}
