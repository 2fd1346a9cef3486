#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi latency: each stage against the text of trace-cmd report, and the manners of the command.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" trace-cmd jq

captures=tests/data/captures

# opinion FILE: send to acknowledgement in a trace of one VM: how many, the largest, the mean. Each IPI
# is followed through the text; kvm_apic_ipi comes before the acceptance in these.
opinion() {
	trace-cmd report -t -N "$1" 2>/dev/null | awk '
function number(hex,    i, v) {
	for (i = 1; i <= length(hex); i++)
		v = v * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return v
}
match($0, /-[0-9]+ +\[[0-9]+\][^:]* [0-9]+\.[0-9]+: /) {
	head = substr($0, RSTART + 1, RLENGTH - 3)
	split(head, word, " ")
	pid = word[1]
	split(word[length(word)], part, ".")
	T = part[1] * 1000000000 + part[2]
}
/ (kvm_exit|kvm_entry): / { delete sent[pid] }
/ kvm_apic_ipi: / { sent[pid] = T }
/ kvm_ipi_track: / {
	sub(/^.* kvm_ipi_track: +/, "")
	m++
	dst[m] = $6
	s[m] = pid in sent ? sent[pid] : T
	for (i = 1; i <= NF; i++)
		if ($i == "vec") vec[m] = number(substr($(i + 1), 3))
	open[m] = 1
}
/ kvm_eoi: / {
	sub(/^.* kvm_eoi: +/, "")
	for (i in open)
		if (dst[i] == number($2) && vec[i] == $4) {
			t = T - s[i]
			n++
			sum += t
			if (t > max)
				max = t
			delete open[i]
		}
}
END { printf "%d %.0f %.0f\n", n, max, sum / n }'
}

for name in 612-n-j-debian612-pv-all 612-n-k-debian612-nopv-all; do
	"$KVM_IPI" latency --format json "$captures/$name.dat" >"$T/json"
	is "$name: send to acknowledgement: how many, the largest, the mean" \
		"$(jq -r '.vms[0].after_send.acknowledged | "\(.count) \(.max_ns) \(.mean_ns)"' "$T/json")" \
		"$(opinion "$captures/$name.dat")"
	is "$name: IPIs as the report counts them" "$(jq '.vms[0].ipis' "$T/json")" \
		"$("$KVM_IPI" report --format json "$captures/$name.dat" | jq '.vms[0].ipis')"
	is "$name: parts add up" "$(jq -c '.vms[0] | [.pairs, .vectors, .states] |
		map(map(.after_send.acknowledged.count) | add) | unique' "$T/json")" \
		"[$(jq '.vms[0].after_send.acknowledged.count' "$T/json")]"
	is "$name: who was in the guest or in KVM ran already, nearly all" \
		"$(jq '[.vms[0].states[] | select(.state == "guest") | .after_send.running.max_ns] | add' \
			"$T/json")" 0
	is "$name: the slowest come first" "$(jq -c '[.slowest[].acknowledged] | . == (sort | reverse)' \
		"$T/json")" true
	is "$name: the slowest of all is the maximum" "$(jq '.slowest[0].acknowledged' "$T/json")" \
		"$(jq '.vms[0].after_send.acknowledged.max_ns' "$T/json")"
	is "$name: stages in their order" "$(jq '[.slowest[] | select(.injected > .acknowledged or
		.accepted > .injected)] | length' "$T/json")" 0
done

# The slowest can be found in the trace by their times.
"$KVM_IPI" latency --slowest 5 "$captures/612-n-k-debian612-nopv-all.dat" >"$T/text"
sed -n '/^Slowest/,$p' "$T/text" | tail -n +3 >"$T/slow"
is "text: the number asked for" "$(wc -l <"$T/slow")" 5
trace-cmd report -t -N "$captures/612-n-k-debian612-nopv-all.dat" 2>/dev/null >"$T/report"
found=0
while read -r at _; do
	grep -q " $at: kvm_apic_ipi" "$T/report" && found=$((found + 1))
done <"$T/slow"
is "text: each of them is a kvm_apic_ipi at that time" "$found" 5
ok "text: the error bound is stated" grep -q '1 part in 256' "$T/text"

