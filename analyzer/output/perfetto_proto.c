// SPDX-License-Identifier: GPL-2.0-only
/*
 * perfetto_proto.c - Perfetto's protobuf (its trace.proto), for large traces.
 *
 * One sequence of packets. Names, categories and arguments' names are written once and then called
 * by number; up to NAMES_MAX, so that memory has a bound: further ones are written each time. A
 * packet is built in a buffer, as each message stands behind its length. Times need not be in
 * order, but of two packets of one time the first in the file is the first for the viewer: a slice
 * ends after the slices in it.
 */
#include "output/perfetto.h"
#include "output/remarks.h"
#include "util/rows.h"

#include <stdlib.h>

#define NAMES_MAX      65536
#define PACKET_MAX     2048 /* names are cut at NAME_MAX_BYTES, arguments are few */
#define NAME_MAX_BYTES 200

/* Fields, as in the .proto files. */
enum { TRACE_PACKET = 1 };
enum {
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE = 10,
	PACKET_EVENT = 11,
	PACKET_INTERNED = 12,
	PACKET_FLAGS = 13,
	PACKET_DESCRIPTOR = 60
};
enum {
	EVENT_CATEGORY_IID = 3,
	EVENT_ANNOTATION = 4,
	EVENT_TYPE = 9,
	EVENT_NAME_IID = 10,
	EVENT_TRACK = 11,
	EVENT_NAME = 23,
	EVENT_COUNTER = 30,
	EVENT_FLOW = 47,
	EVENT_FLOW_END = 48
};
enum { TYPE_BEGIN = 1, TYPE_END = 2, TYPE_INSTANT = 3, TYPE_COUNTER = 4 };
enum {
	DESCRIPTOR_UUID = 1,
	DESCRIPTOR_NAME = 2,
	DESCRIPTOR_PROCESS = 3,
	DESCRIPTOR_PARENT = 5,
	DESCRIPTOR_COUNTER = 8,
	DESCRIPTOR_ORDERING = 11,
	DESCRIPTOR_RANK = 12
};
enum { PROCESS_PID = 1, PROCESS_NAME = 6, ORDERING_EXPLICIT = 3 };
enum {
	ANNOTATION_NAME_IID = 1,
	ANNOTATION_INT = 4,
	ANNOTATION_STRING = 6,
	ANNOTATION_NAME = 10,
	ANNOTATION_STRING_IID = 17
};
enum { FLAG_CLEARED = 1, FLAG_NEEDED = 2 };

/* Of InternedData, and of the messages in it. */
enum interned { INTERNED_CATEGORY = 1, INTERNED_NAME = 2, INTERNED_ARG = 3, INTERNED_STRING = 29 };
enum { INTERNED_IID = 1, INTERNED_TEXT = 2 };

struct bytes {
	u8 at[PACKET_MAX];
	u32 len;
};

struct name {
	u32 text; /* where it begins in texts */
	u8 len;
	u8 kind; /* enum interned */
};

struct perfetto_proto {
	struct name *name; /* its number + 1 is its iid */
	u32 nr_names, room;
	char *texts;
	u32 nr_texts, texts_room;
	u32 slot[2 * NAMES_MAX]; /* by hash: number + 1, 0: empty */
	struct bytes event, interned;
	bool begun, named; /* a packet that calls names by number was written; this one does */
};

static void put_byte(struct bytes *b, u8 v)
{
	if (b->len < PACKET_MAX)
		b->at[b->len++] = v;
}

static void put_varint(struct bytes *b, u64 v)
{
	for (; v > 127; v >>= 7)
		put_byte(b, (u8)(v | 128));
	put_byte(b, (u8)v);
}

static void put_number(struct bytes *b, u32 field, u64 v)
{
	put_varint(b, (u64)field << 3);
	put_varint(b, v);
}

static void put_fixed(struct bytes *b, u32 field, u64 v)
{
	put_varint(b, (u64)field << 3 | 1);
	for (int i = 0; i < 8; i++)
		put_byte(b, (u8)(v >> 8 * i));
}

static void put_bytes(struct bytes *b, u32 field, const void *from, size_t len)
{
	put_varint(b, (u64)field << 3 | 2);
	put_varint(b, len);
	if (b->len + len <= PACKET_MAX) {
		memcpy(b->at + b->len, from, len);
		b->len += (u32)len;
	}
}

static void put_text(struct bytes *b, u32 field, const char *text)
{
	put_bytes(b, field, text, strnlen(text, NAME_MAX_BYTES));
}

