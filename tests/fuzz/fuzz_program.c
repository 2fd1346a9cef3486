// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_program.c - whole commands over a stranger's file: the first byte chooses the command and
 * its options, the rest is the file. Every analysis, every writer, both sources, salvage and
 * filters. Beside the sanitizers' checks: only the exit codes that a file can cause.
 */
#include "fuzz.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const lines[] = {
	"report",
	"report --format json --salvage",
	"report --source stock --verbose",
	"graph --format csv --threads 3",
	"graph --format json --source stock",
	"graph --metrics",
	"graph --format dot --salvage",
	"graph --format graphml",
	"matrix --by cpu",
	"heatmap",
	"heatmap --time",
	"yield",
	"yield --format json --salvage",
	"yield --source stock --format csv",
	"latency",
	"latency --format json --source stock",
	"timeline",
	"timeline --format json --salvage",
	"export",
	"export --source stock --salvage",
	"html",
	"html --source stock --salvage",
	"report --strict --vcpu 0-2 --time +0,+1",
	"yield --yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret",
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static FILE *null;
	char path[64];
	int fd, code;

	if (!null)
		null = fopen("/dev/null", "w");
	if (!size || !null)
		return 0;
	fd = fuzz_file(data + 1, size - 1);
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	code = program_run(lines[data[0] % ARRAY_SIZE(lines)], path, null, null);
	close(fd);
	if (code != 0 && code != 1 && code != 3 && code != 4)
		abort();
	return 0;
}
