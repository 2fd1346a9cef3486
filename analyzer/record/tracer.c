// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracer.c - see tracer.h.
 *
 * libtracefs mounts tracefs when it has to look for it; so the folder is looked for here, and the
 * library is told.
 */
#define _GNU_SOURCE
#include "record/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <tracefs.h>
#include <unistd.h>

#define REMOVE_TRIES	50
#define REMOVE_PAUSE_US 20000

static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static bool look_at(struct tracer *t, const char *dir)
{
	char path[HOST_PATH_MAX + 32];

	/* An empty mount point is no tracefs; a folder that may not be entered hides what it is. */
	snprintf(path, sizeof(path), "%s/available_events", dir);
	if (!access(path, R_OK)) {
		t->state = TRACER_READY;
	} else if (errno == EACCES || errno == EPERM) {
		if (t->state == TRACER_ABSENT)
			t->state = TRACER_FORBIDDEN;
		return false;
	} else {
		return false;
	}
	snprintf(path, sizeof(path), "%s/instances", dir);
	t->instances = !access(path, W_OK);
	snprintf(path, sizeof(path), "%s/kprobe_events", dir);
	t->probes = !access(path, W_OK);
	snprintf(path, sizeof(path), "%s/trace_marker", dir);
	t->writable = !access(path, W_OK);
	return true;
}

/* Root may look into an unmounted mount point: only others are kept out. */
void tracer_find(struct tracer *t, const struct host *h)
{
	*t = (struct tracer){ .state = TRACER_ABSENT };
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		host_path(h, t->dir, "%s", places[i]);
		if (look_at(t, t->dir)) {
			tracefs_set_tracing_dir(t->dir);
			return;
		}
	}
	host_path(h, t->dir, "%s", places[0]);
}

bool tracer_has(const struct tracer *t, const char *event)
{
	char path[HOST_PATH_MAX + 128];
	size_t len = strcspn(event, ":");

	if (t->state != TRACER_READY || !event[len] || !event[len + 1])
		return false;
	snprintf(path, sizeof(path), "%s/events/%.*s/%.64s/format", t->dir,
		 (int)min_of(len, (size_t)40), event, event + len + 1);
	return !access(path, F_OK);
}

int tracer_begin(struct tracer *t, const char *name, struct err *err)
{
	char path[HOST_PATH_MAX + 16];

	/* Asked first: libtracefs 1.6 leaks the name of an instance that it cannot make. */
	snprintf(path, sizeof(path), "%s/instances", t->dir);
	if (!access(path, W_OK))
		t->instance = tracefs_instance_create(name);
	if (!t->instance)
		return err_set(err, -errno, "cannot make a buffer in %s/instances: %s", t->dir,
			       strerror(errno));
	tracefs_trace_off(t->instance);
	return 0;
}

/* The kernel refuses to remove a probe that somebody uses. */
static bool remove_probe(const char *name)
{
	char line[80];

	snprintf(line, sizeof(line), "-:%s", name);
	return tracefs_instance_file_append(NULL, "kprobe_events", line) > 0;
}

/*
 * By the file and not by tracefs_kretprobe_alloc(), which up to libtracefs 1.6 writes a line that
 * no kernel takes when it is given a number of returns to watch. A probe of that name that nobody
 * uses is one that a killed recording has left.
 */
int tracer_add_probe(struct tracer *t, const char *name, const char *line, struct err *err)
{
	bool again = t->nr_probes && !strcmp(t->probe[t->nr_probes - 1], name);
	int code;

	if (t->nr_probes == TRACER_PROBES_MAX)
		return err_set(err, -E2BIG, "too many probes");
	for (int try = 0; try < 2; try++) {
		errno = 0;
		if (tracefs_instance_file_append(NULL, "kprobe_events", line) > 0) {
			if (!again)
				snprintf(t->probe[t->nr_probes++], sizeof(t->probe[0]), "%s", name);
			return 0;
		}
		code = errno ? errno : EIO;
		if (code != EEXIST || again || !remove_probe(name))
			break;
	}
	if (code == EEXIST)
		return err_set(err, -code, "the probe %s is in use: another recording runs", name);
	return err_set(err, -code, "cannot make the probe '%s': %s", line, strerror(code));
}

bool tracer_is_on(const struct tracer *t)
{
	return tracefs_trace_is_on(t->instance) == 1;
}

void tracer_stop(struct tracer *t)
{
	tracefs_trace_off(t->instance);
}

int tracer_mark(struct tracer *t, const char *line)
{
	return tracefs_instance_file_write(t->instance, "trace_marker", line) < 0 ? -EIO : 0;
}

/* "overrun: 12" in a CPU's statistics; 0 when the line is not there. */
static u64 number_behind(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; (p = strstr(p, key)); p += len)
		if (p == text || p[-1] == '\n')
			return strtoull(p + len, NULL, 10);
	return 0;
}

int tracer_loss(const struct tracer *t, struct tracer_loss *loss)
{
	*loss = (struct tracer_loss){ 0 };
	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		char path[64], *text;

		snprintf(path, sizeof(path), "per_cpu/cpu%ld/stats", cpu);
		text = tracefs_instance_file_read(t->instance, path, NULL);
		if (!text)
			continue;
		loss->overrun += number_behind(text, "overrun: ");
		loss->dropped += number_behind(text, "dropped events: ") +
				 number_behind(text, "commit overrun: ");
		loss->read += number_behind(text, "read events: ");
		loss->entries += number_behind(text, "entries: ");
		loss->cpus++;
		free(text);
	}
	return loss->cpus ? 0 : -ENOENT;
}

/*
 * The recorder's files may be open for a moment longer. Most versions of trace-cmd remove the
 * instance themselves, when they come to their end.
 */
static int remove_instance(struct tracefs_instance *instance)
{
	char *dir = tracefs_instance_get_dir(instance);
	int ret = -EBUSY;

	for (int i = 0; i < REMOVE_TRIES && ret; i++) {
		if (!dir || (access(dir, F_OK) && errno == ENOENT)) {
			ret = 0;
			break;
		}
		tracefs_trace_off(instance);
		tracefs_event_disable(instance, NULL, NULL);
		if (!tracefs_instance_destroy(instance))
			ret = 0;
		else
			usleep(REMOVE_PAUSE_US);
	}
	tracefs_put_tracing_file(dir);
	return ret;
}

/* An instance that is just gone may hold it for a moment longer. */
static bool end_probe(const char *name)
{
	for (int i = 0; i < REMOVE_TRIES; i++) {
		if (remove_probe(name))
			return true;
		usleep(REMOVE_PAUSE_US);
	}
	return false;
}

int tracer_end(struct tracer *t, struct err *err)
{
	int ret = t->instance ? remove_instance(t->instance) : 0;

	if (ret)
		err_set(err, ret, "could not remove the buffer %s/instances/%s: rmdir removes it",
			t->dir, tracefs_instance_get_name(t->instance));
	while (t->nr_probes)
		if (!end_probe(t->probe[--t->nr_probes]) && !ret)
			ret = err_set(err, -EBUSY,
				      "could not remove the probe %s: echo '-:%s' "
				      ">>%s/kprobe_events does",
				      t->probe[t->nr_probes], t->probe[t->nr_probes], t->dir);
	tracefs_instance_free(t->instance);
	t->instance = NULL;
	return ret;
}
