#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a file may make the program take: files that ask for as much as their size allows (hostile.pl), and
# peak memory measured. No file of N bytes takes more than a constant and a multiple of N of memory.
#
# FULL=1 (make robust-check): all commands, 1 MB as well as 250 KB, and CPU time: four times the file takes
# no more than about four times as long. CPU time depends on the machine's load, memory does not.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$BUILD/measure" perl zstd
: "${FULL:=0}"
SMALL=250000
LARGE=1000000
BASE_KB=140000		# the constant: of it 64 MB are for packed data
FACTOR=64		# the multiple, that of packed metadata; 16 for everything else
CPU_MS=6000		# for the smaller file, with FULL
HANG=300		# seconds of CPU time after which a command is killed

commands="report,yield,html,heatmap --by time"
[ "$FULL" = 0 ] || commands="report,matrix,matrix --by cpu,graph,yield,latency,timeline,heatmap,\
heatmap --by time,heatmap --value latency,export,html"

# took COMMAND FILE: "EXIT KB MS"
took() {
	# shellcheck disable=SC2086 # a command and its options
	"$BUILD/measure" $HANG "$KVM_IPI" $1 --salvage "$2"
}

for kind in $(perl tests/t/hostile.pl list); do
	wrong=
	most=0
	perl tests/t/hostile.pl "$kind" $SMALL "$T/small.dat"
	[ "$FULL" = 0 ] || perl tests/t/hostile.pl "$kind" $LARGE "$T/large.dat"
	IFS=,
	for command in $commands; do
		unset IFS
		# shellcheck disable=SC2046 # three numbers
		set -- $(took "$command" "$T/small.dat")
		ms=$3
		[ "$2" -gt "$most" ] && most=$2
		case $1 in 0 | 1 | 3) ;; *) wrong="$wrong $command: exit $1;" ;; esac
		[ "$2" -le $((BASE_KB + FACTOR * SMALL / 1024)) ] || wrong="$wrong $command: $2 KB;"
		[ "$FULL" = 0 ] && continue
		[ "$3" -le $CPU_MS ] || wrong="$wrong $command: $3 ms;"
		# shellcheck disable=SC2046
		set -- $(took "$command" "$T/large.dat")
		case $1 in 0 | 1 | 3) ;; *) wrong="$wrong $command: exit $1;" ;; esac
		[ "$2" -le $((BASE_KB + FACTOR * LARGE / 1024)) ] || wrong="$wrong $command, large: $2 KB;"
		# Four times; as much again for other load, and for what is too short to measure.
		[ "$3" -le $((8 * ms + 500)) ] || wrong="$wrong $command: $ms ms became $3 ms;"
		[ "$2" -gt "$most" ] && most=$2
	done
	is "$kind: within bounds (at most $most KB)" "$wrong" ""
done

# Refused by name: overlaps and bombs.
perl tests/t/hostile.pl bomb $LARGE "$T/x.dat"
refused "a bomb" 1 "$KVM_IPI" report "$T/x.dat"
ok "it says so" grep -q "would become more than" "$T/refused.err"
perl tests/t/hostile.pl same-data $SMALL "$T/x.dat"
is "CPUs that share their data: one of them is read" "$("$KVM_IPI" report --format json "$T/x.dat" |
	perl -0ne 'print "$1 " . ($2 > 0 ? "and a loss" : "no loss") if /"records": (\d+).*?"skipped": (\d+)/s')" \
	"3214 and a loss"

done_testing
