#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Three independent counts of the same files: the program, trace-cmd's text through awk, and
# libtracecmd; and, where somebody knows it, the truth: the guests' own books for real captures,
# what was planted for generated files.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" "$OPINION" trace-cmd jq

captures=tests/data/captures

# opinions FILE: $T/got by the program, $T/awk and $T/lib by the others.
opinions() {
	program_csv "$1" >"$T/got"
	tests/opinion/opinion-awk.sh "$1" | tail -n +2 >"$T/awk"
	"$OPINION" "$1" | tail -n +2 >"$T/lib"
}

# agree NAME FILE: all three say the same, and something.
agree() {
	opinions "$2"
	ok "$1: there are records" test -s "$T/got"
	same "$1: the program agrees with trace-cmd report" "$T/got" "$T/awk"
	same "$1: the program agrees with libtracecmd" "$T/got" "$T/lib"
}

# details NAME FILE: first and last times, paths and states agree with libtracecmd's too.
details() {
	"$KVM_IPI" report --format json "$2" >"$T/report.json"
	"$OPINION" --times "$2" | tail -n +2 | awk -F, '{
			k = $1 "," $2 "," $3 "," $4
			n[k] += $6
			if (!(k in first) || $7 < first[k]) first[k] = $7
			if ($8 > last[k]) last[k] = $8
		} END { for (k in n) printf "%s,%d,%.0f,%.0f\n", k, n[k], first[k], last[k]
		}' | sort_csv >"$T/want"
	jq -r '.vms[] as $v | $v.edges[] |
		[$v.vm_pid, $v.vm_id, .src, .dst, .count, .first_ns, .last_ns] | join(",")' \
		"$T/report.json" >"$T/got"
	same "$1: first and last times" "$T/got" "$T/want"
	"$OPINION" --states "$2" | tail -n +2 | awk -F, '{
			state[$1 "," $2 "," $4] += $5
			path[$1 "," $2 "," $3] += $5
		} END {
			for (k in state) print "state," k "," state[k]
			for (k in path) print "path," k "," path[k]
		}' | sort >"$T/want"
	jq -r '.vms[] as $v |
		(["guest", "host", "preempted", "halted", "woken"] | to_entries[] |
			["state", $v.vm_pid, $v.vm_id, .key, $v.states[.value]]),
		(["fast", "slow"] | to_entries[] |
			["path", $v.vm_pid, $v.vm_id, .key, $v.paths[.value]]) |
		select(.[4] > 0) | join(",")' "$T/report.json" | sort >"$T/got"
	same "$1: receiver states and paths" "$T/got" "$T/want"
}

for name in 61-c-mixed-slow 61-g-three-vms-yield 612-a-xapic 612-c-two-vms-8 \
	612-d-three-vms-samepid 612-e-asym16 612-g-three-vms-yield 71-c-x2apic-fastpath-all \
	71-f-two-vms-x2+xapic-all; do
	agree "$name" "$captures/$name.dat"
	edges_csv "$captures/$name.edges" >"$T/want"
	same "$name: the program equals the guests' books" "$T/got" "$T/want"
	details "$name" "$captures/$name.dat"
	is "$name: nothing lost" \
		"$(jq -c '.inputs[0] | [.lost.gaps, .lost.events, .skipped]' "$T/report.json")" '[0,0,0]'
done

# Paths are in the guests' books, too: per VM, because the program counts them so.
for name in 61-c-mixed-slow 612-a-xapic; do
	is "$name: paths" \
		"$("$KVM_IPI" report --format json "$captures/$name.dat" |
			jq -c '.vms[0].paths | [.fast, .slow]')" \
		"$(awk '{ n[$6] += $7 } END { printf "[%d,%d]", n["fast"], n["slow"] }' \
			"$captures/$name.edges")"
done

agree "71-n-h-linux71-pv" "$captures/71-n-h-linux71-pv.dat"
details "71-n-h-linux71-pv" "$captures/71-n-h-linux71-pv.dat"

# Lost events: nobody has more than the guests sent, and the program says what was lost.
lossy=612-l-lossy
agree "$lossy" "$captures/$lossy.dat"
edges_csv "$captures/$lossy.edges" | sed 's/,[0-9]*$//' | sort >"$T/known"
sed 's/,[0-9]*$//' "$T/got" | sort | comm -23 - "$T/known" >"$T/strange"
ok "$lossy: no edge that the guests do not know" test ! -s "$T/strange"
is "$lossy: overruns" \
	"$("$KVM_IPI" report --format json "$captures/$lossy.dat" | jq '.inputs[0].lost.overrun')" 1149
is "$lossy: marks, some of them without a number" \
	"$("$KVM_IPI" report --format json "$captures/$lossy.dat" |
		jq -c '.inputs[0].lost | [.gaps, .events]')" \
	"[$(trace-cmd report -N "$captures/$lossy.dat" 2>/dev/null | grep -c 'EVENTS DROPPED'),null]"

# Without a record of the event there is nothing to agree on.
refused "612s-a-xapic: no record of the event" 3 \
	"$KVM_IPI" report --source track "$captures/612s-a-xapic.dat"

# generated NAME OPTIONS...: three opinions and what was planted.
generated() {
	name=$1
	shift
	"$MKTRACE" "$@" "$T/f.dat"
	agree "$name" "$T/f.dat"
	edges_csv "$T/f.dat.edges" >"$T/want"
	same "$name: the program equals what was planted" "$T/got" "$T/want"
}

generated "generated v6" --format v6 --events 20000 --vms 6 --vcpus 12 --cpus 5 --foreign 50
details "generated v6" "$T/f.dat"
generated "generated v7" --events 20000 --vms 40 --vcpus 6 --cpus 3 --padding --gaps known
generated "generated zstd" --compress zstd --events 50000 --vms 3 --vcpus 64 --edges 12000
generated "generated instances" --instances 3 --place split --foreign 300 --big-records
details "generated instances" "$T/f.dat"
generated "generated without vm_id" --missing-fields vm_id --vms 4
generated "generated with other offsets" --layout shuffled --sparse-vcpus --vcpus 30

done_testing
