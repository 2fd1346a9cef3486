/* SPDX-License-Identifier: GPL-2.0-only */
/* latency_view.h - latencies as their writers take them. Times are ns. */
#ifndef KVM_IPI_LATENCY_VIEW_H
#define KVM_IPI_LATENCY_VIEW_H

#include <stdio.h>

#include "output/views.h"

#define LATENCY_STAGES 4
extern const char *const latency_stage_names[LATENCY_STAGES];

struct latency_times {
	u64 nr, min, mean, p50, p90, p99, max; /* nr 0: the others are unknown */
	bool known; /* the stage's event was recorded; false: nr is 0, which is no count */
};

enum latency_part { LATENCY_VM, LATENCY_PAIR, LATENCY_VECTOR, LATENCY_STATE };

struct latency_line {
	enum latency_part part;
	u32 src, dst; /* of a pair */
	u32 vector;   /* VIEW_NO_VECTOR: unknown */
	u32 state;    /* index of view_state_names */
	u64 ipis;
	struct latency_times stage[LATENCY_STAGES];
};

struct latency_slow {
	u32 src, dst, vector, state;
	s32 src_pid, dst_pid;	   /* their threads; 0: unknown */
	u64 sent, sent_ns;	   /* as trace-cmd prints it; since the first record */
	s32 cpu;		   /* the receiver's last; -1: unknown */
	u64 after[LATENCY_STAGES]; /* UINT64_MAX: not seen */
	const struct latency_vm *vm;
};

struct latency_vm {
	struct vm_view head;
	const struct latency_line *line; /* the VM itself first, then pairs, vectors, states */
	u32 nr_lines;
};

struct latency_view {
	const struct input_view *in;
	u32 nr_in;
	const char *source;
	const struct latency_vm *vm;
	u32 nr_vm;
	const struct latency_slow *slow;
	u32 nr_slow;
	bool sending_known; /* false: times count from the delivery */
	bool answers_known; /* acknowledgements were recorded; false: the next two are 0 */
	u64 unanswered;
	u64 given_up;			      /* of these, because too many waited at once */
	u64 vm_error_parts, part_error_parts; /* percentiles are right to 1 part in that */
	const char *missing[LATENCY_STAGES];  /* what to record; NULL: it is there */
	const char *(*vector_name)(const void *ctx, u32 vector);
	const void *ctx;
};

/* By a column of the parts' tables: the largest first, but for src and dst. */
enum latency_sort {
	LATENCY_SORT_IPIS,
	LATENCY_SORT_SRC,
	LATENCY_SORT_DST,
	LATENCY_SORT_INJ_P50,
	LATENCY_SORT_ACK_P50,
	LATENCY_SORT_ACK_P99,
	LATENCY_SORT_RUN_P50,
	LATENCY_SORT_RUN_P99,
	LATENCY_SORT_P50, /* of the acknowledgement, too */
	LATENCY_SORT_P99,
	NR_LATENCY_SORTS
};
extern const char *const latency_sort_names[]; /* by enum latency_sort, NULL-terminated */

struct latency_style {
	u32 entries; /* pairs, vectors; 0: all */
	bool color, quiet;
};

const char *latency_from(const struct latency_view *s); /* "sending", "delivery" */
void latency_json(const struct latency_view *s, FILE *out);
void latency_csv(const struct latency_view *s, FILE *out);
void latency_text(const struct latency_view *s, const struct latency_style *style, FILE *out);

#endif
