#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-hints.sh FILE: what becomes of the hints that IPIs leave, from the text of trace-cmd report.
#
# Prints vm_pid,vm_id,window_ns,recorded,overwritten,refreshed,retargeted,expired,open,alive_ns and
# then vm_pid,vm_id,stability,same,of; sorted. Each hint's fate is worked out for each window by
# itself, from the definition: alive from its IPI to the sender's next one, the window's end or the
# trace's end, whichever is first. For traces without lost events. Times are whole ns: doubles hold
# them exactly up to 2^53.
set -eu

[ $# = 1 ] || { echo "usage: opinion-hints.sh FILE" >&2; exit 2; }

text=$(mktemp)
trap 'rm -f "$text"' EXIT
trace-cmd report -t -N "$1" >"$text" 2>/dev/null
awk '
BEGIN {
	nw = split("100000 500000 1000000 2000000 5000000 10000000 20000000 50000000 " \
		"100000000 200000000 500000000", W, " ")
}
match($0, /\[[0-9]+\][^:]* [0-9]+\.[0-9]+: /) {
	stamp = substr($0, RSTART, RLENGTH)
	sub(/^\[[0-9]+\][^:]* /, "", stamp)
	sub(/: $/, "", stamp)
	split(stamp, part, ".")
	T = part[1] * 1000000000 + part[2]
}
/ kvm_ipi_track: / {
	sub(/^.* kvm_ipi_track: +/, "")
	vm = $2
	sub("/", ",", vm)
	s = vm "," $4
	vms[vm] = 1
	if (s in at)
		follow(vm, s, T, $6)
	at[s] = T
	to[s] = $6
	of_vm[s] = vm
}
function follow(vm, s, now, dst,    i, d, same) {
	d = now - at[s]
	same = to[s] == dst
	n[vm, "of"]++
	n[vm, "same"] += same
	for (i = 1; i <= nw; i++) {
		n[vm, i, "recorded"]++
		if (d <= W[i]) {
			n[vm, i, same ? "refreshed" : "retargeted"]++
			n[vm, i, "alive"] += d
		} else {
			n[vm, i, "expired"]++
			n[vm, i, "alive"] += W[i]
		}
	}
}
END {
	for (s in at)
		for (i = 1; i <= nw; i++) {
			vm = of_vm[s]
			d = T - at[s]
			n[vm, i, "recorded"]++
			n[vm, i, d > W[i] ? "expired" : "open"]++
			n[vm, i, "alive"] += d > W[i] ? W[i] : d
		}
	for (vm in vms) {
		for (i = 1; i <= nw; i++)
			printf "%s,%.0f,%d,%d,%d,%d,%d,%d,%.0f\n", vm, W[i], n[vm, i, "recorded"],
				n[vm, i, "refreshed"] + n[vm, i, "retargeted"],
				n[vm, i, "refreshed"], n[vm, i, "retargeted"],
				n[vm, i, "expired"], n[vm, i, "open"], n[vm, i, "alive"]
		printf "%s,stability,%d,%d\n", vm, n[vm, "same"], n[vm, "of"]
	}
}' "$text" | sort
