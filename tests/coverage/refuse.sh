#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# refuse.sh BUILD: the first allocations of some runs are refused, one a run, so that the lines that deal
# with it count as reached. What has to come of it is tests/t/memory.t's business.
set -eu

build=$1
captures=tests/data/captures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/mktrace" --format v6 --events 100 --cpus 2 --instances 1 --foreign 20 "$work/v6.dat" >/dev/null

# refuse ARGUMENTS...
refuse() {
	n=0
	while [ $n -lt 150 ]; do
		n=$((n + 1))
		FAIL_AT=$n LD_PRELOAD=$(realpath "$build/failalloc.so") "$build/kvm-ipi" "$@" >/dev/null 2>&1 || true
	done
}
refuse report "$work/v6.dat"
refuse report --source stock "$captures/612s-a-xapic.dat"
refuse yield "$captures/612-a-xapic.dat"
refuse report "$captures/71-n-h-linux71-pv.dat" --source stock --salvage
