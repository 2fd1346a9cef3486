// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of a host's recording: one table for their format texts and their bytes.
 *
 * Names, types and places of the fields are those of Linux 6.12 on x86-64; the ids are that
 * kernel's, too, where they do not matter. A field without a value is there because a reader has to
 * step over it.
 */
#include "host.h"

#define NO_VALUE (-1)

struct host_field {
	const char *type, *name, *array;
	u8 offset, size;
	bool is_signed;
	int8_t value; /* index into host_record.v, or NO_VALUE */
};

struct host_event {
	const char *system, *name;
	u16 id;
	u8 size; /* of the payload */
	struct host_field field[9];
};

static const struct host_event events[HOST_TRACK] = {
	[HOST_ENTRY] = { "kvm",
			 "kvm_entry",
			 1645,
			 28,
			 { { "unsigned int", "vcpu_id", "", 8, 4, false, 0 },
			   { "unsigned long", "rip", "", 16, 8, false, 1 },
			   { "bool", "immediate_exit", "", 24, 1, false, NO_VALUE } } },
	[HOST_EXIT] = { "kvm",
			"kvm_exit",
			1636,
			60,
			{ { "unsigned int", "exit_reason", "", 8, 4, false, 1 },
			  { "unsigned long", "guest_rip", "", 16, 8, false, 2 },
			  { "u32", "isa", "", 24, 4, false, NO_VALUE },
			  { "u64", "info1", "", 32, 8, false, NO_VALUE },
			  { "u64", "info2", "", 40, 8, false, NO_VALUE },
			  { "u32", "intr_info", "", 48, 4, false, NO_VALUE },
			  { "u32", "error_code", "", 52, 4, false, NO_VALUE },
			  { "unsigned int", "vcpu_id", "", 56, 4, false, 0 } } },
	[HOST_HV] = { "kvm",
		      "kvm_hv_hypercall",
		      1643,
		      40,
		      { { "__u16", "rep_cnt", "", 8, 2, false, NO_VALUE },
			{ "__u16", "rep_idx", "", 10, 2, false, NO_VALUE },
			{ "__u64", "ingpa", "", 16, 8, false, NO_VALUE },
			{ "__u64", "outgpa", "", 24, 8, false, NO_VALUE },
			{ "__u16", "code", "", 32, 2, false, 0 },
			{ "__u16", "var_cnt", "", 34, 2, false, NO_VALUE },
			{ "bool", "fast", "", 36, 1, false, NO_VALUE } } },
	[HOST_APIC_IPI] = { "kvm",
			    "kvm_apic_ipi",
			    1629,
			    16,
			    { { "__u32", "icr_low", "", 8, 4, false, 0 },
			      { "__u32", "dest_id", "", 12, 4, false, 1 } } },
	[HOST_ACCEPT] = { "kvm",
			  "kvm_apic_accept_irq",
			  1628,
			  20,
			  { { "__u32", "apicid", "", 8, 4, false, 0 },
			    { "__u16", "dm", "", 12, 2, false, NO_VALUE },
			    { "__u16", "tm", "", 14, 2, false, NO_VALUE },
			    { "__u8", "vec", "", 16, 1, false, 1 } } },
	[HOST_EOI] = { "kvm",
		       "kvm_eoi",
		       ID_KVM_EOI,
		       16,
		       { { "__u32", "apicid", "", 8, 4, false, 0 },
			 { "int", "vector", "", 12, 4, true, 1 } } },
	[HOST_SWITCH] = { "sched",
			  "sched_switch",
			  ID_SCHED_SWITCH,
			  64,
			  { { "char", "prev_comm", "[16]", 8, 16, false, NO_VALUE },
			    { "pid_t", "prev_pid", "", 24, 4, true, 0 },
			    { "int", "prev_prio", "", 28, 4, true, NO_VALUE },
			    { "long", "prev_state", "", 32, 8, true, 1 },
			    { "char", "next_comm", "[16]", 40, 16, false, NO_VALUE },
			    { "pid_t", "next_pid", "", 56, 4, true, 2 },
			    { "int", "next_prio", "", 60, 4, true, NO_VALUE } } },
	[HOST_WAKEUP] = { "sched",
			  "sched_wakeup",
			  312,
			  36,
			  { { "char", "comm", "[16]", 8, 16, false, NO_VALUE },
			    { "pid_t", "pid", "", 24, 4, true, 0 },
			    { "int", "prio", "", 28, 4, true, NO_VALUE },
			    { "int", "target_cpu", "", 32, 4, true, 1 } } },
	[HOST_SPIN] = { "kprobes",
			"spin",
			1664,
			16,
			{ { "unsigned long", "__probe_ip", "", 8, 8, false, NO_VALUE } } },
	[HOST_TARGET] = { "kprobes",
			  "ytp",
			  1665,
			  20,
			  { { "unsigned long", "__probe_ip", "", 8, 8, false, NO_VALUE },
			    { "s32", "pid", "", 16, 4, true, 0 } } },
	[HOST_RESULT] = { "kprobes",
			  "yto",
			  1666,
			  28,
			  { { "unsigned long", "__probe_func", "", 8, 8, false, NO_VALUE },
			    { "unsigned long", "__probe_ret_ip", "", 16, 8, false, NO_VALUE },
			    { "s32", "ret", "", 24, 4, true, 0 } } },
};

const char *host_kind_name(enum host_kind kind)
{
	return kind == HOST_TRACK ? "kvm_ipi_track" : events[kind].name;
}

u32 host_payload(u8 *p, const struct host_record *r, bool big_endian)
{
	const struct host_event *e = &events[r->kind];

	memset(p, 0, e->size);
	put_int(p, e->id, 2, big_endian);
	put_int(p + 4, r->pid, 4, big_endian);
	for (const struct host_field *f = e->field; f->name; f++)
		if (f->value != NO_VALUE)
			put_int(p + f->offset, r->v[f->value], f->size, big_endian);
	return e->size;
}

static void add_event(struct buf *b, const struct host_event *e, bool big_endian)
{
	struct buf text = { .big_endian = big_endian };

	format_head(&text, e->name, e->id);
	for (const struct host_field *f = e->field; f->name; f++)
		format_field(&text, f->type, f->name, f->array, f->offset, f->size, f->is_signed);
	buf_printf(&text, "\nprint fmt: \"%s\"\n", e->name);
	buf_int(b, text.len, 8);
	buf_add(b, text.data, text.len);
	buf_release(&text);
}

void host_events(struct buf *b, const struct container *c)
{
	static const char *const systems[] = { "kvm", "sched", "kprobes" };

	buf_int(b, ARRAY_SIZE(systems), 4);
	for (size_t s = 0; s < ARRAY_SIZE(systems); s++) {
		u32 nr = !s; /* kvm_ipi_track comes on top */

		for (size_t i = 0; i < ARRAY_SIZE(events); i++)
			nr += !strcmp(events[i].system, systems[s]);
		buf_str(b, systems[s]);
		buf_int(b, nr, 4);
		for (size_t i = 0; i < ARRAY_SIZE(events); i++)
			if (!strcmp(events[i].system, systems[s]))
				add_event(b, &events[i], c->o->big_endian);
		if (s)
			continue;
		buf_int(b, c->track_format.len, 8);
		buf_add(b, c->track_format.data, c->track_format.len);
	}
}
