// SPDX-License-Identifier: LGPL-2.1-only
/*
 * vectors.c - see vectors.h.
 *
 * Linux's x86 system vectors have kept their places for years; those that moved or left are named
 * only where every kernel since 6.1 agrees. Device vectors (0x20 to 0xea) are handed out at run
 * time and have no fixed name.
 */
#include "model/vectors.h"

#include <stddef.h>
#include <string.h>

static const struct vector_names none;

static const struct vector_names linux_x86 = {
	.name = {
		[0x02] = "nmi",
		[0x80] = "int80",
		[0xec] = "local-timer",
		[0xed] = "hyperv-stimer0",
		[0xee] = "hyperv-reenlightenment",
		[0xef] = "managed-irq-shutdown",
		[0xf0] = "posted-intr-nested",
		[0xf1] = "posted-intr-wakeup",
		[0xf2] = "posted-intr",
		[0xf3] = "hypervisor-callback",
		[0xf4] = "deferred-error",
		[0xf6] = "irq-work",
		[0xf7] = "x86-platform-ipi",
		[0xf8] = "reboot",
		[0xf9] = "threshold",
		[0xfa] = "thermal",
		[0xfb] = "call-function-single",
		[0xfc] = "call-function",
		[0xfd] = "reschedule",
		[0xfe] = "error",
		[0xff] = "spurious",
	},
};

const struct vector_names *vector_names_builtin(const char *guest)
{
	if (!strcmp(guest, "linux"))
		return &linux_x86;
	if (!strcmp(guest, "none"))
		return &none;
	return NULL;
}

const char *vector_name(const struct vector_names *names, unsigned int vector)
{
	return vector < NR_VECTORS ? names->name[vector] : NULL;
}
