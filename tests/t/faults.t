#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Reading and writing that goes wrong: reads that are short, interrupted or fail, one after the other; a
# file that shrinks while it is read; a disk that is full; readers that go away; a gnuplot that is killed.
# A file of output is there as a whole or not at all, and nothing is left beside it.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$BUILD/failio.so" "$MKTRACE" gnuplot
C=tests/data/captures
preload=$(realpath "$BUILD/failio.so")
program=$(realpath "$KVM_IPI")
# All commands that read, each in the format with the most to write.
commands="report matrix graph yield latency timeline heatmap export html"
busy=$C/612-g-three-vms-yield.dat

# Short and interrupted reads change nothing.
for how in short eintr; do
	for f in 612-a-xapic 61-g-three-vms-yield; do
		"$KVM_IPI" report --format json "$C/$f.dat" >"$T/want"
		FAIL_IO=$how LD_PRELOAD=$preload "$KVM_IPI" report --format json "$C/$f.dat" >"$T/got" 2>&1
		same "$how reads of $f" "$T/got" "$T/want"
	done
done

# fails NAME HOW ARGUMENTS...: whatever the N-th read meets, for all N: an answer, or 1 and a line that
# says why and no output. Of the reads that fail some have to matter.
fails() {
	name=$1 how=$2
	shift 2
	n=0 calm=0 failed=0
	wrong=
	while [ $calm -lt 8 ] && [ $n -lt 400 ]; do
		n=$((n + 1))
		code=0
		FAIL_IO=$how:$n LD_PRELOAD=$preload "$KVM_IPI" "$@" -o "$T/file" "$T/x.dat" >"$T/out" 2>"$T/err" || code=$?
		if [ $code = 0 ]; then
			[ -s "$T/file" ] && [ ! -s "$T/err" ] || wrong="$wrong $n: no output;"
			calm=$((calm + 1))
		else
			[ $code = 1 ] && [ ! -e "$T/file" ] && [ "$(wc -l <"$T/err")" = 1 ] || wrong="$wrong $n:$code;"
			calm=0
			failed=$((failed + 1))
		fi
		[ ! -s "$T/out" ] || wrong="$wrong $n: output;"
		rm -f "$T/file"
		[ "$how" = eio ] || cp "$from" "$T/x.dat"
	done
	is "$name: $failed reads failed" "$wrong" ""
	ok "$name: some did" test $failed -gt 3
	is "$name: nothing is left" "$(find "$T" -name 'file*')" ""
}
from=$C/612-a-xapic.dat
cp "$from" "$T/x.dat"
fails "EIO, report" eio report --format json
fails "EIO, export" eio export
head -c 12000 "$from" >"$T/x.dat"
fails "EIO, salvage" eio graph --format csv --salvage
"$MKTRACE" --events 3000 --cpus 2 --format v7 "$T/whole.dat" >/dev/null
head -c 100000 "$T/whole.dat" >"$T/x.dat"
fails "EIO, salvage page by page" eio graph --format csv --salvage
# One that is read in many pieces, by several passes.
trace-cmd convert -i "$C/71-c-x2apic-fastpath-all.dat" -o "$T/x.dat" --file-version 7 --compression none >/dev/null 2>&1
fails "EIO, yield" eio yield
# A file that shrinks is cut, not a signal. What is left of it may be an answer, with its loss.
n=0
wrong=
while [ $n -lt 40 ]; do
	n=$((n + 1))
	cp "$busy" "$T/x.dat"
	code=0
	FAIL_IO=shrink:$n LD_PRELOAD=$preload "$KVM_IPI" report --format json "$T/x.dat" >"$T/out" 2>"$T/err" || code=$?
	case $code in
	0)	grep -q '"skipped": [1-9]' "$T/out" || wrong="$wrong $n: no loss;" ;;
	1 | 3)	[ ! -s "$T/out" ] && [ -s "$T/err" ] || wrong="$wrong $n: $code;" ;;
	*)	wrong="$wrong $n: $code;" ;;
	esac
done
is "a file that shrinks while it is read" "$wrong" ""

for command in $commands; do
	# A full disk, on standard output and under a file.
	code=0
	"$KVM_IPI" "$command" "$busy" >/dev/full 2>"$T/err" || code=$?
	is "$command: standard output on a full disk" "$code $(wc -l <"$T/err")" "1 1"
	mkdir -p "$T/dir"
	# A limit of one block (and no signal for it) is a disk that fills up in the middle.
	code=0
	(
		trap '' XFSZ
		ulimit -f 1
		"$KVM_IPI" "$command" -o "$T/dir/out" "$busy" 2>"$T/err"
	) || code=$?
	is "$command: a file on a disk that fills up" "$code $(wc -l <"$T/err") $(ls "$T/dir")" "1 1 "
	# The same over an older file, which stays.
	echo old >"$T/dir/out"
	(
		trap '' XFSZ
		ulimit -f 1
		"$KVM_IPI" "$command" -o "$T/dir/out" "$busy" 2>"$T/err"
	)
	is "$command: the older file stays" "$(cat "$T/dir"/*)" "old"
	rm "$T/dir/out"
	# A reader that goes away: silence, by the signal as ever, or by an error where it is ignored.
	"$KVM_IPI" "$command" -v "$busy" 2>"$T/err" | true
	is "$command: a closed pipe is silent" "$(cat "$T/err")" ""
	code=$( (trap '' PIPE; "$KVM_IPI" "$command" -v "$busy" 2>"$T/err"; echo $? >"$T/code") | :; cat "$T/code")
	case $code in 0 | 1) code="0 or 1" ;; esac
	is "$command: and where the signal is ignored" "$code $(cat "$T/err")" "0 or 1 "
done

# A gnuplot that dies: by a signal, or without a word.
mkdir "$T/bin"
for death in 'kill -9 $$' 'exit 3' 'cat >/dev/null; kill -9 $$'; do
	printf '#!/bin/sh\n%s\n' "$death" >"$T/bin/gnuplot"
	chmod +x "$T/bin/gnuplot"
	for command in "heatmap -o $T/dir/x.png" "timeline -o $T/dir/x.svg"; do
		code=0
		# shellcheck disable=SC2086 # a command and its options
		PATH=$T/bin:$PATH "$program" $command "$busy" >"$T/out" 2>"$T/err" || code=$?
		is "${command%% *}: gnuplot that does '$death'" "$code $(wc -l <"$T/err") $(ls "$T/dir")" "1 1 "
	done
done

done_testing
