// SPDX-License-Identifier: GPL-2.0-only
/*
 * Format texts of events, and the places of kvm_ipi_track's fields.
 *
 * The texts are what the kernel writes to events/SYSTEM/EVENT/format; the test compares the real
 * layout's text with one from a capture. The print format is put together from pieces, so that it
 * never speaks of a field that was left out: trace-cmd must be able to print every file.
 */
#include <stdio.h>

#include "layout.h"

struct column {
	int field; /* enum field, or -1: a stranger */
	const char *type, *name, *array;
	u8 size;
	bool is_signed;
};

static const struct column real_columns[] = {
	{ F_VM_ID, "u32", "vm_id", "", 4, false },
	{ F_VM_PID, "s32", "vm_pid", "", 4, true },
	{ F_SRC, "u32", "src_vcpu_id", "", 4, false },
	{ F_DST, "u32", "dst_vcpu_id", "", 4, false },
	{ F_DST_CPU, "s32", "dst_cpu", "", 4, true },
	{ F_VECTOR, "u8", "vector", "", 1, false },
	{ F_PATH, "u8", "path", "", 1, false },
	{ F_STATE, "u8", "dst_state", "", 1, false },
};

static const struct column shuffled_columns[] = {
	{ F_STATE, "u16", "dst_state", "", 2, false },
	{ F_VECTOR, "u16", "vector", "", 2, false },
	{ F_PATH, "u32", "path", "", 4, false },
	{ F_DST, "u64", "dst_vcpu_id", "", 8, false },
	{ -1, "u64", "cookie", "", 8, false },
	{ F_DST_CPU, "s16", "dst_cpu", "", 2, true },
	{ -1, "u8", "vm_id_hint", "", 1, false },
	{ F_SRC, "u32", "src_vcpu_id", "", 4, false },
	{ F_VM_PID, "s64", "vm_pid", "", 8, true },
	{ F_VM_ID, "u64", "vm_id", "", 8, false },
};

/* Over 112 bytes, and so of the ring buffer's other kind of record. */
static const struct column wide_columns[] = {
	{ -1, "u8", "blob", "[100]", 100, false },
	{ F_VM_ID, "u32", "vm_id", "", 4, false },
	{ F_VM_PID, "s32", "vm_pid", "", 4, true },
	{ F_SRC, "u32", "src_vcpu_id", "", 4, false },
	{ F_DST, "u32", "dst_vcpu_id", "", 4, false },
	{ F_DST_CPU, "s32", "dst_cpu", "", 4, true },
	{ F_VECTOR, "u8", "vector", "", 1, false },
	{ F_PATH, "u8", "path", "", 1, false },
	{ F_STATE, "u8", "dst_state", "", 1, false },
};

u64 field_by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(real_columns); i++)
		if (strlen(real_columns[i].name) == len && !memcmp(real_columns[i].name, name, len))
			return 1ull << real_columns[i].field;
	return 0;
}

void format_field(struct buf *text, const char *type, const char *name, const char *array,
		  u32 offset, u32 size, bool is_signed)
{
	buf_printf(text, "\tfield:%s %s%s;\toffset:%u;\tsize:%u;\tsigned:%d;\n", type, name, array,
		   offset, size, is_signed);
}

void format_head(struct buf *text, const char *name, unsigned int id)
{
	buf_printf(text, "name: %s\nID: %u\nformat:\n", name, id);
	format_field(text, "unsigned short", "common_type", "", 0, 2, false);
	format_field(text, "unsigned char", "common_flags", "", 2, 1, false);
	format_field(text, "unsigned char", "common_preempt_count", "", 3, 1, false);
	format_field(text, "int", "common_pid", "", 4, 4, true);
	buf_printf(text, "\n");
}

struct piece {
	u64 fields;    /* that must be there */
	u64 or_rather; /* with all of these, another piece says it */
	const char *fmt, *args;
};

static const struct piece pieces[] = {
	{ 1 << F_VM_PID | 1 << F_VM_ID, 0, "vm %d/%u ", "REC->vm_pid, REC->vm_id, " },
	{ 1 << F_VM_PID, 1 << F_VM_ID, "vm %d/ ", "REC->vm_pid, " },
	{ 1 << F_VM_ID, 1 << F_VM_PID, "vm /%u ", "REC->vm_id, " },
	{ 1 << F_SRC, 0, "vcpu %u ", "REC->src_vcpu_id, " },
	{ 1 << F_DST, 0, "-> %u ", "REC->dst_vcpu_id, " },
	{ 1 << F_VECTOR, 0, "vec 0x%x ", "REC->vector, " },
	{ 1 << F_PATH, 0, "%s ",
	  "__print_symbolic(REC->path, { 0, \"fast\" }, { 1, \"slow\" }), " },
	{ 1 << F_STATE, 0, "dst %s ",
	  "__print_symbolic(REC->dst_state, { 0, \"guest\" }, { 1, \"host\" }, "
	  "{ 2, \"preempted\" }, { 3, \"halted\" }, { 4, \"woken\" }), " },
	{ 1 << F_DST_CPU, 0, "cpu %d ", "REC->dst_cpu, " },
};

