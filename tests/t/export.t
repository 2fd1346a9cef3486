#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# export --format perfetto: as many arrows as IPIs, and every one of them drawn. A viewer draws an arrow
# when both its ends lie in slices that came before it; these rules are replayed on the output.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq

D=tests/data/captures

# flat FILE: a line for each event: place in the file, ph, pid:tid, ts and end in ns, cat, name, id, bp.
flat() {
	jq -r '.traceEvents | to_entries[] | .key as $at | .value |
		select(.ph != "M") | [$at, .ph, "\(.pid):\(.tid)", (.ts * 1000 | round),
		((.ts * 1000 | round) + ((.dur // 0) * 1000 | round)), .cat, .name, (.id // "-"),
		(.bp // "-")] | @tsv' "$1" >"$T/flat"
}

# shellcheck disable=SC2317 # arrows and nested are called by ok
# arrows: each end follows, in the file and in time, a slice of its track that covers it; ids are unique.
arrows() {
	awk -F '\t' '
	$2 == "X" {
		n = ++slices[$3]
		start[$3, n] = $4
		end[$3, n] = $5
		if ($5 < $4) { print "negative duration: " $0; bad = 1 }
	}
	$2 == "s" || $2 == "f" {
		key = $6 "\t" $7 "\t" $8
		if ($2 == "f" && $9 != "e") { print "bp is not e: " $0; bad = 1 }
		if (++seen[$2, key] > 1) { print "not unique: " $0; bad = 1 }
		if ($2 == "s") from[key] = $4
		else if (!(key in from) || from[key] > $4) { print "ends before it begins: " $0; bad = 1 }
		else { delete from[key]; pairs++ }
		covered = 0
		for (i = slices[$3]; i > 0 && !covered; i--)
			covered = start[$3, i] <= $4 && end[$3, i] >= $4
		if (!covered) { print "in no slice: " $0; bad = 1 }
	}
	END {
		for (key in from) { print "has no end: " key; bad = 1 }
		print pairs + 0 >ENVIRON["COUNT"]
		exit bad
	}' "$T/flat"
}

# shellcheck disable=SC2317
# nested: of two slices of a track, one contains the other or ends before it begins.
nested() {
	awk -F '\t' '$2 == "X"' "$T/flat" | sort -t "$(printf '\t')" -k3,3 -k4,4n -k5,5nr |
		awk -F '\t' '
		$3 != track { track = $3; depth = 0 }
		{
			while (depth && end[depth] <= $4 && !(end[depth] == $4 && $5 == $4)) depth--
			if (depth && $5 > end[depth]) { print "crosses " end[depth] ": " $0; bad = 1 }
			end[++depth] = $5
		}
		END { exit bad }'
}

# drawn NAME FILE [OPTIONS...]: all rules, and one arrow for each IPI that report counts.
drawn() {
	name=$1
	file=$2
	shift 2
	COUNT=$T/count
	export COUNT
	ok "$name: exported" "$KVM_IPI" export "$@" -o "$T/out.json" "$file"
	ok "$name: times are µs with three decimals" awk '
		/"ph": "[Xsfi]"/ && !/"ts": [0-9]+\.[0-9][0-9][0-9],/ { print; bad = 1 }
		/"ph": "X"/ && !/"dur": [0-9]+\.[0-9][0-9][0-9],/ { print; bad = 1 }
		END { exit bad }' "$T/out.json"
	flat "$T/out.json"
	ok "$name: every end of an arrow is in a slice" arrows
	is "$name: as many arrows as IPIs" "$(cat "$T/count")" \
		"$("$KVM_IPI" report --format json "$@" "$file" | jq '[.vms[].ipis] | add')"
	ok "$name: slices nest" nested
}

drawn "only kvm_ipi_track" $D/612-a-xapic.dat
drawn "16 vCPUs" $D/612-e-asym16.dat
drawn "two VMs of one process" $D/612-d-three-vms-samepid.dat
drawn "spins and the scheduler" $D/612-g-three-vms-yield.dat
drawn "an older kernel" $D/61-g-three-vms-yield.dat
drawn "records were lost" $D/612-l-lossy.dat
drawn "x2APIC" $D/71-c-x2apic-fastpath-all.dat
drawn "stock events" $D/612s-a-xapic.dat
drawn "stock events of three VMs" $D/612s-g-three-vms-yield.dat
drawn "filters" $D/612-g-three-vms-yield.dat --vm 177 --vcpu 0-2

# Many IPIs at once, and closer than a slice is long: the ends must give way.
"$MKTRACE" --events 6000 --vcpus 3 --cpus 4 --step-ns 1 --foreign 30 "$T/dense.dat"
drawn "a nanosecond apart" "$T/dense.dat"
"$MKTRACE" --events 3000 --vcpus 40 --vms 7 --gaps mixed --odd-values "$T/odd.dat"
drawn "gaps and numbers without names" "$T/odd.dat"

"$KVM_IPI" export -o "$T/g.json" $D/612-g-three-vms-yield.dat
is "a process for each VM" "$(jq '[.traceEvents[] | select(.name == "process_name")] | length' "$T/g.json")" 3
is "a track for each vCPU" "$(jq -c '[.traceEvents[] | select(.name == "thread_name")] |
	[length, (map([.pid, .tid]) | unique | length)]' "$T/g.json")" "[13,13]"
# The capture's own probe counts calls of kvm_vcpu_on_spin() elsewhere; here: a slice for each PAUSE exit
# and long spin hypercall of a known thread, which all 13 threads are.
is "spins have slices" "$(jq '[.traceEvents[] | select(.cat == "spin")] | length > 1000' "$T/g.json")" true
is "preemption has slices" "$(jq '[.traceEvents[] | select(.name == "preempted")] | length > 1000' \
	"$T/g.json")" true

is "arguments: each state as often as report says" \
	"$(jq -c '[.traceEvents[] | select(.ph == "s")] as $s | [.traceEvents[] | select(.cat == "ipi" and
		.ph == "X" and (.name | test(" to ")))] | group_by(.args.dst_state) |
		map({(.[0].args.dst_state): length}) | add | to_entries | sort' "$T/g.json")" \
	"$("$KVM_IPI" report --format json $D/612-g-three-vms-yield.dat |
		jq -c '[.vms[].states | to_entries[] | select(.value > 0)] | group_by(.key) |
		map({(.[0].key): (map(.value) | add)}) | add | to_entries | sort')"
"$KVM_IPI" export -o "$T/l.json" $D/612-l-lossy.dat
is "loss is said" "$(jq -c '[.otherData.inputs[0].lost.overrun,
	([.traceEvents[] | select(.cat == "loss")] | length)]' "$T/l.json")" "[1149,4]"

printf '173 <script>"\\ \303\251\n' >"$T/names"
is "names are JSON" "$("$KVM_IPI" export --vm-names "$T/names" $D/612-l-lossy.dat |
	jq -r '.traceEvents[] | select(.name == "process_name") | .args.name' | tail -n 1)" \
	"$(printf 'VM 173/1 <script>"\\ \303\251')"

# Memory does not grow with events: the peak (KiB) after the first megabyte, and 20 megabytes later. The
# writer waits for its reader, so both are taken at a known place.
"$MKTRACE" --events 50000 --vcpus 16 --edges 240 "$T/big.dat"
mkfifo "$T/fifo"
"$KVM_IPI" export "$T/big.dat" >"$T/fifo" &
writer=$!
{
	head -c 1000000 >/dev/null
	early=$(awk '/^VmHWM/ { print $2 }' /proc/$writer/status)
	head -c 20000000 >/dev/null
	late=$(awk '/^VmHWM/ { print $2 }' /proc/$writer/status)
	cat >/dev/null
} <"$T/fifo"
wait "$writer"
ok "memory stays: $early KiB, then $late KiB" test "$((late - early))" -lt 1000

refused "no IPIs in this time" 3 "$KVM_IPI" export --time 0,1 $D/612-a-xapic.dat
refused "another format" 2 "$KVM_IPI" export --format dot $D/612-a-xapic.dat
refused "onto its input" 2 "$KVM_IPI" export -o $D/612-a-xapic.dat $D/612-a-xapic.dat

done_testing