static void write_packet(struct perfetto *p, const struct bytes *packet)
{
	struct bytes head;

	head.len = 0;
	put_varint(&head, TRACE_PACKET << 3 | 2);
	put_varint(&head, packet->len);
	fwrite(head.at, 1, head.len, p->out);
	fwrite(packet->at, 1, packet->len, p->out);
}

/* FNV-1a. */
static u32 hash(const char *text, u32 len, u32 kind)
{
	u64 h = 0xcbf29ce484222325ull + kind;

	for (u32 i = 0; i < len; i++)
		h = (h ^ (u8)text[i]) * 0x100000001b3ull;
	return (u32)(h ^ h >> 32);
}

/* Whether there was memory for it. */
static bool add_name(struct perfetto_proto *x, const char *text, u32 len, enum interned kind)
{
	struct name *name = rows_grown(x->name, &x->room, x->nr_names, sizeof(*name));
	char *texts;

	if (!name)
		return false;
	x->name = name;
	texts = rows_grown(x->texts, &x->texts_room, x->nr_texts + len, 1);
	if (!texts)
		return false;
	x->texts = texts;
	memcpy(texts + x->nr_texts, text, len);
	name[x->nr_names++] = (struct name){ x->nr_texts, (u8)len, (u8)kind };
	x->nr_texts += len;
	return true;
}

/* The number of a name, which is explained in this packet if it is new; 0: write it out. */
static u32 intern(struct perfetto *p, const char *text, enum interned kind)
{
	struct perfetto_proto *x = p->proto;
	u32 len = (u32)strnlen(text, NAME_MAX_BYTES);
	u32 at = hash(text, len, kind) % (2 * NAMES_MAX);
	struct bytes entry;

	for (; x->slot[at]; at = (at + 1) % (2 * NAMES_MAX)) {
		const struct name *n = &x->name[x->slot[at] - 1];

		if (n->kind == kind && n->len == len && !memcmp(x->texts + n->text, text, len))
			return x->slot[at];
	}
	if (x->nr_names == NAMES_MAX)
		return 0;
	if (!add_name(x, text, len, kind)) {
		p->no_memory = true;
		return 0;
	}
	x->slot[at] = x->nr_names;
	entry.len = 0;
	put_number(&entry, INTERNED_IID, x->nr_names);
	put_bytes(&entry, INTERNED_TEXT, text, len);
	put_bytes(&x->interned, (u32)kind, entry.at, entry.len);
	return x->nr_names;
}

/* The packet of the event that was built. */
static void write_event(struct perfetto *p, u64 ts_ns)
{
	struct perfetto_proto *x = p->proto;
	struct bytes packet;

	packet.len = 0;
	put_number(&packet, PACKET_TIMESTAMP, ts_ns);
	put_number(&packet, PACKET_SEQUENCE, 1);
	/* Ends of slices and counters name nothing by number. */
	if (x->named)
		put_number(&packet, PACKET_FLAGS,
			   x->begun ? FLAG_NEEDED : FLAG_CLEARED | FLAG_NEEDED);
	if (x->interned.len)
		put_bytes(&packet, PACKET_INTERNED, x->interned.at, x->interned.len);
	put_bytes(&packet, PACKET_EVENT, x->event.at, x->event.len);
	write_packet(p, &packet);
	x->begun |= x->named;
}

static struct bytes *begin_event(struct perfetto *p, u32 type, u64 track)
{
	struct perfetto_proto *x = p->proto;

	x->event.len = x->interned.len = 0;
	x->named = false;
	put_number(&x->event, EVENT_TYPE, type);
	put_number(&x->event, EVENT_TRACK, track);
	return &x->event;
}

static void name_event(struct perfetto *p, const char *name, const char *category)
{
	struct bytes *e = &p->proto->event;
	u32 iid = intern(p, name, INTERNED_NAME);

	p->proto->named = true;
	if (iid)
		put_number(e, EVENT_NAME_IID, iid);
	else
		put_text(e, EVENT_NAME, name);
	iid = intern(p, category, INTERNED_CATEGORY);
	if (iid)
		put_number(e, EVENT_CATEGORY_IID, iid);
}

