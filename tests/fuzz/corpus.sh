#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# corpus.sh MKTRACE DIR: seeds for each harness, from the captures and from generated files.
set -eu

mktrace=$1 dir=$2
captures=tests/data/captures
for name in chunk events file format page program words; do
	mkdir -p "$dir/fuzz_$name"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# generate NAME OPTIONS...
generate() {
	name=$1
	shift
	"$mktrace" --events 60 --cpus 2 --vms 2 --vcpus 3 --gaps mixed --stats "$@" "$work/$name.dat"
	cp "$work/$name.dat" "$dir/fuzz_file/$name"
}
generate v6 --format v6 --time-extend
generate v6-instances --format v6 --instances 1
generate v7 --format v7 --big-records --absolute-ts
generate v7-zstd --compress zstd --chunk-pages 1 --foreign 30
generate v7-zlib --compress zlib --instances 2
generate v7-wide --layout wide --missing-fields vm_id,path
generate v7-odd --odd-values --padding
for f in 61-c-mixed-slow 612-a-xapic 612s-probes-states; do
	cp "$captures/$f.dat" "$dir/fuzz_file/$f"
done

# The first byte chooses the command. Whole recordings with all kinds of events are too large for most
# mutations to matter: the harness of events takes those kinds without a file around them.
number=0
for f in "$dir"/fuzz_file/*; do
	for _ in 1 2 3; do
		number=$((number + 1))
		# shellcheck disable=SC2059 # the format is made here
		{
			printf "\\$(printf %03o $((number % 24)))"
			cat "$f"
		} >"$dir/fuzz_program/$(basename "$f")-$number"
	done
done
for f in 71-c-x2apic-fastpath-all 612s-a-xapic; do
	for number in 2 4 11 13 14 15 19 20; do
		# shellcheck disable=SC2059 # the format is made here
		{
			printf "\\$(printf %03o $number)"
			cat "$captures/$f.dat"
		} >"$dir/fuzz_program/$f-$number"
	done
done

# Pages: those of the files that are not packed.
for name in v6 v7 v7-odd; do
	size=$(stat -c %s "$work/$name.dat")
	dd if="$work/$name.dat" of="$dir/fuzz_page/$name" bs=4096 skip=$((size / 4096 - 1)) count=1 \
		status=none
done

# A section of two chunks: a page of zeros each, packed by zstd. Page size 4096 is 6 in the first byte.
le32() {
	# shellcheck disable=SC2059 # the format is made here
	printf "\\$(printf %03o $(($1 % 256)))\\$(printf %03o $(($1 / 256 % 256)))\\000\\000"
}
head -c 4096 /dev/zero | zstd -q >"$work/frame"
{
	printf '\014'
	le32 2
	for _ in 1 2; do
		le32 "$(stat -c %s "$work/frame")"
		le32 4096
		cat "$work/frame"
	done
} >"$dir/fuzz_chunk/two"

{
	printf 'name: kvm_exit\nID: 7\nformat:\n'
	printf '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n'
	printf '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n'
	printf '\tfield:unsigned int exit_reason;\toffset:8;\tsize:4;\tsigned:0;\n'
	printf '\nprint fmt: "%%x", REC->exit_reason\n\0\007\0\0\0\001\0\0\0\050\0\0\0'
} >"$dir/fuzz_format/exit"
printf '\001\001\003\000\100\000\001\002\375\000\002\001\003\001\001\000' >"$dir/fuzz_events/track"
printf '\020\001\003\000\100\000\001\002\375\000\002\001\003\001\001\000' >"$dir/fuzz_events/accept"
# A delivery: deliver, accept, accepted, fast, delivered.
for kind in 002 003 004 005 006; do
	# shellcheck disable=SC2059 # the format is made here
	printf "\\$kind"'\001\003\000\100\000\001\002\101\001\001\001\005\001\001\000'
done >"$dir/fuzz_events/delivery"
printf 'kvm-ipi: vcpu 4242/3 0 tid 17' >"$dir/fuzz_words/marker"
printf '0xfd reschedule\n# none\n251 call' >"$dir/fuzz_words/vectors"
printf '0-3,7,0x41' >"$dir/fuzz_words/list"
printf '4242/3 database' >"$dir/fuzz_words/name"
printf -- '--vm=4242/3\n-E5\n--time\n+0.1,2\n--format\njson\nx.dat' >"$dir/fuzz_words/options"
printf 'kprobes:ytp:pid' >"$dir/fuzz_words/probe"
