#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh MACHINE: prediction against reality, from the recordings of a policy experiment. In TAP.
#
# For each recording NAME-POLICY, the kernel's counters against the analyzer's replay of that policy,
# one by one: searches = spins, picks = successful yields, awaited = picks of an awaited vCPU, chances
# = spins at which an awaited vCPU could have been yielded to. The two share no code: the counters are
# incremented in kvm_vcpu_on_spin(), the replay sees events.
#
# For each policy, the share of chances that were hits, as the replay of the stock kernel's recording
# predicts it, against that of the recording in which the kernel ran the policy: at most LAB_POINTS
# (5) points apart. $LAB/policy/MACHINE/predicted.csv has them all, and costs.csv what the policies'
# own recordings show of their choices: yields after which the target did not run before the spinner
# did, and choices of a vCPU that was halted, woken without being awaited, or spinning.
#
# Environment: LAB (build/lab), KVM_IPI (build/kvm-ipi), LAB_CAPTURES (./captures), LAB_POINTS.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
LAB=${LAB:-$top/build/lab}
KVM_IPI=${KVM_IPI:-$top/build/kvm-ipi}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
machine=${1:?wanted: check.sh MACHINE}
out=$LAB/out/$machine
csv=$LAB/policy/$machine/predicted.csv
costs=$LAB/policy/$machine/costs.csv
nr=0 bad=0

# verdict DESCRIPTION TEST...: a line of TAP, ok if the words of TEST are true.
verdict() {
	local what=$1
	shift
	nr=$((nr + 1))
	if [ "$@" ]; then
		echo "ok $nr - $what"
	else
		echo "not ok $nr - $what"
		bad=1
	fi
}

# Policies' names as in JSON: ipi-v3+relaxed is ipi-v3 with relaxed.
replay_of() {
	"$KVM_IPI" yield --format json --yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret \
		"$out/$1.dat" 2>/dev/null >"$out/$1.json"
}

# figures RECORDING POLICY: spins picks hits chances, of the replay of POLICY, all VMs.
figures() {
	jq -r --arg p "${2%+relaxed}" --argjson relaxed "$([ "$2" = "${2%+relaxed}" ] && echo false || echo true)" '
		[.vms[].replay | select(.)] | map(.policies[] as $q | select($q.policy == $p and
			$q.relaxed == $relaxed) | [.spins, $q.picks, $q.hits, $q.hits + $q.missed]) |
		transpose | map(add) | @tsv' "$out/$1.json"
}

# counter RECORDING NAME: the sum over its VMs.
counter() {
	tr ' ' '\n' <"$out/$1.counters" | awk -F= -v name="$2" '$1 == name { n += $2 } END { print n + 0 }'
}

# The kernel's counters of a recording against the replay of the policy that it ran.
check_counters() {
	local recording=$1-$2 counted replayed
	replayed=$(figures "$recording" "$2" | tr '\t' ' ')
	counted=$(for name in searches picks picks_awaited chances; do counter "$recording" "$name"; done |
		paste -s -d ' ')
	verdict "$recording: searches, picks, awaited, chances: kernel $counted, replay $replayed" \
		"$counted" = "${replayed:-none}"
}

# share PART WHOLE: in tenths of a percent.
share() {
	[ "${2:-0}" -gt 0 ] && echo $((1000 * $1 / $2)) || echo 0
}

# What the recording of a policy shows of its choices.
note_costs() {
	local relaxed=false
	[ "$2" = "${2%+relaxed}" ] || relaxed=true
	jq -r --arg name "$1" --arg policy "$2" --arg p "${2%+relaxed}" --argjson relaxed "$relaxed" '
		[.vms[] | select(.replay)] | map(.replay.policies[] as $q |
			select($q.policy == $p and $q.relaxed == $relaxed) | [.ipis, .replay.observed,
			.replay.classes.scheduler_mismatch, $q.overboost, .replay.wait.p50_ns]) |
		[$name, $policy] + (transpose | map(add)) | @csv' "$out/$1-$2.json" | tr -d '"' >>"$costs"
}

percent() {
	echo "$(($1 / 10)).$(($1 % 10)) %"
}

# What the stock recording predicts for a policy, and what its own recording shows.
check_prediction() {
	local name=$1 policy=$2 hits chances own_hits own_chances predicted real apart
	read -r _ _ hits chances < <(figures "$name-stock" "$policy")
	read -r _ _ own_hits own_chances < <(figures "$name-$policy" "$policy")
	predicted=$(share "$hits" "$chances") real=$(share "$own_hits" "$own_chances")
	apart=$((predicted > real ? predicted - real : real - predicted))
	echo "$name,$policy,$chances,$predicted,$own_chances,$real,$(share \
		"$(counter "$name-$policy" picks_awaited)" "$(counter "$name-$policy" chances)")" >>"$csv"
	[ "${own_chances:-0}" -gt 0 ] || apart=1000
	verdict "$name: $policy hits $(percent "$predicted") as predicted, $(percent "$real") as run" \
		"$apart" -le $((10 * ${LAB_POINTS:-5}))
}

mkdir -p "$(dirname "$csv")"
echo 'workload,policy,ipis,yields,target_did_not_run,halted_woken_or_spinning,wait_p50_ns' >"$costs"
echo 'workload,policy,chances_stock,predicted_permille,chances,real_permille,counted_permille' >"$csv"
policies=$(awk -v m="$machine" '$1 == "policies" && $2 == m { $1 = $2 = ""; print }' "$LAB_CAPTURES")
names=$(awk -v m="$machine" '$1 == "predict" && $2 == m { print $3 }' "$LAB_CAPTURES")
for name in $names; do
	for policy in $policies; do
		replay_of "$name-$policy"
		check_counters "$name" "$policy"
		check_prediction "$name" "$policy"
		note_costs "$name" "$policy"
	done
done
echo "1..$nr"
[ "$nr" -gt 0 ] && [ "$bad" = 0 ]
