#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The goldens' commands under valgrind: no bad access, nothing uninitialised, nothing leaked. The
# sanitizers' build does not see reads of uninitialised memory; valgrind does. Its helgrind looks for
# data that threads share without a lock.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" valgrind strip
C=tests/data/captures
# Debian's valgrind does not know all of clang's debug information; the names of functions are enough.
strip --strip-debug -o "$T/kvm-ipi" "$KVM_IPI"

# clean NAME STATUS ARGUMENTS...
clean() {
	name=$1
	want=$2
	shift 2
	got=0
	valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
		--errors-for-leak-kinds=all "$T/kvm-ipi" "$@" >/dev/null 2>"$T/err" || got=$?
	is "$name" "$got" "$want"
	[ "$got" = "$want" ] || sed 's/^/# /' "$T/err" | head -n 30
}

clean "report text" 0 report --vm-names tests/golden/names "$C/612-d-three-vms-samepid.dat"
clean "report json of a lossy file" 0 report --format json "$C/612-l-lossy.dat"
clean "report csv" 0 report --format csv "$C/71-n-h-linux71-pv.dat"
"$MKTRACE" --cpus 4 --events 2000 --cpus-per-core 2 "$T/marks.dat"
clean "report of a recording that describes its CPUs" 0 report --threads 2 "$T/marks.dat"
clean "heatmap in their order" 0 heatmap --by cpu --order topology "$T/marks.dat"
clean "matrix text, digits" 0 matrix "$C/612-e-asym16.dat"
clean "matrix json by cpu" 0 matrix --by cpu --format json "$C/612-d-three-vms-samepid.dat"
clean "graph csv, sorted and cut" 0 graph -k count -E 5 "$C/61-g-three-vms-yield.dat"
clean "graph json of two files" 0 graph --together --format json "$C/61-c-mixed-slow.dat" "$C/612-a-xapic.dat"
clean "all filters, and a file" 0 graph -o "$T/out.csv" --vm 242 --vcpu 0-3 --vector 0-255 --cpu 0,1 \
	--time +0,+10 "$C/612-d-three-vms-samepid.dat"
clean "nothing to analyse" 3 report --source track "$C/612s-a-xapic.dat"
clean "filters that leave none" 3 report --vm 1 "$C/612-a-xapic.dat"
clean "--strict" 4 report --strict "$C/612-l-lossy.dat"
clean "unknown option" 2 report --nonsense
clean "help" 0 graph --help
clean "no such file" 1 report ./missing.dat
head -c 12000 "$C/612-a-xapic.dat" >"$T/cut.dat"
clean "a file that was cut" 1 report "$T/cut.dat"

# racefree NAME ARGUMENTS...
racefree() {
	name=$1
	shift
	got=0
	valgrind -q --tool=helgrind --error-exitcode=99 "$T/kvm-ipi" "$@" >/dev/null 2>"$T/err" || got=$?
	is "helgrind: $name" "$got" 0
	[ "$got" = 0 ] || sed 's/^/# /' "$T/err" | head -n 30
}
for kind in "--format v6" "--compress zstd --chunk-pages 2"; do
	# shellcheck disable=SC2086 # options
	"$MKTRACE" --events 60000 --cpus 3 --vms 5 --gaps mixed --gap-every 50 --odd-values $kind "$T/f.dat"
	racefree "report, 4 threads, $kind" report --threads 4 "$T/f.dat"
	racefree "graph with filters, 4 threads, $kind" graph --threads 4 --vcpu 0-1 --time +0, "$T/f.dat"
done

done_testing
