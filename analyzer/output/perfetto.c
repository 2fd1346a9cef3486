// SPDX-License-Identifier: GPL-2.0-only
/* perfetto.c - see perfetto.h. What IPIs, spins and calls of yield_to() look like in any format. */
#include "output/perfetto.h"

#include <errno.h>

const char *const perfetto_counter_name[PERFETTO_COUNTERS] = { "IPIs/s",
							       "IPIs/s to runnable receivers" };

void perfetto_begin(struct perfetto *p, const struct perfetto_format *format,
		    const struct graph_view *g, FILE *out)
{
	*p = (struct perfetto){ .format = format, .out = out };
	format->begin(p, g);
}

void perfetto_process(struct perfetto *p, u64 pid, const char *name, u32 index)
{
	p->format->process(p, pid, name, index);
}

void perfetto_thread(struct perfetto *p, struct perfetto_track t, const char *name, u64 index)
{
	p->format->track(p, t, name, index);
}

void perfetto_plain(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns,
		    const char *name, const char *category)
{
	const struct perfetto_slice s = {
		.at = t, .start_ns = start_ns, .end_ns = end_ns, .name = name, .category = category
	};

	p->format->slice(p, &s);
}

void perfetto_spin(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns, u32 picks)
{
	const struct perfetto_arg arg = { .name = "yield_to_calls",
					  .number = picks,
					  .known = true };
	const struct perfetto_slice s = { .at = t,
					  .start_ns = start_ns,
					  .end_ns = end_ns,
					  .name = "spin",
					  .category = "spin",
					  .arg = &arg,
					  .nr_args = picks > 0 };

	p->format->slice(p, &s);
}

void perfetto_pick(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns, u32 vcpu,
		   s64 result)
{
	const struct perfetto_arg arg[] = {
		{ .name = "target", .number = vcpu, .known = vcpu != PERFETTO_NO_VCPU },
		{ .name = "result", .number = result, .known = true },
	};
	char name[64], who[24] = "no vCPU of this VM";
	const struct perfetto_slice s = { .at = t,
					  .start_ns = start_ns,
					  .end_ns = end_ns,
					  .name = name,
					  .category = "yield",
					  .arg = arg,
					  .nr_args = ARRAY_SIZE(arg) };

	if (vcpu != PERFETTO_NO_VCPU)
		snprintf(who, sizeof(who), "vCPU %u", vcpu);
	snprintf(name, sizeof(name), "yield to %s: %s", who,
		 result > 0 ? "yielded"
		 : result   ? "failed"
			    : "did not yield");
	p->format->slice(p, &s);
}

static u64 clip(const struct perfetto_ipi *ipi, u64 ns)
{
	return ns < ipi->from_ns ? ipi->from_ns : min_of(ns, ipi->to_ns);
}

/* The time of a stage, and of the send where there is none such. */
static u64 stage_at(const struct perfetto_ipi *ipi, enum perfetto_stage stage)
{
	u64 after = ipi->after_ns[stage];

	return clip(ipi, ipi->sent_ns + (after == PERFETTO_NEVER ? 0 : after));
}

u64 perfetto_last(const struct perfetto_ipi *ipi)
{
	u64 last = clip(ipi, ipi->sent_ns);

	for (int s = 0; s < NR_PERFETTO_STAGES; s++)
		last = max_of(last, stage_at(ipi, (enum perfetto_stage)s));
	return last;
}

/* Where the arrow points: injected, else acknowledged, accepted, sent. */
static u64 arrow_at(const struct perfetto_ipi *ipi)
{
	if (ipi->after_ns[PERFETTO_INJECTED] != PERFETTO_NEVER)
		return stage_at(ipi, PERFETTO_INJECTED);
	if (ipi->after_ns[PERFETTO_EOI] != PERFETTO_NEVER)
		return stage_at(ipi, PERFETTO_EOI);
	return stage_at(ipi, PERFETTO_ACCEPTED);
}

static void put_vector(char *to, size_t room, const struct perfetto_ipi *ipi)
{
	if (ipi->vector == VIEW_NO_VECTOR)
		snprintf(to, room, "?");
	else if (ipi->vector_name)
		snprintf(to, room, "0x%02x %.24s", ipi->vector & 0xff, ipi->vector_name);
	else
		snprintf(to, room, "0x%02x", ipi->vector & 0xff);
}

void perfetto_sent(struct perfetto *p, struct perfetto_track t, const struct perfetto_ipi *ipi)
{
	char name[64], vector[40];
	const struct perfetto_slice s = {
		.at = t,
		.start_ns = clip(ipi, ipi->sent_ns),
		.end_ns = stage_at(ipi, PERFETTO_ACCEPTED),
		.name = name,
		.category = "ipi.send",
		.arrow = ARROW_BEGINS,
		.id = ipi->id,
	};

	put_vector(vector, sizeof(vector), ipi);
	snprintf(name, sizeof(name), "%s to %u", vector, ipi->dst_id);
	p->format->slice(p, &s);
	p->arrows++;
}

