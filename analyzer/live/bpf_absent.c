// SPDX-License-Identifier: GPL-2.0-only
/* bpf_absent.c - in place of the BPF backends, in a build without libbpf or clang. */
#include "live/backend.h"

#include <errno.h>

static int open_absent(void **state, const struct live_options *o, struct live_facts *facts,
		       struct err *err)
{
	return err_set(err, -ENOENT, "this kvm-ipi was built without libbpf");
}

const struct live_ops live_tracepoint = {
	.name = "tracepoint",
	.what = "BPF on kvm:kvm_ipi_track",
	.open = open_absent,
};

const struct live_ops live_fentry = {
	.name = "fentry",
	.what = "BPF on functions of kvm.ko",
	.open = open_absent,
};
