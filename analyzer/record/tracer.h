/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracer.h - tracefs: what the kernel can record, and a buffer and probes of our own while it does.
 *
 * All use of libtracefs is behind this header. Everything is recorded in an instance (a buffer of
 * its own, with its own switches), so that whatever else is traced on the host goes on unharmed.
 * What tracer_begin() made, tracer_end() removes, also after a failure half way.
 */
#ifndef KVM_IPI_TRACER_H
#define KVM_IPI_TRACER_H

#include "record/host.h"
#include "util/err.h"

#define TRACER_PROBES_MAX 12
#define PROBE_LINE_MAX	  512

enum tracer_state {
	TRACER_READY,	  /* can be read */
	TRACER_ABSENT,	  /* no tracefs is mounted */
	TRACER_FORBIDDEN, /* it is there, but not for this user */
};

struct tracer {
	enum tracer_state state;
	char dir[HOST_PATH_MAX]; /* root included; of an absent one, its usual place */
	bool instances, probes;	 /* can be made here, as far as files tell */
	bool writable;
	/* between tracer_begin() and tracer_end() */
	struct tracefs_instance *instance;
	char probe[TRACER_PROBES_MAX][64]; /* GROUP/EVENT */
	u32 nr_probes;
};

/* Looks, and changes nothing: nothing is mounted either. */
void tracer_find(struct tracer *t, const struct host *h);
/* "SYSTEM:EVENT"; false too when the state is not TRACER_READY. */
bool tracer_has(const struct tracer *t, const char *event);

/* Makes the instance, switched off. 0 or -errno with its line. */
int tracer_begin(struct tracer *t, const char *name, struct err *err);
/*
 * Adds a probe, GROUP/EVENT, by a line for kprobe_events; one of a name that is there already is a
 * second place of the same event. 0 or -errno with its line.
 */
int tracer_add_probe(struct tracer *t, const char *name, const char *line, struct err *err);
/* Whether the instance records by now. */
bool tracer_is_on(const struct tracer *t);
/* Stops recording, for the counts to stand still. */
void tracer_stop(struct tracer *t);
/* A line into the recording, as an event ftrace:print; at most MARKER_MAX bytes. 0 or -errno. */
#define MARKER_MAX 900 /* the kernel cuts at 1 KB, older ones at a page less a header */
int tracer_mark(struct tracer *t, const char *line);

struct tracer_loss {
	u64 overrun, dropped, entries, read;
	u32 cpus;
};

/* Sums the instance's per-CPU statistics. -ENOENT: there are none. */
int tracer_loss(const struct tracer *t, struct tracer_loss *loss);

/* Removes what was made. Says in err what could not be removed; 0 or -errno. */
int tracer_end(struct tracer *t, struct err *err);

#endif
