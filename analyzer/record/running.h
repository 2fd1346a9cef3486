/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * running.h - the VMs that run on the host now, their names, and which thread runs which vCPU.
 *
 * KVM's debugfs folders say it best (root only). Without them, the threads' names do, by which VMMs
 * tell their vCPUs' threads apart ("CPU 3/KVM"), in processes that hold a VM of KVM's open.
 */
#ifndef KVM_IPI_RUNNING_H
#define KVM_IPI_RUNNING_H

#include "record/host.h"

#define VM_NAME_MAX 128

struct running_vm {
	s32 pid;
	/* As in debugfs' folder PID-FD, which tells a process' VMs apart; -1: unknown. */
	s32 fd;
	/* As the VMM was told, else the program's; without control characters. */
	char name[VM_NAME_MAX];
};

struct running_vcpu {
	u32 vm; /* index */
	u32 vcpu;
	s32 tid;
};

struct running {
	struct running_vm *vm;
	struct running_vcpu *vcpu;
	u32 nr_vms, nr_vcpus;
	bool from_debugfs;
};

/*
 * Sorted by pid, fd, vCPU. What ends meanwhile is left out. 0 or -ENOMEM; release it in any case.
 */
int running_scan(struct running *r, const struct host *h);
void running_release(struct running *r);
bool running_equal(const struct running *a, const struct running *b);

/* The name in a VMM's command line (NULs between its words), or NULL; it points into the text. */
const char *vm_name_in(const char *cmdline, size_t len, size_t *name_len);
/* The vCPU in a thread's name, or -1: "CPU 3/KVM", "fc_vcpu 3", ... */
s64 vcpu_in_thread_name(const char *name);

#endif
