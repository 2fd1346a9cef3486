#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The answer does not depend on the number of threads: byte for byte the same, for every kind of file.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE"

check() {
	name=$1
	shift
	"$MKTRACE" --events 300000 --cpus 5 --vms 7 --vcpus 12 --edges 5000 --gaps mixed --gap-every 3000 \
		--stats --odd-values --foreign 10 "$@" "$T/$name.dat"
	for command in "report --format json" "graph --format csv" "matrix --by cpu --format csv" \
		"timeline --format json" "heatmap --by time --value runnable" "html"; do
		# shellcheck disable=SC2086 # words
		"$KVM_IPI" $command --threads 1 "$T/$name.dat" >"$T/one"
		for n in 2 16; do
			# shellcheck disable=SC2086
			"$KVM_IPI" $command --threads $n "$T/$name.dat" >"$T/many"
			ok "$name: $command with $n threads" cmp -s "$T/one" "$T/many"
		done
	done
}

check v6 --format v6
check v7 --format v7
check zstd --compress zstd --chunk-pages 3
check zlib --compress zlib
check instances --compress zstd --instances 2 --place split

"$KVM_IPI" graph --threads 1 --vm 4242/4 --vector 0xfc-0xfd "$T/zstd.dat" >"$T/one"
"$KVM_IPI" graph --threads 4 --vm 4242/4 --vector 0xfc-0xfd "$T/zstd.dat" >"$T/many"
ok "filters with 4 threads" cmp -s "$T/one" "$T/many"
ok "filters left something" test "$(wc -l <"$T/one")" -gt 3

# More edges than a thread beside the first one may hold: it stops taking pieces.
"$MKTRACE" --events 500000 --cpus 3 --vms 20 --vcpus 120 --edges 250000 "$T/large.dat"
"$KVM_IPI" graph --threads 1 "$T/large.dat" >"$T/one"
"$KVM_IPI" graph --threads 3 "$T/large.dat" >"$T/many"
ok "250,000 edges with 3 threads" cmp -s "$T/one" "$T/many"

done_testing
