// SPDX-License-Identifier: GPL-2.0-only
/* bpf_objects.c - see bpf_objects.h. BPF_OBJECT_DIR is where the Makefile left them. */
#include "live/bpf_objects.h"

/* 8 bytes: libelf reads the headers in place. */
#define OBJECT(name)                                                                               \
	__asm__(".pushsection .rodata\n"                                                           \
		".balign 8\n"                                                                      \
		"kvm_ipi_" #name "_start:\n"                                                       \
		".incbin \"" BPF_OBJECT_DIR "/" #name ".bpf.o\"\n"                                 \
		"kvm_ipi_" #name "_end:\n"                                                         \
		".popsection\n");                                                                  \
	extern const char kvm_ipi_##name##_start[], kvm_ipi_##name##_end[];                        \
	struct bpf_object_file bpf_object_##name(void)                                             \
	{                                                                                          \
		return (struct bpf_object_file){ kvm_ipi_##name##_start,                           \
						 (size_t)(kvm_ipi_##name##_end -                   \
							  kvm_ipi_##name##_start) };               \
	}

OBJECT(track)
OBJECT(join)
