#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Clocks that do not count ns: counts as with one that does, no figure in time anywhere, --time in the
# clock's ticks as trace-cmd prints them.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq trace-cmd

# 40 IPIs, 1,000 ticks apart, with the stages that latencies and spins are made of.
seq 1 40 | awk '{ t = 1000000 + $1 * 1000
	if ($1 == 1) printf "1000 0 11 entry 1\n1001 0 10 entry 0\n"
	printf "%d 0 10 exit 0 119\n%d 0 10 ipi 253 1\n%d 0 10 accept 1 253\n", t, t + 1, t + 2
	printf "%d 0 10 track 7 1 0 1 253 1\n%d 0 10 entry 0\n", t + 3, t + 4
	printf "%d 0 0 switch 0 0 11\n%d 0 11 inj 253\n%d 0 11 eoi 1 253\n", t + 5, t + 6, t + 7
	printf "%d 0 11 switch 11 1 0\n", t + 8 }' >"$T/events"
for clock in local counter uptime x86-tsc ppc-tb; do
	tests/t/plant.pl --clock $clock "$T/$clock.dat" <"$T/events"
done

# numbers FILE: every key that has a unit of time with a number.
numbers() {
	jq -c '[paths(type == "number") | map(tostring) | join(".")
		| select(test("_ns$|per_s|accepted$|injected$|acknowledged$|running$"))] | unique' "$1"
}
for clock in counter uptime x86-tsc ppc-tb; do
	for command in report graph latency timeline yield; do
		"$KVM_IPI" $command --format json "$T/$clock.dat" >"$T/json" 2>"$T/err"
		is "$clock, $command: exit" $? 0
		"$KVM_IPI" $command --format json "$T/local.dat" >"$T/local.json"
		# A window of the sweep is an option's value.
		is "$clock, $command: no figure in time" "$(numbers "$T/json" | sed 's/"window_ns"//')" "[]"
		is "$clock, $command: the same IPIs" "$(jq -c '[.inputs[0].records, (.vms[] | .ipis, .edges? // 0 | if type == "array" then map(.count) else . end)]' "$T/json")" \
			"$(jq -c '[.inputs[0].records, (.vms[] | .ipis, .edges? // 0 | if type == "array" then map(.count) else . end)]' "$T/local.json")"
		ok "$clock, $command: a remark" sh -c "'$KVM_IPI' $command '$T/$clock.dat' |
			grep -q '^# .*its clock, $clock, does not count ns'"
	done
done
is "counts by time: one bin" "$("$KVM_IPI" timeline --format csv "$T/counter.dat" | tail -n 1)" "7,1,0,1,,,40"
is "text: no time of the input" "$("$KVM_IPI" "$T/counter.dat" | sed -n 2p)" \
	"#   1 CPUs, clock counter, 362 records, 40 directed IPIs"
is "CSV: no times" "$("$KVM_IPI" graph "$T/counter.dat" | grep -c '^7,1,0,1,253,40,.*,,,certain$')" 1
is "heatmap: no time in its title" "$("$KVM_IPI" heatmap "$T/counter.dat" | grep '^VM')" "VM 7/1: 40 IPIs"
"$KVM_IPI" html -o "$T/page.html" "$T/counter.dat"
is "page: exit" $? 0
is "page: the duration" "$(grep -c 'counter<td>unknown' "$T/page.html")" 1
is "page: no stages" "$(grep -cE 'class="n">(accepted|injected|acknowledged)<td><td><td>' "$T/page.html")" 3

# --time as trace-cmd prints it: ticks.
trace-cmd report -N "$T/counter.dat" 2>/dev/null | awk '/kvm_ipi_track/ { sub(":", "", $3); print $3 }' >"$T/times"
is "the recording, as trace-cmd has it" "$(wc -l <"$T/times")" 40
from=$(sed -n 10p "$T/times") to=$(sed -n 19p "$T/times")
count() { "$KVM_IPI" report --format json "$@" "$T/counter.dat" | jq '[.vms[].ipis] | add'; }
is "--time START,STOP" "$(count --time "$from,$to")" 10
is "--time +START,+STOP: from the first record" "$(count --time "+$((from - 1000)),+$((to - 1000))")" 10
is "--time START," "$(count --time "$from,")" 31
refused "--time in seconds" 2 "$KVM_IPI" --time 0.5,1.5 "$T/counter.dat"

# What is about time is refused.
refused "--window" 2 "$KVM_IPI" yield --window 5ms "$T/counter.dat"
refused "--bin" 2 "$KVM_IPI" timeline --bin 1ms "$T/counter.dat"
refused "--by time" 2 "$KVM_IPI" heatmap --by time "$T/counter.dat"
refused "--value rate" 2 "$KVM_IPI" heatmap --value rate "$T/counter.dat"
refused "--value latency" 2 "$KVM_IPI" heatmap --value latency "$T/counter.dat"
refused "a picture of rates" 2 "$KVM_IPI" timeline -o "$T/x.png" "$T/counter.dat"
refused "export" 3 "$KVM_IPI" export -o "$T/x.json" "$T/counter.dat"
refused "latency --export" 2 "$KVM_IPI" latency --export "$T/x.json" "$T/counter.dat"
refused "diff" 3 "$KVM_IPI" diff "$T/local.dat" "$T/counter.dat"

# A TSC with its conversion is in ns; and a file without a clock's name is of a trace-cmd whose default is.
"$MKTRACE" --events 100 --format v7 --clock x86-tsc --tsc-mult 1 --tsc-shift 0 "$T/tsc.dat"
is "x86-tsc with a conversion" "$("$KVM_IPI" report --format json "$T/tsc.dat" |
	jq '.inputs[0].duration_ns | type')" '"number"'

done_testing
