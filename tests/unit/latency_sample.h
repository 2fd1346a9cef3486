/* SPDX-License-Identifier: GPL-2.0-only */
/* latency_sample.h - one VM's latencies, for the writers' tests. */
#ifndef KVM_IPI_LATENCY_SAMPLE_H
#define KVM_IPI_LATENCY_SAMPLE_H

#include "output/latency_view.h"

struct latency_sample {
	struct input_view in;
	struct latency_line line[4];
	struct latency_vm vm;
	struct latency_slow slow;
	struct latency_view view;
};

static inline const char *latency_sample_vector(const void *ctx, u32 vector)
{
	return vector == 253 ? "reschedule" : NULL;
}

static inline void latency_sample_init(struct latency_sample *s)
{
	const struct latency_times t = { 7, 1000, 2000, 1500, 3000, 4000, 5000, true };

	*s = (struct latency_sample){
		.in = { .file = "a.dat",
			.cpus = 2,
			.records = 99,
			.events = 8,
			.lost_known = true },
		.line = { { .part = LATENCY_VM },
			  { .part = LATENCY_PAIR, .src = 1, .dst = 2 },
			  { .part = LATENCY_VECTOR, .vector = 253 },
			  { .part = LATENCY_STATE, .state = 2 } },
		.slow = { .src = 1,
			  .dst = 2,
			  .vector = 253,
			  .state = 2,
			  .sent = 1000000005,
			  .sent_ns = 5,
			  .cpu = 1,
			  .src_pid = 100,
			  .after = { 10, UINT64_MAX, 5000, 20 } },
	};
	for (int i = 0; i < 4; i++) {
		s->line[i].ipis = 8;
		for (int k = 0; k < LATENCY_STAGES; k++)
			s->line[i].stage[k] = t;
	}
	s->line[0].stage[1] = (struct latency_times){ .known = true };
	s->vm = (struct latency_vm){
		.head = { .have_pid = true, .pid = 42, .have_id = true, .id = 3, .ipis = 8 },
		.line = s->line,
		.nr_lines = 4,
	};
	s->slow.vm = &s->vm;
	s->view = (struct latency_view){
		.answers_known = true,
		.in = &s->in,
		.nr_in = 1,
		.source = "track",
		.vm = &s->vm,
		.nr_vm = 1,
		.slow = &s->slow,
		.nr_slow = 1,
		.unanswered = 1,
		.vm_error_parts = 256,
		.part_error_parts = 32,
		.missing = { "-e accepts", NULL, NULL, NULL },
		.vector_name = latency_sample_vector,
	};
}

#endif
