#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every beginning of a file, and damaged copies of many: tests/fuzz/hurt.c says what must hold for all of
# them. Here a sample; FULL=1 (make robust-check) takes every length, and 10,000 copies in five commands.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$BUILD/hurt" "$MKTRACE" trace-cmd
C=tests/data/captures
: "${FULL:=0}"
: "${SEED:=1}"
step=5 copies=400
[ "$FULL" = 0 ] || { step=1 copies=10000; }

# convert FILE VERSION TO: by trace-cmd, not packed.
convert() {
	trace-cmd convert -i "$C/$1.dat" -o "$3" --file-version "$2" --compression none >/dev/null 2>&1
}
convert 612-a-xapic 6 "$T/a.v6"
convert 61-c-mixed-slow 7 "$T/c.v7"
convert 71-c-x2apic-fastpath-all 6 "$T/all.v6"
"$MKTRACE" --events 300 --cpus 2 --vms 2 --vcpus 3 --gaps mixed --stats --compress zlib --instances 2 "$T/i.dat" >/dev/null
"$MKTRACE" --events 300 --cpus 3 --format v6 --instances 1 --time-extend --foreign 30 --padding "$T/i6.dat" >/dev/null
ok "the files are there" test -s "$T/a.v6" -a -s "$T/c.v7" -a -s "$T/all.v6" -a -s "$T/i.dat" -a -s "$T/i6.dat"

# run NAME ARGUMENTS...: hurt's line of figures is the test's name.
run() {
	name=$1
	shift
	# Reports of the sanitizers, if this is their build, are kept apart from the figures.
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$T/report UBSAN_OPTIONS=log_path=$T/report \
		"$BUILD/hurt" "$@" </dev/null >"$T/hurt.out" 2>"$T/hurt.err"
	tap $? "$name: $(grep -v '^#' "$T/hurt.out" | sed "s|^.*/||" | tr '\n' ' ')"
	grep '^#' "$T/hurt.out"
	head -n 20 "$T/hurt.err" | sed 's/^/# /'
	for report in "$T"/report*; do
		[ -f "$report" ] && head -n 40 "$report" | sed 's/^/# /' && rm "$report"
	done
}

run "beginnings of a version 6, each under a second" prefixes -s 1 -e $step -c "report --format json" "$T/a.v6"
run "beginnings of a version 7, each under a second" prefixes -s 1 -e $step \
	-c "report --format json --salvage" "$C/61-c-mixed-slow.dat"
run "beginnings of one with probes" prefixes -s 1 -e $step -c "report --format json" -c "yield" \
	"$C/612s-probes-states.dat"
run "and without --salvage" prefixes -s 1 -e $((3 * step)) -c "report --format json" "$C/61-c-mixed-slow.dat"
run "$copies damaged copies" mutations -s 10 -n $copies -r "$SEED" -c "report --format json" \
	-c "graph --format csv" -c "yield --salvage" -c "html" -c "export --salvage" \
	"$C/61-c-mixed-slow.dat" "$C/612-a-xapic.dat" "$C/71-c-x2apic-fastpath-all.dat" "$C/612s-a-xapic.dat" \
	"$C/612s-probes-states.dat" \
	"$T/a.v6" "$T/c.v7" "$T/all.v6" "$T/i.dat" "$T/i6.dat"

done_testing
