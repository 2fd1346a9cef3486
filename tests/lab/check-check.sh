#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-check.sh: does check.sh notice? Copies of a finished lab's results, each with one thing
# wrong, have to be found different, and the difference named. In TAP.
#
# shellcheck disable=SC2016 # awk's own $
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
LAB=${LAB:-$here/../../build/lab}
LAB=$(cd "$LAB" && pwd) || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$scratch/lab/out
nr=0 bad=0

# expect equal|differs NAME WHAT MACHINE/CAPTURE: what check.sh says, and its exit code.
expect() {
	local said verdict='not ok'
	nr=$((nr + 1))
	if said=$(LAB=$scratch/lab "$here/check.sh" "$4"); then
		[ "$1" = equal ] && grep -q "^$4: equal" <<<"$said" && verdict=ok
	else
		[ "$1" = differs ] && grep -q "DIFFERS: .*$3" <<<"$said" && verdict=ok
	fi
	echo "$verdict $nr - $2"
	[ "$verdict" = ok ] || {
		echo "# ${said//$'\n'/$'\n'# }"
		bad=1
	}
	rm -rf "$scratch/lab"
	cp -r "$scratch/clean" "$scratch/lab"
}

# with FILE AWK: rewrite one of the results.
with() {
	awk "BEGIN { FS = OFS = \"\t\" } $2 { print }" "$out/$1" >"$scratch/new" &&
		mv "$scratch/new" "$out/$1"
}

mkdir -p "$scratch/clean/out"
cp -r "$LAB/out/." "$scratch/clean/out/"
cp -r "$scratch/clean" "$scratch/lab"

expect equal 'untouched' '' 6.12/kinds
with 6.12/kinds.edges 'NR == 5 { $7++ }'
expect differs 'a count that is one too high' 'trace-cmd: expected' 6.12/kinds
with 6.12/kinds.edges 'NR == 7 { $7-- }'
expect differs 'a count that is one too low' 'trace-cmd: expected' 6.12/kinds
with 6.12/kinds.edges 'NR == 3 { next }'
expect differs 'an edge that nobody sent' 'trace-cmd: found' 6.12/kinds
with 6.12/kinds.edges 'NR == 2 { $6 = "slow" }'
expect differs 'the wrong path' 'trace-cmd: expected' 6.12/kinds
with 6.12/kinds.edges 'NR == 2 { $2 += 100 }'
expect differs 'the wrong VM' 'trace-cmd: found' 6.12/kinds
echo 'NOT as the workloads say' >"$out/6.12/kinds.status"
expect differs 'guests whose handlers ran too often' 'the guests' 6.12/kinds
rm "$out/6.12/kinds.dat"
expect differs 'no trace' 'no trace' 6.12/kinds
echo '[    1.0] BUG: made up' >>"$out/6.12/dmesg.txt"
expect differs 'a kernel that complained' 'BUG' 6.12/kinds
sed 's/u8 path;	offset:29/u8 path;	offset:30/' "$here/tracepoint.format" >"$scratch/format"
LAB_FORMAT=$scratch/format expect differs 'a field elsewhere' 'format' 6.12/kinds
sed 's/"halted"/"asleep"/' "$here/tracepoint.format" >"$scratch/format"
LAB_FORMAT=$scratch/format expect differs 'another name of a state' 'format' 6.12/kinds
with 6.12/lossy.edges 'NR == 1 { $7++ }'
expect differs 'one lost too few' 'is not' 6.12/lossy
cp "$out/6.12/pairs.dat" "$out/6.12/lossy.dat"
expect differs 'a lossy trace without loss' 'nothing was lost' 6.12/lossy
with 6.12-two/states.states '$3 == "halted" { $3 = "woken" }'
expect differs 'receivers in another state' 'were woken' 6.12-two/states
: >"$out/6.12-stock/kinds.lookalikes"
expect differs 'stock events that look tracked' 'stock events' 6.12-stock/kinds
cp "$out/6.12/both.dat" "$out/6.12/replay.dat"
expect differs 'another trace' 'trace-cmd' 6.12/replay
with 6.12-two/r-graph.edges 'NR == 2 { $7++ }'
expect differs 'kvm-ipi record: a count that is one too high' 'trace-cmd: expected' 6.12-two/r-graph
sed -i 's/tracefs as before.*/tracefs: +kvm-ipi-123/' "$out/6.12/r-yield.recording"
expect differs 'kvm-ipi record: a buffer that is left' 'tracefs: +kvm-ipi-123' 6.12/r-yield
sed -i 's/tracefs as before.*/tracefs: +kvm-ipi-123/' "$out/6.12/r-killed.recording"
expect differs 'kvm-ipi record, killed: a buffer that is left' 'tracefs: +kvm-ipi-123' 6.12/r-killed
sed -i 's/^exit 0/exit 1/' "$out/6.12/r-stock.recording"
expect differs 'kvm-ipi record: it failed' 'exit 0 wanted' 6.12/r-stock
cp "$out/6.12/pairs.dat" "$out/6.12-two/r-graph.dat"
expect differs 'kvm-ipi record: a trace without markers' 'the markers tell' 6.12-two/r-graph
sed -i 's/yield_to:pid/yield_to_ret:ret/' "$out/6.12/r-yield-truth.record.log"
expect differs 'kvm-ipi record: not the probe' 'no choice of KVM' 6.12/r-yield-truth
echo "1..$nr"
exit "$bad"
