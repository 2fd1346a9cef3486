# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel did, from `trace-cmd report -N -R` of a recording with probes, without a model of
# its search: "SEARCHES PICKS AWAITED". A pick is a search in which a call of yield_to() returned more
# than 0; it is awaited if the target had not signalled the EOI of the vector that the spinning vCPU
# sent it last, and that vCPU's last IPI is at most 50 ms old. Threads are those of the lab's VMM:
# vmNAME-vcpuN-PID.

function vcpu_of(thread) {
	sub(/.*-vcpu/, "", thread)
	sub(/-.*/, "", thread)
	return thread + 0
}

function vm_of(thread) {
	sub(/-vcpu.*/, "", thread)
	return thread
}

function field(name,	i) {
	for (i = 4; i <= NF; i++)
		if (index($i, name "=") == 1)
			return substr($i, length(name) + 2)
	return ""
}

$1 ~ /-vcpu[0-9]+-[0-9]+$/ {
	pid = $1
	sub(/.*-/, "", pid)
	thread_of[pid] = $1
	vm = vm_of($1)
	time = $3 + 0
}

/ kvm_ipi_track: / {
	src = field("src_vcpu_id")
	unacked[vm, src, field("dst_vcpu_id")] = field("vector")
	sent[vm, src] = time
}

/ kvm_eoi: / {
	for (src = 0; src < 16; src++)
		if ((vm, src, vcpu_of($1)) in unacked && unacked[vm, src, vcpu_of($1)] == field("vector"))
			delete unacked[vm, src, vcpu_of($1)]
}

/ kvm_entry: / { searching[$1] = 0 }

/ spin: / {
	searches++
	searching[$1] = 1
}

/ ytp: / {
	src = vcpu_of($1)
	dst = vcpu_of(thread_of[field("pid")])
	waits[$1] = (vm, src, dst) in unacked && time - sent[vm, src] <= 0.05
}

/ yto: / && searching[$1] && field("ret") > 0 {
	picks++
	awaited += waits[$1]
	searching[$1] = 0
}

END { print searches + 0, picks + 0, awaited + 0 }
