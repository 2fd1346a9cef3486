/* SPDX-License-Identifier: GPL-2.0-only */
/* vm_cache.h - VMs' numbers by their ids, between the decoder and the model. */
#ifndef KVM_IPI_VM_CACHE_H
#define KVM_IPI_VM_CACHE_H

#include "util/types.h"

/*
 * The numbers of the VMs that were met last, by both their ids as they lie in an event. The model
 * fills it; the decoder looks into it, so that hardly an event has to be looked at again for its
 * VM. All zero is empty. Of empty lines, only that of ids 0 could be taken for a VM's: the decoder
 * asks whether that one is used, once a batch.
 */
#define VM_CACHE_BITS 8 /* 4 KiB */
#define VM_CACHE_OF_0 0 /* what vm_cache_line() says of ids 0 */

struct vm_cached {
	u64 ids;
	u32 number; /* of the VM */
	bool used;
};

struct vm_cache {
	struct vm_cached line[1 << VM_CACHE_BITS];
};

/* Where these ids are, if they are there. */
static inline u32 vm_cache_line(u64 ids)
{
	return ids * 0x9e3779b97f4a7c15ull >> (64 - VM_CACHE_BITS);
}

#endif