#define IPI_ARGS (10 + NR_PERFETTO_STAGES)

static u32 ipi_args(const struct perfetto_ipi *ipi, struct perfetto_arg arg[IPI_ARGS])
{
	static const char *const names[NR_PERFETTO_STAGES] = { "accepted_ns", "running_ns",
							       "injected_ns", "acknowledged_ns" };
	const struct perfetto_arg always[] = {
		{ .name = "src", .number = ipi->src_id, .known = true },
		{ .name = "dst", .number = ipi->dst_id, .known = true },
		{ .name = "vector", .number = ipi->vector, .known = ipi->vector != VIEW_NO_VECTOR },
		{ .name = "vector_name", .text = ipi->vector_name },
		{ .name = "dst_state", .text = ipi->state },
		{ .name = "path", .text = ipi->path },
		{ .name = "cpu", .number = ipi->cpu, .known = true },
		{ .name = "dst_cpu", .number = ipi->dst_cpu, .known = ipi->dst_cpu >= 0 },
		{ .name = "sent_ns", .number = (s64)ipi->sent_ns, .known = true },
	};
	u32 nr = ARRAY_SIZE(always);

	memcpy(arg, always, sizeof(always));
	for (int s = 0; s < NR_PERFETTO_STAGES; s++)
		if (ipi->after_ns[s] != PERFETTO_NEVER)
			arg[nr++] = (struct perfetto_arg){ .name = names[s],
							   .known = true,
							   .number = (s64)ipi->after_ns[s] };
	if (ipi->rank)
		arg[nr++] = (struct perfetto_arg){ .name = "slowest",
						   .known = true,
						   .number = ipi->rank };
	return nr;
}

/* What it waits for, one after the other. Returns whether the arrow ended at one of them. */
static bool stage_slices(struct perfetto *p, struct perfetto_track t,
			 const struct perfetto_ipi *ipi, u64 arrow)
{
	static const char *const names[NR_PERFETTO_STAGES] = { "until accepted",
							       "until scheduled in",
							       "until injected", "until EOI" };
	u64 since = clip(ipi, ipi->sent_ns), first = since;
	bool ended = false;

	for (int i = 0; i < NR_PERFETTO_STAGES; i++) {
		struct perfetto_slice s = { .at = t,
					    .start_ns = since,
					    .name = names[i],
					    .category = "ipi.stage",
					    .id = ipi->id };

		s.end_ns = stage_at(ipi, (enum perfetto_stage)i);
		/* Reached before another one that comes earlier as a rule, or not shown. */
		if (ipi->after_ns[i] == PERFETTO_NEVER || s.end_ns <= since)
			continue;
		if (since == arrow && since != first) {
			s.arrow = ARROW_ENDS;
			ended = true;
		}
		p->format->slice(p, &s);
		since = s.end_ns;
	}
	return ended;
}

void perfetto_received(struct perfetto *p, struct perfetto_track t, const struct perfetto_ipi *ipi)
{
	struct perfetto_arg arg[IPI_ARGS];
	char name[96], vector[40];
	u64 sent = clip(ipi, ipi->sent_ns), at = arrow_at(ipi);
	struct perfetto_slice s = {
		.at = t,
		.start_ns = sent,
		.end_ns = perfetto_last(ipi),
		.name = name,
		.category = "ipi",
		.arg = arg,
		.nr_args = ipi_args(ipi, arg),
		.id = ipi->id,
		.arrow = at == sent ? ARROW_ENDS : ARROW_NONE,
		.has_parts = true,
	};
	bool injected = ipi->after_ns[PERFETTO_INJECTED] != PERFETTO_NEVER;
	/* An arrow ends at a slice that begins there: where nothing follows, one without length. */
	const struct perfetto_slice head = {
		.at = t,
		.start_ns = at,
		.end_ns = at,
		.name = injected ? "injected" : "acknowledged",
		.category = "ipi.stage",
		.arrow = ARROW_ENDS,
		.id = ipi->id,
	};

	put_vector(vector, sizeof(vector), ipi);
	snprintf(name, sizeof(name), "%s from %u%s%s%s", vector, ipi->src_id,
		 ipi->state ? ", " : "", ipi->state ? ipi->state : "",
		 ipi->rank ? " (among the slowest)" : "");
	p->format->slice(p, &s);
	if (!stage_slices(p, t, ipi, at) && at != sent)
		p->format->slice(p, &head);
	p->format->end_slice(p, &s);
}

void perfetto_counter(struct perfetto *p, u64 pid, u64 ts_ns, u32 which, u64 value)
{
	p->format->counter(p, pid, ts_ns, which, value);
}

void perfetto_gap(struct perfetto *p, struct perfetto_track t, u64 ts_ns, u32 cpu)
{
	char text[64];

	snprintf(text, sizeof(text), "events were missed on CPU %u before this", cpu);
	p->format->mark(p, t, ts_ns, text);
}

int perfetto_end(struct perfetto *p)
{
	p->format->end(p);
	return p->no_memory ? -ENOMEM : 0;
}
