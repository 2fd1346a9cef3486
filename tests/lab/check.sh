#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh [MACHINE/CAPTURE...]: is what was recorded what the guests know they sent? One line for
# each capture of ./captures, `equal` or the first difference, and a total.
#
# Two opinions on each trace: trace-cmd's report with a few lines of awk, and the program; stock
# events are joined by edges-stock.awk, too. Counts are compared one by one, by VM, sender,
# receiver, vector and path; of a lossy trace, found + lost with expected. The record's format in
# each trace is compared with tracepoint.format, the contract: patch and contract cannot drift apart.
# A machine whose kernel complained (an oops, a warning) fails, whatever was recorded.
#
# What was found is left in $LAB_COUNTS ($LAB/counts), with the VMs' names instead of ids: the same in each run.
#
# Environment: LAB (build/lab), KVM_IPI (build/kvm-ipi), LAB_CAPTURES (./captures), LAB_FORMAT
# (./tracepoint.format), LAB_MACHINE (all) to compare one machine only.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
KVM_IPI=${KVM_IPI:-$top/build/kvm-ipi}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
LAB_FORMAT=${LAB_FORMAT:-$here/tracepoint.format}
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

has_event() {
	grep -q -w -- "$1" <<<"$events"
}

# Did the guests' handlers run as often as the workloads say? run-vms has compared it.
check_guests() {
	local status
	status=$(tail -n 1 "$base.status" 2>/dev/null)
	[ "$status" = 'as the workloads say' ] || {
		echo "the guests: ${status:-no status}"
		return 1
	}
}

check_format() {
	has_event kvm:kvm_ipi_track || return 0
	trace-cmd dump --events "$base.dat" 2>/dev/null | awk '
		/^name:/ { wanted = $2 == "kvm_ipi_track" }
		wanted && (/^\tfield:/ && !/ common_/ || /^print fmt:/)' >"$scratch/format"
	same "the tracepoint's format" "$LAB_FORMAT" "$scratch/format"
}

# The edges as the program sees them, a line for each path. The columns are found by name.
program_edges() {
	"$KVM_IPI" graph --format csv "$base.dat" | awk -F, '
		/^#/ { next }
		!header { for (i = 1; i <= NF; i++) c[$i] = i; header = 1; next }
		{
			edge = $c["vm_pid"]
			split("vm_id src dst vector", names, " ")
			for (i = 1; i <= 4; i++)
				edge = edge "\t" $c[names[i]]
			if ($c["fast"] + $c["slow"] != $c["count"])
				print edge "\tpaths-do-not-add-up\t" $c["count"]
			if ($c["fast"] > 0)
				print edge "\tfast\t" $c["fast"]
			if ($c["slow"] > 0)
				print edge "\tslow\t" $c["slow"]
		}' | sort_edges
}

check_edges() {
	has_event kvm:kvm_ipi_track || return 0
	sort_edges <"$base.edges" >"$scratch/expected"
	report -R |
		awk -f "$here/edges-track.awk" | sort_edges >"$scratch/found"
	program_edges >"$scratch/program" || {
		echo "kvm-ipi: exit code $?"
		return 1
	}
	[ -z "$lossy" ] || return 0
	same trace-cmd "$scratch/expected" "$scratch/found" &&
		same kvm-ipi "$scratch/expected" "$scratch/program"
}

# Not by -F: trace-cmd 3.1.6 frees its filters twice when there is a buffer beside the main one. That
# buffer's name stands before each line.
report() {
	trace-cmd report -N "$@" "$base.dat" 2>/dev/null | sed 's/^kvm-ipi-[0-9]*://'
}

total() {
	awk '{ n += $7 } END { print n + 0 }' "$@"
}

# VM src dst vector path count, into the list of all that was found.
note_counts() {
	[ -z "$lossy" ] && has_event kvm:kvm_ipi_track || return 0
	awk -v capture="$1" '
		/^# vm / { vm[$5 " " $7] = $3 }
		FILENAME == "-" { print capture, vm[$1 " " $2], $3, $4, $5, $6, $7 }' \
		"$base".truth-*.txt - <"$scratch/found" | LC_ALL=C sort >>"$scratch/counts"
}

