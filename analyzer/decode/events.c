// SPDX-License-Identifier: GPL-2.0-only
/*
 * events.c - see events.h. A row for each kind: where the event is and which fields its values are.
 */
#include "decode/events.h"

#include <errno.h>
#include <stdlib.h>

struct kind_row {
	const char *system, *event;
	struct field_want want[EVENT_VALUES];
};

static const struct kind_row rows[NR_EVENT_KINDS] = {
	[EV_TRACK] = { "kvm", "kvm_ipi_track", { { 0 } } },
	[EV_DELIVER] = { PROBES_GROUP, "deliver", { { 0 } } },
	[EV_DELIVER_ACCEPT] = { PROBES_GROUP, "accept", { { 0 } } },
	[EV_ACCEPTED] = { PROBES_GROUP, "accepted", { { "ret", true } } },
	[EV_FAST] = { PROBES_GROUP, "fast", { { "ret", true } } },
	[EV_DELIVERED] = { PROBES_GROUP, "delivered", { { "ret", true } } },
	[EV_ENTRY] = { "kvm", "kvm_entry", { { "vcpu_id", true } } },
	[EV_EXIT] = { "kvm",
		      "kvm_exit",
		      { { "vcpu_id", false },
			{ "exit_reason", true },
			{ "guest_rip", false },
			{ "isa", false } } },
	[EV_USERSPACE_EXIT] = { "kvm",
				"kvm_userspace_exit",
				{ { "reason", false }, { "errno", false } } },
	[EV_HYPERCALL] = { "kvm",
			   "kvm_hypercall",
			   { { "nr", true },
			     { "a0", false },
			     { "a1", false },
			     { "a2", false },
			     { "a3", false } } },
	[EV_HV_HYPERCALL] = { "kvm", "kvm_hv_hypercall", { { "code", true } } },
	[EV_HV_SEND_IPI] = { "kvm",
			     "kvm_hv_send_ipi",
			     { { "vector", true }, { "processor_mask", false } } },
	[EV_HV_SEND_IPI_EX] = { "kvm",
				"kvm_hv_send_ipi_ex",
				{ { "vector", true },
				  { "format", false },
				  { "valid_bank_mask", false } } },
	[EV_APIC_IPI] = { "kvm", "kvm_apic_ipi", { { "icr_low", true }, { "dest_id", false } } },
	[EV_ACCEPT] = { "kvm",
			"kvm_apic_accept_irq",
			{ { "apicid", true }, { "dm", false }, { "tm", false }, { "vec", true } } },
	[EV_APICV_ACCEPT] = { "kvm",
			      "kvm_apicv_accept_irq",
			      { { "apicid", true },
				{ "dm", false },
				{ "tm", false },
				{ "vec", true } } },
	[EV_EOI] = { "kvm", "kvm_eoi", { { "apicid", true }, { "vector", true } } },
	[EV_PV_EOI] = { "kvm", "kvm_pv_eoi", { { "apicid", true }, { "vector", true } } },
	[EV_INJ_VIRQ] = { "kvm",
			  "kvm_inj_virq",
			  { { "vector", false }, { "soft", false }, { "reinjected", false } } },
	[EV_AVIC_IPI] = { "kvm",
			  "kvm_avic_incomplete_ipi",
			  { { "vcpu", true },
			    { "icrh", false },
			    { "icrl", true },
			    { "id", false },
			    { "index", false } } },
	[EV_SWITCH] = { "sched",
			"sched_switch",
			{ { "prev_pid", true }, { "prev_state", true }, { "next_pid", true } } },
	[EV_WAKEUP] = { "sched", "sched_wakeup", { { "pid", true }, { "target_cpu", false } } },
	[EV_WAKING] = { "sched", "sched_waking", { { "pid", true }, { "target_cpu", false } } },
	[EV_WAKEUP_NEW] = { "sched",
			    "sched_wakeup_new",
			    { { "pid", true }, { "target_cpu", false } } },
	[EV_PROBE_PICK] = { "kprobes", "kvyt", { { "dst_vcpu_id", false } } },
};

