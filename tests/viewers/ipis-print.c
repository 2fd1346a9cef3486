// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipis-print.c - what the KernelShark plugin's data part has read: a line for each IPI, sorted.
 *
 * sent, accepted, injected, EOI, running (ns on the trace's clock, - if unknown), threads, vCPUs,
 * vector, state, text. A file that cannot be read is said and is a 1.
 */
#include "ipis.h"

#include <inttypes.h>
#include <stdio.h>

static void print(const struct ipi *i)
{
	char text[IPI_TEXT];

	printf("%" PRIu64, i->sent);
	for (int s = 0; s < NR_IPI_STAGES; s++) {
		if (i->at[s] == IPI_NEVER)
			printf("\t-");
		else
			printf("\t%" PRIu64, i->at[s]);
	}
	printf("\t%d\t%d\t%u\t%u\t%u\t%s\t%s\n", i->src_pid, i->dst_pid, i->src, i->dst, i->vector,
	       ipi_state_name[ipi_state(i)], ipi_text(i, text));
}

/* The search must find every IPI that overlaps a time, wherever that begins. */
static int check_search(const struct ipis *a)
{
	for (size_t n = 0; n < a->nr; n += 1 + a->nr / 64) {
		uint64_t from = a->ipi[n].sent;
		size_t first = ipis_from(a, from), least = a->nr;

		for (size_t i = 0; i < a->nr && least == a->nr; i++)
			if (a->ipi[i].last >= from)
				least = i;
		if (first > least) {
			fprintf(stderr, "ipis_from(%" PRIu64 "): %zu, not %zu\n", from, first,
				least);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	char message[IPIS_MESSAGE];
	struct ipis a;
	int bad;

	if (argc != 2)
		return 2;
	if (ipis_read(&a, argv[1], message)) {
		fprintf(stderr, "%s\n", message);
		return 1;
	}
	for (size_t i = 0; i < a.nr; i++)
		print(&a.ipi[i]);
	bad = check_search(&a);
	ipis_release(&a);
	return bad;
}
