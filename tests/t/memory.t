#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Memory that is refused: every allocation of the program fails once, one run after the other. It ends
# with 1 and one line, nothing on standard output and no file; or it could do without.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" "$BUILD/failalloc.so"
C=tests/data/captures
printf 'cpu 0 core 0 llc 0\ncpu 1 core 1 llc 1\n' >"$T/cpus"
preload=$(realpath "$BUILD/failalloc.so")

# survives NAME STATUS ARGUMENTS...: STATUS is what it ends with when nothing fails.
survives() {
	name=$1
	status=$2
	shift 2
	n=0 calm=0 failed=0
	wrong=
	# Behind the last allocation nothing fails any more: twenty runs in a row say that it was.
	while [ $calm -lt 20 ] && [ $n -lt 2000 ]; do
		n=$((n + 1))
		code=0
		rm -f "$T/file"
		FAIL_AT=$n LD_PRELOAD=$preload "$KVM_IPI" "$@" >"$T/out" 2>"$T/err" || code=$?
		if [ "$code" = "$status" ]; then
			calm=$((calm + 1))
			continue
		fi
		calm=0
		failed=$((failed + 1))
		[ "$code" = 1 ] && [ ! -s "$T/out" ] && [ ! -e "$T/file" ] &&
			[ "$(wc -l <"$T/err")" = 1 ] || wrong="$wrong $n:$code"
	done
	is "$name: $failed allocations refused" "$wrong" ""
	ok "$name: some were, and not all" test $failed -gt 10 -a $n -lt 2000
	is "$name: nothing is left behind" "$(find "$T" -name 'file.*')" ""
}

survives "report" 0 report --threads 1 --vm-names tests/golden/names "$C/612-d-three-vms-samepid.dat"
survives "report json, two files, threads" 0 report --together --format json --threads 3 "$C/612-c-two-vms-8.dat" \
	"$C/612-l-lossy.dat"
"$MKTRACE" --cpus 4 --events 2000 --cpus-per-core 2 "$T/marks.dat"
survives "report of a recording that describes its CPUs, threads" 0 report --threads 2 "$T/marks.dat"
survives "heatmap in the order of a file's topology" 0 heatmap --by cpu --order topology \
	--topology "$T/cpus" "$C/612-c-two-vms-8.dat"
survives "graph, sorted" 0 graph -k count --threads 1 "$C/612-e-asym16.dat"
survives "matrix by cpu, filtered, into a file" 0 matrix --by cpu --vm 242 --vcpu 1 --time +0, \
	-o "$T/file" "$C/612-d-three-vms-samepid.dat"

done_testing