static void annotate(struct perfetto *p, const struct perfetto_arg *a)
{
	u32 iid = intern(p, a->name, INTERNED_ARG), text;
	struct bytes arg;

	if (!a->text && !a->known)
		return;
	arg.len = 0;
	if (iid)
		put_number(&arg, ANNOTATION_NAME_IID, iid);
	else
		put_text(&arg, ANNOTATION_NAME, a->name);
	text = a->text ? intern(p, a->text, INTERNED_STRING) : 0;
	if (text)
		put_number(&arg, ANNOTATION_STRING_IID, text);
	else if (a->text)
		put_text(&arg, ANNOTATION_STRING, a->text);
	else
		put_number(&arg, ANNOTATION_INT, (u64)a->number);
	put_bytes(&p->proto->event, EVENT_ANNOTATION, arg.at, arg.len);
}

static void put_mark(struct perfetto *p, struct perfetto_track t, u64 ts_ns, const char *text)
{
	if (!p->proto)
		return;
	begin_event(p, TYPE_INSTANT, t.tid);
	name_event(p, text, "loss");
	write_event(p, ts_ns);
}

static void put_begin(struct perfetto *p, const struct graph_view *g)
{
	p->proto = calloc(1, sizeof(*p->proto));
	p->no_memory = !p->proto;
}

static void put_descriptor(struct perfetto *p, const struct bytes *d)
{
	struct bytes packet;

	packet.len = 0;
	put_number(&packet, PACKET_SEQUENCE, 1);
	put_bytes(&packet, PACKET_DESCRIPTOR, d->at, d->len);
	write_packet(p, &packet);
}

/* Numbers of a VM's counters: its process's own number is nothing else's. */
static u64 counter_track(u64 pid, u32 which)
{
	return 1ull << 40 | pid << 4 | which;
}

static void put_process(struct perfetto *p, u64 pid, const char *name, u32 index)
{
	struct bytes d, process;

	d.len = process.len = 0;
	put_number(&process, PROCESS_PID, pid);
	put_text(&process, PROCESS_NAME, name);
	put_number(&d, DESCRIPTOR_UUID, pid);
	put_bytes(&d, DESCRIPTOR_PROCESS, process.at, process.len);
	put_number(&d, DESCRIPTOR_ORDERING, ORDERING_EXPLICIT);
	put_number(&d, DESCRIPTOR_RANK, index);
	put_descriptor(p, &d);
	for (u32 i = 0; i < PERFETTO_COUNTERS; i++) {
		d.len = 0;
		put_number(&d, DESCRIPTOR_UUID, counter_track(pid, i));
		put_number(&d, DESCRIPTOR_PARENT, pid);
		put_text(&d, DESCRIPTOR_NAME, perfetto_counter_name[i]);
		put_bytes(&d, DESCRIPTOR_COUNTER, "", 0);
		put_descriptor(p, &d);
	}
}

static void put_track(struct perfetto *p, struct perfetto_track t, const char *name, u64 index)
{
	struct bytes d;

	d.len = 0;
	put_number(&d, DESCRIPTOR_UUID, t.tid);
	put_number(&d, DESCRIPTOR_PARENT, t.pid);
	put_text(&d, DESCRIPTOR_NAME, name);
	put_number(&d, DESCRIPTOR_RANK, index + PERFETTO_COUNTERS);
	put_descriptor(p, &d);
}

static void put_end_slice(struct perfetto *p, const struct perfetto_slice *s)
{
	if (!p->proto)
		return;
	begin_event(p, TYPE_END, s->at.tid);
	write_event(p, s->end_ns);
}

static void put_slice(struct perfetto *p, const struct perfetto_slice *s)
{
	struct bytes *e;

	if (!p->proto)
		return;
	e = begin_event(p, TYPE_BEGIN, s->at.tid);
	name_event(p, s->name, s->category);
	for (u32 i = 0; i < s->nr_args; i++)
		annotate(p, &s->arg[i]);
	if (s->arrow != ARROW_NONE)
		put_fixed(e, s->arrow == ARROW_ENDS ? EVENT_FLOW_END : EVENT_FLOW, s->id);
	write_event(p, s->start_ns);
	if (!s->has_parts)
		put_end_slice(p, s);
}

static void put_counter(struct perfetto *p, u64 pid, u64 ts_ns, u32 which, u64 value)
{
	if (!p->proto)
		return;
	put_number(begin_event(p, TYPE_COUNTER, counter_track(pid, which)), EVENT_COUNTER, value);
	write_event(p, ts_ns);
}

static void put_end(struct perfetto *p)
{
	if (!p->proto)
		return;
	free(p->proto->name);
	free(p->proto->texts);
	free(p->proto);
	p->proto = NULL;
}

const struct perfetto_format perfetto_proto = { put_begin,     put_process, put_track, put_slice,
						put_end_slice, put_counter, put_mark,  put_end };
