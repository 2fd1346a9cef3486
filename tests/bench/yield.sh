#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# yield.sh: what `kvm-ipi yield` costs, with all policies and probes, on a simulated host (mktrace --host).
#
# CPU time is user + system, both passes over the file; the best of BENCH_ROUNDS turns. Two lengths show that
# memory does not grow with the recording. Exit 1 if a bound is missed.
set -eu

build=${BUILD:-build}
events=${BENCH_EVENTS:-10000000}
rounds=${BENCH_ROUNDS:-5}
dir=$build/bench
load=$(cut -d" " -f1-3 /proc/loadavg)

mkdir -p "$dir"
for nr in $((events / 10)) "$events"; do
	file=$dir/host-$nr.dat
	if [ ! -e "$file.host.json" ] || [ -n "$(find "$build/mktrace" -newer "$file")" ]; then
		echo "# generating $file" >&2
		"$build/mktrace" --host --events "$nr" --cpus 8 --vms 4 --vcpus 8 --seed 42 "$file"
	fi
	cat "$file" >/dev/null # into the page cache
done
long=$dir/host-$events.dat
short=$dir/host-$((events / 10)).dat
probes="--yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret"

# What is counted must be what was planted, before its cost is quoted.
# shellcheck disable=SC2086 # a list of options
counted=$("$build/kvm-ipi" yield --format json $probes "$long" | jq '[.vms[].replay.observed] | add')
if [ "$counted" != "$(jq .yields "$long.host.json")" ]; then
	echo "yield.sh: $counted yields were observed, not what was planted" >&2
	exit 1
fi
t=$(printf '\t')
yield="$build/kvm-ipi yield --format json"
"$build/bench-run" >"$dir/yield-times" <<EOF
long$t$rounds$t$events${t}probed$t$yield $probes $long
blind$t$rounds$t$events${t}without probes$t$yield --no-probes $long
short$t$rounds$t$((events / 10))${t}a tenth$t$yield $probes $short
EOF
[ "$(wc -l <"$dir/yield-times")" = 3 ]

echo "# $(uname -srm), $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo "# load average before: $load"
echo "# mktrace --host --cpus 8 --vms 4 --vcpus 8 --seed 42: $(jq -r '"\(.records) records, " +
	"\(.spins) spins, \(.yields) yields, \(.kinds.kvm_ipi_track) IPIs"' "$long.host.json"); best of $rounds turns"
awk -v events="$events" '
	{ cpu_ns[$1] = $2; peak_kib[$1] = $4 }
	END {
		probed = cpu_ns["long"] / events
		printf "%-28s %8.1f ns of CPU per record, at most 165\n", "probed, all policies", probed
		printf "%-28s %8.1f ns of CPU per record\n", "without probes", cpu_ns["blind"] / events
		printf "%-28s %8.2f and %.2f MiB\n", "peak: a tenth, all of it", peak_kib["short"] / 1024,
			peak_kib["long"] / 1024
		exit probed > 165 || peak_kib["long"] > peak_kib["short"] + 1024
	}' "$dir/yield-times"
