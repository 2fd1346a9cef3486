/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * formats.h - the fields of an event, as the recording kernel described them, by name.
 *
 * libtraceevent parses the description, once, at opening; records are then read by offset and size,
 * without a call. A field that a kernel does not have is simply absent (size 0).
 */
#ifndef KVM_IPI_FORMATS_H
#define KVM_IPI_FORMATS_H

#include "input/container.h"

struct field {
	u32 offset; /* in the record's payload */
	u8 size;    /* 1, 2, 4 or 8; 0: the event has no such field */
	bool is_signed;
};

struct event_format {
	u16 id;		   /* of the recording kernel */
	struct field type; /* common_type: which event a record is */
};

/* A field to look up. */
struct field_want {
	const char *name;
	bool required;
};

/*
 * Finds system:event in the file and resolves its fields; found[i] is that of want[i].
 * 0; -ENOENT: the file does not describe the event; -EBADMSG: its description is damaged or lacks a
 * required field (err says which); -ENOMEM.
 */
int formats_resolve(const struct container *c, const char *system, const char *event,
		    const struct field_want *want, size_t nr, struct field *found,
		    struct event_format *format, struct err *err);

/*
 * The id and the name (up to max bytes) of the i-th described event; false when it is unreadable.
 */
bool formats_event(const struct container *c, u32 i, char *name, size_t max, u16 *id);

/* The field's value; the record was checked to be long enough. Sign-extended where signed. */
static inline u64 field_load(const u8 *payload, struct field f)
{
	const u8 *p = payload + f.offset;
	u64 v;

	/* Sizes one by one: a copy of a variable length would be a call. */
	switch (f.size) {
	case 8: return load64(p);
	case 4: v = load32(p); return f.is_signed ? (u64)(s64)(s32)v : v;
	case 2: v = load16(p); return f.is_signed ? (u64)(s64)(int16_t)v : v;
	case 1: return f.is_signed ? (u64)(s64)(int8_t)*p : *p;
	}
	return 0;
}

#endif
