#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh: what `kvm-ipi report --format json` costs, in one thread, beside trace-cmd, libtracecmd and bare loops.
#
# Everything runs on the same generated files, in one run, in turns; the best of each is kept, CPU
# time as the kernel counts it (user + system, bench-run). The files stay in $BUILD/bench for the
# next time. BENCH_EVENTS and BENCH_ROUNDS change the size and the number of turns; the slow ones
# (trace-cmd report) get one turn, BENCH_SLOW=0 leaves them out. Exit 1 if a bound is missed.
set -eu

build=${BUILD:-build}
events=${BENCH_EVENTS:-10m}
rounds=${BENCH_ROUNDS:-7}
slow=${BENCH_SLOW:-1}
dir=$build/bench
program=$build/kvm-ipi
stream="--events $events --vms 10 --vcpus 40 --edges 15000 --cpus 8 --seed 42"

load=$(cut -d" " -f1-3 /proc/loadavg)

mkdir -p "$dir"

# generate NAME OPTIONS...: only if it is not there, or is of another stream.
generate() {
	name=$dir/$1
	shift
	if [ "$(cat "$name.options" 2>/dev/null)" != "$*" ] ||
		[ -n "$(find "$build/mktrace" -newer "$name")" ]; then
		echo "# generating $name" >&2
		"$build/mktrace" "$@" "$name"
		echo "$*" >"$name.options"
	fi
	cat "$name" >/dev/null # into the page cache
}

# shellcheck disable=SC2086 # a list of options
{
	generate plain.dat $stream
	generate zstd.dat $stream --compress zstd
	generate many.dat --events "$events" --vms 100 --vcpus 101 --edges 1m --cpus 8 --seed 42
	generate small.dat --events 1000 --kallsyms 0
	generate kallsyms.dat --events 1000 --kallsyms 5000000
}

# Every program answers the same question: check that it does before its time is quoted.
"$program" report --format json "$dir/plain.dat" >"$dir/answer.json"
# shellcheck disable=SC2016 # jq's variables
counts='[.vms[] as $v | $v.edges[] | [$v.vm_id, .src, .dst, .count, .first_ns, .last_ns,
	(.vectors[] | [.vector, .count])]]'
if [ "$(jq -c "$counts" "$dir/answer.json" | md5sum)" != \
	"$(jq -c "$counts" "$dir/plain.dat.truth.json" | md5sum)" ]; then
	echo "bench.sh: the report does not equal what was planted" >&2
	exit 1
fi
real=$(jq '.inputs[0].events' "$dir/answer.json")
edges=$(jq '[.vms[].edges[].vectors[]] | length' "$dir/answer.json")
many=$("$program" graph --format csv "$dir/many.dat" | grep -c '^[0-9]')

set --
if [ "$slow" = 1 ]; then
	set -- trace-cmd 1 trace-cmd report -N "$dir/plain.dat" --
fi
"$build/bench-run" "$@" \
	report "$rounds" "$program" report --threads 1 --format json "$dir/plain.dat" -- \
	threads "$rounds" "$program" report --format json "$dir/plain.dat" -- \
	add "$rounds" "$build/bench-loops" add "$dir/plain.dat" -- \
	libtracecmd 2 "$build/bench-loops" tracecmd "$dir/plain.dat" -- \
	report-zstd "$rounds" "$program" report --threads 1 --format json "$dir/zstd.dat" -- \
	threads-zstd "$rounds" "$program" report --format json "$dir/zstd.dat" -- \
	zstd "$rounds" "$build/bench-loops" zstd "$dir/zstd.dat" -- \
	many 2 "$program" report --threads 1 --format json "$dir/many.dat" -- >"$dir/times"
"$build/bench-run" \
	version 50 "$program" --version -- \
	small 50 "$program" report --format json "$dir/small.dat" -- \
	kallsyms 50 "$program" report --format json "$dir/kallsyms.dat" -- \
	lib-open 10 "$build/bench-loops" open "$dir/kallsyms.dat" -- >>"$dir/times"

echo "# $(uname -srm), $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo "# load average before: $load"
echo "# $(trace-cmd --version 2>&1 | sed -n 's/^ *\(trace-cmd version [^ ]*\).*/\1/p'), libtracecmd" \
	"$(pkg-config --modversion libtracecmd), libtraceevent" \
	"$(pkg-config --modversion libtraceevent), zstd $(pkg-config --modversion libzstd)"
echo "# mktrace $stream: $real events of 36 bytes, $edges edges; best of $rounds turns"
awk -v events="$real" -v edges="$edges" -v many="$many" -v slow="$slow" -f tests/bench/table.awk "$dir/times"
