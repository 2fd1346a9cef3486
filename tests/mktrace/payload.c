// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an item of the stream to the bytes of its record.
 *
 * Bytes that no field covers are filled with noise, because the kernel does not clear them either:
 * a reader that takes a field at the wrong offset or size finds garbage, not zeros.
 */
#include <stdio.h>

#include "payload.h"

static void put_common(u8 *p, u32 id, u32 pid, const struct item *it, bool big_endian)
{
	put_int(p, id, 2, big_endian);
	p[2] = it->random & 0x20 ? 0x24 : 0; /* flags: hardirqs off */
	p[3] = it->random & 3;
	put_int(p + 4, pid, 4, big_endian);
}

static void put_field(u8 *p, const struct layout *l, enum field f, u64 v, bool big_endian)
{
	if (l->field[f].size)
		put_int(p + l->field[f].offset, v, l->field[f].size, big_endian);
}

static u32 fill_track(u8 *p, const struct item *it, const struct layout *l, const struct options *o)
{
	const struct edge *e = it->edge;
	bool be = o->big_endian;

	memset(p + COMMON_SIZE, it->random | 0x80, l->size - COMMON_SIZE);
	put_common(p, o->event_id, vcpu_pid(e->vm, e->src), it, be);
	put_field(p, l, F_VM_ID, vm_id(e->vm), be);
	put_field(p, l, F_VM_PID, (u64)(int64_t)vm_pid(e->vm), be);
	put_field(p, l, F_SRC, e->src, be);
	put_field(p, l, F_DST, e->dst, be);
	put_field(p, l, F_DST_CPU, it->dst_cpu < 0 ? ~0ull : cpu_id(o, it->dst_cpu), be);
	put_field(p, l, F_VECTOR, e->vector, be);
	put_field(p, l, F_PATH, path_values[it->path], be);
	put_field(p, l, F_STATE, state_values[it->state], be);
	return l->size;
}

static u32 fill_switch(u8 *p, const struct item *it, bool be)
{
	memset(p, 0, SWITCH_SIZE);
	put_common(p, ID_SCHED_SWITCH, 1000 + (it->random >> 8 & 63), it, be);
	strcpy((char *)p + 8, "CPU 0/KVM");
	put_int(p + 24, 1000 + (it->random >> 8 & 63), 4, be);
	put_int(p + 28, 120, 4, be);
	put_int(p + 32, it->random & 1, 8, be);
	strcpy((char *)p + 40, "swapper/0");
	put_int(p + 56, 0, 4, be);
	put_int(p + 60, 120, 4, be);
	return SWITCH_SIZE;
}

static u32 fill_eoi(u8 *p, const struct item *it, bool be)
{
	put_common(p, ID_KVM_EOI, 1000 + (it->random >> 8 & 63), it, be);
	put_int(p + 8, it->random & 7, 4, be);
	put_int(p + 12, 0xfd, 4, be);
	return EOI_SIZE;
}

/* A message of 113 bytes and more, so that the record's length does not fit into its first word. */
static u32 fill_print(u8 *p, const struct item *it, bool be)
{
	u32 len = 100 + (it->random >> 8 & 63); /* of the text, its NUL not counted */

	memset(p, 0, MAX_PAYLOAD);
	put_common(p, ID_PRINT, 1, it, be);
	put_int(p + 8, 0xffffffff81000000ull, 8, be);
	memset(p + 16, 'x', len);
	p[16 + len - 1] = '\n';
	return (16 + len + 1 + 3) / 4 * 4;
}

/* As kvm-ipi record writes it; the numbers are those of the first CPU in each. */
static u32 fill_mark(u8 *p, const struct item *it, const struct options *o)
{
	u32 i = it->described, core = (u32)o->core, llc = (u32)o->llc, node = (u32)o->node, len;

	memset(p, 0, MAX_PAYLOAD);
	put_common(p, ID_PRINT, 1, it, o->big_endian);
	put_int(p + 8, 0xffffffff81000000ull, 8, o->big_endian);
	len = (u32)snprintf((char *)p + 16, MAX_PAYLOAD - 16,
			    "kvm-ipi: cpu %u core %u llc %u node %u package 0\n", cpu_id(o, i),
			    cpu_id(o, i / core * core), cpu_id(o, i / llc * llc), i / node);
	return (16 + len + 1 + 3) / 4 * 4;
}

u32 payload_fill(u8 *p, const struct item *it, const struct layout *l, const struct options *o)
{
	switch (it->kind) {
	case KIND_SWITCH: return fill_switch(p, it, o->big_endian);
	case KIND_EOI: return fill_eoi(p, it, o->big_endian);
	case KIND_BIG: return fill_print(p, it, o->big_endian);
	case KIND_MARK: return fill_mark(p, it, o);
	default: return fill_track(p, it, l, o);
	}
}
