// SPDX-License-Identifier: GPL-2.0-only
/*
 * track.c - see track.h.
 *
 * Fields are where the file's format says, not where the ABI has them today. When each has its
 * usual width, which is what kernels do, records take the short way: loads of fixed width at
 * offsets that were looked up once. When they are at their usual places, too, the same code is
 * compiled for those: neighbours are then copied together. Anything else goes field by field.
 */
#include "decode/track.h"

static const struct field_want want[NR_TRACK_FIELDS] = {
	[TRACK_VM_ID] = { "vm_id", false },
	[TRACK_VM_PID] = { "vm_pid", false },
	[TRACK_SRC] = { "src_vcpu_id", true },
	[TRACK_DST] = { "dst_vcpu_id", true },
	[TRACK_DST_CPU] = { "dst_cpu", false },
	[TRACK_VECTOR] = { "vector", false },
	[TRACK_PATH] = { "path", false },
	[TRACK_STATE] = { "dst_state", false },
};

/* Where the tracepoint has them. Its size is that of a record, padded. */
static const struct track usual = {
	.format.type = { .offset = 0, .size = 2 },
	.field = {
		[TRACK_VM_ID] = { .offset = 8, .size = 4 },
		[TRACK_VM_PID] = { .offset = 12, .size = 4 },
		[TRACK_SRC] = { .offset = 16, .size = 4 },
		[TRACK_DST] = { .offset = 20, .size = 4 },
		[TRACK_DST_CPU] = { .offset = 24, .size = 4 },
		[TRACK_VECTOR] = { .offset = 28, .size = 1 },
		[TRACK_PATH] = { .offset = 29, .size = 1 },
		[TRACK_STATE] = { .offset = 30, .size = 1 },
	},
	.min_len = 31,
};

int track_init(struct track *t, const struct container *c, struct err *err)
{
	int ret;

	*t = (struct track){ .plain = true, .usual = true };
	ret = formats_resolve(c, "kvm", "kvm_ipi_track", want, NR_TRACK_FIELDS, t->field,
			      &t->format, err);
	if (ret)
		return ret;
	t->min_len = t->format.type.offset + t->format.type.size;
	for (int i = 0; i < NR_TRACK_FIELDS; i++) {
		u32 end = t->field[i].offset + t->field[i].size;

		t->min_len = max_of(t->min_len, end);
		t->plain &= t->field[i].size == usual.field[i].size;
		t->usual &= t->field[i].offset == usual.field[i].offset;
	}
	t->plain &= t->format.type.size == 2;
	t->usual &= t->plain && t->format.type.offset == 0;
	return 0;
}

/*
 * A value that does not fit the small field it is kept in is counted as the last one without a
 * name.
 */
static u8 small_or_none(const u8 *p, struct field f)
{
	u64 v = f.size ? field_load(p, f) : 0xff;

	return v < 0xff ? (u8)v : 0xff;
}

static void decode_any(const struct track *t, const u8 *p, struct ipi_event *ev)
{
	const struct field *f = t->field;
	u64 vector = f[TRACK_VECTOR].size ? field_load(p, f[TRACK_VECTOR]) : IPI_VECTOR_NONE;

	ev->vm_id = (u32)field_load(p, f[TRACK_VM_ID]);
	ev->vm_pid = (s32)field_load(p, f[TRACK_VM_PID]);
	ev->have_vm_id = f[TRACK_VM_ID].size;
	ev->have_vm_pid = f[TRACK_VM_PID].size;
	ev->src = (u32)field_load(p, f[TRACK_SRC]);
	ev->dst = (u32)field_load(p, f[TRACK_DST]);
	ev->dst_cpu = f[TRACK_DST_CPU].size ? (s32)field_load(p, f[TRACK_DST_CPU]) : IPI_CPU_NONE;
	ev->vector = vector < IPI_VECTOR_NONE ? (u16)vector : IPI_VECTOR_NONE;
	ev->path = small_or_none(p, f[TRACK_PATH]);
	ev->state = small_or_none(p, f[TRACK_STATE]);
	ev->no_path = !f[TRACK_PATH].size;
	ev->no_state = !f[TRACK_STATE].size;
}

