// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_words.c - what users type and the small files they pass: lists of numbers, VMs, names of VMs,
 * probes, options, and the search for the nearest word.
 */
#include "analysis/filter.h"
#include "decode/events.h"
#include "fuzz.h"
#include "model/names.h"
#include "opts.h"
#include "util/nearest.h"

#include <stdlib.h>

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

static void parse_options(char *text)
{
	static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows,
							   opts_output_rows, NULL };
	char *argv[WORDS_MAX];
	int argc = split(text, argv);
	struct opts opts = { 0 };
	struct texts rest = { 0 };
	struct err err;

	options_parse(tables, argc, argv, &opts, &rest, &err);
	texts_release(&rest);
	texts_release(&opts.inputs);
	texts_release(&opts.vms);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = malloc(size + 1);
	struct ranges set = { 0 };
	struct vm_names names = { 0 };
	struct filter filter = { 0 };
	struct probe probe;
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
	parse_options(text);
	ranges_release(&set);
	vm_names_release(&names);
	filter_release(&filter);
	free(text);
	return 0;
}
