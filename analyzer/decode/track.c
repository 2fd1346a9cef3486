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
	[TRACK_VM_ID] = { "vm_id", false },	[TRACK_VM_PID] = { "vm_pid", false },
	[TRACK_SRC] = { "src_vcpu_id", true },	[TRACK_DST] = { "dst_vcpu_id", true },
	[TRACK_DST_CPU] = { "dst_cpu", false }, [TRACK_VECTOR] = { "vector", false },
	[TRACK_PATH] = { "path", false },	[TRACK_STATE] = { "dst_state", false },
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

static inline u64 load_ids(const struct track *t, const u8 *p)
{
	return load_pair(p, t->field[TRACK_VM_ID], t->field[TRACK_VM_PID]);
}

/* What is the same for all events of a batch: one word of an event, but for path and state. */
static u64 decode_cpu(u32 cpu)
{
	const struct ipi_event ev = { .cpu = cpu, .have_vm_id = true, .have_vm_pid = true };

	return load64(&ev.cpu);
}

/*
 * All but the time, a word at a time; loads first, then stores: the two may be the same memory for
 * all that the compiler knows. ids: load_ids(); cpu: decode_cpu().
 */
static inline void decode_plain(const struct track *t, const u8 *p, u64 ids, u32 vm, u64 cpu,
				struct ipi_event *ev)
{
	const struct field *f = t->field;
	u64 ends = load_pair(p, f[TRACK_SRC], f[TRACK_DST]);
	u64 where = vm | (u32)p[f[TRACK_VECTOR].offset] << 16 |
		    (u64)load32(p + f[TRACK_DST_CPU].offset) << 32;
	u64 how = p[f[TRACK_PATH].offset] | (u32)p[f[TRACK_STATE].offset] << 8;

	_Static_assert(
		offsetof(struct ipi_event, vector) == offsetof(struct ipi_event, vm) + 2 &&
			offsetof(struct ipi_event, dst_cpu) == offsetof(struct ipi_event, vm) + 4 &&
			offsetof(struct ipi_event, path) == offsetof(struct ipi_event, cpu) + 4 &&
			offsetof(struct ipi_event, state) == offsetof(struct ipi_event, cpu) + 5,
		"the words of an event");
	how = cpu | how << 32;
	memcpy(&ev->vm_id, &ids, sizeof(ids));
	memcpy(&ev->src, &ends, sizeof(ends));
	memcpy(&ev->vm, &where, sizeof(where));
	memcpy(&ev->cpu, &how, sizeof(how));
}

void track_decode_one(const struct track *t, const u8 *payload, struct ipi_event *ev)
{
	if (likely(t->plain))
		decode_plain(t, payload, load_ids(t, payload), 0, decode_cpu(0), ev);
	else
		decode_any(t, payload, ev);
}

/*
 * The short way. at: where the fields are, which the compiler may know. Returns how many; those too
 * short to be whole are counted.
 */
static inline __attribute__((always_inline)) u32 decode_batch_plain(struct track *t,
								    const struct track *at,
								    const struct batch *b,
								    const struct vm_cache *vms,
								    struct ipi_event *out)
{
	u64 strangers = 0, cpu = decode_cpu(b->cpu);
	u32 type_at = at->format.type.offset;
	u16 id = t->format.id;
	struct ipi_event *ev = out;

	for (const struct rec *r = b->rec, *end = r + b->nr; r < end; r++) {
		const u8 *p = b->page + r->off;
		const struct vm_cached *vm;
		u64 ids;

		if (unlikely(r->len < at->min_len)) {
			t->damaged += r->len >= type_at + 2 && load16(p + type_at) == id;
			continue;
		}
		if (load16(p + type_at) != id)
			continue;
		ids = load_ids(at, p);
		vm = &vms->line[vm_cache_line(ids)];
		strangers |= vm->ids ^ ids;
		decode_plain(at, p, ids, vm->number, cpu, ev);
		ev->ts = r->ts;
		ev++;
	}
	t->strangers = strangers || !vms->line[VM_CACHE_OF_0].used;
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
	const struct track copy = *t; /* the stores to out cannot change it */

	if (likely(t->usual))
		return decode_batch_plain(t, &usual, b, vms, out);
	if (t->plain)
		return decode_batch_plain(t, &copy, b, vms, out);
	t->strangers = true;
	return decode_batch_any(t, b, out);
}
