/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf_objects.h - the compiled BPF programs, as parts of this program. */
#ifndef KVM_IPI_LIVE_BPF_OBJECTS_H
#define KVM_IPI_LIVE_BPF_OBJECTS_H

#include <stddef.h>

struct bpf_object_file {
	const void *start;
	size_t len;
};

struct bpf_object_file bpf_object_track(void);
struct bpf_object_file bpf_object_join(void);

#endif
