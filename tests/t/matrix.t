#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi matrix of large and sparse VMs: no more output than what is there, and all of it.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq

# A small VM, and one whose 5,000 vCPUs send to the next one each, the first of them twice: 25 million cells
# with 5,000 counts.
{
	echo 1000 0 1 track 7 1 0 1 253 1
	seq 0 4999 | awk '{ print 2000 + $1, 0, 10, "track", 8, 2, $1, ($1 + 1) % 5000, 253, 1 }'
	echo 8000 0 1 track 8 2 0 1 252 1
	echo 9000 0 1 track 9 3 0 1 253 1
} | tests/t/plant.pl "$T/ring.dat"
seq 0 4999 | awk '{ print $1 "," ($1 + 1) % 5000 "," ($1 ? 1 : 2) }' >"$T/want"

for by in vcpu cpu; do
	for format in text csv json; do
		"$KVM_IPI" matrix --by $by --format $format "$T/ring.dat" >"$T/$by.$format" 2>"$T/err"
		is "$by, $format: exit" $? 0
		is "$by, $format: of a size with its counts" "$(($(wc -c <"$T/$by.$format") < 300000))" 1
	done
done
grep '^8,2,' "$T/vcpu.csv" | cut -d, -f3- >"$T/got"
same "CSV: every pair" "$T/got" "$T/want"
is "CSV: the other VMs" "$(grep -c '^[79],[13],0,1,1$' "$T/vcpu.csv")" 2
jq -r '.vms[1].cells[] | map(tostring) | join(",")' "$T/vcpu.json" >"$T/got"
same "JSON: every pair" "$T/got" "$T/want"
is "JSON: dense where it is small" "$(jq -c '.vms | map([.counts, (.cells == null)]) | .[0], .[2]' "$T/vcpu.json" | sort -u)" \
	'[[[0,1],[0,0]],true]'
is "JSON: not where it is not" "$(jq -c '.vms[1] | [.counts, (.rows | length)]' "$T/vcpu.json")" '[null,5000]'
is "text: added up" "$(grep -c '^# 5000 x 5000 is too large' "$T/vcpu.text")" 1

# Nothing on standard output of what fails.
for command in matrix "matrix --format csv" "matrix --format json" heatmap; do
	# shellcheck disable=SC2086
	"$KVM_IPI" $command "$T/ring.dat" >"$T/out" 2>"$T/err"
	code=$?
	is "$command: an answer, or nothing" "$([ $code = 0 ] || [ ! -s "$T/out" ]; echo $?)" 0
done

done_testing
