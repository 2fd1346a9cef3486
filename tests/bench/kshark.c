// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-kshark: KernelShark's loader: what it does before it can show anything.
 *
 *   bench-kshark FILE     load all entries, print their number
 */
#include <stdio.h>
#include <stdlib.h>

#include "libkshark.h"

int main(int argc, char **argv)
{
	struct kshark_context *ctx = NULL;
	struct kshark_entry **entries = NULL;
	ssize_t nr;
	int sd;

	if (argc != 2) {
		fprintf(stderr, "usage: bench-kshark FILE\n");
		return 2;
	}
	if (!kshark_instance(&ctx))
		return 1;
	sd = kshark_open(ctx, argv[1]);
	nr = sd < 0 ? -1 : kshark_load_entries(ctx, sd, &entries);
	printf("%zd\n", nr);
	for (ssize_t i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	kshark_close_all(ctx);
	kshark_free(ctx);
	return nr < 0;
}
