#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh: what the program costs beside others: the tables of docs/performance.md, whole.
#
# Groups of commands run in turns on the same generated files; the best of each is kept, CPU time as the
# kernel counts it (user + system, bench-run). The files stay in $BUILD/bench for the next time.
# BENCH_EVENTS and BENCH_ROUNDS change the size and the turns, BENCH_LARGE=0 leaves out the files of 100
# million events (5 GB), BENCH_PEERS=0 the other programs. What is missing here is said, and not measured.
# Exit 1 if a bound is missed.
set -eu

build=${BUILD:-build}
events=${BENCH_EVENTS:-10m}
rounds=${BENCH_ROUNDS:-5}
large=${BENCH_LARGE:-1}
peers=${BENCH_PEERS:-1}
dir=$build/bench
program=$build/kvm-ipi
vms="--vms 10 --vcpus 40 --edges 15000 --seed 42"
mixed=examples/three-vms.dat

load=$(cut -d" " -f1-3 /proc/loadavg)
list=$dir/list
mkdir -p "$dir"
: >"$list"

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
	generate plain.dat --events "$events" $vms --cpus 8
	generate zstd.dat --events "$events" $vms --cpus 8 --compress zstd
	generate one.dat --events "$events" $vms --cpus 1
	generate cpus256.dat --events "$events" $vms --cpus 256
	generate few.dat --events 1m $vms --cpus 8
	generate few-zstd.dat --events 1m $vms --cpus 8 --compress zstd
	[ "$large" = 0 ] || generate large.dat --events 100m $vms --cpus 8
	[ "$large" = 0 ] || generate large-zstd.dat --events 100m $vms --cpus 8 --compress zstd
	generate edges10k.dat --events "$events" --vms 10 --vcpus 40 --edges 10k --cpus 8 --seed 42
	generate edges1m.dat --events "$events" --vms 100 --vcpus 101 --edges 1m --cpus 8 --seed 42
	generate edges2m.dat --events "$events" --vms 100 --vcpus 145 --edges 2m --cpus 8 --seed 42
	generate edges4m.dat --events 12m --vms 40 --vcpus 300 --edges 3400k --cpus 8 --seed 42
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
n=$(jq '.inputs[0].events' "$dir/answer.json")
edges=$(jq '[.vms[].edges[].vectors[]] | length' "$dir/answer.json")

group() {
	echo "= $1" >>"$list"
}

# row NAME ROUNDS EVENTS LABEL COMMAND
row() {
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$list"
}

# peer TOOL NAME ROUNDS EVENTS LABEL COMMAND: if TOOL is there.
peer() {
	tool=$1
	shift
	if [ "$peers" = 0 ]; then
		:
	elif command -v "$tool" >/dev/null; then
		row "$@"
	else
		echo "# $4: not measured, $tool is not there" >>"$list"
	fi
}

loops=$build/bench-loops
merge=$build/bench-merge

group "uncompressed, 8 CPUs"
row report "$rounds" "$n" "report --format json, one thread" "$program report --threads 1 --format json $dir/plain.dat"
row graph "$rounds" "$n" "graph, one thread" "$program graph --threads 1 $dir/plain.dat"
row threads "$rounds" "$n" "report --format json, as many as there are CPUs" "$program report --format json $dir/plain.dat"
row add "$rounds" "$n" "pread and add up the words" "$loops add $dir/plain.dat"
row libtracecmd 2 "$n" "libtracecmd, tracecmd_read_data() by CPU" "$loops tracecmd $dir/plain.dat"
peer trace-cmd trace-cmd 2 1000000 "trace-cmd report, 1M events" "trace-cmd report -N $dir/few.dat"

group "zstd, 8 CPUs"
row report-zstd "$rounds" "$n" "report --format json, one thread" "$program report --threads 1 --format json $dir/zstd.dat"
row graph-zstd "$rounds" "$n" "graph, one thread" "$program graph --threads 1 $dir/zstd.dat"
row threads-zstd "$rounds" "$n" "report --format json, as many as there are CPUs" "$program report --format json $dir/zstd.dat"
row zstd "$rounds" "$n" "pread and decompress" "$loops zstd $dir/zstd.dat"
peer trace-cmd trace-cmd-zstd 1 1000000 "trace-cmd report, 1M events" "trace-cmd report -N $dir/few-zstd.dat"
row libtracecmd-zstd 1 1000000 "libtracecmd, tracecmd_read_data(), 1M events" "$loops tracecmd $dir/few-zstd.dat"

group "other programs, 1M events, 8 CPUs"
row few "$rounds" 1000000 "report --format json, one thread" "$program report --threads 1 --format json $dir/few.dat"
# shellcheck disable=SC2016 # awk's fields
peer trace-cmd awk 1 1000000 "trace-cmd report | awk" "trace-cmd report -N $dir/few.dat | awk '{ n[\$NF]++ }'"
row iterate 1 1000000 "libtracecmd, iterate_events(), fields by name" "$loops iterate $dir/few.dat"
if [ -x "$build/bench-kshark" ]; then
	row kshark 1 1000000 "KernelShark, kshark_load_entries()" "$build/bench-kshark $dir/few.dat"
else
	echo "# KernelShark's loader: not measured, libkshark-dev is not there" >>"$list"
