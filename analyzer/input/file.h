/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h - reading at a place: pread that finishes what it began, and a reader for metadata.
 *
 * No mmap anywhere: a page fault costs more than the copy, and a file that shrinks would be a
 * signal instead of an error.
 */
#ifndef KVM_IPI_FILE_H
#define KVM_IPI_FILE_H

#include "util/types.h"

/*
 * Reads up to len bytes at off, over interruptions and short reads. Returns the bytes read (fewer
 * only at the end of the file) or -errno.
 */
s64 file_pread(int fd, void *buf, size_t len, u64 off);

#define META_WINDOW	  (64 * 1024)
#define META_WINDOW_FIRST 4096 /* most headers fit; each further window is twice as large */

/*
 * A bounded, forward reader over a stretch of a file or of memory. Numbers are little-endian. After
 * the first read beyond the bound or failing read it is "bad": everything it returns from then on is
 * zero, so that a parser checks once, where it matters.
 */
struct meta {
	int fd;	       /* -1: all of it is in win */
	u64 pos, end;  /* where in the file (or in win) it stands, and its bound */
	const u8 *win; /* [win_pos, win_pos + win_len) of the file */
	u8 *own;       /* the window's memory, if it is ours */
	u64 win_pos;
	size_t win_len;
	size_t next; /* how much the next window reads, up to META_WINDOW */
	int bad;     /* 0, or the -errno of the first failure; -ENODATA beyond the bound */
};

int meta_init_file(struct meta *m, int fd, u64 from, u64 to);
void meta_init_mem(struct meta *m, const void *data, size_t len);
void meta_release(struct meta *m);

u16 meta_u16(struct meta *m);
u32 meta_u32(struct meta *m);
u64 meta_u64(struct meta *m);
/* Copies len bytes; false (and bad) when they are not there. */
bool meta_bytes(struct meta *m, void *to, u64 len);
void meta_skip(struct meta *m, u64 len);
void meta_seek(struct meta *m, u64 pos);
/* A NUL-terminated string of at most max - 1 bytes into to; longer or cut ones are bad. */
bool meta_string(struct meta *m, char *to, size_t max);
/* What is left before the bound; 0 when bad. */
u64 meta_left(const struct meta *m);
/* What a parser's result really is: where reading failed, no damage (-EBADMSG) but that. */
int meta_result(const struct meta *m, int ret);

#endif
