/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - fields of a tracepoint's record, from its format in tracefs.
 */
#ifndef KVM_IPI_LIVE_FORMAT_H
#define KVM_IPI_LIVE_FORMAT_H

#include "util/err.h"
#include "util/types.h"

/* text: a file `format`. -ENOENT: there is no such field. */
int format_field(const char *text, const char *name, u32 *offset, u32 *size);

/*
 * Whether the record of kvm_ipi_track has all fields at the contract's places, as the BPF program
 * reads them; -EINVAL with a line that names the first that is elsewhere.
 */
int format_check_track(const char *text, struct err *err);

/* The format of kvm:kvm_ipi_track below this tracefs, to be freed; NULL and errno. */
char *format_of_track(const char *tracefs);

#endif
