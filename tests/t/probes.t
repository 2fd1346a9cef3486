#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# IPIs by probes on an unpatched kernel: what the guests' books say, the states that the guests know,
# and what another join says of the text of trace-cmd report. Everything after the decoder is shared
# with kvm_ipi_track: each command has to answer.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" trace-cmd jq
C=tests/data/captures
tab=$(printf '\t')

# by_path FILE: pid, src, dst, vector, path, count. The captures have no field that numbers VMs.
by_path() {
	"$KVM_IPI" graph --format csv "$1" | awk -F, -v OFS='\t' '!/^#/ && $1 != "vm_pid" {
		if ($7) print $1, $3, $4, $5, "fast", $7
		if ($8) print $1, $3, $4, $5, "slow", $8 }' | sort
}

# within_bounds FILE: each line of its .states holds in what the program says.
within_bounds() {
	"$KVM_IPI" report --format json "$1.dat" |
		jq -r '.vms[] | [.vm_pid, .ipis] + (.states | to_entries | map(.key, .value)) | @tsv' |
		awk -F "$tab" '
			NR == FNR { all[$1] = $2; for (i = 3; i < NF; i += 2) n[$1, $i] = $(i + 1); next }
			!all[$1] || 100 * n[$1, $3] < $4 * all[$1] || 100 * n[$1, $3] > $5 * all[$1]' \
			- "$1.states"
}

for dat in "$C"/*-probes-*.dat; do
	name=$(basename "$dat" .dat)
	by_path "$dat" >"$T/got"
	cut -f1,3- "$C/$name.edges" | sort >"$T/want"
	ok "$name: there are edges" test -s "$T/want"
	same "$name: the guests' books, with paths" "$T/got" "$T/want"
	trace-cmd report -N -l "$dat" 2>/dev/null | awk -f tests/opinion/deliveries.awk >"$T/opinion"
	cut -f2-6 "$T/opinion" | sort | uniq -c | awk -v OFS='\t' '{ print $2, $3, $4, $5, $6, $1 }' |
		sort >"$T/want"
	same "$name: the same by words" "$T/got" "$T/want"
	"$KVM_IPI" report --format json "$dat" |
		jq -r '.vms[] | .vm_pid as $p | .states | to_entries[] | select(.value > 0) |
			[$p, .key, .value] | @tsv' | sort >"$T/got"
	cut -f2,7 "$T/opinion" | sort | uniq -c | awk -v OFS='\t' '{ print $2, $3, $1 }' |
		sort >"$T/want"
	same "$name: the receivers' states by words" "$T/got" "$T/want"
	is "$name: states where the guests know them" "$(within_bounds "$C/$name")" ""
	is "$name: auto takes probes" "$("$KVM_IPI" report --format json "$dat" | jq -r .source)" probes
	"$KVM_IPI" report --format json "$dat" >"$T/want"
	"$KVM_IPI" report --source probes --format json "$dat" >"$T/got"
	same "$name: --source probes says the same" "$T/got" "$T/want"
	for command in report matrix graph yield timeline heatmap export html; do
		ok "$name: $command" "$KVM_IPI" $command "$dat"
	done
	# Kernel addresses, as trace-cmd prints them, are in no output.
	trace-cmd report "$dat" 2>/dev/null | grep -o 'srcp=0xf[0-9a-f]*' | sed 's/srcp=0x//' |
		sort -u >"$T/pointers"
	ok "$name: there are pointers in it" test -s "$T/pointers"
	for command in "report --format json" "graph --format csv" "export" "html" "yield --format json"; do
		# shellcheck disable=SC2086 # a command and its options
		"$KVM_IPI" $command "$dat" >"$T/out"
		while read -r hex; do
			echo "$hex"
			printf '%u\n' "0x$hex"
		done <"$T/pointers" >"$T/forbidden"
		is "$name: no pointer in $command" "$(grep -c -i -F -f "$T/forbidden" "$T/out")" 0
	done
done

dat=$C/612s-probes-states.dat
is "what the probes show beside directed IPIs: one by a shorthand" \
	"$("$KVM_IPI" report --format json "$dat" | jq -c '.coverage | [.apic_ipis, .became.unicast, .became.shorthand]')" \
	'[161,160,1]'
refused "--source track of a recording without it" 3 "$KVM_IPI" report --source track "$dat"
refused "--source stock of a recording without them" 3 "$KVM_IPI" report --source stock "$dat"
refused "--source probes of a recording without them" 3 \
	"$KVM_IPI" report --source probes "$C/612-a-xapic.dat"
for command in report yield; do
	refused "and of one with stock events alone: $command" 3 \
		"$KVM_IPI" $command --source probes "$C/612s-a-xapic.dat"
done

done_testing
