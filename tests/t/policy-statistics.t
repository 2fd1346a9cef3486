#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The statistics of the policy experiment (tests/lab/policy/statistics.awk), on figures for which the
# means and standard errors were computed by hand.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

awk=tests/lab/policy/statistics.awk

# run WORKLOAD POLICY SEED VM ACK DONE PAUSES PICKS AWAITED CHANCES
run() {
	echo "$1 $2 $3 $4 calls=10 ack_ns=$5 ack_p50_ns=1 ack_p90_ns=1 ack_p99_ns=1" \
		"wait_ns=100 wait_p50_ns=1 wait_p90_ns=1 wait_p99_ns=1 done_ns=$6 worked=7 pauses=$7" \
		"searches=8 chances=${10} picks=$8 picks_awaited=$9 picks_with_hint=1 picks_of_hint=1"
}

{
	run one stock 1 A 1000 4000 100 20 1 4
	run one ipi-first 1 A 500 4400 50 10 4 4
	run two stock 1 A 100 1000 10 5 0 0
	run two stock 1 B 300 3000 10 5 0 0
	run two ipi-first 1 A 100 1000 10 5 3 4
	run two ipi-first 1 B 200 1000 10 5 3 4
	run one stock 2 A 2000 4000 200 40 2 4
	run one ipi-first 2 A 1500 4800 80 20 3 4
} >"$T/measured"

paired() {
	awk -v out=paired -f "$awk" "$T/measured" | grep "^$1,"
}

awk -v out=runs -f "$awk" "$T/measured" >"$T/runs"
is "a line for each VM of each run, and a header" "$(wc -l <"$T/runs" | tr -d ' ')" 9
is "as many columns everywhere" "$(awk -F, '{ print NF }' "$T/runs" | sort -u)" 22
is "columns by name" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
	$1 == "two" && $4 == "B" && $2 == "stock" { print $c["ack_ns"], $c["done_ns"], $c["chances"] }' "$T/runs")" \
	"300 3000 0"
# -50 and -25 %: mean -37.5, sd 17.678, se 12.5; level (500 + 1500) / 2.
is "a difference paired by seed" "$(paired one,ipi-first,ack_ns)" "one,ipi-first,ack_ns,2,1000,-37.500,12.500"
is "+10 and +20 %" "$(paired one,ipi-first,done_ns)" "one,ipi-first,done_ns,2,4600,15.000,5.000"
is "stock differs from itself by nothing" "$(paired one,stock,done_ns)" "one,stock,done_ns,2,4000,0.000,0.000"
is "hits are a share: 25 and 50 %" "$(paired one,stock,hits)" "one,stock,hits,2,37.5,37.500,12.500"
is "100 and 75 %" "$(paired one,ipi-first,hits)" "one,ipi-first,hits,2,87.5,87.500,12.500"
is "yields a call" "$(paired one,stock,yields)" "one,stock,yields,2,3,3.000,1.000"
is "two VMs are one run, one seed has no standard error" "$(paired two,ipi-first,ack_ns)" \
	"two,ipi-first,ack_ns,1,150,-25.000,"
is "their PAUSE exits are added" "$(paired two,ipi-first,pauses)" "two,ipi-first,pauses,1,20,0.000,"
is "their yields a call, too" "$(paired two,ipi-first,yields)" "two,ipi-first,yields,1,0.5,0.500,"
is "the table" "$(awk -v out=table -f "$awk" "$T/measured" | grep 'one | ipi-first')" \
	"| one | ipi-first | -37.5±12.5 % | +0.0±0.0 % | +15.0±5.0 % | -55.0±5.0 % | 88 | 1.50 |"
is "no chance: no share" "$(awk -v out=table -f "$awk" "$T/measured" | grep 'two | stock' | cut -d'|' -f8)" " - "
is "one seed: no error in the table" "$(awk -v out=table -f "$awk" "$T/measured" | grep 'two | ipi-first' | cut -d'|' -f4)" \
	" -25.0 % "
sed 's/chances=[0-9]*//' "$T/measured" >"$T/short"
ok "a figure that is not there is an error" \
	sh -c "! awk -v out=paired -f $awk '$T/short' 2>'$T/err' && grep -q 'no chances' '$T/err'"

done_testing