fi
if command -v babeltrace2 >/dev/null; then
	rm -rf "$dir/ctf"
	mkdir "$dir/ctf"
	"$build/bench-ctf" "$dir/few.dat" "$dir/ctf"
fi
peer babeltrace2 bt2-count 1 1000000 "babeltrace2 on CTF, counting only" "babeltrace2 -c sink.utils.counter $dir/ctf"
peer babeltrace2 bt2-text 1 1000000 "babeltrace2 on CTF, as text" "babeltrace2 $dir/ctf"
# perf cannot record the tracepoint where no patched kernel runs: as many system calls stand for it.
if command -v perf >/dev/null && [ "$peers" != 0 ] &&
	perf record -q -e raw_syscalls:sys_enter -o "$dir/perf.data" -- \
		dd if=/dev/zero of=/dev/null bs=1 count=100000 >/dev/null 2>&1; then
	calls=$(perf script -i "$dir/perf.data" 2>/dev/null | wc -l)
	row perf 1 "$calls" "perf script, $calls other events" "perf script -i $dir/perf.data"
else
	echo "# perf script: not measured, perf is not there or may not record here" >>"$list"
fi

group "by CPUs"
row cpus-1 2 "$n" "report --format json, 1 CPU" "$program report --threads 1 --format json $dir/one.dat"
row cpus-256 2 "$n" "report --format json, 256 CPUs" "$program report --threads 1 --format json $dir/cpus256.dat"
row merge-1 2 "$n" "the order of time alone, 1 CPU" "$merge merge $dir/one.dat"
row merge-8 2 "$n" "the order of time alone, 8 CPUs" "$merge merge $dir/plain.dat"
row merge-256 3 "$n" "the order of time alone, 256 CPUs" "$merge merge $dir/cpus256.dat"
row walk-256 2 "$n" "the same records, CPU by CPU" "$merge walk $dir/cpus256.dat"

# What new memory costs differs from run to run: as many turns as the short ones have.
group "by edges"
row count-10k 2 "$n" "report, 10,000 edges" "$program report --threads 1 $dir/edges10k.dat"
row count-1m "$rounds" "$n" "report, 1M edges" "$program report --threads 1 $dir/edges1m.dat"
row count-2m "$rounds" "$n" "report, 2M edges" "$program report --threads 1 $dir/edges2m.dat"
row count-4m "$rounds" 12000000 "report, 12M events, 3.4M edges" "$program report --threads 1 $dir/edges4m.dat"
row graph-10k 2 "$n" "graph, 10,000 edges" "$program graph --threads 1 $dir/edges10k.dat"
row graph-1m 2 "$n" "graph, 1M edges" "$program graph --threads 1 $dir/edges1m.dat"
row graph-4m 2 12000000 "graph, 12M events, 3.4M edges" "$program graph --threads 1 $dir/edges4m.dat"
row threads-4m 2 12000000 "report, 3.4M edges, as many threads as CPUs" "$program report $dir/edges4m.dat"

group "by events"
row grow-small 3 1000000 "report --format json, 1M events" "$program report --threads 1 --format json $dir/few.dat"
row grow-zstd-small 3 1000000 "the same, zstd" "$program report --threads 1 --format json $dir/few-zstd.dat"
if [ "$large" != 0 ]; then
	row grow-large 1 100000000 "report --format json, 100M events" "$program report --threads 1 --format json $dir/large.dat"
	row grow-zstd-large 1 100000000 "the same, zstd" "$program report --threads 1 --format json $dir/large-zstd.dat"
else
	echo "# 100M events: not measured (BENCH_LARGE=0)" >>"$list"
fi

if [ -f "$mixed" ]; then
	records=$("$program" report --format json "$mixed" | jq '.inputs[0].records')
	group "a real trace of all KVM and scheduler events ($mixed), for each record"
	row real-report 5 "$records" "report" "$program report $mixed"
	row real-latency 5 "$records" "latency" "$program latency $mixed"
	row real-yield 5 "$records" "yield" "$program yield $mixed"
	peer trace-cmd real-trace-cmd 2 "$records" "trace-cmd report" "trace-cmd report -N $mixed"
fi

group "files of 1000 events: the whole process"
row version 50 1000 "--version" "$program --version"
row small 50 1000 "report, no kallsyms" "$program report --format json $dir/small.dat"
row kallsyms 50 1000 "report, 5 MB of kallsyms" "$program report --format json $dir/kallsyms.dat"
row lib-open 10 1000 "tracecmd_open(), 5 MB of kallsyms" "$loops open $dir/kallsyms.dat"

echo "# $(uname -srm), $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo "# load average before: $load"
echo "# $(trace-cmd --version 2>&1 | sed -n 's/^ *\(trace-cmd version [^ ]*\).*/\1/p'), libtracecmd" \
	"$(pkg-config --modversion libtracecmd), libtraceevent" \
	"$(pkg-config --modversion libtraceevent), zstd $(pkg-config --modversion libzstd)"
echo "# mktrace --events $events $vms --cpus 8: $n events of 36 bytes, $edges edges; best of $rounds turns"
"$build/bench-run" <"$list" >"$dir/times"
awk -v edges="$edges" -v cpus="$(nproc)" -f tests/bench/table.awk "$dir/times"