# What is lost is counted by the kernel, per CPU; no edge may have more than was sent.
check_loss() {
	local expected found lost
	[ -n "$lossy" ] && has_event kvm:kvm_ipi_track || return 0
	expected=$(total "$scratch/expected")
	lost=$(trace-cmd report --stat "$base.dat" 2>/dev/null |
		awk '/^(overrun|commit overrun|dropped events):/ { n += $NF } END { print n + 0 }')
	[ "$lost" -gt 0 ] || {
		echo 'nothing was lost'
		return 1
	}
	for found in found program; do
		awk -v who="$found" '
			{ edge = $1 " " $2 " " $3 " " $4 " " $5 " " $6 }
			NR == FNR { sent[edge] = $7; next }
			$7 > sent[edge] { print who ": more than was sent: " edge; bad = 1 }
			END { exit bad }' "$scratch/expected" "$scratch/$found" || return 1
		[ "$(($(total "$scratch/$found") + lost))" = "$expected" ] || {
			echo "$found $(total "$scratch/$found") + lost $lost is not $expected"
			return 1
		}
	done
	found=$("$KVM_IPI" report --format json "$base.dat" | jq '.inputs[0].lost.overrun')
	[ "$found" = "$lost" ] || {
		echo "kvm-ipi says that $found were lost, trace-cmd $lost"
		return 1
	}
	remark=", $lost of $expected lost"
}

# What the stock events show: the tracked IPIs without their path, and their lookalikes.
check_stock() {
	has_event kvm:kvm_apic_ipi || return 0
	awk 'BEGIN { OFS = "\t" } { $6 = "-"; n = $7; $7 = ""; count[$0] += n }
		END { for (e in count) print e count[e] }' "$base.edges" "$base.lookalikes" |
		sort_edges >"$scratch/stock-expected"
	report |
		awk -f "$here/edges-stock.awk" "$base".truth-*.txt - |
		sort_edges >"$scratch/stock-found"
	same 'the join of stock events' "$scratch/stock-expected" "$scratch/stock-found"
}

# A VM's edges on one line, the VM's name left out: the program has to find the VMs by itself.
by_vm() {
	awk '{ vm = $1 "/" $2; if (vm != last) printf "%s", last == "" ? "" : "\n"; last = vm
		printf "%s>%s:%s=%s ", $3, $4, $5, $7 } END { print "" }' | sort
}

check_program_stock() {
	has_event kvm:kvm_apic_ipi || return 0
	"$KVM_IPI" graph --source stock --format csv "$base.dat" >"$scratch/stock-csv" || {
		echo "kvm-ipi --source stock: exit code $?"
		return 1
	}
	by_vm <"$scratch/stock-expected" >"$scratch/by-vm-expected"
	awk -F, '/^#/ { next } !header { for (i = 1; i <= NF; i++) c[$i] = i; header = 1; next }
		{
			vm = $c["vm_pid"] + 0 " " $c["vm_id"] + 0
			print vm, $c["src"], $c["dst"], $c["vector"], "-", $c["count"]
		}' \
		"$scratch/stock-csv" | sort_edges | by_vm >"$scratch/by-vm-found"
	same 'kvm-ipi --source stock' "$scratch/by-vm-expected" "$scratch/by-vm-found"
}

# Probes on deliveries: the same edges with paths, by a join of words and by the program; VMs by their
# edges, for the probes number them in another way. What PV and Hyper-V hypercalls send, by the workload.
has_probes() {
	has_event kvmipi:deliver || has_event kvm_ipi:deliver
}

deliveries() {
	trace-cmd report -N -l "$base.dat" 2>/dev/null | sed 's/^kvm-ipi-[0-9]*://' |
		awk -f "$top/tests/opinion/deliveries.awk"
}

# Lines vm src dst vector path count, a VM's on one line, its name left out.
paths_by_vm() {
	awk '{ vm = $1; if (vm != last) printf "%s", last == "" ? "" : "\n"; last = vm
		printf "%s>%s:%s/%s=%s ", $2, $3, $4, $5, $6 } END { print "" }' | sort
}

