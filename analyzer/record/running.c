// SPDX-License-Identifier: GPL-2.0-only
/*
 * running.c - see running.h. Processes come and go meanwhile: what cannot be read any more is left
 * out.
 */
#include "record/running.h"
#include "util/clean.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEBUGFS_KVM "/sys/kernel/debug/kvm"

void running_release(struct running *r)
{
	free(r->vm);
	free(r->vcpu);
	*r = (struct running){ 0 };
}

bool running_equal(const struct running *a, const struct running *b)
{
	if (a->nr_vms != b->nr_vms || a->nr_vcpus != b->nr_vcpus)
		return false;
	for (u32 i = 0; i < a->nr_vms; i++)
		if (a->vm[i].pid != b->vm[i].pid || a->vm[i].fd != b->vm[i].fd ||
		    strcmp(a->vm[i].name, b->vm[i].name))
			return false;
	for (u32 i = 0; i < a->nr_vcpus; i++)
		if (a->vcpu[i].vm != b->vcpu[i].vm || a->vcpu[i].vcpu != b->vcpu[i].vcpu ||
		    a->vcpu[i].tid != b->vcpu[i].tid)
			return false;
	return true;
}

s64 vcpu_in_thread_name(const char *name)
{
	/* QEMU, Firecracker, Cloud Hypervisor, kvmtool, crosvm, and how others call theirs */
	static const char *const before[] = { "CPU ", "fc_vcpu ",  "vcpu-",
					      "vcpu", "kvm-vcpu-", "crosvm_vcpu" };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		size_t len = strlen(before[i]);
		char *end;
		long n;

		if (strncmp(name, before[i], len) || !isdigit((unsigned char)name[len]))
			continue;
		n = strtol(name + len, &end, 10);
		if (!strcmp(end, i ? "" : "/KVM") && n <= INT32_MAX)
			return n;
	}
	return -1;
}

/* "guest=web,debug-threads=on" or "web,process=..." */
static const char *name_of_value(const char *value, size_t *len)
{
	if (!strncmp(value, "guest=", 6))
		value += 6;
	*len = strcspn(value, ",");
	return *len ? value : NULL;
}

const char *vm_name_in(const char *cmdline, size_t len, size_t *name_len)
{
	static const char *const options[] = { "-name", "--name", "--id" };
	const char *end = cmdline + len;

	for (const char *w = cmdline; w < end; w += strlen(w) + 1)
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			size_t olen = strlen(options[i]);
			const char *next = w + strlen(w) + 1;

			if (strncmp(w, options[i], olen))
				continue;
			if (w[olen] == '=')
				return name_of_value(w + olen + 1, name_len);
			if (!w[olen] && next < end)
				return name_of_value(next, name_len);
		}
	return NULL;
}

static void running_name_vm(struct running_vm *vm, const struct host *h)
{
	char path[64], comm[HOST_TEXT_MAX];
	size_t len = 0, name_len = 0;
	const char *name;
	char *cmdline;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", vm->pid);
	cmdline = host_slurp(h, path, &len);
	name = cmdline ? vm_name_in(cmdline, len, &name_len) : NULL;
	if (!name && !host_line(h, comm, "/proc/%d/comm", vm->pid)) {
		name = comm;
		name_len = strlen(comm);
	}
	snprintf(vm->name, sizeof(vm->name), "%.*s", (int)min_of(name_len, (size_t)VM_NAME_MAX - 1),
		 name ? name : "");
	text_clean(vm->name);
	free(cmdline);
}

