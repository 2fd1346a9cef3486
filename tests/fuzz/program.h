/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program.h - the program's commands within this process, thousands of times: what main.c does for
 * one command line, with standard output and error going elsewhere.
 */
#ifndef KVM_IPI_TEST_PROGRAM_H
#define KVM_IPI_TEST_PROGRAM_H

#include <stdio.h>

#define PROGRAM_ARGS 16

/*
 * line: a command and its options, parted by single spaces; file: the last argument. The exit code,
 * or -1 where the line names no command. Not for two threads at once: stdout and stderr are
 * swapped.
 */
int program_run(const char *line, const char *file, FILE *out, FILE *err);

#endif
