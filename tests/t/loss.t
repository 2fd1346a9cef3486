#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Lost events, by the three ways in which a file tells of them: marks with a number, marks without, and the
# kernel's statistics alone. Every command says so in every format, and refuses with --strict. And what must
# not matter: how the file is packed, into how many buffers its records went, how many threads read it.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" trace-cmd
C=tests/data/captures

# One line each: a command with its format.
everything='report
report --format csv
report --format json
matrix
matrix --format csv
matrix --format json
graph
graph --format csv
graph --format json
graph --format dot
graph --format graphml
graph --metrics
yield
yield --format csv
yield --format json
latency
latency --format csv
latency --format json
timeline
timeline --format csv
timeline --format json
heatmap
export
html'

# says_loss NAME FILE WORDS: what every output has to have; latency needs events that mktrace does not write.
says_loss() {
	silent=
	unstrict=
	echo "$everything" | grep "${4-.}" >"$T/commands"
	while read -r command; do
		# shellcheck disable=SC2086 # a command and its options
		"$KVM_IPI" $command "$2" >"$T/out" 2>"$T/err" || silent="$silent $command (exit $?);"
		grep -qE "$3" "$T/out" || silent="$silent $command;"
		code=0
		# shellcheck disable=SC2086
		"$KVM_IPI" $command --strict "$2" >"$T/out" 2>"$T/err" || code=$?
		[ "$code $(wc -l <"$T/err")" = "4 1" ] && [ ! -s "$T/out" ] || unstrict="$unstrict $command ($code);"
	done <"$T/commands"
	is "$1: every output says that its counts are lower bounds" "$silent" ""
	is "$1: every command refuses with --strict" "$unstrict" ""
}
mk() {
	"$MKTRACE" --events 4000 --cpus 3 --vms 2 --vcpus 4 "$@" >/dev/null
}
without='^\(report\|matrix\|graph\|timeline\|heatmap\|export\|html\|yield\)'
words='lower bound|"gaps": [1-9]|"overrun": [1-9]|"skipped": [1-9]'
mk --gaps known "$T/known.dat"
says_loss "gaps with their number" "$T/known.dat" "$words" "$without"
mk --gaps unknown "$T/unknown.dat"
says_loss "gaps without" "$T/unknown.dat" "$words" "$without"
is "their number is unknown, not zero" \
	"$("$KVM_IPI" report --format json "$T/unknown.dat" | sed -n 's/.*"lost": {"gaps": [1-9][0-9]*, "events": \([^,]*\),.*/\1/p')" null
for command in yield latency; do
	is "$command: which figures are lower bounds" \
		"$("$KVM_IPI" $command "$C/612-l-lossy.dat" | grep -c '^# lower bounds: IPIs')" 1
done
says_loss "a real trace with both, and statistics" "$C/612-l-lossy.dat" "$words"
mk --format v6 "$T/whole.dat"
head -c $(($(stat -c %s "$T/whole.dat") - 5000)) "$T/whole.dat" >"$T/cut.dat"
says_loss "a file that was cut" "$T/cut.dat" "$words" "$without"

# --threads N, where the command has it.
with_threads() {
	"$KVM_IPI" --list "$1" | grep -q '^--threads' && echo "--threads $2"
}

# everything_of FILE: all that is said about it, but for its name.
everything_of() {
	echo "$everything" >"$T/commands"
	while read -r command; do
		# shellcheck disable=SC2086
		"$KVM_IPI" $command ${threads:+$(with_threads "${command%% *}" "$threads")} "$1" 2>&1
	done <"$T/commands" | sed "s|$1|FILE|g"
}
f=$C/71-f-two-vms-x2+xapic-all.dat
everything_of "$f" >"$T/want"
for n in 1 2 7; do
	threads=$n everything_of "$f" >"$T/got"
	same "$n threads say the same, in every format" "$T/got" "$T/want"
done
for to in "6 none" "7 none" "7 zstd"; do
	trace-cmd convert -i "$f" -o "$T/converted.dat" --file-version "${to% *}" --compression "${to#* }" >/dev/null 2>&1
	everything_of "$T/converted.dat" >"$T/got"
	same "converted to version $to, every format says the same" "$T/got" "$T/want"
done
mk --foreign 40 --time-extend "$T/x.dat"
everything_of "$T/x.dat" >"$T/want"
for how in "--format v6" "--compress zlib" "--compress zstd --chunk-pages 3" "--compress-sections meta --compress zstd"; do
	# shellcheck disable=SC2086 # options
	mk --foreign 40 --time-extend $how "$T/x.dat"
	everything_of "$T/x.dat" >"$T/got"
	same "written with $how: the same" "$T/got" "$T/want"
done
# The same records in three buffers: one recording.
mk --foreign 40 --time-extend --instances 2 "$T/x.dat"
everything_of "$T/x.dat" >"$T/got"
same "in three buffers: the same" "$T/got" "$T/want"

done_testing
