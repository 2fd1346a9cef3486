#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Real captures against what the guests know they sent: every (VM, sender, receiver, vector, path)
# with its count, none more and none less. Where records were lost: nothing that was not sent, and
# the loss is stated. What a capture without the event gets is in here, too.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq
C=tests/data/captures
tab=$(printf '\t')

# by_path FILE: the program's graph with the columns of a .edges file, sorted like it.
by_path() {
	"$KVM_IPI" graph --format csv "$1" | awk -F, -v OFS='\t' '!/^#/ && $1 != "vm_pid" {
		if ($7) print $1, $2, $3, $4, $5, "fast", $7
		if ($8) print $1, $2, $3, $4, $5, "slow", $8 }' | sort
}

for dat in "$C"/*.dat; do
	name=$(basename "$dat" .dat)
	edges=$C/$name.edges
	case $name in
	612s-*)	# no such event: below
		continue ;;
	612-l-*) # lossy: below
		continue ;;
	esac
	[ -f "$edges" ] || continue
	by_path "$dat" >"$T/got"
	sort "$edges" >"$T/want"
	same "$name: the graph is what the guests sent" "$T/got" "$T/want"
	sent=$(awk '{ n += $7 } END { print n }' "$edges")
	is "$name: report's sum" "$("$KVM_IPI" report --format json "$dat" | jq '[.vms[].ipis] | add')" "$sent"
	is "$name: matrix' sum" \
		"$("$KVM_IPI" matrix --format csv "$dat" | awk -F, '!/^#/ && NR > 1 { n += $5 } END { print n }')" \
		"$sent"
	is "$name: nothing was lost or skipped" \
		"$("$KVM_IPI" report --format json "$dat" | jq -c '.inputs[0] | [.lost.gaps, .lost.overrun, .skipped]')" \
		'[0,0,0]'
done

lossy=$C/612-l-lossy
by_path "$lossy.dat" | awk -F "$tab" -v OFS='\t' '{ print $1, $2, $3, $4, $5, $6 }' | sort >"$T/got"
cut -f1-6 "$lossy.edges" | sort >"$T/want"
is "lossy: no edge that was not sent" "$(comm -23 "$T/got" "$T/want")" ""
by_path "$lossy.dat" | awk -F "$tab" 'NR == FNR { sent[$1,$2,$3,$4,$5,$6] = $7; next }
	$7 > sent[$1,$2,$3,$4,$5,$6]' "$lossy.edges" - >"$T/more"
is "lossy: no count above what was sent" "$(cat "$T/more")" ""
is "lossy: 793 of 797 were recorded" \
	"$("$KVM_IPI" report --format json "$lossy.dat" | jq '[.vms[].ipis] | add')" 793
is "lossy: 381 + 768 events by the kernel's statistics" \
	"$("$KVM_IPI" report --format json "$lossy.dat" | jq '.inputs[0].lost.overrun')" 1149
is "lossy: some marks have no number, so their sum is unknown" \
	"$("$KVM_IPI" report --format json "$lossy.dat" | jq -c '.inputs[0].lost | [.gaps > 0, .events]')" \
	'[true,null]'
for format in text csv; do
	for command in report matrix graph; do
		"$KVM_IPI" $command --format $format "$lossy.dat" | grep '^#' >"$T/remarks"
		ok "lossy: $command --format $format says that counts are lower bounds" \
			grep -q 'events were lost.*lower bounds' "$T/remarks"
		ok "lossy: $command --format $format says how many" grep -q '\<1149 events' "$T/remarks"
	done
done
refused "lossy: refused by --strict" 4 "$KVM_IPI" report --strict "$lossy.dat"
ok "a lossless capture passes --strict" "$KVM_IPI" report --strict "$C/612-a-xapic.dat"

for name in 612s-a-xapic 612s-g-three-vms-yield; do
	refused "$name: nothing to analyse" 3 "$KVM_IPI" report --source track "$C/$name.dat"
	"$KVM_IPI" report --source track "$C/$name.dat" 2>"$T/err"
	is "$name: three lines" "$(wc -l <"$T/err")" 3
	ok "$name: it names the KVM events that are there" grep -q 'KVM events in it:.*kvm_apic_ipi [0-9]' "$T/err"
	ok "$name: and the line that would have been right" \
		grep -q 'trace-cmd record -e kvm:kvm_ipi_track' "$T/err"
done

# The Linux guest has no book: its vectors were counted by another program when it was recorded.
is "71-n-h-linux71-pv: vectors" \
	"$("$KVM_IPI" report --format json "$C/71-n-h-linux71-pv.dat" |
		jq -c '[.vms[].vectors[] | [.vector, .count]]')" \
	'[[251,9748],[252,542],[253,148]]'
is "71-n-h-linux71-pv: receivers' states" \
	"$("$KVM_IPI" report --format json "$C/71-n-h-linux71-pv.dat" |
		jq -c '.vms[].states | [.guest, .host, .preempted, .woken, .halted, .unknown]')" \
	'[681,282,1332,1336,6807,0]'

done_testing
