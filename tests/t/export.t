#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# export --format perfetto: each IPI with the stages that `latency` has, one arrow for each, nothing
# outside of --time. A viewer sorts by time, keeps a stack of slices for each track, and binds an end of
# an arrow to the top of it; these rules are replayed on the output.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq trace-cmd protoc

D=tests/data/captures

# flat FILE: a line for each event: place in the file, ph, pid:tid, ts and end in ns, cat, name, id, bp.
flat() {
	jq -r '.traceEvents | to_entries[] | .key as $at | .value |
		select(.ph != "M") | [$at, .ph, "\(.pid):\(.tid)", (.ts * 1000 | round),
		((.ts * 1000 | round) + ((.dur // 0) * 1000 | round)), .cat, .name, (.id // "-"),
		(.bp // "-")] | @tsv' "$1" >"$T/flat"
}

# shellcheck disable=SC2317 # called by ok
# import: slices nest; each end of an arrow is bound to a slice that begins there (so that is where it is
# drawn) and comes after its beginning; ids are unique.
import() {
	sort -s -t "$(printf '\t')" -k4,4n "$T/flat" | awk -F '\t' '
	function top(track) { return depth[track] ? end[track, depth[track]] : -1 }
	$2 == "X" {
		if ($5 < $4) { print "negative duration: " $0; bad = 1 }
		while (depth[$3] && top($3) <= $4 && !(top($3) == $4 && $5 == $4)) depth[$3]--
		if (depth[$3] && $5 > top($3)) { print "crosses " top($3) ": " $0; bad = 1 }
		end[$3, ++depth[$3]] = $5
		start[$3, depth[$3]] = $4
	}
	$2 == "s" || $2 == "f" {
		if ($2 == "f" && $9 != "e") { print "bp is not e: " $0; bad = 1 }
		if (++seen[$2, $8] > 1) { print "not unique: " $0; bad = 1 }
		if (!depth[$3] || start[$3, depth[$3]] != $4) { print "no slice begins here: " $0; bad = 1 }
		if ($2 == "s") from[$8] = $4
		else if (!($8 in from) || from[$8] > $4) { print "ends before it begins: " $0; bad = 1 }
		else { delete from[$8]; pairs++ }
	}
	END {
		for (key in from) { print "has no end: " key; bad = 1 }
		print pairs + 0 >ENVIRON["COUNT"]
		exit bad
	}'
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
		/"ph": "[XsfiC]"/ && !/"ts": [0-9]+\.[0-9][0-9][0-9],/ { print; bad = 1 }
		/"ph": "X"/ && !/"dur": [0-9]+\.[0-9][0-9][0-9],/ { print; bad = 1 }
		END { exit bad }' "$T/out.json"
	flat "$T/out.json"
	ok "$name: slices nest, and arrows are drawn where they belong" import
	is "$name: as many arrows as IPIs" "$(cat "$T/count")" \
		"$("$KVM_IPI" report --format json "$@" "$file" | jq '[.vms[].ipis] | add')"
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
is "tracks for each vCPU: one for itself" "$(jq -c '[.traceEvents[] | select(.name == "thread_name" and
	(.args.name | test("^vCPU [0-9]+$")))] | length' "$T/g.json")" 13
is "no two tracks share a number or a name" "$(jq -c '[.traceEvents[] | select(.name == "thread_name")] |
	[(map(.tid) | unique | length) - length, (map([.pid, .args.name]) | unique | length) - length]' \
	"$T/g.json")" "[0,0]"
is "slices are on tracks that have a name" "$(jq -c '(.traceEvents | map(select(.name == "thread_name").tid)) as
	$named | [.traceEvents[] | select(.ph == "X").tid] | unique - $named' "$T/g.json")" "[]"
# The capture's own probe counts calls of kvm_vcpu_on_spin() elsewhere; here: a slice for each PAUSE exit
# and long spin hypercall of a known thread, which all 13 threads are.
is "spins have slices" "$(jq '[.traceEvents[] | select(.cat == "spin")] | length > 1000' "$T/g.json")" true
is "preemption has slices" "$(jq '[.traceEvents[] | select(.name == "preempted")] | length > 1000' \
	"$T/g.json")" true

is "arguments: each state as often as report says" \
	"$(jq -c '[.traceEvents[] | select(.cat == "ipi" and .ph == "X")] | group_by(.args.dst_state) |
		map({(.[0].args.dst_state): length}) | add | to_entries | sort' "$T/g.json")" \
	"$("$KVM_IPI" report --format json $D/612-g-three-vms-yield.dat |
		jq -c '[.vms[].states | to_entries[] | select(.value > 0)] | group_by(.key) |
		map({(.[0].key): (map(.value) | add)}) | add | to_entries | sort')"

# equal NAME FILE: every IPI as `latency` has it: the arguments, and the slice and its parts.
equal() {
	"$KVM_IPI" export -o "$T/e.json" "$2"
	"$KVM_IPI" latency --slowest ALL --format json "$2" >"$T/latency.json"
	jq -r '.slowest[] | [.time_ns, .src, .dst, .vector, .accepted, .running, .injected, .acknowledged]
		| @tsv' "$T/latency.json" | sort >"$T/want"
	jq -r '.traceEvents[] | select(.cat == "ipi" and .ph == "X").args | [.sent_ns, .src, .dst, .vector,
		.accepted_ns, .running_ns, .injected_ns, .acknowledged_ns] | @tsv' "$T/e.json" |
		sort >"$T/got"
	same "$1: stages are those of latency, for every IPI" "$T/got" "$T/want"
	is "$1: that is all of them" "$(wc -l <"$T/got")" "$(jq '[.vms[].ipis] | add' "$T/latency.json")"
	jq -r '.slowest[] | [.time_ns, .src, .dst, (.acknowledged // ([.accepted, .running, .injected, 0] |
		max))] | @tsv' "$T/latency.json" | sort >"$T/want"
	jq -r '.traceEvents[] | select(.cat == "ipi" and .ph == "X") | [(.ts * 1000 | round), .args.src,
		.args.dst, (.dur * 1000 | round)] | @tsv' "$T/e.json" | sort >"$T/got"
	same "$1: slices last until the EOI, or the last stage" "$T/got" "$T/want"
	is "$1: the parts of an IPI add up to it" "$(jq -c '[.traceEvents[] |
		select((.cat == "ipi.stage" or .cat == "ipi") and .ph == "X")] | group_by(.cat) |
		map(map(.dur * 1000 | round) | add) | unique | length' "$T/e.json")" 1
	jq -r '.slowest[] | [.time_ns, .src, (.injected // .acknowledged // .accepted // 0)] |
		"\(.[0]) \(.[0] + .[2])"' "$T/latency.json" | sort >"$T/want"
	jq -r '[.traceEvents[] | select(.ph == "s" or .ph == "f")] | group_by(.id)[] |
		map(.ts * 1000 | round) | "\(.[0]) \(.[1])"' "$T/e.json" | sort >"$T/got"
	same "$1: arrows go from the send to the injection, or what is known instead" "$T/got" "$T/want"
}

