/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * one_recording.h - several files are the parts of one recording only if they can be. Taken
 * together, two recordings of two hosts give VMs that there never were: a pid and a VM's number
 * mean something on one host only.
 */
#ifndef KVM_IPI_ONE_RECORDING_H
#define KVM_IPI_ONE_RECORDING_H

#include "trace/trace.h"

/*
 * -EINVAL and its line: a file is given twice, or two files are known to be of different hosts,
 * kernels or recordings (together: the user knows better); else 0.
 */
int one_recording(const struct trace *t, bool together);

#endif
