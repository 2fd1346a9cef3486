#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each filter, and several at once, against awk over the text of trace-cmd report: the same rows are
# chosen there by the fields' own text.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" trace-cmd awk

# events FILE: "ns cpu pid id src dst vector", one line for each record.
events() {
	trace-cmd report -N -t -R "$1" 2>/dev/null | awk '/ kvm_ipi_track: / {
		match($0, /\[[0-9]+\]/)
		cpu = substr($0, RSTART + 1, RLENGTH - 2) + 0
		match($0, /[0-9]+\.[0-9]+:/)
		ns = substr($0, RSTART, RLENGTH - 1)
		sub(/\./, "", ns)
		for (i = 1; i <= NF; i++) {
			split($i, kv, "=")
			v[kv[1]] = kv[2]
		}
		print ns, cpu, v["vm_pid"], v["vm_id"], v["src_vcpu_id"], v["dst_vcpu_id"], v["vector"] }'
}

# filtered NAME CONDITION OPTIONS...: awk rows with the condition are what the program counts.
filtered() {
	name=$1
	condition=$2
	shift 2
	awk "{ ns = \$1; cpu = \$2; pid = \$3; id = \$4; src = \$5; dst = \$6; vector = \$7 }
		$condition { n[pid \",\" id \",\" src \",\" dst \",\" vector]++ }
		END { for (k in n) print k \",\" n[k] }" "$T/events" | sort_csv >"$T/want"
	if [ ! -s "$T/want" ]; then
		refused "$name: none" 3 "$KVM_IPI" graph "$@" "$file"
		return
	fi
	"$KVM_IPI" graph --format csv "$@" "$file" | grep -v '^#' | tail -n +2 | cut -d, -f1-6 >"$T/got"
	same "$name ($(awk -F, '{ n += $6 } END { print n }' "$T/want"))" "$T/got" "$T/want"
	# The other commands count the same.
	is "$name: report" \
		"$("$KVM_IPI" report --format csv "$@" "$file" | awk -F, '!/^#/ && $1 != "vm_pid" { n += $6 } END { print n }')" \
		"$(awk -F, '{ n += $6 } END { print n }' "$T/want")"
}

# seconds NS: as trace-cmd prints it.
seconds() {
	echo "$1" | sed 's/.........$/.&/'
}

file=tests/data/captures/612-d-three-vms-samepid.dat
events "$file" >"$T/events"
is "awk sees every record" "$(wc -l <"$T/events")" 1657

filtered "no filter" 1
filtered "--vm PID" 'pid == 242' --vm 242
filtered "--vm PID/ID" 'pid == 242 && id == 7' --vm 242/7
filtered "--vm twice" '(pid == 242 && id == 6) || pid == 243' --vm 242/6 --vm 243
filtered "--vm of no such VM" 'pid == 9' --vm 9
filtered "--vm with another's id" 0 --vm 243/7
printf '242/6 one\n242/7 two words\n243 three\n' >"$T/names"
filtered "--vm NAME" 'pid == 242 && id == 7' --vm "two words" --vm-names "$T/names"
filtered "--vm NAME of a process" 'pid == 243' --vm three --vm-names "$T/names"
filtered "--vcpu: either end" 'src == 3 || dst == 3' --vcpu 3
filtered "--vcpu, a range and one" '(src <= 1 || dst <= 1) || src == 5 || dst == 5' --vcpu 0-1,5
filtered "--vcpu that sends only" 'src == 40 || dst == 40' --vcpu 40
filtered "--vector" 'vector == 208 + 1' --vector 0xd1
filtered "--vector, a range" 'vector >= 160 && vector <= 163' --vector 0xa0-0xa3
filtered "--vector, all" 1 --vector 0-255
filtered "--cpu: the sender's" 'cpu == 1' --cpu 1
filtered "--cpu, both" 1 --cpu 0,1
filtered "--cpu, none there" 0 --cpu 2-100

# Times: as printed with all digits; both ends belong to it.
from=$(sort -n "$T/events" | sed -n '400s/ .*//p')
to=$(sort -n "$T/events" | sed -n '900s/ .*//p')
first=$(sort -n "$T/events" | sed -n '1s/ .*//p')
filtered "--time START,STOP" "ns >= $from && ns <= $to" --time "$(seconds "$from"),$(seconds "$to")"
filtered "--time START," "ns >= $from" --time "$(seconds "$from"),"
filtered "--time ,STOP" "ns <= $to" --time ",$(seconds "$to")"
filtered "--time of one record" "ns == $from" --time "$(seconds "$from"),$(seconds "$from")"
filtered "--time +START,+STOP" "ns >= $first + 100000000 && ns <= $first + 200000000" --time +0.1,+0.2
filtered "--time +START,STOP" "ns >= $first + 100000000 && ns <= $to" --time "+0.1,$(seconds "$to")"
filtered "--time ,+STOP: the first record alone" "ns == $first" --time ,+0
filtered "--time before all" 0 --time 0,1
filtered "--time behind all" 0 --time +100,
filtered "all at once" "pid == 242 && (src == 2 || dst == 2) && vector < 208 && cpu == 0 && ns >= $from" \
	--vm 242 --vcpu 2 --vector 0-207 --cpu 0 --time "$(seconds "$from"),"

# A file with other events: +S counts from the first record of any kind.
file=tests/data/captures/612-g-three-vms-yield.dat
events "$file" >"$T/events"
first=$(trace-cmd report -N -t -R "$file" 2>/dev/null | sed -n 's/.*\] *\([0-9]*\)\.\([0-9]*\): .*/\1\2/p' | sort -n | head -n 1)
filtered "--time + in a file of many events" "ns >= $first + 300000000 && ns <= $first + 400000000" \
	--time +0.3,+0.4
filtered "--vm in a file of many events" 'pid == 177' --vm 177

# JSON's inputs tell the records of the file, not those that passed.
is "filters do not change what is said of the input" \
	"$("$KVM_IPI" report --format json --vm 177 "$file" | jq -c .inputs)" \
	"$("$KVM_IPI" report --format json "$file" | jq -c .inputs)"
# Times in the output stay those of the whole file.
is "filters do not move time 0" \
	"$("$KVM_IPI" graph --time +0.3,+0.4 "$file" | awk -F, '/^[0-9]/ && ($15 < 3e8 || $16 > 4e8)')" ""

# Rates are of the time that --time leaves: 1,000 IPIs a second for 10 s, from vCPU 0 and 1 in turn,
# and in one second of them 501 and 500 (both ends count).
seq 0 9999 | awk '{ printf "%.0f 0 %d track 7 1 %d %d 253 1\n", 1e9 + $1 * 1e6, 10 + $1 % 2, $1 % 2, 1 - $1 % 2 }' |
	tests/t/plant.pl "$T/rate.dat"
second="--time +2,+3"
# shellcheck disable=SC2086
{
	is "--time: rates of pairs in text" "$("$KVM_IPI" report $second "$T/rate.dat" |
		awk '$1 == "0" || $1 == "1" { print $5 }' | paste -sd' ')" "501.0 500.0"
	is "--time: the heatmap's title" "$("$KVM_IPI" heatmap $second "$T/rate.dat" | head -n 1)" \
		"VM 7/1: 1001 IPIs in 1.000 s"
	is "--time: the heatmap's rates" "$("$KVM_IPI" heatmap --value rate $second "$T/rate.dat" |
		sed -n 's/.*: .* to \(.*\);.*/\1/p')" 501
	"$KVM_IPI" html $second -o "$T/rate.html" "$T/rate.dat"
}
is "--time: the page's rates" "$(grep -o '<td>50[01]\.0' "$T/rate.html" | sort -u | paste -sd' ')" \
	"<td>500.0 <td>501.0"

# Filters that leave nothing say what there is.
three=tests/data/captures/612-d-three-vms-samepid.dat
refused "--vm of another trace" 3 "$KVM_IPI" report --vm 999 "$three"
is "and which VMs there are" "$(cat "$T/refused.err")" "kvm-ipi: no VM 999 here: 242/6, 242/7, 243/5"
refused "two of them" 3 "$KVM_IPI" latency --vm 999 --vm web "tests/data/captures/612-g-three-vms-yield.dat"
is "both are named" "$(grep -c 'no VM 999 and no VM web here: ' "$T/refused.err")" 1
refused "a VM without such IPIs" 3 "$KVM_IPI" report --vm 243 --vcpu 77 "$three"
is "is not called missing" "$(cat "$T/refused.err")" "kvm-ipi: the filters left none of $(
	"$KVM_IPI" report --format json "$three" | jq '[.vms[].ipis] | add') IPIs"
refused "--time backwards" 2 "$KVM_IPI" report --time 5,1 "$three"
is "and why" "$(cat "$T/refused.err")" "kvm-ipi: --time 5,1: the end is before the start"

# A trace that describes kvm_ipi_track and has no record of it: read once for it, then for the stock events.
printf '1000 0 10 entry 0\n2000 0 10 exit 0 119\n2001 0 10 ipi 253 1\n2002 0 10 entry 0\n2003 0 10 inj 253\n2010 0 10 exit 0 1
2011 0 10 eoi 0 253\n2012 0 10 entry 0\n' | tests/t/plant.pl "$T/described.dat"
"$KVM_IPI" report --format json "$T/described.dat" >"$T/out" 2>"$T/err"
is "described, not recorded: exit" $? 3
is "described, not recorded: its lines" "$(wc -l <"$T/err")" 3
printf '1000 0 10 entry 0\n' | tests/t/plant.pl "$T/empty.dat"
"$KVM_IPI" report "$T/empty.dat" >"$T/out" 2>"$T/err"
is "both described, none recorded" "$(head -n 1 "$T/err")" \
	"kvm-ipi: $T/empty.dat: no record of kvm:kvm_ipi_track, and none of kvm:kvm_apic_ipi"

done_testing