equal "three VMs" $D/612-g-three-vms-yield.dat
equal "a Linux guest" $D/612-n-k-debian612-nopv-all.dat
equal "the fast path, which accepts first" $D/71-c-x2apic-fastpath-all.dat
equal "stock events" $D/612s-g-three-vms-yield.dat
equal "lost records" $D/612-l-lossy.dat

# Calls of yield_to() are in the spins that made them.
"$KVM_IPI" export --yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret -o "$T/y.json" \
	$D/612-g-three-vms-yield.dat
flat "$T/y.json"
ok "picks nest, too" import
trace-cmd report $D/612-g-three-vms-yield.dat 2>/dev/null >"$T/report"
is "a slice for each return of yield_to(), by what it returned" \
	"$(jq -c '[.traceEvents[] | select(.cat == "yield").args.result] | group_by(.) |
		map([.[0], length])' "$T/y.json")" \
	"$(awk '$4 == "yto:" { sub(/.*ret=/, ""); n[$0]++ } END { for (k in n) print k "," n[k] }' \
		"$T/report" | sort -n | jq -R -c -n '[inputs | split(",") | map(tonumber)]')"
jq -r '.traceEvents[] | select(.cat == "spin" or .cat == "yield") | [.tid, (.ts * 1000 | round),
	((.ts + .dur) * 1000 | round), .cat, (.args.yield_to_calls // 0)] | @tsv' "$T/y.json" |
	sort -k1,1n -k2,2n -k3,3nr >"$T/spins"
is "spins know how many of them they made" "$(awk '
	$4 == "spin" { wrong += want != got; want = $5; got = 0; tid = $1; end = $3; calls += $5 }
	$4 == "yield" { got += $1 == tid && $3 <= end }
	END { print wrong + (want != got), (calls > 1000) }' "$T/spins")" "0 1"

# Counters, in bins of 2 ms here.
is "IPIs/s: as many as were sent in each bin" "$(jq -c '[.traceEvents[] |
		select(.ph == "C" and .name == "IPIs/s" and .args.value > 0) |
		[.pid, (.ts / 2000 | floor), (.args.value * 0.002 | round)]] | sort' "$T/g.json")" \
	"$(jq -c '[.traceEvents[] | select(.ph == "X" and .cat == "ipi") |
		[.pid, (.ts / 2000 | floor)]] | group_by(.) | map(.[0] + [length]) | sort' "$T/g.json")"
