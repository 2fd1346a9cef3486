/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * container_v7.h - version 7, for the files that read it: container_content.c unpacks sections and
 * reads those that both others need, container_v7.c follows the index, container_salvage.c does
 * without.
 */
#ifndef KVM_IPI_CONTAINER_V7_H
#define KVM_IPI_CONTAINER_V7_H

#include "input/container.h"

#define SECTION_HEADER	   16
#define SECTION_COMPRESSED 1
/* What a compressed section may grow to: far above any real one, far below the machine's memory. */
#define UNPACKED_MAX (64ull * 1024 * 1024)

struct v7 {
	struct container *c;
	u64 formats_at, header_at; /* sections' offsets; 0: none */
	u32 buffer_cpus;	   /* the most that one buffer lists */
};

/* A section's content, unpacked where needed, behind one reader. */
struct content {
	struct meta m;
	u8 *unpacked;
	u16 id, flags;
	u64 offset, size; /* of the content as it is in the file */
};

/* All: 0 or -errno; -EBADMSG is damage. The header alone needs no closing. */
int content_header(const struct container *c, u64 at, struct content *s);
int content_open(const struct container *c, u64 at, struct content *s);
void content_close(struct content *s);

/* One options section; *next is where the chain goes on, 0 at its end. */
int v7_read_options(struct v7 *v, struct meta *m, u64 *next);
/* The header's and the formats' sections, where they are known. */
int v7_read_texts(struct v7 *v, const char *path, struct err *err);

/*
 * Without the index: walks from `at`, section by section, into a container that has its first bytes
 * alone (container_forget()). Fills c->salvaged and counts the index, and what it knows to be
 * missing, as damaged.
 */
int container_salvage_v7(struct v7 *v, u64 at, const char *path, struct err *err);

#endif
