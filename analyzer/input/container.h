/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * container.h - what a trace.dat says about itself: where each CPU's data is, in which buffer, how
 * it is packed, which event formats, clock and statistics it carries.
 *
 * container_open.c reads the first bytes and chooses the layout's reader. Two layouts, one result:
 * container_v6.c walks a sequence, container_v7.c a chain of sections; options.c reads the options
 * that both have; they put what they find into the container by container.c. The events themselves
 * are not touched here.
 */
#ifndef KVM_IPI_CONTAINER_H
#define KVM_IPI_CONTAINER_H

#include "input/codec.h"
#include "input/file.h"
#include "util/err.h"
#include "util/progress.h"
#include "util/types.h"

/* The data of one CPU in one buffer. */
struct section {
	u32 buffer;	  /* index into container.buffers */
	u32 cpu;	  /* the kernel's number of it */
	u64 offset, size; /* in the file; already cut to what the file has */
	bool packed;	  /* in compressed chunks */
	u32 chunks;	  /* packed: how many; 0: their count stands before them */
};

struct buffer {
	char *name;  /* "" is the top buffer, else an instance's name */
	char *clock; /* NULL: unknown */
	u32 page_size;
	u64 at; /* version 7: its section; else 0 */
};

/* One event's format, as the kernel described it. Points into container.format_text. */
struct format_text {
	const char *system;
	const char *text;
	size_t len;
};

/* A guest that was recorded together with its host (trace-cmd record -A): who ran its CPUs. */
struct guest_map {
	char *name;
	struct guest_cpu {
		u32 cpu;
		s32 pid; /* the thread on the host */
	} * cpu;
	u32 nr_cpus;
};

struct container {
	int fd;
	u64 file_size;
	int version;   /* 6 or 7 */
	u32 page_size; /* of the header; buffers have their own in version 7 */
	enum codec codec;
	char codec_name[16];

	struct buffer *buffers;
	u32 nr_buffers;
	struct progress *progress; /* not owned; NULL: nobody watches */
	/* By buffer, then as the file lists the CPUs; none is empty, and no two share a byte. */
	struct section *sections;
	u32 nr_sections;
	u32 nr_cpus; /* CPUs of the machine */

	char *format_text; /* owns what formats points to */
	struct format_text *formats;
	u32 nr_formats;

	u64 cmdlines_off, cmdlines_len; /* v6: text in the file; v7: its section; len 0: none */

	struct guest_map *guests;
	u32 nr_guests;

	char *clock;	 /* option TRACECLOCK, or NULL */
	char *release;	 /* of the recording kernel, as uname -r has it, or NULL */
	char *host;	 /* as uname -n had it there, or NULL */
	u64 trace_id;	 /* trace-cmd's, of this recording; 0: unknown */
	bool have_stats; /* the per-CPU statistics, summed up */
	u64 stat_overrun, stat_dropped;
	s64 ts_offset;		 /* ns to add to every time */
	u32 tsc_mult, tsc_shift; /* tsc_mult 0: times are ns as they are */
	bool time_shift;	 /* a guest's clock correction is there, and not applied */

	u64 nr_listed; /* sections that the file names, empty ones too */
	u64 damaged;   /* pages that the file should hold and does not */

	bool salvage; /* container_open(): look for data whose index is lost */
	struct {
		bool used;   /* the index was lost, and data found without */
		bool sure;   /* the CPUs' numbers are theirs: all of the machine's were found */
		u32 streams; /* CPUs' data that no index lists */
		u64 missing; /* bytes of it that the file should hold and does not; at least */
	} salvaged;
};

/*
 * Where a section's data ends in the file. trace-cmd leaves the count of the chunks out of a packed
 * section's size.
 */
static inline u64 section_data_end(const struct container *c, const struct section *s)
{
	u64 end = s->offset + s->size;

	return s->packed && !s->chunks ? min_of(end + 4, c->file_size) : end;
}

/*
 * Takes fd, also on failure. 0 or -errno with a line that says what the file is and what to do. The
 * second does not need the index of a version 7: where that is damaged, it looks for the data.
 */
int container_open(struct container *c, int fd, const char *path, struct err *err);
int container_open_salvage(struct container *c, int fd, const char *path, struct err *err);
void container_close(struct container *c);

/* The threads' names that were saved, lines "PID NAME", to be freed; "" when there are none. 0 or -errno. */
int container_cmdlines(struct container *c, char **text);
int container_cmdlines_v7(struct container *c, char **text);

/* For the layouts' readers. All: 0 or -errno. */
int container_read_v6(struct container *c, struct meta *m, const char *path, struct err *err);
int container_read_v7(struct container *c, struct meta *m, const char *path, struct err *err);
/* Frees all that was read behind the first bytes. */
void container_forget(struct container *c);
int container_add_buffer(struct container *c, const char *name, const char *clock, u32 page_size);
int container_add_section(struct container *c, struct section s);
/* "header_page", "header_event": refuses 32-bit kernels. */
int container_read_header_info(struct meta *m, const char *path, struct err *err);
/* The event systems and their formats. limit: bytes that the text can have at most. */
int container_read_formats(struct container *c, struct meta *m, u64 limit);
int container_set_clock(struct container *c, const char *text);

enum option_id {
	OPTION_DONE,
	OPTION_DATE,
	OPTION_CPUSTAT,
	OPTION_BUFFER,
	OPTION_TRACECLOCK,
	OPTION_UNAME,
	OPTION_HOOK,
	OPTION_OFFSET,
	OPTION_CPUCOUNT,
	OPTION_VERSION,
	OPTION_PROCMAPS,
	OPTION_TRACEID,
	OPTION_TIME_SHIFT,
	OPTION_GUEST,
	OPTION_TSC2NSEC,
	OPTION_STRINGS,
	OPTION_HEADER_INFO,
	OPTION_FTRACE_EVENTS,
	OPTION_EVENT_FORMATS,
	OPTION_KALLSYMS,
	OPTION_PRINTK,
	OPTION_CMDLINES,
	OPTION_BUFFER_TEXT,
};

/* An option that means the same in both layouts; others are left alone. m stands at its data. */
int container_read_option(struct container *c, unsigned int id, struct meta *m, u32 size);

#endif