is "of these, to runnable receivers" "$(jq -c '[.traceEvents[] |
		select(.ph == "C" and .name != "IPIs/s" and .args.value > 0) |
		[.pid, (.ts / 2000 | floor), (.args.value * 0.002 | round)]] | sort' "$T/g.json")" \
	"$(jq -c '[.traceEvents[] | select(.ph == "X" and .cat == "ipi" and
			(.args.dst_state == "preempted" or .args.dst_state == "woken")) |
		[.pid, (.ts / 2000 | floor)]] | group_by(.) | map(.[0] + [length]) | sort' "$T/g.json")"

# --time: nothing outside of it, whatever it is; what lasts longer is cut.
drawn "a part" $D/612-g-three-vms-yield.dat --time +0.5,+0.7
is "--time: nothing outside" "$(awk -F '\t' '$4 < 500000000 || $5 > 700000000' "$T/flat" | wc -l)" 0
is "--time: something of each kind inside" "$(cut -f 6 "$T/flat" | sort -u | xargs)" \
	"ipi ipi.send ipi.stage sched spin"
is "--time: slices are cut at both ends" "$(awk -F '\t' '$2 == "X" { first += $4 <= 500000002
	last += $5 == 700000000 } END { print (first > 3), (last > 3) }' "$T/flat")" "1 1"

# The surroundings of the slowest.
for from in 612-g-three-vms-yield 612s-g-three-vms-yield; do
	"$KVM_IPI" latency --slowest 3 --format json --export "$T/s.json" $D/$from.dat >"$T/latency.json"
	is "$from: the slowest are marked, in their order" "$(jq -c '[.traceEvents[] | select(.args.slowest)] |
		sort_by(.args.slowest) | map([.args.sent_ns, .args.src, .args.dst, .args.acknowledged_ns])' \
		"$T/s.json")" \
		"$(jq -c '.slowest | map([.time_ns, .src, .dst, .acknowledged])' "$T/latency.json")"
	flat "$T/s.json"
	ok "$from: their surroundings are drawn" import
	# Half of its time before and after each of them.
	jq -r '.slowest[] | [(.time_ns - .acknowledged / 2 | floor), (.time_ns + .acknowledged * 1.5 | ceil)] |
		@tsv' "$T/latency.json" >"$T/spans"
	is "$from: and nothing else" "$(awk -F '\t' '
		NR == FNR { from[++n] = $1; to[n] = $2; next }
		$2 == "C" { next }
		{
			starts = ends = 0
			for (i = 1; i <= n; i++) {
				starts += $4 >= from[i] && $4 <= to[i]
				ends += $5 >= from[i] && $5 <= to[i]
			}
			if (!starts || !ends) print
		}' "$T/spans" "$T/flat" | wc -l)" 0
done
refused "--export onto the input" 2 "$KVM_IPI" latency --export $D/612-a-xapic.dat $D/612-a-xapic.dat
refused "--export of none" 2 "$KVM_IPI" latency --slowest 0 --export "$T/x.json" $D/612-a-xapic.dat
refused "--export of all" 2 "$KVM_IPI" latency --slowest ALL --export "$T/x.json" $D/612-a-xapic.dat
refused "--slowest a word" 2 "$KVM_IPI" latency --slowest some $D/612-a-xapic.dat
refused "half of the probes" 2 "$KVM_IPI" export --yield-target a:b:c $D/612-a-xapic.dat
refused "a probe that is none" 2 "$KVM_IPI" export --yield-target a:b --yield-result c $D/612-a-xapic.dat

"$KVM_IPI" export -o "$T/l.json" $D/612-l-lossy.dat
is "loss is said" "$(jq -c '[.otherData.inputs[0].lost.overrun,
	([.traceEvents[] | select(.cat == "loss")] | length)]' "$T/l.json")" "[1149,4]"

printf '173 <script>"\\ \303\251\n' >"$T/names"
is "names are JSON" "$("$KVM_IPI" export --vm-names "$T/names" $D/612-l-lossy.dat |
	jq -r '.traceEvents[] | select(.name == "process_name") | .args.name' | tail -n 1)" \
	"$(printf 'VM 173/1 <script>"\\ \303\251')"