# Without probes, switches and EOIs: what is missing is said, and null.
"$KVM_IPI" latency --format csv "$captures/612-g-three-vms-yield.dat" | grep -v '^#' >"$T/csv"
is "CSV: one row per part and stage" "$(tail -n +2 "$T/csv" | awk -F, '{ n[$8]++ } END {
	for (s in n) { if (!first) first = n[s]; same += n[s] == first; kinds++ }
	print kinds, same == kinds }')" "4 1"
refused "IPIs alone" 3 "$KVM_IPI" latency "$captures/612-a-xapic.dat"
refused "no IPI" 3 "$KVM_IPI" latency --source track "$captures/612s-a-xapic.dat"
refused "losses and --strict" 4 "$KVM_IPI" latency --strict "$captures/612-l-lossy.dat"
"$KVM_IPI" latency --vm 177 --format json "$captures/612-g-three-vms-yield.dat" >"$T/json"
is "--vm" "$(jq -c '[.vms[].vm_pid]' "$T/json")" '[177]'

# A recording without kvm_apic_ipi: no time of sending, so none from there until the acceptance.
{
	printf '1000 0 11 entry 1\n1500 0 10 entry 0\n'
	printf '%s 0 10 exit 0 124\n%s 0 10 accept 1 253\n%s 0 10 track 7 1 0 1 253 1\n' 2000 2200 2300
	printf '3000 0 11 inj 253\n4000 0 11 eoi 1 253\n5000 0 0 switch 0 10\n'
} | tests/t/plant.pl "$T/unsent.dat"
"$KVM_IPI" latency "$T/unsent.dat" >"$T/text"
is "no kvm_apic_ipi: times count from the delivery" "$(grep -c 'VM .*: 1 IPIs, from the delivery$' "$T/text")" 1
is "no kvm_apic_ipi: no figure until the acceptance" "$(awk '$1 == "accepted" { print NF }' "$T/text")" 1
is "no kvm_apic_ipi: others from the acceptance on" "$(awk '$1 == "injected" { print $2, $3 }' "$T/text")" "1 0.8"
is "no kvm_apic_ipi: null in JSON" "$("$KVM_IPI" latency --format json "$T/unsent.dat" |
	jq -c '[.vms[].after_send.accepted, .slowest[].accepted]')" "[null,null]"
"$KVM_IPI" html -o "$T/unsent.html" "$T/unsent.dat"
is "no kvm_apic_ipi: on the page" "$(grep -c 'From the delivery until' "$T/unsent.html")" 1
is "no kvm_apic_ipi: in the bars" "$("$KVM_IPI" latency --plot "$T/unsent.dat" | grep -cE 'from the delivery|accepted')" 1
refused "no kvm_apic_ipi: no heatmap of it" 3 "$KVM_IPI" heatmap --value latency --stage accepted "$T/unsent.dat"

# A recording without sched_switch and kvm_eoi: what these show is in no output, not even as a 0. The
# receiver is in its guest, so that an analysis could take it for running.
{
	printf '1000 0 11 entry 1\n1500 0 10 entry 0\n'
	printf '%s 0 10 exit 0 124\n%s 0 10 ipi 253 1\n%s 0 10 accept 1 253\n%s 0 10 track 7 1 0 1 253 1\n' \
		2000 2100 2200 2300
	printf '3000 0 11 inj 253\n'
} | tests/t/plant.pl "$T/few.dat"
"$KVM_IPI" latency "$T/few.dat" >"$T/text"
is "not recorded: no count and no time in text" \
	"$(awk '$1 == "acknowledged" || $1 == "running" { print NF }' "$T/text" | paste -sd' ')" "1 1"
is "not recorded: how to record both" "$(grep -c '^# until .* is left out' "$T/text")" 2
is "not recorded: nothing is said of acknowledgements" "$(grep -c 'were not acknowledged' "$T/text")" 0
is "not recorded: what was recorded is there" "$(awk '$1 == "injected" { print $2, $3 }' "$T/text")" "1 0.9"
is "not recorded: empty in CSV" "$("$KVM_IPI" latency --format csv "$T/few.dat" |
	grep -E ',(acknowledged|running),' | cut -d, -f10- | sort -u)" ",,,,,,"
