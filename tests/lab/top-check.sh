#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# top-check.sh [MACHINE/NAME...]: is what kvm-ipi top counted what the guests know they sent? A line
# `top/BACKEND: MACHINE/NAME equal` for each line `top` of $LAB_CAPTURES, or the first difference.
#
# Compared: every count by VM, sender, receiver, vector and path; where the kernel numbers VMs, their
# numbers too, elsewhere VMs as a whole. With a full map: counted and lost with sent. With a recording
# beside it: what `kvm-ipi report` makes of it, states included. In all cases: the exit code, and that
# nothing was left in the kernel.
#
# Environment: LAB (build/lab), KVM_IPI (build/kvm-ipi), LAB_CAPTURES (./captures).
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
LAB_OUT=${LAB_OUT:-$LAB/out}
KVM_IPI=${KVM_IPI:-$top/build/kvm-ipi}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sort_edges() {
	sort -n -k1,1 -k2,2 -k3,3 -k4,4 -k5,5 -k6,6
}

# same WHAT EXPECTED FOUND: the first line that only one of them has.
same() {
	cmp -s "$2" "$3" && return 0
	echo "$1: $(diff "$2" "$3" | sed -n -e 's/^</expected:/p' -e 's/^>/found:/p' | head -n 2 |
		tr '\t\n' '  ')"
	return 1
}

# The last document's edges, as the guests' books have them.
edges_of() {
	jq -rs '.[-1].vms[] | . as $vm | .edges[] | . as $e | .vectors[] |
		(["fast", .fast], ["slow", .slow]) as [$path, $n] | select($n > 0) |
		[$vm.vm_pid, $vm.vm_id, $e.src, $e.dst, .vector, $path, $n] | @tsv' "$1" | sort_edges
}

# Each VM on one line: its number is the program's own.
by_vm() {
	awk '{ vm = $1 "/" $2; if (vm != last) printf "%s%s", last == "" ? "" : "\n", $1; last = vm
		printf " %s>%s:%s/%s=%s", $3, $4, $5, $6, $7 } END { print "" }' | sort
}

check_counts() {
	sort_edges <"$base.edges" >"$scratch/expected"
	edges_of "$base.top.json" >"$scratch/found" || return 1
	if jq -es '.[-1].vms | length > 0 and all(.vm_id_is_kernels)' "$base.top.json" >/dev/null; then
		same 'the guests' "$scratch/expected" "$scratch/found"
	else
		by_vm <"$scratch/expected" >"$scratch/expected-vms"
		by_vm <"$scratch/found" >"$scratch/found-vms"
		same 'the guests' "$scratch/expected-vms" "$scratch/found-vms"
	fi
}

# A map that is full: what found no room is counted.
check_full() {
	local expected found lost
	expected=$(awk '{ n += $7 } END { print n + 0 }' "$base.edges")
	read -r found lost < <(jq -rs '.[-1] | "\([.vms[].ipis] | add) \(.lost.ipis)"' "$base.top.json")
	[ "$lost" -gt 0 ] && [ "$((found + lost))" = "$expected" ] && return 0
	echo "a full map: counted $found + lost $lost is not $expected, or nothing was lost"
	return 1
}

normal='[.vms[] | { vm_pid, vm_id, vcpus, ipis, fast: .paths.fast, slow: .paths.slow, states,
	vectors: [.vectors[] | { vector, count }],
	edges: [.edges[] | { src, dst, count, vectors: [.vectors[] | { vector, count }] }] }] |
	sort_by(.vm_pid, .vm_id)'

check_recording() {
	"$KVM_IPI" report --format json "$base.dat" 2>/dev/null | jq -S "$normal" >"$scratch/report"
	jq -sS ".[-1] | $normal" "$base.top.json" >"$scratch/top"
	same 'kvm-ipi report of the recording beside it' "$scratch/report" "$scratch/top"
}

# Where it is measured: as many latencies as IPIs can have, at most, and at least one.
check_latency() {
	jq -es '.[-1] | (.overtaken == null) or
		([.vms[].histograms[] | select(.stage == "acknowledged") | .buckets[][1]] | add) as $n |
		([.vms[].ipis] | add) as $ipis | $n > 0 and $n + .overtaken <= $ipis' \
		"$base.top.json" >/dev/null && return 0
	echo 'latencies: none, or more than IPIs'
	return 1
}

check_end() {
	[ "$(head -n 1 "$base.top" 2>/dev/null)" = "exit $1" ] || {
		echo "exit $1 expected: $(head -n 1 "$base.top") $(tail -n 1 "$base.top.log")"
		return 1
	}
	grep -q '^kernel as before' "$base.top" || {
		sed -n '2,5p' "$base.top" | tr '\n' ' '
		return 1
	}
	grep -q '^while it counts: [1-9]' "$base.top" || {
		echo 'the list of what could be left shows nothing while it counts'
		return 1
	}
	[ "$(tail -n 1 "$base.status" 2>/dev/null)" = 'as the workloads say' ] || {
		echo "the guests: $(tail -n 1 "$base.status" 2>/dev/null)"
		return 1
	}
}

check_one() {
	case $2 in
	killed) check_end 137 ;;
	full) check_end 0 && check_full ;;
	recorded) check_end 0 && check_counts && check_recording && check_latency ;;
	*) check_end 0 && check_counts && check_latency ;;
	esac
}

right=0 all=0
while read -r word machine name set _; do
	[ "$word" = top ] || continue
	[ $# = 0 ] || [[ " $* " == *" $machine/$name "* ]] || continue
	all=$((all + 1))
	base=$LAB_OUT/$machine/$name
	how=${set#"${set%,*}"}
	if check_one "$name" "${how#,}" >"$scratch/message" 2>&1; then
		right=$((right + 1))
		echo "top/${set%,*}: $machine/$name equal${how:+ (${how#,})}"
	else
		echo "top/${set%,*}: $machine/$name DIFFERS: $(tail -n 1 "$scratch/message")"
	fi
done <"$LAB_CAPTURES"
echo "top: $right of $all equal"
[ "$right" = "$all" ] && [ "$all" -gt 0 ]