/* Two fields of four bytes; one load, where the compiler knows that they are neighbours. */
static inline u64 load_pair(const u8 *p, struct field low, struct field high)
{
	return load32(p + low.offset) | (u64)load32(p + high.offset) << 32;
}

/*
 * Loads first, then stores: the two may be the same memory for all that the compiler knows. Returns
 * the VM's two ids.
 */
static inline u64 decode_plain(const struct track *t, const u8 *p, struct ipi_event *ev)
{
	const struct field *f = t->field;
	u64 ids = load_pair(p, f[TRACK_VM_ID], f[TRACK_VM_PID]);
	u64 ends = load_pair(p, f[TRACK_SRC], f[TRACK_DST]);
	u32 dst_cpu = load32(p + f[TRACK_DST_CPU].offset);
	u8 vector = p[f[TRACK_VECTOR].offset];
	u8 path = p[f[TRACK_PATH].offset], state = p[f[TRACK_STATE].offset];

	memcpy(&ev->src, &ends, sizeof(ends));
	memcpy(&ev->vm_id, &ids, sizeof(ids));
	ev->vector = vector;
	ev->path = path;
	ev->state = state;
	ev->dst_cpu = (s32)dst_cpu;
	ev->have_vm_id = true;
	ev->have_vm_pid = true;
	ev->no_path = false;
	ev->no_state = false;
	return ids;
}

void track_decode_one(const struct track *t, const u8 *payload, struct ipi_event *ev)
{
	if (likely(t->plain))
		decode_plain(t, payload, ev);
	else
		decode_any(t, payload, ev);
}

/*
 * The short way. at: where the fields are, which the compiler may know. Returns how many; those too
 * short to be whole are counted.
 */
static inline __attribute__((always_inline)) u32
decode_batch_plain(struct track *t, const struct track *at, const struct batch *b,
		   const struct vm_cache *vms, struct ipi_event *out)
{
	u32 type_at = at->format.type.offset, cpu = b->cpu;
	u16 id = t->format.id;
	struct ipi_event *ev = out;
	u64 strangers = 0;

	for (const struct rec *r = b->rec, *end = r + b->nr; r < end; r++) {
		const u8 *p = b->page + r->off;
		const struct vm_cached *vm;
		u64 ids, number;

		if (unlikely(r->len < at->min_len)) {
			t->damaged += r->len >= type_at + 2 && load16(p + type_at) == id;
			continue;
		}
		if (load16(p + type_at) != id)
			continue;
		ids = decode_plain(at, p, ev);
		vm = &vms->line[vm_cache_line(ids)];
		number = (u64)vm->number - 1;
		strangers |= (vm->ids ^ ids) | number >> 63;
		ev->vm = (u16)number;
		ev->ts = r->ts;
		ev->cpu = cpu;
		ev++;
	}
	t->strangers = strangers;
	return (u32)(ev - out);
}

static u32 decode_batch_any(struct track *t, const struct batch *b, struct ipi_event *out)
{
	const struct field *type = &t->format.type;
	u32 nr = 0;

	for (u32 i = 0; i < b->nr; i++) {
		const struct rec *r = &b->rec[i];
		const u8 *p = b->page + r->off;

		if (r->len < type->offset + type->size || field_load(p, *type) != t->format.id)
			continue;
		if (r->len < t->min_len) {
			t->damaged++;
			continue;
		}
		decode_any(t, p, &out[nr]);
		out[nr].ts = r->ts;
		out[nr].cpu = b->cpu;
		nr++;
	}
	return nr;
}

u32 track_decode(struct track *t, const struct batch *b, const struct vm_cache *vms,
		 struct ipi_event *out)
{
	const struct track copy = *t;	/* the stores to out cannot change it */

	if (likely(t->usual))
		return decode_batch_plain(t, &usual, b, vms, out);
	if (t->plain)
		return decode_batch_plain(t, &copy, b, vms, out);
	t->strangers = true;
	return decode_batch_any(t, b, out);
}
