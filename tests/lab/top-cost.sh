#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# top-cost.sh: from the times of ./cost-captures to instructions an IPI, as a table. An instruction
# takes 2 ns of the machine's time (icount), so the difference to `none`, divided by 2 ns and by the
# IPIs, is what counting adds to one: in the sender, and in the receiver, which is woken and answers.
# Each line ran three times: the median, and the least and the largest.
#
# Environment: LAB_OUT, LAB_CAPTURES.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

ipis=$(awk '$1 == "send" { print $5 }' "$here/workloads/cost-answer")
echo '| machine | counted by | instructions an IPI | of three runs |'
echo '|---|---|---|---|'
awk '$1 == "top" { print $2, $3 }' "$LAB_CAPTURES" | while read -r machine name; do
	echo "$machine $name $(sort -n "$LAB_OUT/$machine/$name.cost" | tr '\n' ' ')"
done | awk -v ipis="$ipis" '
	function added(us) { return sprintf("%.0f", (us - none[$1]) * 500 / ipis) }
	$2 == "none" { none[$1] = $4 }
	{ printf "| %s | %s | %s | %s to %s |\n", $1, $2, added($4), added($3), added($5) }'