static int add_vm(struct running *r, const struct host *h, s32 pid, s32 fd)
{
	struct running_vm *grown = realloc(r->vm, (r->nr_vms + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	r->vm = grown;
	r->vm[r->nr_vms] = (struct running_vm){ .pid = pid, .fd = fd };
	running_name_vm(&r->vm[r->nr_vms++], h);
	return 0;
}

/* Of the last VM. */
static int add_vcpu(struct running *r, u32 vcpu, s32 tid)
{
	struct running_vcpu *grown = realloc(r->vcpu, (r->nr_vcpus + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	r->vcpu = grown;
	r->vcpu[r->nr_vcpus++] = (struct running_vcpu){ r->nr_vms - 1, vcpu, tid };
	return 0;
}

/*
 * Calls what for each entry of a folder that begins with a digit or with prefix. 0 or what's error.
 */
static int each_entry(const struct host *h, const char *path, const char *prefix,
		      int (*what)(struct running *r, const struct host *h, const char *path,
				  const char *name),
		      struct running *r)
{
	char buf[HOST_PATH_MAX];
	DIR *d = opendir(host_path(h, buf, "%s", path));
	struct dirent *e;
	int ret = 0;

	while (d && !ret && (e = readdir(d)))
		if (!strncmp(e->d_name, prefix, strlen(prefix)) &&
		    isdigit((unsigned char)e->d_name[strlen(prefix)]))
			ret = what(r, h, path, e->d_name);
	if (d)
		closedir(d);
	return ret;
}

/* debugfs: PID-FD/vcpuN/pid, whose number is the thread's. */
static int debugfs_vcpu(struct running *r, const struct host *h, const char *path, const char *name)
{
	char file[HOST_PATH_MAX];
	s64 tid;

	snprintf(file, sizeof(file), "%s/%s/pid", path, name);
	tid = host_number(h, file);
	return tid > 0 ? add_vcpu(r, (u32)atoi(name + 4), (s32)tid) : 0;
}

static int proc_thread(struct running *r, const struct host *h, const char *path, const char *name)
{
	char comm[HOST_TEXT_MAX];
	s64 vcpu;

	if (host_line(h, comm, "%s/%s/comm", path, name))
		return 0;
	vcpu = vcpu_in_thread_name(comm);
	return vcpu < 0 ? 0 : add_vcpu(r, (u32)vcpu, atoi(name));
}

static int debugfs_vm(struct running *r, const struct host *h, const char *path, const char *name)
{
	char dir[HOST_PATH_MAX];
	const char *dash = strchr(name, '-');
	u32 before = r->nr_vcpus;
	int ret;

	if (!dash)
		return 0;
	ret = add_vm(r, h, atoi(name), atoi(dash + 1));
	snprintf(dir, sizeof(dir), "%s/%s", path, name);
	if (!ret)
		ret = each_entry(h, dir, "vcpu", debugfs_vcpu, r);
	/* Older kernels have no file pid there. */
	snprintf(dir, sizeof(dir), "/proc/%d/task", atoi(name));
	if (!ret && r->nr_vcpus == before)
		ret = each_entry(h, dir, "", proc_thread, r);
	return ret;
}

static bool holds_a_vm(const struct host *h, const char *pid)
{
	char path[HOST_PATH_MAX], link[64];
	DIR *d = opendir(host_path(h, path, "/proc/%s/fd", pid));
	struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);

		link[max_of(n, (ssize_t)0)] = 0;
		found = !strcmp(link, "anon_inode:kvm-vm");
	}
	if (d)
		closedir(d);
	return found;
}

static int proc_vm(struct running *r, const struct host *h, const char *path, const char *name)
{
	char dir[HOST_PATH_MAX];
	int ret;

	if (!holds_a_vm(h, name))
		return 0;
	ret = add_vm(r, h, atoi(name), -1);
	snprintf(dir, sizeof(dir), "%s/%s/task", path, name);
	return ret ? ret : each_entry(h, dir, "", proc_thread, r);
}

static int by_vm(const void *a, const void *b)
{
	const struct running_vm *x = a, *y = b;

	return x->pid != y->pid ? (x->pid < y->pid ? -1 : 1) : (x->fd > y->fd) - (x->fd < y->fd);
}

/* The lists are short: vCPUs are pointed to their sorted VM by looking for it. */
static int sort_running(struct running *r)
{
	struct running_vm *before = malloc((r->nr_vms + 1) * sizeof(*before));

	if (!before)
		return -ENOMEM;
	for (u32 i = 0; i < r->nr_vms; i++)
		before[i] = r->vm[i];
	if (r->nr_vms)
		qsort(r->vm, r->nr_vms, sizeof(*r->vm), by_vm);
	for (u32 i = 0; i < r->nr_vcpus; i++) {
		struct running_vm *vm = bsearch(&before[r->vcpu[i].vm], r->vm, r->nr_vms,
						sizeof(*r->vm), by_vm);

		r->vcpu[i].vm = vm ? (u32)(vm - r->vm) : 0;
	}
	free(before);
	return 0;
}

static int by_vcpu(const void *a, const void *b)
{
	const struct running_vcpu *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->vcpu != y->vcpu)
		return x->vcpu < y->vcpu ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

int running_scan(struct running *r, const struct host *h)
{
	int ret;

	*r = (struct running){ 0 };
	ret = each_entry(h, DEBUGFS_KVM, "", debugfs_vm, r);
	r->from_debugfs = r->nr_vms;
	if (!ret && !r->nr_vms)
		ret = each_entry(h, "/proc", "", proc_vm, r);
	if (!ret)
		ret = sort_running(r);
	if (!ret && r->nr_vcpus)
		qsort(r->vcpu, r->nr_vcpus, sizeof(*r->vcpu), by_vcpu);
	return ret;
}