check_deliveries() {
	has_probes || return 0
	deliveries >"$scratch/deliveries"
	awk -v OFS='\t' '{ print $1 "/" $2, $3, $4, $5, $6, $7 }' "$base.edges" | sort -k1,1 -k2,5n >"$scratch/expected"
	awk -v OFS='\t' '$1 != "only-track" { n[$1 "/" $2 OFS $3 OFS $4 OFS $5 OFS $6]++ }
		END { for (e in n) print e, n[e] }' "$scratch/deliveries" | sort -k1,1 -k2,5n >"$scratch/found"
	"$KVM_IPI" graph --source probes --format csv "$base.dat" | awk -F, -v OFS='\t' '
		/^#/ { next }
		!header { for (i = 1; i <= NF; i++) c[$i] = i; header = 1; next }
		{
			edge = $c["vm_pid"] "/" $c["vm_id"] OFS $c["src"] OFS $c["dst"] OFS $c["vector"]
			if ($c["fast"] > 0) print edge, "fast", $c["fast"]
			if ($c["slow"] > 0) print edge, "slow", $c["slow"]
		}' | sort -k1,1 -k2,5n >"$scratch/program"
	if [ -n "$lossy" ]; then
		check_lossy_deliveries
		return
	fi
	for file in expected found program; do
		paths_by_vm <"$scratch/$file" >"$scratch/$file-by-vm"
	done
	same 'the join of probes' "$scratch/expected-by-vm" "$scratch/found-by-vm" &&
		same 'kvm-ipi --source probes' "$scratch/expected-by-vm" "$scratch/program-by-vm" &&
		check_hypercalls
}

# By pid alone: no edge has more than was sent.
check_lossy_deliveries() {
	[ -s "$scratch/program" ] || {
		echo 'kvm-ipi --source probes: nothing was found'
		return 1
	}
	awk '{ sub("/.*", "", $1); edge = $1 " " $2 " " $3 " " $4 " " $5 }
		NR == FNR { sent[edge] += $6; next }
		{ found[edge] += $6 }
		END { for (e in found) if (found[e] > sent[e]) { print "more than was sent: " e; bad = 1 }
			exit bad }' "$scratch/expected" "$scratch/program" || return 1
	remark=", $(awk '{ n += $6 } END { print n }' "$scratch/program") found"
}

check_hypercalls() {
	local truth workload pid
	for truth in "$base".truth-*.txt; do
		pid=$(sed -n '1s/.* pid \([0-9]*\) .*/\1/p' "$truth")
		workload=$(sed -n '1s/.* workload \([^ ]*\) .*/\1/p' "$truth")
		awk -v pid="$pid" '$1 == "pv-send" || $1 == "hv-send" {
			n = split($6, to, ",")
			for (i = 1; i <= n; i++) print pid, $2, to[i], $5 }' "$here/workloads/$workload"
	done | awk '{ n[$1 " " $2 " " $3] += $4 } END { for (p in n) print p, n[p] }' | sort >"$scratch/calls-expected"
	"$KVM_IPI" report --source probes --format json "$base.dat" |
		jq -r '.coverage.hypercall_pairs[] | "\(.vm_pid) \(.src) \(.dst) \(.count)"' |
		awk '{ n[$1 " " $2 " " $3] += $4 } END { for (p in n) print p, n[p] }' | sort >"$scratch/calls-found"
	same 'IPIs by hypercalls' "$scratch/calls-expected" "$scratch/calls-found"
}

# Both at once: each delivery's two records, side by side. The VM's address goes with its number.
check_both() {
	has_probes && has_event kvm:kvm_ipi_track || return 0
	awk -F'\t' '
		$1 == "only-track" { only++; next }
		{
			all++
			split($9, vm, "/")
			if ($2 != vm[1] || $3 != $10 || $4 != $11 || $5 != $12 || $6 != $13)
				differ++
			if (!($1 in number))
				number[$1] = $9
			differ += number[$1] != $9
			state += $7 == $14 && $8 == $15
		}
		END {
			if (all && !only && !differ && 100 * state >= 99 * all)
				exit 0
			printf "probes and kvm_ipi_track: %d IPIs, %d by the latter alone, ", all, only
			printf "%d differ, state and CPU equal in %d\n", differ, state
			exit 1
		}' "$scratch/deliveries"
}

# Lines "vm_pid vm_id state min% max%" against the states that were recorded.
check_states() {
	[ -s "$base.states" ] || return 0
	if has_probes; then
		"$KVM_IPI" report --source probes --format json "$base.dat" |
			jq -r '.vms[] | .vm_pid as $p | .ipis as $n | .states | to_entries[] | "\($p) \(.key) \(.value) \($n)"' |
			awk 'NR == FNR { n[$1 " " $2] = $3; all[$1] = $4; next }
				!all[$1] || 100 * n[$1 " " $3] < $4 * all[$1] || 100 * n[$1 " " $3] > $5 * all[$1] {
					printf "by probes, vm %s: %d of %d receivers were %s\n", $1, n[$1 " " $3], all[$1], $3
					bad = 1
				}
				END { exit bad }' - "$base.states" || return 1
	fi
	has_event kvm:kvm_ipi_track || return 0
	report -R | awk '
		BEGIN { split("guest host preempted halted woken", name, " ") }
		NR == FNR { bound[NR] = $0; next }
		/ kvm_ipi_track: / {
			for (i = 1; i <= NF; i++)
				if (split($i, pair, "=") == 2)
					v[pair[1]] = pair[2]
			vm = v["vm_pid"] " " v["vm_id"]
			all[vm]++
			state[vm " " name[v["dst_state"] + 1]]++
		}
		END {
			for (b = 1; b in bound; b++) {
				split(bound[b], w, "\t")
				vm = w[1] " " w[2]
				n = state[vm " " w[3]] + 0
				if (100 * n < w[4] * all[vm] || 100 * n > w[5] * all[vm]) {
					printf "vm %s: %d of %d receivers were %s, wanted %d to %d %%\n",
						vm, n, all[vm], w[3], w[4], w[5]
					exit 1
				}
			}
		}' "$base.states" -
}

