// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes.c - see probes.h.
 *
 * The receiver's state follows from what the vCPU's structure held before the delivery touched it,
 * by the rule that the tracepoint has: preempted; else blocking, and woken if `ready` is set; else
 * in guest mode; else in the host.
 */
#include "decode/probes.h"
#include "decode/stock_ipi.h"

#define ICR_MODE_FIXED	   0x000
#define ICR_MODE_LOWEST	   0x100
#define ICR_SHORTHAND_SELF 0x40000
#define IN_GUEST_MODE	   1 /* vcpu->mode; the kernel's number since 3.0 */

static const struct field_want want_deliver[NR_DELIVER_FIELDS] = {
	[DELIVER_VM] = { "kvm", false },       [DELIVER_PID] = { "pid", false },
	[DELIVER_SRCP] = { "srcp", true },     [DELIVER_SRC] = { "src", true },
	[DELIVER_VECTOR] = { "vec", false },   [DELIVER_MODE] = { "dm", false },
	[DELIVER_SHORTHAND] = { "sh", false },
};

static const struct field_want want_accept[NR_ACCEPT_FIELDS] = {
	[ACCEPT_DST] = { "dst", true },
	[ACCEPT_VECTOR] = { "vec", false },
	[ACCEPT_PREEMPTED] = { "preempted", false },
	[ACCEPT_READY] = { "ready", false },
	[ACCEPT_GUEST_MODE] = { "mode", false },
	[ACCEPT_CPU] = { "cpu", false },
	[ACCEPT_WAIT] = { "wait", false },
};

static u32 longest(const struct field *f, size_t nr)
{
	u32 len = 0;

	for (size_t i = 0; i < nr; i++)
		len = max_of(len, f[i].offset + f[i].size);
	return len;
}

int probes_init_deliver(struct probes *p, const struct container *c, const char *group,
			struct err *err)
{
	struct event_format unused;
	int ret = formats_resolve(c, group, "deliver", want_deliver, NR_DELIVER_FIELDS, p->deliver,
				  &unused, err);

	p->deliver_len = longest(p->deliver, NR_DELIVER_FIELDS);
	return ret;
}

int probes_init_accept(struct probes *p, const struct container *c, const char *group,
		       struct err *err)
{
	struct event_format unused;
	int ret = formats_resolve(c, group, "accept", want_accept, NR_ACCEPT_FIELDS, p->accept,
				  &unused, err);

	p->accept_len = longest(p->accept, NR_ACCEPT_FIELDS);
	return ret;
}

static u16 vector_of(const u8 *payload, struct field f)
{
	u64 v = f.size ? field_load(payload, f) : IPI_VECTOR_NONE;

	return v < IPI_VECTOR_NONE ? (u16)v : IPI_VECTOR_NONE;
}

/* What the delivery mode and the shorthand say; STOCK_UNICAST: the acceptors decide. */
static u8 kind_of(u64 mode, u64 shorthand)
{
	if (shorthand == ICR_SHORTHAND_SELF)
		return STOCK_SELF;
	if (mode != ICR_MODE_FIXED)
		return mode == ICR_MODE_LOWEST ? STOCK_LOWEST : STOCK_SPECIAL;
	return shorthand ? STOCK_SHORTHAND : STOCK_UNICAST;
}

static void decode_deliver(const struct field *f, const u8 *payload, struct event *ev)
{
	ev->deliver.vm = field_load(payload, f[DELIVER_VM]);
	ev->deliver.vm_pid = (s32)field_load(payload, f[DELIVER_PID]);
	ev->deliver.have_vm_pid = f[DELIVER_PID].size;
	ev->deliver.src = (u32)field_load(payload, f[DELIVER_SRC]);
	ev->deliver.from_vcpu = field_load(payload, f[DELIVER_SRCP]);
	ev->deliver.vector = vector_of(payload, f[DELIVER_VECTOR]);
	ev->deliver.kind = kind_of(field_load(payload, f[DELIVER_MODE]),
				   field_load(payload, f[DELIVER_SHORTHAND]));
}

static u8 state_of(const struct field *f, const u8 *payload)
{
	if (!f[ACCEPT_PREEMPTED].size || !f[ACCEPT_READY].size || !f[ACCEPT_GUEST_MODE].size ||
	    !f[ACCEPT_WAIT].size)
		return IPI_STATE_NONE;
	if (field_load(payload, f[ACCEPT_PREEMPTED]))
		return IPI_STATE_PREEMPTED;
	if (field_load(payload, f[ACCEPT_WAIT]))
		return field_load(payload, f[ACCEPT_READY]) ? IPI_STATE_WOKEN : IPI_STATE_HALTED;
	return field_load(payload, f[ACCEPT_GUEST_MODE]) == IN_GUEST_MODE ? IPI_STATE_GUEST
									  : IPI_STATE_HOST;
}

static void decode_accept(const struct field *f, const u8 *payload, struct event *ev)
{
	ev->accept.dst = (u32)field_load(payload, f[ACCEPT_DST]);
	ev->accept.vector = vector_of(payload, f[ACCEPT_VECTOR]);
	ev->accept.cpu = f[ACCEPT_CPU].size ? (s32)field_load(payload, f[ACCEPT_CPU])
					    : IPI_CPU_NONE;
	ev->accept.state = state_of(f, payload);
}

void probes_decode(const struct probes *p, const u8 *payload, struct event *ev)
{
	if (ev->kind == EV_DELIVER)
		decode_deliver(p->deliver, payload, ev);
	else
		decode_accept(p->accept, payload, ev);
}
