/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image.h - small trace.dat files, made in memory, byte by byte.
 *
 * For tests that need a file to be wrong in one chosen place: the builder remembers where the
 * places are. (tests/mktrace makes large files and right ones.) Numbers are little-endian, as x86's
 * are.
 */
#ifndef KVM_IPI_IMAGE_H
#define KVM_IPI_IMAGE_H

#include "input/codec.h"
#include "util/types.h"

/* Bytes that grow; all zero is empty. Failing allocations fail the test. */
struct image {
	u8 *p;
	size_t len, room;
};

void image_free(struct image *img);
void image_bytes(struct image *img, const void *from, size_t len);
void image_zero(struct image *img, size_t len);
void image_u8(struct image *img, u8 v);
void image_u16(struct image *img, u16 v);
void image_u32(struct image *img, u32 v);
void image_u64(struct image *img, u64 v);
void image_string(struct image *img, const char *s); /* with its NUL */
void image_set_u32(struct image *img, size_t at, u32 v);
void image_set_u64(struct image *img, size_t at, u64 v);
/* An unnamed file with the image in it. */
int image_fd(const struct image *img);
/* In a packed chunk's frame, without the two lengths. Empty (CODEC_NONE) stays as it is. */
void image_pack(struct image *to, enum codec codec, const void *from, size_t len);

/* One page of the ring buffer. */
#define PAGE 4096
struct page {
	u8 data[PAGE];
	u32 used; /* of the data, behind the header */
};

enum { PAGE_MISSED = 1u << 31, PAGE_MISSED_STORED = 1u << 30 };

void page_begin(struct page *p, u64 ts);
void page_u32(struct page *p, u32 v);
/* A record of len bytes (a multiple of 4, at most 112), delta ns after the one before. */
void page_record(struct page *p, u32 delta, const void *payload, u32 len);
/* Its longer form: for any len. */
void page_long_record(struct page *p, u32 delta, const void *payload, u32 len);
void page_extend(struct page *p, u64 delta);
void page_absolute(struct page *p, u64 ts);
/* Sets commit; flags are PAGE_MISSED...; lost is stored where the flags say so. */
void page_end(struct page *p, u32 flags, u64 lost);

/* A record of kvm_ipi_track as the kernel lays it out. */
struct track_record {
	u16 common_type;
	u8 common_flags, common_preempt_count;
	s32 common_pid;
	u32 vm_id;
	s32 vm_pid;
	u32 src, dst;
	s32 dst_cpu;
	u8 vector, path, state, tail;
};

#define TRACK_ID 1234
extern const char track_format[], header_page_format[];
struct track_record track_record(s32 vm_pid, u32 vm_id, u32 src, u32 dst, u8 vector);
void page_track(struct page *p, u32 delta, struct track_record r);

/* A whole file. Zero means: the usual. */
struct file_spec {
	int version;	    /* 6 or 7 */
	u32 page_size;	    /* the header's */
	const char *format; /* of kvm:kvm_ipi_track; NULL: the usual one; "": no formats at all */
	const char *header_page;
	enum codec codec;	 /* of the CPUs' data, version 7 */
	const char *codec_name;	 /* instead of the codec's own */
	const struct page *page; /* nr_pages for each CPU, one CPU behind the other */
	u32 nr_pages, nr_cpus;
	const u8 *option; /* one more option: id, its data */
	u16 option_id;
	u32 option_len;
	bool instance; /* version 6: the same data again, as the instance "in" */
};

/* Where things are, for those who want to break them. */
struct file_places {
	size_t formats, cpu_count, options, cpu_table, data, chain, buffer_option, first_chunk;
	size_t instance_offset, buffer;
};

void image_file(struct image *img, const struct file_spec *spec, struct file_places *at);

struct container;
/* The file, opened; an image that is broken on purpose, too. Failing fails the test. */
void image_open(struct container *c, const struct image *img);
void image_open_spec(struct container *c, const struct file_spec *spec);

/* nr chunks of CHUNK_MAX zeros, in some hundred bytes each, behind their count. */
void image_bombs(struct image *img, u32 nr);

#endif
