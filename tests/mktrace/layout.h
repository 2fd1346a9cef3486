/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the fields of an event are, and the format text that tells it.
 *
 * The real layout gives, byte for byte, the text a kernel with the tracepoint writes. The others
 * have the same fields at other offsets, in other sizes, with strangers between them, because a
 * reader has to find fields by name. Any field can be left out.
 */
#ifndef MKTRACE_LAYOUT_H
#define MKTRACE_LAYOUT_H

#include "options.h"

/* Fields of kvm_ipi_track, in the order of the real layout. */
enum field {
	F_VM_ID,
	F_VM_PID,
	F_SRC,
	F_DST,
	F_DST_CPU,
	F_VECTOR,
	F_PATH,
	F_STATE,
	NR_FIELDS,
};

/* Ids of the other events; only that of kvm_ipi_track can be chosen. */
enum { ID_PRINT = 5, ID_SCHED_SWITCH = 310, ID_KVM_EOI = 1627 };

#define COMMON_SIZE 8 /* common_type, _flags, _preempt_count, _pid */
#define MAX_PAYLOAD 256
#define EOI_SIZE    16
#define SWITCH_SIZE 64

struct layout {
	struct {
		u16 offset;
		u8 size; /* 0: left out */
	} field[NR_FIELDS];
	u16 size; /* of the payload, the common fields included, rounded up to 4 */
};

/* The bit of the field of this name, or 0. */
u64 field_by_name(const char *name, size_t len);

/* Places the fields as @o says and appends the format text of kvm_ipi_track to @text. */
void layout_track(struct layout *l, const struct options *o, struct buf *text);

/* What any event's format text begins with, and one line of its fields. */
void format_head(struct buf *text, const char *name, unsigned int id);
void format_field(struct buf *text, const char *type, const char *name, const char *array,
		  u32 offset, u32 size, bool is_signed);

/* The format texts of other events. */
void format_sched_switch(struct buf *text);
void format_kvm_eoi(struct buf *text);
void format_print(struct buf *text);

/* events/header_page and events/header_event. */
void format_header_page(struct buf *text, u32 page_size, u32 long_size);
void format_header_event(struct buf *text);

#endif
