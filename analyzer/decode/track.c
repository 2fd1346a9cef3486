// SPDX-License-Identifier: GPL-2.0-only
/*
 * track.c - see track.h.
 *
 * Fields are where the file's format says, not where the ABI has them today. When each has its usual
 * width, which is what kernels do, records take the short way: loads of fixed width at offsets that
 * were looked up once. Anything else goes field by field.
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

static const u8 plain_size[NR_TRACK_FIELDS] = {
	[TRACK_VM_ID] = 4, [TRACK_VM_PID] = 4, [TRACK_SRC] = 4, [TRACK_DST] = 4,
	[TRACK_DST_CPU] = 4, [TRACK_VECTOR] = 1, [TRACK_PATH] = 1, [TRACK_STATE] = 1,
};

int track_init(struct track *t, const struct container *c, struct err *err)
{
	int ret;

	*t = (struct track){ .plain = true };
	ret = formats_resolve(c, "kvm", "kvm_ipi_track", want, NR_TRACK_FIELDS, t->field,
			      &t->format, err);
	if (ret)
		return ret;
	t->min_len = t->format.type.offset + t->format.type.size;
	for (int i = 0; i < NR_TRACK_FIELDS; i++) {
		u32 end = t->field[i].offset + t->field[i].size;

		t->min_len = max_of(t->min_len, end);
		t->plain &= t->field[i].size == plain_size[i];
	}
	t->plain &= t->format.type.size == 2;
	return 0;
}

/* A value that does not fit the small field it is kept in is counted as the last one without a name. */
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

static inline void decode_plain(const struct track *t, const u8 *p, struct ipi_event *ev)
{
	const struct field *f = t->field;

	ev->vm_id = load32(p + f[TRACK_VM_ID].offset);
	ev->vm_pid = (s32)load32(p + f[TRACK_VM_PID].offset);
	ev->have_vm_id = true;
	ev->have_vm_pid = true;
	ev->no_path = false;
	ev->no_state = false;
	ev->src = load32(p + f[TRACK_SRC].offset);
	ev->dst = load32(p + f[TRACK_DST].offset);
	ev->dst_cpu = (s32)load32(p + f[TRACK_DST_CPU].offset);
	ev->vector = p[f[TRACK_VECTOR].offset];
	ev->path = p[f[TRACK_PATH].offset];
	ev->state = p[f[TRACK_STATE].offset];
}

void track_decode_one(const struct track *t, const u8 *payload, struct ipi_event *ev)
{
	if (likely(t->plain))
		decode_plain(t, payload, ev);
	else
		decode_any(t, payload, ev);
}

/* The short way: common_type has two bytes, and every field its usual width. */
static u32 decode_batch_plain(struct track *t, const struct batch *b, struct ipi_event *out)
{
	const struct track copy = *t;	/* the stores to out cannot change it */
	u32 type_at = copy.format.type.offset, nr = 0;

	for (u32 i = 0; i < b->nr; i++) {
		const struct rec *r = &b->rec[i];
		const u8 *p = b->page + r->off;
		struct ipi_event *ev = &out[nr];

		if (unlikely(r->len < copy.min_len)) {
			t->damaged += r->len >= type_at + 2 && load16(p + type_at) == copy.format.id;
			continue;
		}
		if (load16(p + type_at) != copy.format.id)
			continue;
		decode_plain(&copy, p, ev);
		ev->ts = r->ts;
		ev->cpu = b->cpu;
		nr++;
	}
	return nr;
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

u32 track_decode(struct track *t, const struct batch *b, struct ipi_event *out)
{
	return t->plain ? decode_batch_plain(t, b, out) : decode_batch_any(t, b, out);
}
