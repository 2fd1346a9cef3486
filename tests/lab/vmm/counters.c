// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAME.counters: what KVM counted for the VM in its searches for a vCPU to yield to, one line of
 * KEY=VALUE words. The counters are those of the series of policies (on_spin_*), and a VM's folder
 * in debugfs has their sums over its vCPUs while the VM exists. Other kernels have none: no file.
 */
#include <stdio.h>
#include <string.h>

#include "lab.h"

static int read_counter(const struct vm *vm, const char *name, unsigned long long *value)
{
	char path[128];
	FILE *f;
	int n;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/on_spin_%s", vm->pid, vm->fd,
		 name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	n = fscanf(f, "%llu", value);
	fclose(f);
	return n == 1 ? 0 : -1;
}

bool counters_exist(const struct vm *vm)
{
	unsigned long long value;

	return !read_counter(vm, "searches", &value);
}

void counters_write(FILE *f, const struct vm *vm)
{
	static const char *const names[] = { "searches",      "chances",	 "picks",
					     "picks_awaited", "picks_with_hint", "picks_of_hint" };
	unsigned long long value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (read_counter(vm, names[i], &value))
			fprintf(stderr, "vm %s: no counter on_spin_%s\n", vm->name, names[i]);
		else
			fprintf(f, "%s%s=%llu", i ? " " : "", names[i], value);
	}
	fprintf(f, "\n");
}
