#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cost.sh: instructions of a directed IPI, by the lines `cost` of ./captures: nothing recorded, and
# recorded in each way. From what lab.sh left in $LAB_OUT.
#
# The machine has one CPU and counts instructions: 2 ns of its time are one. A VM sends 2000 and then 6000
# IPIs as fast as it can; the difference is 4000 IPIs and nothing else. A send is all of it: the
# guest's instructions, the exit, the delivery, the entry; the last column is what recording adds.
# Events go to a buffer that nobody reads.
#
# Environment: LAB (build/lab), LAB_OUT ($LAB/out), LAB_CAPTURES (./captures).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
LAB_OUT=${LAB_OUT:-$LAB/out}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}

printf '%-12s %-14s %7s %14s %10s\n' machine recorded events instructions added
# shellcheck disable=SC2094 # both only read
while read -r word machine name set _; do
	[ "$word" = cost ] || continue
	# shellcheck disable=SC2094
	events=$(awk -v s="$set" '$1 == "events" && $2 == s { print NF - 2 }' "$LAB_CAPTURES")
	awk -v machine="$machine" -v set="$set" -v events="${events:-0}" '
		$3 == "from" { from = $1 }
		$3 == "to" { ns[$2] = ($1 - from) * 1e9 }
		END {
			if (!(2 in ns && 6 in ns) || ns[6] <= ns[2])
				exit 1
			printf "%s %s %d %.0f\n", machine, set, events, (ns[6] - ns[2]) / 4000 / 2
		}' "$LAB_OUT/$machine/$name.cost" || {
		echo "cost.sh: $machine/$name: no times" >&2
		exit 1
	}
done <"$LAB_CAPTURES" | awk '
	$2 == "-" { none[$1] = $4 }
	{ printf "%-12s %-14s %7d %14d %10s\n", $1, $2 == "-" ? "nothing" : $2, $3, $4,
		$2 == "-" ? "" : $4 - none[$1] }'
