// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_words.c - what users type and the small files they pass: lists of numbers, VMs, names of VMs
 * and of vectors, markers, probes, every command's options, and the search for the nearest word.
 */
#include "analysis/filter.h"
#include "cli/commands.h"
#include "decode/events.h"
#include "fuzz.h"
#include "model/marker.h"
#include "model/names.h"
#include "cli/opts.h"
#include "cli/user_files.h"
#include "util/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WORDS_MAX 16

/* The text's lines as arguments; they stay in text. */
static int split(char *text, char **argv)
{
	int argc = 1;

	argv[0] = "kvm-ipi";
	for (char *line; argc < WORDS_MAX && (line = strsep(&text, "\n"));)
		argv[argc++] = line;
	return argc;
}

static const struct command *const commands[] = {
	&command_report,  &command_matrix,   &command_heatmap, &command_graph, &command_yield,
	&command_latency, &command_timeline, &command_export,  &command_html,
};

/* Any command's struct begins with struct opts, which holds all that is allocated. */
static void parse_options(const struct command *cmd, const char *text, size_t size)
{
	union {
		struct opts opts;
		u8 room[4096];
	} u = { .room = { 0 } };
	char *argv[WORDS_MAX], *copy = malloc(size + 1);
	struct filter filter = { 0 };
	struct texts rest = { 0 };
	struct err err;

	if (!copy)
		return;
	memcpy(copy, text, size + 1);
	if (!options_parse(cmd->tables, split(copy, argv), argv, &u, &rest, &err))
		opts_filter(&u.opts, &filter, &err);
	filter_release(&filter);
	texts_release(&rest);
	texts_release(&u.opts.inputs);
	texts_release(&u.opts.vms);
	free(copy);
}

/* The same bytes as the files that --guest and --vm-names read. */
static void load_files(const u8 *data, size_t size)
{
	struct user_vectors vectors = { 0 };
	struct vm_names names = { 0 };
	struct err err;
	char path[64];
	int fd = fuzz_file(data, size);

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	user_vectors_load(&vectors, path, &err);
	user_names_load(&names, path, &err);
	user_vectors_release(&vectors);
	vm_names_release(&names);
	close(fd);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = malloc(size + 1);
	struct ranges set = { 0 };
	struct vm_names names = { 0 };
	struct filter filter = { 0 };
	struct probe probe;
	struct marker marker;
	struct nearest n;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	ranges_parse(&set, text, UINT32_MAX);
	vm_names_parse_line(&names, text);
	filter_add_vm(&filter, text);
	if (!probe_parse(&probe, text))
		probe_release(&probe);
	nearest_init(&n, text);
	nearest_offer(&n, "report");
	marker_parse(text, size, &marker);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		parse_options(commands[i], text, size);
	load_files(data, size);
	ranges_release(&set);
	vm_names_release(&names);
	filter_release(&filter);
	free(text);
	return 0;
}