# Each PAUSE exit and each "long spin" hypercall makes one call of kvm_vcpu_on_spin(), and what is
# called returns: the probes are complete.
check_probes() {
	has_event kprobes:spin || has_event kvm_ipi:spin || return 0
	report -R | awk '
		/ kvm_exit: .*exit_reason=119 .*isa=2/ { pauses++ }
		/ kvm_exit: .*exit_reason=40 .*isa=1/ { pauses++ }
		/ kvm_hv_hypercall: .* code=8 / { longs++ }
		/ spin: / { spins++ }
		/ (ytp|yield_to): / { calls++ }
		/ (yto|yield_to_ret): / { returns++ }
		END {
			if (spins && spins == pauses + longs && calls && calls == returns)
				exit 0
			printf "probes: %d spins, %d PAUSE exits, %d long spins; ", spins, pauses, longs
			printf "%d calls of yield_to, %d returns\n", calls, returns
			exit 1
		}'
}

# States of receivers, searches and KVM's own choices, as trace-cmd prints them and as the program
# counts them. A choice is a search in which a call of yield_to() returned more than 0.
check_replay() {
	local probes
	has_event kvm:kvm_ipi_track && has_event kprobes:spin || return 0
	probes='--yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret'
	report -R | awk '
		/ kvm_entry: / { searching[$1] = 0 }
		/ spin: / { spins++; searching[$1] = 1 }
		/ yto: .* ret=[1-9]/ { choices += searching[$1]; searching[$1] = 0 }
		/ kvm_ipi_track: / { sub(/.* dst_state=/, ""); states[$1 + 0]++ }
		END {
			printf "%d searches, %d choices, states", spins, choices
			for (i = 0; i < 5; i++)
				printf " %d", states[i]
			print ""
		}' >"$scratch/replay-expected"
	# shellcheck disable=SC2086 # words
	"$KVM_IPI" yield $probes --format json "$base.dat" | jq -r '
		([.vms[].replay | select(.)] | "\(map(.spins) | add) searches, \(map(.observed) | add) choices, states ") +
		([.vms[].states | [.guest, .host, .preempted, .halted, .woken]] | transpose | map(add) |
			join(" "))' >"$scratch/replay-found"
	same 'searches, choices and states' "$scratch/replay-expected" "$scratch/replay-found"
}

# What kvm-ipi record left behind, and whether it came to the end that it had to.
check_tracefs() {
	local wanted=$1
	[ "$(head -n 1 "$base.recording" 2>/dev/null)" = "exit $wanted" ] || {
		echo "exit $wanted wanted: $(head -n 1 "$base.recording") $(tail -n 1 "$base.record.log")"
		return 1
	}
	grep -q '^tracefs as before' "$base.recording" || {
		sed -n '2,5p' "$base.recording" | tr '\n' ' '
		return 1
	}
}

check_whole() {
	check_tracefs 0 || return 1
	grep -q '^kvm-ipi: no records were lost' "$base.record.log" && return 0
	echo "records were lost, or it does not say: $(grep -m1 lost "$base.record.log")"
	return 1
}

# The machine's CPUs and each VM's name; without the tracepoint its number comes from the markers.
check_markers() {
	local found cpus
	cpus=$(awk -v name="$machine" '$1 == "machine" && $2 == name { print $3 }' "$LAB_CAPTURES")
	found=$("$KVM_IPI" report --format json "$base.dat" | jq -r '"\(.topology.cpus) CPUs, names: " +
		([.vms[].name] | unique | join(" ")) + ", known: " + ([.vms[].known] | unique | join(" "))')
	case $found in
	"$cpus CPUs, names: vmm, known: certain" | "$cpus CPUs, names: vmm, known: named") return 0 ;;
	esac
	echo "the markers tell: $found"
	return 1
}

