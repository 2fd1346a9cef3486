// SPDX-License-Identifier: GPL-2.0-only
/* top_read.c - see top.h: one reading, and the view of it. */
#include "cli/top.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>

#define SHOWN_INTERVALS 10 /* of a VM that has ended, without an IPI */
#define QUIET_INTERVALS 3  /* without an IPI, before entries of an ended VM are forgotten */

/* The kernel's own measure, which is not on all the time; and this program's share. */
static void take_cost(struct top *t)
{
	const struct live_counts *c = &t->counts;
	u64 time = c->cost_measured_ns - t->cost_time_ns, own, ipis = t->totals.new_ipis;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	own = (u64)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 +
	      (u64)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
	t->own_ns_per_s = t->read_ns > t->last_ns
				  ? (own - t->own_cpu_ns) * 1000 /
					    ((t->read_ns - t->last_ns) / 1000000 + 1)
				  : 0;
	t->own_cpu_ns = own;
	if (!t->live.facts.cost || !time)
		return;
	t->have_cost = true;
	t->cost_ns_per_s = (u64)((unsigned __int128)(c->cost_ns - t->cost_ns) * 1000000000 / time);
	t->cost_ns_per_ipi = ipis ? (c->cost_ns - t->cost_ns) / ipis : 0;
	t->cost_ns = c->cost_ns;
	t->cost_time_ns = c->cost_measured_ns;
}

/* Entries of VMs that have ended make room; their counts stay in the totals. */
static void forget_ended(struct top *t)
{
	for (u32 i = 0; i < t->totals.nr_vms; i++) {
		const struct totals_vm *vm = &t->totals.vm[i];

		if (vm->quiet == QUIET_INTERVALS && top_host_gone(&t->host, vm->pid))
			live_forget(&t->live, &t->counts, vm->key);
	}
}

int top_read(struct top *t, struct err *err)
{
	int ret = live_read(&t->live, &t->counts, err);

	if (ret)
		return ret;
	t->last_ns = t->read_ns;
	/* A recording's time goes by readings, not by the clock. */
	t->nr_readings++;
	t->read_ns = t->replay ? t->began_ns + t->nr_readings * t->interval_ns : top_now();
	if (totals_update(&t->totals, &t->counts))
		return err_set(err, -ENOMEM, "out of memory");
	top_host_look(&t->host, &t->totals);
	take_cost(t);
	forget_ended(t);
	return 0;
}

/* PID, PID/ID, or a name; without --vm all. The screen drops VMs that have ended after a while. */
static bool keep_vm(const void *ctx, const struct live_view_vm *vm)
{
	const struct texts *list = &((const struct top *)ctx)->opts.vms;
	char pid[16], both[32];

	if (((const struct top *)ctx)->screen && vm->gone && vm->quiet > SHOWN_INTERVALS)
		return false;
	snprintf(pid, sizeof(pid), "%d", vm->pid);
	snprintf(both, sizeof(both), "%d/%u", vm->pid, vm->id);
	for (u32 i = 0; i < list->nr; i++)
		if (!strcmp(list->s[i], pid) || !strcmp(list->s[i], both) ||
		    (vm->name && !strcmp(list->s[i], vm->name)))
			return true;
	return !list->nr;
}

static const char *name_of(const void *ctx, s32 pid)
{
	return top_host_name(&((const struct top *)ctx)->host, pid);
}

static bool is_gone(const void *ctx, s32 pid)
{
	return top_host_gone(&((const struct top *)ctx)->host, pid);
}

int top_view(const struct top *t, struct live_view_made *made, enum live_sort sort, u32 with)
{
	const struct live_view_host host = { t, name_of, is_gone, keep_vm };
	int ret = live_view_make(made, &t->totals, sort, with, &host);
	struct live_view *v = &made->v;
	struct timespec unix_time;

	clock_gettime(CLOCK_REALTIME, &unix_time);
	v->host = t->host.host;
	v->kernel = t->host.kernel;
	v->backend = t->live.ops->name;
	v->what = t->live.ops->what;
	v->remark = t->live.facts.remark.msg;
	if (!t->replay)
		v->time_unix_ns = (u64)unix_time.tv_sec * 1000000000 + (u64)unix_time.tv_nsec;
	v->elapsed_ns = t->read_ns - t->began_ns;
	v->interval_ns = t->read_ns - t->last_ns;
	v->lost_ipis = t->counts.counters.lost_ipis;
	v->lost_latency = t->counts.counters.lost_latency;
	v->lost_sends = t->counts.counters.lost_sends;
	v->overtaken = t->counts.counters.overtaken;
	v->have_latency = t->live.facts.latency;
	v->have_cost = t->have_cost;
	v->cost_ns_per_s = t->cost_ns_per_s;
	v->cost_ns_per_ipi = t->cost_ns_per_ipi;
	v->cost_instructions = t->live.facts.cost_instructions;
	return ret;
}

int top_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}