# pftrace: the same slices, arrows and counters, as protoc reads them; a third of the size.
# raw FILE: lines of "slice TRACK START END", "arrow ID START END", "count TRACK TIME VALUE", sorted.
raw() {
	protoc --decode_raw <"$1" | awk '
	$1 == "1" && $2 == "{" && !/^ / { delete f; flow = "" }
	/^  8: / { ts = $2 }
	/^    (9|11|30): / { f[$1] = $2 }
	/^    4[78]: / { flow = $1 " " $2 }
	/^}/ && f["9:"] {
		track = f["11:"]
		if (f["9:"] == 1) {
			began[track, ++depth[track]] = ts
			split(flow, arrow, " ")
			if (arrow[1] == "47:") from[arrow[2]] = ts
			if (arrow[1] == "48:") print "arrow", arrow[2], from[arrow[2]], ts
		}
		if (f["9:"] == 2) print "slice", track, began[track, depth[track]--], ts
		if (f["9:"] == 4) print "count", track, ts, f["30:"]
	}' | awk '$1 == "arrow" { $2 = ++n } 1' | sort
}
for from in 612-g-three-vms-yield 612-l-lossy 71-c-x2apic-fastpath-all 612-e-asym16; do
	"$KVM_IPI" export -o "$T/p.pftrace" $D/$from.dat
	"$KVM_IPI" export -o "$T/p.json" $D/$from.dat
	raw "$T/p.pftrace" >"$T/raw"
	grep '^slice' "$T/raw" >"$T/got"
	jq -r '.traceEvents[] | select(.ph == "X") |
		"slice \(.tid) \(.ts * 1000 | round) \((.ts * 1000 | round) + (.dur * 1000 | round))"' \
		"$T/p.json" | sort >"$T/want"
	same "pftrace, $from: the slices" "$T/got" "$T/want"
	is "pftrace, $from: the arrows" "$(awk '$1 == "arrow" { print $3, $4 }' "$T/raw" | sort)" \
		"$(jq -r '[.traceEvents[] | select(.ph == "s" or .ph == "f")] | group_by(.id)[] |
			map(.ts * 1000 | round) | sort | "\(.[0]) \(.[1])"' "$T/p.json" | sort)"
	is "pftrace, $from: the counters" "$(awk '$1 == "count" { print $3, $4 }' "$T/raw" | sort)" \
		"$(jq -r '.traceEvents[] | select(.ph == "C") |
			"\(.ts * 1000 | round) \(.args.value)"' "$T/p.json" | sort)"
	ok "pftrace, $from: less than half of the JSON" test \
		"$(($(wc -c <"$T/p.pftrace") * 2))" -lt "$(wc -c <"$T/p.json")"
done
"$KVM_IPI" latency --slowest 2 --export "$T/s.pftrace" $D/612-g-three-vms-yield.dat >"$T/text"
is "latency --export: by its ending" "$(protoc --decode_raw <"$T/s.pftrace" | grep -c 'among the slowest')" 2

# Memory does not grow with events: the peak (KiB) after the first megabyte, and 20 megabytes later. The
# writer waits for its reader, so both are taken at a known place.
"$MKTRACE" --host --events 700000 --vcpus 16 --cpus 8 "$T/big.dat"
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

# A CPU's clock goes back half a second in the middle: IPIs at their own times, no negative length.
printf '%s\n' '1000000 0 11 entry 1' '1000000 0 10 entry 0' '2000000 0 10 exit 0 119' '2000003 0 10 track 7 1 0 1 253 1' \
	'1500000 0 10 entry 0' '1600000 0 10 exit 0 119' '1600003 0 10 track 7 1 0 1 253 1' '1600004 0 10 entry 0' \
	'1700000 0 11 eoi 1 253' | tests/t/plant.pl "$T/back.dat"
"$KVM_IPI" export -o "$T/back.json" "$T/back.dat"
is "back in time: exit" $? 0
is "back in time: when the IPIs were sent, us" "$(jq -c '[.traceEvents[] | select(.ph == "s") | .ts]' "$T/back.json")" \
	"[1000.003,600.003]"
is "back in time: no negative length" "$(jq '[.traceEvents[] | select(.dur != null and .dur < 0)] | length' "$T/back.json")" 0

refused "no IPIs in this time" 3 "$KVM_IPI" export --time 0,1 $D/612-a-xapic.dat
refused "another format" 2 "$KVM_IPI" export --format dot $D/612-a-xapic.dat
refused "onto its input" 2 "$KVM_IPI" export -o $D/612-a-xapic.dat $D/612-a-xapic.dat

done_testing