is "not recorded: null in JSON" "$("$KVM_IPI" latency --format json "$T/few.dat" | jq -c '
	[.unanswered, .given_up, .vms[0].after_send.running, .vms[0].pairs[0].after_send.acknowledged,
	 .slowest[0].running, .slowest[0].acknowledged] | unique')" "[null]"
is "not recorded: no bar" "$("$KVM_IPI" latency --plot "$T/few.dat" | grep -cE 'running|acknowledged')" 0
"$KVM_IPI" html -o "$T/few.html" "$T/few.dat"
is "not recorded: empty on the page" "$(grep -c 'receiver running<td><td><td><td><td><td><td>$' "$T/few.html")" 1
for stage in acknowledged running; do
	refused "not recorded: no heatmap of $stage" 3 "$KVM_IPI" heatmap --value latency --stage $stage "$T/few.dat"
done
ok "heatmap of what was recorded" "$KVM_IPI" heatmap --value latency --stage injected "$T/few.dat"

# 5,000 IPIs of one vector, one a microsecond, and one EOI 1 us after the last: the n-th waited
# 5,001 - n us, so the nearest ranks of 50, 90 and 99 % are 2,500, 4,500 and 4,950 us.
{
	printf '1000 0 11 entry 1\n1500 0 10 entry 0\n'
	seq 1000000 1000 5999000 | sed 's/$/ 0 10 track 7 1 0 1 253 1/'
	echo 6000000 0 11 eoi 1 253
} | tests/t/plant.pl "$T/queue.dat"
"$KVM_IPI" latency --format json "$T/queue.dat" >"$T/json"
is "a queue of 5,000: all are counted" \
	"$(jq -c '[.vms[0].after_send.acknowledged.count, .unanswered, .given_up]' "$T/json")" '[5000,0,0]'
is "a queue of 5,000: percentiles, to 0.4 %" "$(jq -c '.vms[0].after_send.acknowledged |
	[[.p50_ns, 2500000], [.p90_ns, 4500000], [.p99_ns, 4950000], [.max_ns, 5000000], [.min_ns, 1000]] |
	map((.[0] - .[1] | fabs) <= 0.004 * .[1]) | unique' "$T/json")" '[true]'
is "a queue of 5,000: the slowest is the first" "$(jq '.slowest[0].acknowledged' "$T/json")" 5000000

# Two VMs, one after the other, whose threads have the same ids: 100 IPIs each, each acknowledged 2 us
# after it was sent. In the second the threads run the same vCPUs (0) or the other ones (1).
for other in 0 1; do
	seq 0 199 | awk -v other=$other '{
		late = $1 >= 100; t = 1000000 + $1 * 100000 + late * 3000000
		a = 10 + (late && other); b = 11 - (late && other)
		printf "%d 0 %d exit 0 119\n%d 0 %d ipi 253 1\n%d 0 %d accept 1 253\n", t, a, t + 1, a, t + 2, a
		printf "%d 0 %d track %d %d 0 1 253 1\n%d 0 %d entry 0\n", t + 3, a, 7 + late, 1 + late, t + 4, a
		printf "%d 1 %d inj 253\n%d 1 %d entry 1\n%d 1 %d exit 1 1\n", t + 901, b, t + 902, b, t + 2000, b
		printf "%d 1 %d eoi 1 253\n%d 1 %d entry 1\n", t + 2001, b, t + 2002, b }' |
		tests/t/plant.pl "$T/again.dat"
	is "thread ids used again ($other): acknowledged" "$("$KVM_IPI" latency --format json "$T/again.dat" |
		jq -c '[.unanswered, (.vms[] | .vm_pid, .after_send.acknowledged.count,
			.after_send.acknowledged.min_ns, .after_send.acknowledged.max_ns, .after_send.injected.max_ns)]')" \
		'[0,7,100,2000,2000,900,8,100,2000,2000,900]'
	is "thread ids used again ($other): yield" "$("$KVM_IPI" yield --format json "$T/again.dat" |
		jq -c '[.vms[].ack.acknowledged]')" '[100,100]'
	is "thread ids used again ($other): the host's id is shown" "$("$KVM_IPI" latency --format json "$T/again.dat" |
		jq -c '[.slowest[].src_pid, .slowest[].dst_pid] | unique')" '[10,11]'
done

done_testing
