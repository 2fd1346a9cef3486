#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# results.sh MACHINE: from what a policy experiment measured ($LAB/out/MACHINE/measured) to tables in
# $LAB/policy/MACHINE/: runs.csv, paired.csv, table.md and picture.svg (statistics.awk, picture.gp).
# Prints the table.
#
# Environment: LAB (build/lab).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
LAB=${LAB:-$here/../../../build/lab}
machine=${1:?wanted: results.sh MACHINE}
measured=$LAB/out/$machine/measured
to=$LAB/policy/$machine

[ -s "$measured" ] || {
	echo "results.sh: no $measured: make lab-policy" >&2
	exit 1
}
mkdir -p "$to"
for out in runs paired; do
	awk -v out="$out" -f "$here/statistics.awk" "$measured" >"$to/$out.csv"
done
awk -v out=table -f "$here/statistics.awk" "$measured" >"$to/table.md"

words() {
	awk -v column="$1" '!($column in seen) { seen[$column] = 1; printf "%s ", $column }' "$measured"
}
# Workloads and policies in the order in which they were run; stock is the base line.
policies=$(words 2)
gnuplot -e "paired = '$to/paired.csv'; workloads = '$(words 1)'; policies = '${policies#stock }'" \
	"$here/picture.gp" >"$to/picture.svg"
cat "$to/table.md"
echo "lab-policy: $(($(wc -l <"$to/runs.csv") - 1)) runs of VMs; $to/{runs.csv,paired.csv,table.md,picture.svg}"
