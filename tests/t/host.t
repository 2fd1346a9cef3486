#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A host that mktrace simulates, with a kernel of each generation: its recording is what it says it is,
# the replay finds the choices that were made, and memory does not grow with the recording.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" trace-cmd jq

probes="--yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret"

# planted FILTER: of the file's truth.
planted() {
	jq -c "$1" "$T/f.dat.host.json"
}

# replayed SEARCH: the sums over the VMs, to $T/sums.
replayed() {
	# shellcheck disable=SC2086 # a list of options
	"$KVM_IPI" yield --format json --search "$1" $probes "$T/f.dat" 2>"$T/err" >"$T/json" ||
		sed 's/^/# /' "$T/err"
	jq -r '[.vms[].replay | [.spins, .observed, .agree, .sure_observed, .sure_agree]] | transpose |
		map(add) | join(" ")' "$T/json" >"$T/sums"
}

# honest LABEL: sure picks of the replay without probes are right as often as their confidence says.
honest() {
	ok "$1: without probes $right of $sure sure picks are right" \
		test "$((100 * right))" -ge "$((90 * sure))"
}

for search in two-passes loop-index loop; do
	"$MKTRACE" --host --events 60k --cpus 8 --vms 4 --vcpus 8 --seed 5 --search "$search" "$T/f.dat"
	trace-cmd report -N "$T/f.dat" 2>/dev/null | awk '{
			for (i = 2; i < NF; i++)
				if ($i ~ /^[0-9]+\.[0-9]+:$/) {
					n[substr($(i + 1), 1, length($(i + 1)) - 1)]++
					next
				}
		} END { for (k in n) print k, n[k] }' | sort >"$T/got"
	planted '.kinds | to_entries[] | "\(.key) \(.value)"' | tr -d '"' | sort >"$T/want"
	same "$search: trace-cmd finds the records that were planted" "$T/got" "$T/want"
	replayed "$search"
	read -r spins observed agree sure right <"$T/sums"
	is "$search: spins" "$spins" "$(planted .spins)"
	is "$search: successful yields" "$observed" "$(planted .yields)"
	echo "# $search: $agree of $observed"
	# Eight CPUs search at the same time: what happens within a microsecond has no order in a trace.
	ok "$search: the replay finds at least 95 % of the choices" \
		test "$((100 * agree))" -ge "$((95 * observed))"
	honest "$search"
done

# More possible states than guesses: a few picks are sure, and those are.
for vcpus in 12 16; do
	"$MKTRACE" --host --events 100k --cpus 4 --vms 2 --vcpus $vcpus --seed 7 "$T/f.dat"
	replayed two-passes
	read -r spins observed agree sure right <"$T/sums"
	ok "$vcpus vCPUs: some of $spins spins are sure" test "$sure" -gt 50
	ok "$vcpus vCPUs: and most are not" test "$((2 * sure))" -lt "$observed"
	honest "$vcpus vCPUs"
done

# More vCPUs in a VM than a word has bits.
"$MKTRACE" --host --events 60k --cpus 4 --vms 1 --vcpus 100 --seed 5 --search loop "$T/f.dat"
replayed loop
read -r spins observed agree sure right <"$T/sums"
is "100 vCPUs: spins" "$spins" "$(planted .spins)"
ok "100 vCPUs: the replay finds the choices: $agree of $observed" \
	test "$((100 * agree))" -ge "$((90 * observed))"

# Other threads in the middle, where the beginning's map of threads is no longer true.
for name in none uncompressed packed; do
	more=--new-threads-at\ 60000
	[ "$name" = none ] && more=
	[ "$name" = packed ] && more="$more --format v7 --compress zstd"
	# shellcheck disable=SC2086 # options
	"$MKTRACE" --host --events 120k --cpus 2 --vms 2 --vcpus 4 --seed 3 $more "$T/f.dat"
	replayed two-passes
	read -r spins observed agree sure right <"$T/sums"
	is "new threads, $name: spins" "$spins" "$(planted .spins)"
	is "new threads, $name: each IPI gives one hint" \
		"$(jq '[.vms[].hints[0].recorded] | add' "$T/json")" "$(planted .kinds.kvm_ipi_track)"
	is "new threads, $name: IPIs of latency" \
		"$("$KVM_IPI" latency --format json "$T/f.dat" | jq '[.vms[].ipis] | add')" \
		"$(planted .kinds.kvm_ipi_track)"
done

# runs KIB FILE: within so much address space.
runs() (
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -v "$1"
	# shellcheck disable=SC2086 # a list of options
	"$KVM_IPI" yield --format json $probes "$2" >/dev/null 2>&1
)

# The least that a short recording needs is enough for one that is forty times as long.
"$MKTRACE" --host --events 100k --cpus 8 --vms 4 --vcpus 8 "$T/short.dat"
"$MKTRACE" --host --events 4m --cpus 8 --vms 4 --vcpus 8 "$T/long.dat"
kib=4096
while ! runs $kib "$T/short.dat" && [ $kib -lt 262144 ]; do
	kib=$((kib + 512))
done
echo "# a short recording needs $kib KiB of address space"
ok "memory does not grow with the recording" runs $((kib + 512)) "$T/long.dat"
rm -f "$T/short.dat" "$T/long.dat"

done_testing