static const char *const full_names[NR_EVENT_KINDS] = {
	[EV_GAP] = "missed events",
	[EV_TRACK] = "kvm:kvm_ipi_track",
	[EV_DELIVER] = PROBES_GROUP ":deliver",
	[EV_DELIVER_ACCEPT] = PROBES_GROUP ":accept",
	[EV_ACCEPTED] = PROBES_GROUP ":accepted",
	[EV_FAST] = PROBES_GROUP ":fast",
	[EV_DELIVERED] = PROBES_GROUP ":delivered",
	[EV_SENT] = "IPIs by probes",
	[EV_ENTRY] = "kvm:kvm_entry",
	[EV_EXIT] = "kvm:kvm_exit",
	[EV_USERSPACE_EXIT] = "kvm:kvm_userspace_exit",
	[EV_HYPERCALL] = "kvm:kvm_hypercall",
	[EV_HV_HYPERCALL] = "kvm:kvm_hv_hypercall",
	[EV_HV_SEND_IPI] = "kvm:kvm_hv_send_ipi",
	[EV_HV_SEND_IPI_EX] = "kvm:kvm_hv_send_ipi_ex",
	[EV_APIC_IPI] = "kvm:kvm_apic_ipi",
	[EV_ACCEPT] = "kvm:kvm_apic_accept_irq",
	[EV_APICV_ACCEPT] = "kvm:kvm_apicv_accept_irq",
	[EV_EOI] = "kvm:kvm_eoi",
	[EV_PV_EOI] = "kvm:kvm_pv_eoi",
	[EV_INJ_VIRQ] = "kvm:kvm_inj_virq",
	[EV_AVIC_IPI] = "kvm:kvm_avic_incomplete_ipi",
	[EV_SWITCH] = "sched:sched_switch",
	[EV_WAKEUP] = "sched:sched_wakeup",
	[EV_WAKING] = "sched:sched_waking",
	[EV_WAKEUP_NEW] = "sched:sched_wakeup_new",
	[EV_PROBE_PICK] = "kprobes:kvyt",
	[EV_MARK] = "ftrace:print",
	[EV_PROBE_TARGET] = "the target probe",
	[EV_PROBE_RESULT] = "the result probe",
};

const char *event_kind_name(enum event_kind kind)
{
	return full_names[kind];
}

bool event_kind_is(enum event_kind kind, const char *system, const char *event)
{
	const struct kind_row *row = &rows[kind];

	if (!row->event || strcmp(row->event, event))
		return false;
	return !strcmp(row->system, system) ||
	       (EV_BIT(kind) & PROBES_KINDS && !strcmp(system, PROBES_GROUP_OLD));
}

void probe_release(struct probe *p)
{
	free(p->system);
	*p = (struct probe){ 0 };
}

int probe_parse(struct probe *p, const char *text)
{
	/* One allocation holds the three words. */
	char *copy = strdup(text), *event, *field;

	*p = (struct probe){ 0 };
	if (!copy)
		return -ENOMEM;
	event = strchr(copy, ':');
	field = event ? strchr(event + 1, ':') : NULL;
	if (!field || event == copy || field == event + 1 || !field[1] || strchr(field + 1, ':')) {
		free(copy);
		return -EINVAL;
	}
	*event++ = 0;
	*field++ = 0;
	*p = (struct probe){ copy, event, field };
	return 0;
}

static struct loader loader_of(struct field f)
{
	u32 unused = 64 - 8 * f.size;

	if (!f.size)
		return (struct loader){ 0 };
	return (struct loader){ .at = f.offset + f.size - (u32)sizeof(u64),
				.shift = (u8)unused,
				.mask = f.is_signed ? ~0ull : ~0ull >> unused };
}

static bool is_at(struct field f, u32 offset, u8 size)
{
	return f.offset == offset && f.size == size;
}

/* The common fields and the row's values: 0, -ENOENT (the file does not describe it), -errno. */
static int resolve(struct events_decoder *d, const struct container *c, enum event_kind kind,
		   const char *system, const char *event, const struct field_want *values,
		   struct err *err)
{
	struct field_want want[2 + EVENT_VALUES] = { { "common_pid", true },
						     { "common_flags", false } };
	struct field found[2 + EVENT_VALUES] = { { 0 } };
	struct kind_format *f = &d->format[kind];
	struct event_format format;
	size_t nr = 2;
	int ret;

	while (nr < ARRAY_SIZE(want) && values[nr - 2].name) {
		want[nr] = values[nr - 2];
		nr++;
	}
	ret = formats_resolve(c, system, event, want, nr, found, &format, err);
	if (ret)
		return ret;
	f->pid = found[0];
	f->flags = found[1];
	for (size_t i = 2; i < nr; i++) {
		if (found[i].size && found[i].offset + found[i].size < sizeof(u64))
			return err_set(err, -EBADMSG, "its format has %s among the common fields",
				       want[i].name);
		f->value[i - 2] = loader_of(found[i]);
	}
	f->plain = is_at(format.type, 0, 2) && is_at(found[1], 2, 1) && is_at(found[0], 4, 4);
	/* The common fields, which are loaded at once. */
	f->min_len = max_of(format.type.offset + format.type.size, (u32)sizeof(u64));
	for (size_t i = 0; i < nr; i++) {
		u32 end = found[i].offset + found[i].size;

		f->min_len = max_of(f->min_len, end);
	}
	f->nr_values = (u32)nr - 2;
	for (u32 i = 0; i < f->nr_values; i++)
		f->have |= (u16)(!!found[2 + i].size << i);
	d->type = format.type;
	d->least = format.type.offset + format.type.size;
	d->by_id[format.id] = kind;
	d->kinds |= EV_BIT(kind);
	return 0;
}