static void add_print_fmt(struct buf *text, u64 missing)
{
	char fmt[256] = "", args[512] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		if (pieces[i].fields & missing)
			continue;
		if (pieces[i].or_rather && !(pieces[i].or_rather & missing))
			continue;
		strcat(fmt, pieces[i].fmt);
		strcat(args, pieces[i].args);
	}
	if (*fmt) {
		fmt[strlen(fmt) - 1] = '\0';
		args[strlen(args) - 2] = '\0';
	}
	buf_printf(text, "\nprint fmt: \"%s\"%s%s\n", fmt, *args ? ", " : "", args);
}

static void place_columns(struct layout *l, struct buf *text, const struct column *c, size_t nr,
			  u64 missing)
{
	u32 offset = COMMON_SIZE;
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < nr; i++) {
		u32 align = *c[i].array ? 1 : c[i].size;

		if (c[i].field >= 0 && missing & 1ull << c[i].field)
			continue;
		offset = (offset + align - 1) / align * align;
		format_field(text, c[i].type, c[i].name, c[i].array, offset, c[i].size,
			     c[i].is_signed);
		if (c[i].field >= 0) {
			l->field[c[i].field].offset = offset;
			l->field[c[i].field].size = c[i].size;
		}
		offset += c[i].size;
	}
	l->size = (offset + 3) / 4 * 4;
}

void layout_track(struct layout *l, const struct options *o, struct buf *text)
{
	format_head(text, "kvm_ipi_track", o->event_id);
	switch (o->layout) {
	case LAYOUT_SHUFFLED:
		place_columns(l, text, shuffled_columns, ARRAY_SIZE(shuffled_columns), o->missing);
		break;
	case LAYOUT_WIDE:
		place_columns(l, text, wide_columns, ARRAY_SIZE(wide_columns), o->missing);
		break;
	default: place_columns(l, text, real_columns, ARRAY_SIZE(real_columns), o->missing);
	}
	add_print_fmt(text, o->missing);
}

void format_sched_switch(struct buf *text)
{
	format_head(text, "sched_switch", ID_SCHED_SWITCH);
	format_field(text, "char", "prev_comm", "[16]", 8, 16, false);
	format_field(text, "pid_t", "prev_pid", "", 24, 4, true);
	format_field(text, "int", "prev_prio", "", 28, 4, true);
	format_field(text, "long", "prev_state", "", 32, 8, true);
	format_field(text, "char", "next_comm", "[16]", 40, 16, false);
	format_field(text, "pid_t", "next_pid", "", 56, 4, true);
	format_field(text, "int", "next_prio", "", 60, 4, true);
	buf_printf(text,
		   "\nprint fmt: \"prev_comm=%%s prev_pid=%%d prev_prio=%%d prev_state=%%ld ==> "
		   "next_comm=%%s next_pid=%%d next_prio=%%d\", REC->prev_comm, REC->prev_pid, "
		   "REC->prev_prio, REC->prev_state, REC->next_comm, REC->next_pid, "
		   "REC->next_prio\n");
}

void format_kvm_eoi(struct buf *text)
{
	format_head(text, "kvm_eoi", ID_KVM_EOI);
	format_field(text, "__u32", "apicid", "", 8, 4, false);
	format_field(text, "int", "vector", "", 12, 4, true);
	buf_printf(text, "\nprint fmt: \"apicid %%x vector %%d\", REC->apicid, REC->vector\n");
}

void format_print(struct buf *text)
{
	format_head(text, "print", ID_PRINT);
	format_field(text, "unsigned long", "ip", "", 8, 8, false);
	format_field(text, "char", "buf", "[]", 16, 0, false);
	buf_printf(text, "\nprint fmt: \"%%ps: %%s\", (void *)REC->ip, REC->buf\n");
}

void format_header_page(struct buf *text, u32 page_size, u32 long_size)
{
	buf_printf(text,
		   "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		   "\tfield: local_t commit;\toffset:8;\tsize:%u;\tsigned:1;\n"
		   "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		   "\tfield: char data;\toffset:%u;\tsize:%u;\tsigned:0;\n",
		   long_size, 8 + long_size, page_size - 8 - long_size);
}

void format_header_event(struct buf *text)
{
	buf_printf(text, "# compressed entry header\n"
			 "\ttype_len    :    5 bits\n"
			 "\ttime_delta  :   27 bits\n"
			 "\tarray       :   32 bits\n"
			 "\n"
			 "\tpadding     : type == 29\n"
			 "\ttime_extend : type == 30\n"
			 "\ttime_stamp : type == 31\n"
			 "\tdata max type_len  == 28\n");
}
