// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - which command is meant.
 *
 * The first word is a command, or a file for report. A known command is always the command, even
 * when a file of that name lies there: "kvm-ipi report >report" must not read its own output.
 */
#include "cli/commands.h"
#include "util/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const struct command *const commands[] = {
	&command_report,  &command_matrix,   &command_heatmap, &command_graph, &command_yield,
	&command_latency, &command_timeline, &command_export,  &command_html,  &command_diff,
	&command_record,  &command_check,    &command_top,
};

static void help(FILE *out)
{
	fputs("usage: kvm-ipi COMMAND [options] [FILE...]\n"
	      "       kvm-ipi [options] FILE...\n\n"
	      "Who sends IPIs to whom among the vCPUs of KVM's VMs, from a trace.dat that trace-cmd or\n"
	      "kvm-ipi record has made. On a new machine, begin with: kvm-ipi check\n\nCommands:\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nWithout a command: report. Without a FILE: trace.dat.\n"
	      "kvm-ipi COMMAND --help lists a command's options; see also kvm-ipi(1).\n\n"
	      "  -V, --version   print the version\n"
	      "      --no-pager  print long text as it is, also on a terminal\n"
	      "      --list [COMMAND]\n"
	      "                  commands, or a command's options, for scripts\n"
	      "  -h, --help      print this\n",
	      out);
}

static const struct command *find_command(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, word))
			return commands[i];
	return NULL;
}

static int unknown_command(const char *word)
{
	struct nearest n;

	nearest_init(&n, word);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		nearest_offer(&n, commands[i]->name);
	if (n.best)
		complain("no command and no file '%s'; did you mean %s?", word, n.best);
	else
		complain("no command and no file '%s'; kvm-ipi --help lists the commands", word);
	return -EINVAL;
}

/* What completion scripts ask: the commands, or a command's words and options, a line for each. */
static int list(const char *word)
{
	const struct command *cmd = word ? find_command(word) : NULL;

	if (!word)
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			printf("%s\t%s\n", commands[i]->name, commands[i]->summary);
	else if (!cmd)
		return unknown_command(word);
	for (int i = 0; cmd && cmd->words && cmd->words[i]; i++)
		printf("%s\t-\t-\t-\n", cmd->words[i]);
	for (const struct option_row *const *t = cmd ? cmd->tables : NULL; t && *t; t++)
		options_list(*t, cmd->formats, stdout);
	return 0;
}

static int main_run(int argc, char **argv)
{
	const struct command *cmd;
	const char *word = argc > 1 ? argv[1] : NULL;

	/* As git has it: in front of a command, too. */
	if (word && !strcmp(word, "--no-pager")) {
		setenv("KVM_IPI_PAGER", "", 1);
		argv[1] = argv[0];
		return main_run(argc - 1, argv + 1);
	}
	if (!word) {
		if (!access("trace.dat", F_OK))
			return command_report.run(&command_report, argc, argv);
		complain("no command, and no trace.dat here; kvm-ipi --help says what there is");
		return -EINVAL;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		cmd = argc > 2 ? find_command(argv[2]) : NULL;
		if (cmd)
			command_help(cmd, stdout);
		else if (argc > 2)
			return unknown_command(argv[2]);
		else
			help(stdout);
		return 0;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V") || !strcmp(word, "version") ||
	    (!strcmp(word, "-v") && argc == 2)) {
		puts("kvm-ipi " KVM_IPI_VERSION);
		return 0;
	}
	if (!strcmp(word, "--list"))
		return list(argc > 2 ? argv[2] : NULL);
	cmd = find_command(word);
	if (cmd)
		return cmd->run(cmd, argc - 1, argv + 1);
	if (word[0] == '-' || strpbrk(word, "/.") || !access(word, F_OK))
		return command_report.run(&command_report, argc, argv);
	return unknown_command(word);
}

int main(int argc, char **argv)
{
	int ret = main_run(argc, argv);

	if (ret >= 0 && (fflush(stdout) || ferror(stdout))) {
		complain("cannot write standard output");
		ret = -EIO;
	}
	return command_exit_code(ret);
}
