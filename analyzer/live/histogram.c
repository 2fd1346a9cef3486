// SPDX-License-Identifier: GPL-2.0-only
/*
 * histogram.c - the backend without BPF: a histogram trigger in a tracefs instance of our own.
 *
 * Nothing is written to the instance's buffer, and what others trace is left alone. Reading and
 * clearing are two steps in the kernel, so it is never cleared.
 */
#include "live/backend.h"
#include "live/format.h"
#include "live/guard.h"
#include "live/trigger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <tracefs.h>
#include <unistd.h>

#define EVENT_DIR    "events/kvm/kvm_ipi_track/"
#define INSTRUCTIONS 1100 /* an IPI: docs/overhead.md */

struct histogram {
	char dir[128];
	struct guard guard;
	struct tracefs_instance *instance;
};

static int look(const char *tracefs, struct err *err)
{
	static const char *const fields[] = {
		"vm_id", "vm_pid", "src_vcpu_id", "dst_vcpu_id", "vector", "path", "dst_state",
	};
	char path[128], *format;
	u32 offset, size;

	if (!tracefs)
		return err_set(err, -ENOENT, "no tracefs is mounted at /sys/kernel/tracing");
	snprintf(path, sizeof(path), "%s/instances", tracefs);
	if (access(path, W_OK) && errno != ENOENT)
		return err_set(err, -EPERM, "needs to write %s", path);
	format = format_of_track(tracefs);
	if (!format)
		return err_set(err, errno == ENOENT ? -ENOENT : -EPERM,
			       "this kernel has no kvm:kvm_ipi_track");
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++)
		if (format_field(format, fields[i], &offset, &size)) {
			free(format);
			return err_set(err, -ENOENT, "kvm_ipi_track has no field %s here",
				       fields[i]);
		}
	free(format);
	snprintf(path, sizeof(path), "%s/events/kvm/kvm_ipi_track/hist", tracefs);
	return access(path, F_OK) ? err_set(err, -ENOENT, "this kernel has no histogram triggers")
				  : 0;
}

static int close_histogram(void *state, struct err *err)
{
	struct histogram *h = state;
	int ret;

	if (h->instance) {
		tracefs_instance_destroy(h->instance);
		tracefs_instance_free(h->instance);
	}
	/* It tries again where the instance could not be removed. */
	ret = guard_end(&h->guard);
	if (ret)
		err_set(err, ret, "could not remove %s: rmdir removes it", h->dir);
	free(h);
	return ret;
}

/* One trigger, or two where the kernel knows of the path that has its own. */
static int write_triggers(struct histogram *h, const char *tracefs, u32 entries, struct err *err)
{
	char *format = format_of_track(tracefs), trigger[TRIGGER_TEXT_MAX];
	bool avic = format && strstr(format, "avic");
	enum trigger_paths p = avic ? TRIGGER_BELOW_AVIC : TRIGGER_ALL;

	free(format);
	for (; p <= TRIGGER_AVIC; p++) {
		trigger_text(entries, p, trigger);
		if (tracefs_instance_file_append(h->instance, EVENT_DIR "trigger", trigger) < 0)
			return err_set(err, -errno, "the kernel refuses the trigger '%s': %s",
				       trigger, strerror(errno));
		if (!avic)
			break;
	}
	return 0;
}

static int begin(struct histogram *h, const char *tracefs, u32 entries, struct err *err)
{
	char name[48];
	int ret;

	tracefs_set_tracing_dir((char *)tracefs);
	snprintf(name, sizeof(name), "kvm-ipi-top-%d", (int)getpid());
	snprintf(h->dir, sizeof(h->dir), "%s/instances/%s", tracefs, name);
	ret = guard_start(&h->guard, h->dir, err);
	if (ret)
		return ret;
	h->instance = tracefs_instance_create(name);
	if (!h->instance)
		return err_set(err, -errno, "cannot make %s: %s", h->dir, strerror(errno));
	tracefs_trace_off(h->instance);
	return write_triggers(h, tracefs, entries, err);
}

static int open_histogram(void **state, const struct live_options *o, struct live_facts *facts,
			  struct err *err)
{
	const char *tracefs = live_tracefs();
	int ret = look(tracefs, err);
	struct histogram *h;

	if (ret)
		return ret;
	h = calloc(1, sizeof(*h));
	if (!h)
		return err_set(err, -ENOMEM, "out of memory");
	facts->vm_ids = true;
	facts->cost_instructions = INSTRUCTIONS;
	if (o->latency)
		err_set(&facts->remark, 0, "no latency: a histogram trigger cannot measure it");
	if (!o->try_only)
		ret = begin(h, tracefs, o->entries, err);
	if (ret)
		close_histogram(h, &(struct err){ "" });
	else
		*state = h;
	return ret;
}

static int read_histogram(void *state, struct live_counts *counts, struct err *err)
{
	struct histogram *h = state;
	char *text = tracefs_instance_file_read(h->instance, EVENT_DIR "hist", NULL);
	int ret;

	if (!text)
		return err_set(err, -EIO, "cannot read %s/" EVENT_DIR "hist", h->dir);
	ret = trigger_read(text, counts, err);
	free(text);
	return ret;
}

const struct live_ops live_histogram = {
	.name = "histogram",
	.what = "histogram trigger on kvm:kvm_ipi_track",
	.open = open_histogram,
	.read = read_histogram,
	.close = close_histogram,
};