# The command that kvm-ipi record says reads it; with probes, it has to see KVM's choices.
check_next() {
	local next
	next=$(sed -n 's/.* read it with: kvm-ipi //p' "$base.record.log")
	# shellcheck disable=SC2086 # words
	"$KVM_IPI" ${next% *} --format json "$base.dat" >"$scratch/next" || {
		echo "kvm-ipi $next: exit code $?"
		return 1
	}
	case $next in
	*--yield-target*)
		jq -e '[.vms[].replay | .observed > 0 and .agree > 0] | any' "$scratch/next" >/dev/null || {
			echo "kvm-ipi $next: no choice of KVM's was seen"
			return 1
		} ;;
	esac
}

# A recording that could come to nothing: early, killed.
check_no_recording() {
	base=$LAB/out/$1
	message=$(check_tracefs 1) || {
		echo "$1: DIFFERS: $message"
		return 1
	}
	[ "$(grep -c '^kvm-ipi: ' "$base.record.log")" -ge 2 ] || {
		echo "$1: DIFFERS: it does not say why"
		return 1
	}
	echo "$1: equal (no recording, tracefs as before)"
}

check_capture() {
	local check message
	base=$LAB/out/$1
	[ -f "$base.dat" ] || {
		echo "$1: DIFFERS: there is no trace"
		return 1
	}
	remark=
	for check in $2 check_guests check_format check_edges check_loss check_stock \
		check_program_stock check_deliveries check_both check_states check_probes check_replay; do
		$check >"$scratch/message" || {
			message=$(cat "$scratch/message")
			echo "$1: DIFFERS: ${message:-$check}"
			return 1
		}
	done
	note_counts "$1"
	echo "$1: equal ($(total "$base.edges") IPIs, $(wc -l <"$base.edges") edges$remark)"
}

# Nothing of this is looked at twice for a machine.
check_kernel() {
	local complaint log=$LAB/out/$1/dmesg.txt
	complaint=$(grep -m1 -E 'BUG:|Oops|WARNING:|corrupted stack' "$log" 2>/dev/null) || return 0
	echo "$1: DIFFERS: its kernel says: $complaint"
	return 1
}

[ -x "$KVM_IPI" ] || {
	echo "check.sh: there is no $KVM_IPI: make" >&2
	exit 1
}
: >"$scratch/counts"
right=0 all=0 sane=1
mapfile -t machines < <(awk '$1 == "capture" || $1 == "predict" { print $2 }' "$LAB_CAPTURES" | sort -u)
for machine in "${machines[@]}"; do
	[ "$machine" = "${LAB_MACHINE:-$machine}" ] || continue
	check_kernel "$machine" || sane=
done
# A line `predict` of the policy experiment is a recording for each policy of its machine.
mapfile -t captures < <(awk '
	$1 == "policies" { for (i = 3; i <= NF; i++) policies[$2] = policies[$2] " " $i }
	$1 == "capture" || $1 == "recording"
	$1 == "predict" {
		n = split(policies[$2], policy, " ")
		for (i = 1; i <= n; i++)
			print "capture", $2, $3 "-" policy[i], $4
	}' "$LAB_CAPTURES")
for capture in "${captures[@]}"; do
	read -r kind machine name set _ <<<"$capture"
	[ $# = 0 ] || [[ " $* " == *" $machine/$name "* ]] || continue
	[ "$machine" = "${LAB_MACHINE:-$machine}" ] || continue
	all=$((all + 1))
	lossy=
	case $kind,$set in
	recording,*,early | recording,*,killed)
		check_no_recording "$machine/$name" && right=$((right + 1))
		continue ;;
	recording,*) # the events are those of the command that it printed
		events=$(grep -m1 '^kvm-ipi: trace-cmd' "$LAB/out/$machine/$name.record.log" | tr ' ' '\n') ;;
	*)
		[ "$set" = "${set%,lossy}" ] || lossy=1
		events=$(awk -v s="${set%,lossy}" '$1 == "events" && $2 == s' "$LAB_CAPTURES") ;;
	esac
	more=
	[ "$kind" = capture ] || more='check_whole check_markers check_next'
	check_capture "$machine/$name" "$more" && right=$((right + 1))
done
echo "lab-check: $right of $all captures equal"
cp "$scratch/counts" "${LAB_COUNTS:-$LAB/counts}"
[ "$right" = "$all" ] && [ "$all" -gt 0 ] && [ -n "$sane" ]