static int resolve_probe(struct events_decoder *d, const struct container *c, enum event_kind kind,
			 const struct probe *p, struct err *err)
{
	struct field_want value[EVENT_VALUES] = { { p ? p->field : NULL, true } };
	int ret;

	if (!p || !p->system)
		return 0;
	ret = resolve(d, c, kind, p->system, p->event, value, err);
	return ret == -ENOENT ? 0 : ret;
}

/* A kind with a row, of that system: 0 or as resolve(). */
static int resolve_kind(struct events_decoder *d, const struct container *c, enum event_kind kind,
			const char *system, struct err *err)
{
	u32 own_len = 0;
	int ret = resolve(d, c, kind, system, rows[kind].event, rows[kind].want, err);

	if (ret)
		return ret;
	if (kind == EV_TRACK) {
		ret = track_init(&d->track, c, err);
		own_len = d->track.min_len;
	} else if (kind == EV_DELIVER) {
		ret = probes_init_deliver(&d->probes, c, system, err);
		own_len = d->probes.deliver_len;
	} else if (kind == EV_DELIVER_ACCEPT) {
		ret = probes_init_accept(&d->probes, c, system, err);
		own_len = d->probes.accept_len;
	}
	d->format[kind].min_len = max_of(d->format[kind].min_len, own_len);
	return ret;
}

int events_init(struct events_decoder *d, const struct container *c, u32 input, u32 wanted,
		const struct probe *target, const struct probe *result, struct err *err)
{
	int ret = 0;

	memset(d, 0, sizeof(*d));
	d->input = input;
	/* No record is long enough for what has no format. */
	d->least = d->format[EV_NONE].min_len = d->format[EV_MARK].min_len = UINT32_MAX;
	for (int kind = EV_TRACK; kind < NR_EVENT_KINDS && !ret; kind++) {
		if (!(wanted & EV_BIT(kind)) || !rows[kind].event)
			continue;
		ret = resolve_kind(d, c, kind, rows[kind].system, err);
		if (ret == -ENOENT && EV_BIT(kind) & PROBES_KINDS)
			ret = resolve_kind(d, c, kind, PROBES_GROUP_OLD, err);
		if (ret == -ENOENT)
			ret = 0;
	}
	if (!ret && wanted & EV_BIT(EV_MARK) && d->type.size && !d->by_id[MARK_ID]) {
		d->by_id[MARK_ID] = EV_MARK;
		d->kinds |= EV_BIT(EV_MARK);
	}
	if (!ret)
		ret = resolve_probe(d, c, EV_PROBE_TARGET, target, err);
	if (!ret)
		ret = resolve_probe(d, c, EV_PROBE_RESULT, result, err);
	return ret;
}

/* A marker's text begins behind the address of its writer, and ends with a NUL or the record. */
static bool decode_mark(const struct merged *m, struct event *ev)
{
	if (m->len <= MARK_TEXT_AT)
		return false;
	*ev = (struct event){ .ts = m->ts,
			      .cpu = m->cpu,
			      .input = m->input,
			      .kind = EV_MARK,
			      .pid = (s32)load32(m->payload + 4),
			      .flags = m->payload[2] };
	ev->text.s = (const char *)m->payload + MARK_TEXT_AT;
	ev->text.len = (u32)strnlen(ev->text.s, m->len - MARK_TEXT_AT);
	return true;
}

const char *events_mark(const struct batch *b, u32 i, size_t *len)
{
	static const char ours[] = "kvm-ipi:";
	const u8 *p = b->page + b->rec[i].off;

	if (b->rec[i].len < MARK_TEXT_AT + sizeof(ours) || load16(p) != MARK_ID ||
	    memcmp(p + MARK_TEXT_AT, ours, sizeof(ours) - 1))
		return NULL;
	*len = strnlen((const char *)p + MARK_TEXT_AT, b->rec[i].len - MARK_TEXT_AT);
	return (const char *)p + MARK_TEXT_AT;
}

static bool decode_gap(const struct merged *m, struct event *ev)
{
	*ev = (struct event){ .ts = m->ts, .cpu = m->cpu, .input = m->input, .kind = EV_GAP };
	ev->v[0] = m->lost == LOST_UNKNOWN ? -1 : (s64)m->lost;
	ev->v[1] = (s64)m->since;
	return true;
}

