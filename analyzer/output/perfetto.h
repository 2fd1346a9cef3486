/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perfetto.h - a trace for ui.perfetto.dev, written as it goes: as JSON, which chrome://tracing and
 * scripts read, too, or as Perfetto's own protobuf, a third of the size.
 *
 * A process for each VM, with tracks. The caller promises that slices of one track nest, and that
 * those which share a track and a beginning come in the order of their depth. An arrow goes from
 * the slice that it begins with to the slice that it ends with; viewers draw it from the end of the
 * one to the beginning of the other. Times are ns since the first record.
 */
#ifndef KVM_IPI_PERFETTO_H
#define KVM_IPI_PERFETTO_H

#include <stdio.h>

#include "output/views.h"
#include "util/json.h"

/* Where something is drawn. */
struct perfetto_track {
	u64 pid, tid;
};

/* An argument of a slice: a number, or a text, or unknown (neither). */
struct perfetto_arg {
	const char *name, *text;
	s64 number;
	bool known;
};

enum perfetto_arrow { ARROW_NONE, ARROW_BEGINS, ARROW_ENDS };

struct perfetto_slice {
	struct perfetto_track at;
	u64 start_ns, end_ns;
	const char *name, *category;
	const struct perfetto_arg *arg;
	u32 nr_args;
	u64 id; /* of the arrow */
	enum perfetto_arrow arrow;
	bool has_parts; /* the slices in it follow, and then its end */
};

struct perfetto;

/* What a format does. */
struct perfetto_format {
	void (*begin)(struct perfetto *p, const struct graph_view *g);
	void (*process)(struct perfetto *p, u64 pid, const char *name, u32 index);
	void (*track)(struct perfetto *p, struct perfetto_track t, const char *name, u64 index);
	void (*slice)(struct perfetto *p, const struct perfetto_slice *s);
	void (*end_slice)(struct perfetto *p, const struct perfetto_slice *s); /* has_parts */
	void (*counter)(struct perfetto *p, u64 pid, u64 ts_ns, u32 which, u64 value);
	void (*mark)(struct perfetto *p, struct perfetto_track t, u64 ts_ns, const char *text);
	void (*end)(struct perfetto *p);
};

extern const struct perfetto_format perfetto_json, perfetto_proto;

struct perfetto_proto;

struct perfetto {
	const struct perfetto_format *format;
	FILE *out;
	struct json j;
	struct perfetto_proto *proto; /* of that format */
	bool no_memory;
	u64 arrows; /* begun */
};

/* Counters, by their number. */
#define PERFETTO_COUNTERS 2
extern const char *const perfetto_counter_name[PERFETTO_COUNTERS];

/* Of an IPI, in the order in which they can be reached. */
enum perfetto_stage {
	PERFETTO_ACCEPTED,
	PERFETTO_RUNNING,
	PERFETTO_INJECTED,
	PERFETTO_EOI,
	NR_PERFETTO_STAGES
};

#define PERFETTO_NEVER UINT64_MAX

struct perfetto_ipi {
	u64 id; /* of its arrow */
	u64 sent_ns;
	u64 after_ns[NR_PERFETTO_STAGES]; /* since then; PERFETTO_NEVER */
	u64 from_ns, to_ns;		  /* what is shown */
	u32 src_id, dst_id;
	u32 vector;		  /* VIEW_NO_VECTOR: unknown */
	const char *vector_name;  /* or NULL */
	const char *state, *path; /* or NULL */
	u32 cpu;
	s32 dst_cpu; /* < 0: unknown */
	u32 rank;    /* among the slowest, from 1; 0: not asked for */
};

/* Begins the document: what was read and lost comes first. */
void perfetto_begin(struct perfetto *p, const struct perfetto_format *format,
		    const struct graph_view *g, FILE *out);
void perfetto_process(struct perfetto *p, u64 pid, const char *name, u32 index);
/* index: its place among the process's tracks */
void perfetto_thread(struct perfetto *p, struct perfetto_track t, const char *name, u64 index);
void perfetto_plain(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns,
		    const char *name, const char *category);
/* A spin that ends, with how many calls of yield_to() it made. */
void perfetto_spin(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns,
		   u32 picks);
/* A call of yield_to(). vcpu: whom, or PERFETTO_NO_VCPU. */
#define PERFETTO_NO_VCPU UINT32_MAX
void perfetto_pick(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns, u32 vcpu,
		   s64 result);
/* The sender's slice, until the IPI is accepted, and the arrow's beginning. */
void perfetto_sent(struct perfetto *p, struct perfetto_track t, const struct perfetto_ipi *ipi);
/* The receiver's slices, from the send to the last stage, and the arrow's end. */
void perfetto_received(struct perfetto *p, struct perfetto_track t, const struct perfetto_ipi *ipi);
void perfetto_counter(struct perfetto *p, u64 pid, u64 ts_ns, u32 which, u64 value);
/* A mark over everything: events were missed. */
void perfetto_gap(struct perfetto *p, struct perfetto_track t, u64 ts_ns, u32 cpu);
int perfetto_end(struct perfetto *p); /* 0 or -ENOMEM: then something is missing */

/* Of the last stage, or the send: since the first record, within what is shown. */
u64 perfetto_last(const struct perfetto_ipi *ipi);

#endif
