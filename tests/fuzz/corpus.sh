#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# corpus.sh MKTRACE DIR: seeds for each harness, from the captures and from generated files.
set -eu

mktrace=$1 dir=$2
captures=tests/data/captures
mkdir -p "$dir/fuzz_file" "$dir/fuzz_page" "$dir/fuzz_chunk" "$dir/fuzz_format" "$dir/fuzz_words"
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
for f in 61-c-mixed-slow 612-a-xapic; do
	cp "$captures/$f.dat" "$dir/fuzz_file/$f"
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
printf '0-3,7,0x41' >"$dir/fuzz_words/list"
printf '4242/3 database' >"$dir/fuzz_words/name"
printf -- '--vm=4242/3\n-E5\n--time\n+0.1,2\n--format\njson\nx.dat' >"$dir/fuzz_words/options"
printf 'kprobes:ytp:pid' >"$dir/fuzz_words/probe"