static inline s64 load(const u8 *payload, struct loader l)
{
	return (s64)load64(payload + l.at) >> l.shift & (s64)l.mask;
}

/* An IPI's sender and VM; the record is long enough. */
static bool is_news_track(const struct events_decoder *d, const u8 *payload,
			  struct events_said *said)
{
	struct ipi_event ipi;

	track_decode_one(&d->track, payload, &ipi);
	return events_say_sends(said, (s32)field_load(payload, d->format[EV_TRACK].pid), &ipi);
}

/* A thread and its vCPU. Thread 0 is nobody's: the idle task. */
static inline bool is_news(const struct kind_format *f, const u8 *payload, struct events_said *said)
{
	return events_say_runs(said, (s32)field_load(payload, f->pid),
			       (u32)load(payload, f->value[0]));
}

static bool decode_news(struct events_decoder *d, const struct batch *b, u32 i, struct event *ev)
{
	struct merged m = { .ts = b->rec[i].ts,
			    .payload = b->page + b->rec[i].off,
			    .len = b->rec[i].len,
			    .cpu = b->cpu,
			    .input = d->input };

	return events_decode(d, &m, ev);
}

u32 events_news(struct events_decoder *d, const struct batch *b, struct events_said *said,
		struct event *ev, u64 *tracked)
{
	const struct field type = d->type;
	const u32 least = d->least;
	u32 nr = 0;

	for (u32 i = 0; i < b->nr; i++) {
		const u8 *payload = b->page + b->rec[i].off;
		u32 len = b->rec[i].len;
		bool news = true;
		u8 kind;

		if (unlikely(len < least))
			continue;
		kind = d->by_id[(u16)field_load(payload, type)];
		if (!kind)
			continue;
		/* What is too short is damaged, and counted where it is decoded. */
		if (kind == EV_TRACK) {
			++*tracked;
			if (len >= d->format[kind].min_len)
				news = is_news_track(d, payload, said);
		} else if (kind != EV_MARK && likely(len >= d->format[kind].min_len)) {
			news = is_news(&d->format[kind], payload, said);
		}
		if (unlikely(news))
			nr += decode_news(d, b, i, &ev[nr]);
	}
	return nr;
}

/* What is not a record of a kind that has a format. */
static bool decode_other(struct events_decoder *d, const struct merged *m, u8 kind,
			 struct event *ev)
{
	if (!m->payload)
		return decode_gap(m, ev);
	if (m->len < d->least)
		return false;
	if (kind == EV_MARK)
		return decode_mark(m, ev);
	d->damaged += kind != EV_NONE;
	return false;
}

/* The kinds whose values are not v[]. */
static bool decode_own(const struct events_decoder *d, const struct merged *m, struct event *ev)
{
	if (ev->kind != EV_TRACK) {
		probes_decode(&d->probes, m->payload, ev);
		return true;
	}
	track_decode_one(&d->track, m->payload, &ev->ipi);
	ev->ipi.ts = m->ts;
	ev->ipi.cpu = m->cpu;
	return true;
}

bool events_decode(struct events_decoder *d, const struct merged *m, struct event *ev)
{
	u8 kind = EV_NONE;
	const struct kind_format *f;

	if (likely(m->payload && m->len >= d->least))
		kind = d->by_id[(u16)field_load(m->payload, d->type)];
	f = &d->format[kind];
	if (unlikely(m->len < f->min_len))
		return decode_other(d, m, kind, ev);
	ev->ts = m->ts;
	ev->cpu = m->cpu;
	ev->input = m->input;
	ev->kind = kind;
	ev->have = f->have;
	if (likely(f->plain)) {
		u64 common = load64(m->payload);

		ev->flags = (u8)(common >> 16);
		ev->pid = (s32)(common >> 32);
	} else {
		ev->pid = (s32)field_load(m->payload, f->pid);
		ev->flags = (u8)field_load(m->payload, f->flags);
	}
	if (kind <= EV_DELIVER_ACCEPT)
		return decode_own(d, m, ev);
	/* The usual ones at once, there or not: how many there are cannot be guessed. */
	ev->v[0] = load(m->payload, f->value[0]);
	ev->v[1] = load(m->payload, f->value[1]);
	ev->v[2] = load(m->payload, f->value[2]);
	ev->v[3] = load(m->payload, f->value[3]);
	for (u32 i = 4; unlikely(i < f->nr_values); i++)
		ev->v[i] = load(m->payload, f->value[i]);
	return true;
}
