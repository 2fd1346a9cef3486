#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# top-check-check.sh: does top-check.sh notice? Copies of a finished lab's results, each with one thing
# wrong. In TAP.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
LAB=${LAB:-$here/../../build/lab}
LAB=$(cd "$LAB" && pwd) || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$scratch/lab/out/6.12
nr=0 bad=0

# expect equal|differs WHAT PATTERN CAPTURE
expect() {
	local said verdict='not ok'
	nr=$((nr + 1))
	said=$(LAB=$scratch/lab LAB_OUT=$scratch/lab/out "$here/top-check.sh" "6.12/$4")
	grep -q "6.12/$4 $3" <<<"$said" && verdict=ok
	echo "$verdict $nr - $2"
	[ "$verdict" = ok ] || {
		echo "# ${said//$'\n'/$'\n'# }"
		bad=1
	}
	rm -rf "$scratch/lab"
	cp -r "$scratch/clean" "$scratch/lab"
}

# with FILE JQ: rewrite the last document of one result; the others do not matter.
with() {
	jq -cs ".[-1] | $2" "$out/$1.top.json" >"$scratch/new" || exit 1
	mv "$scratch/new" "$out/$1.top.json"
}

mkdir -p "$scratch/clean/out/6.12"
cp "$LAB"/out/6.12/t-* "$scratch/clean/out/6.12/"
cp -r "$scratch/clean" "$scratch/lab"

expect equal 'untouched' equal t-tracepoint
with t-tracepoint '.vms[0].edges[0].vectors[0].fast += 1'
expect differs 'a count that is one too high' 'DIFFERS: the guests' t-tracepoint
with t-tracepoint '.vms[0].edges[0].vectors[0] |= (.slow = .fast | .fast = 0)'
expect differs 'the wrong path' 'DIFFERS: the guests' t-tracepoint
with t-tracepoint 'del(.vms[0].edges[1])'
expect differs 'an edge that is missing' 'DIFFERS: the guests' t-tracepoint
with t-tracepoint '.vms[0].vm_id += 100'
expect differs 'the wrong VM' 'DIFFERS: the guests' t-tracepoint
with t-tracepoint '.vms[0].states |= (.guest += 1 | .host -= 1)'
expect differs 'a receiver in another state than the recording has' 'DIFFERS: kvm-ipi report' t-tracepoint
with t-tracepoint '.vms[].histograms = []'
expect differs 'no latency' 'DIFFERS: latencies' t-tracepoint
with t-full '.lost.ipis -= 1'
expect differs 'one lost too few' 'DIFFERS: a full map' t-full
sed -i 's/^kernel as before.*/kernel: +prog: 3/' "$out/t-killed.top"
expect differs 'a program that is left' 'DIFFERS: kernel: +prog: 3' t-killed
sed -i 's/^while it counts: .*/while it counts: 0 facts differ/' "$out/t-killed.top"
expect differs 'a list that shows nothing' 'DIFFERS: the list' t-killed
sed -i 's/^exit 0/exit 1/' "$out/t-terminated.top"
expect differs 'it failed' 'DIFFERS: exit 0 expected' t-terminated
echo "1..$nr"
exit "$bad"
