// SPDX-License-Identifier: GPL-2.0-only
/* top_host.c - see top.h: VMs' names, and which have ended. */
#include "cli/top.h"

#include "record/running.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define SCAN_PAUSE_NS 1000000000ull /* a scan reads all processes */

u64 top_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* A name that was found once is kept: it is shown of a VM that has ended, too. */
struct top_name {
	s32 pid;
	char name[VM_NAME_MAX];
};

static const struct top_name *find_name(const struct top_host *h, s32 pid)
{
	for (u32 i = 0; i < h->nr_names; i++)
		if (h->name[i].pid == pid)
			return &h->name[i];
	return NULL;
}

const char *top_host_name(const void *host, s32 pid)
{
	const struct top_name *name = find_name(host, pid);

	return name ? name->name : NULL;
}

/* By the thread that made the VM; a VM can outlive it, and then only looks as if it had ended. */
bool top_host_gone(const void *host, s32 pid)
{
	const struct top_host *h = host;
	char path[32];

	if (h->replay || pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	return access(path, F_OK);
}

static void add_name(struct top_host *h, s32 pid, const char *text)
{
	struct top_name *name = rows_grown(h->name, &h->room, h->nr_names, sizeof(*name));

	if (!name)
		return; /* it stays without a name */
	h->name = name;
	name[h->nr_names].pid = pid;
	snprintf(name[h->nr_names++].name, VM_NAME_MAX, "%s", text);
}

void top_host_look(struct top_host *h, const struct totals *t)
{
	struct running running = { 0 };
	u64 now = top_now();
	bool wanted = false;

	if (h->replay || (h->scanned_ns && now - h->scanned_ns < SCAN_PAUSE_NS))
		return;
	for (u32 i = 0; i < t->nr_vms && !wanted; i++)
		wanted = !find_name(h, t->vm[i].pid) && !top_host_gone(h, t->vm[i].pid);
	if (!wanted)
		return;
	h->scanned_ns = now;
	if (!running_scan(&running, &(struct host){ "" }))
		for (u32 i = 0; i < running.nr_vms; i++)
			if (running.vm[i].name[0] && !find_name(h, running.vm[i].pid))
				add_name(h, running.vm[i].pid, running.vm[i].name);
	running_release(&running);
}

void top_host_init(struct top_host *h, bool replay)
{
	struct utsname u = { 0 };

	*h = (struct top_host){ .replay = replay };
	if (replay || uname(&u))
		return;
	snprintf(h->host, sizeof(h->host), "%s", u.nodename);
	snprintf(h->kernel, sizeof(h->kernel), "%s", u.release);
}

void top_host_release(struct top_host *h)
{
	free(h->name);
	*h = (struct top_host){ 0 };
}
