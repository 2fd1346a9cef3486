#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Instructions for an event, as a multiple of those of the simplest loop that counts pairs, compiled by
# the same compiler with the same flags (tests/bench/reference.c). Time depends on the machine and on who
# else uses it; these numbers do not. More than 10 % above the recorded ones is a failure; UPDATE=1 records
# anew.
#
# Each is the difference between a file of 60,000 events and one of 20,000, with the same edges: what a
# run costs before its first event and behind its last one is not in it.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

need "$KVM_IPI" "$MKTRACE" valgrind strip "$BUILD/bench-reference" "$BUILD/bench-merge"
LIST=tests/bench/instructions
few=20000
many=60000

# Without what a debugger needs, which valgrind would read, and cannot read of every compiler.
for program in "$KVM_IPI" "$BUILD/bench-reference" "$BUILD/bench-merge"; do
	strip -o "$T/${program##*/}" "$program"
done

# collected COMMAND...: instructions of one run.
collected() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/^==[0-9]*== Collected : //p'
}

# per_event FILE COMMAND... (FILE stands for the file's name without its number): instructions, times 100.
per_event() {
	file=$1
	shift
	a=$(collected "$@" "$file-$few.dat")
	b=$(collected "$@" "$file-$many.dat")
	echo $(((b - a) * 100 / (many - few)))
}

make_files() {
	name=$1
	shift
	for n in $few $many; do
		"$MKTRACE" --events "$n" --vms 10 --vcpus 40 --edges 3000 --seed 42 "$@" "$T/$name-$n.dat"
	done
}

make_files one --cpus 1 --format v6
make_files eight --cpus 8
make_files mixed --cpus 8 --foreign 200

# The pages of the one CPU of a file of version 6 are its end. 113 records fit into one.
reference() {
	pages=$((($1 + 112) / 113))
	pages=$((pages * 4096))
	first=$(($(stat -c %s "$T/one-$1.dat") - pages))
	set -- "$T/one-$1.dat" $first $pages
	"$T/bench-reference" "$@" >>"$T/counted"
	collected "$T/bench-reference" "$@"
}
least=$(reference $few)
unit=$((($(reference $many) - least) * 100 / (many - few)))
is "the reference counts them all" "$(cut -d' ' -f1,2 "$T/counted" | xargs)" "$few 3000 $many 3000"

# ratio NAME HUNDREDTHS: what is recorded under that name, times 1.1, is the most.
ratio() {
	got=$(awk -v n="$2" -v u="$unit" 'BEGIN { printf "%.2f", n / u }')
	want=$(awk -v name="$1" '$1 == name { print $2 }' $LIST)
	echo "$1 $got" >>"$T/list"
	ok "$1: $got times the reference, recorded: ${want:-nothing}" \
		awk -v got="$got" -v want="${want:-0}" -v limit=$limit 'BEGIN { exit got <= 0 || got > limit * want }'
	awk -v got="$got" -v want="${want:-0}" 'BEGIN { exit got >= 0.9 * want }' &&
		echo "# $1 has become cheaper: record it (UPDATE=1 $0)"
	return 0
}

# Ratios hold for one level of optimization, and nearly so for another compiler.
limit=1.1
grep -q clang "$BUILD/flags" && limit=1.25
if grep -q -- -O2 "$BUILD/flags"; then
	ratio report "$(per_event "$T/eight" "$T/kvm-ipi" report --threads 1 --format json)"
	ratio graph "$(per_event "$T/eight" "$T/kvm-ipi" graph --threads 1)"
	ratio graph-mixed "$(per_event "$T/mixed" "$T/kvm-ipi" graph --threads 1)"
	ratio order-of-time "$(per_event "$T/eight" "$T/bench-merge" merge)"
	[ -z "${UPDATE:-}" ] || { sed -n '/^#/p' $LIST; cat "$T/list"; } >"$T/new"
	[ -z "${UPDATE:-}" ] || cp "$T/new" $LIST
else
	skip "instructions for an event" "the program was not compiled with -O2"
fi

done_testing
