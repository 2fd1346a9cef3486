#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh MACHINE: prediction against reality, from the recordings of a policy experiment. In TAP,
# four lines for each recording NAME-POLICY:
#
#	events	the kernel's counters of searches, picks and awaited picks are what the recorded events
#		show, counted by observed.awk, which has no model of the search
#	counts	the program counts as many searches, picks and chances (searches that began while an
#		awaited vCPU could be yielded to) as the kernel
#	replay	hits, of the program's model of the policy that the kernel ran: exactly the kernel's
#		awaited picks
#	share	of chances that were hits, as the model of the policy predicts it from the recording
#		of the stock kernel, against what the kernel that ran the policy counted: within
#		LAB_POINTS
#
# $LAB/policy/MACHINE/predicted.csv has the shares, and costs.csv what the recordings show of the
# choices: yields after which the target did not run before the spinner did, and choices of a vCPU
# that was halted, woken without being awaited, or spinning.
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
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
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

analyse() {
	"$KVM_IPI" yield --format json --kernel-policy "${1#*-}" --yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret \
		"$out/$1.dat" 2>/dev/null >"$scratch/$1.json"
}

# figures RECORDING POLICY FIGURE...: sums over the VMs, of the replay and of its row for POLICY. In
# JSON ipi-v3+relaxed is ipi-v3 with relaxed.
figures() {
	local recording=$1 policy=$2 relaxed=false
	[ "$policy" = "${policy%+relaxed}" ] || relaxed=true
	shift 2
	jq -r --arg p "${policy%+relaxed}" --argjson relaxed "$relaxed" --arg names "$*" '
		[.vms[] | select(.replay) | (.replay.policies[] | select(.policy == $p and .relaxed == $relaxed)) as $q |
			.replay + .replay.classes + { ipis, hits: $q.hits, chances: ($q.hits + $q.missed),
			poor: $q.overboost } | [.[$names | split(" ")[]]]] |
		transpose | map(add) | join(" ")' "$scratch/$recording.json"
}

# counters RECORDING NAME...: the kernel's, sums over the VMs.
counters() {
	local file=$out/$1.counters
	shift
	awk -v names="$*" '
		{ for (i = 1; i <= NF; i++) { split($i, pair, "="); sum[pair[1]] += pair[2] } }
		END {
			n = split(names, name, " ")
			for (i = 1; i <= n; i++)
				printf "%s%d", (i > 1 ? " " : ""), sum[name[i]]
		}' "$file" 2>/dev/null || echo 'no file'
}

# share PART WHOLE: in tenths of a percent; 0 of nothing.
share() {
	[ "${2:-0}" -gt 0 ] && echo $((1000 * $1 / $2)) || echo 0
}

percent() {
	echo "$(($1 / 10)).$(($1 % 10)) %"
}

# points A B: how far two shares are apart.
points() {
	echo $(($1 > $2 ? $1 - $2 : $2 - $1))
}

check_counts() {
	local recording=$1-$2 counted seen
	counted=$(counters "$recording" searches picks picks_awaited)
	seen=$(trace-cmd report -N -R "$out/$recording.dat" 2>/dev/null | awk -f "$here/observed.awk")
	verdict "$recording: events: $seen searches, picks, awaited; the kernel counted $counted" \
		"$seen" = "$counted"
	counted=$(counters "$recording" searches picks chances)
	seen=$(figures "$recording" "$2" spins observed chances)
	verdict "$recording: counts: ${seen:-no} searches, picks, chances; the kernel counted $counted" \
		"$seen" = "$counted"
}

# The model of a policy, in the recording of the kernel that ran it and of the stock kernel.
check_model() {
	local name=$1 policy=$2 awaited chances hits apart real own from_stock predicted
	read -r awaited chances < <(counters "$name-$policy" picks_awaited chances | tr -d "[:alpha:]")
	: "${awaited:=0}" "${chances:=0}"
	real=$(share "$awaited" "$chances")
	read -r hits < <(figures "$name-$policy" "$policy" hits)
	own=$(share "${hits:-0}" "$chances")
	apart=$((hits - awaited))
	[ -n "$hits" ] || apart=1000
	verdict "$name-$policy: replay: ${hits:-no} hits of $chances, the kernel counted $awaited" \
		"${apart#-}" -eq 0
	read -r hits from_stock < <(figures "$name-stock" "$policy" hits chances)
	predicted=$(share "${hits:-0}" "${from_stock:-0}")
	apart=$(points "$predicted" "$real")
	[ "$chances" -gt 0 ] && [ "${from_stock:-0}" -gt 0 ] || apart=1000
	verdict "$name-$policy: share: $(percent "$predicted") as predicted, $(percent "$real") as run" \
		"$apart" -le "$limit"
	echo "$name,$policy,$from_stock,$predicted,$chances,$real,$own" >>"$csv"
	echo "$name,$policy,$(figures "$name-$policy" "$policy" ipis observed scheduler_mismatch poor |
		tr ' ' ,)" >>"$costs"
}

limit=$((10 * ${LAB_POINTS:-5}))
mkdir -p "$(dirname "$csv")"
echo 'workload,policy,chances_stock,predicted_permille,chances,counted_permille,replayed_permille' >"$csv"
echo 'workload,policy,ipis,yields,target_did_not_run,halted_woken_or_spinning' >"$costs"
policies=$(awk -v m="$machine" '$1 == "policies" && $2 == m { $1 = $2 = ""; print }' "$LAB_CAPTURES")
names=$(awk -v m="$machine" '$1 == "predict" && $2 == m { print $3 }' "$LAB_CAPTURES")
for name in $names; do
	for policy in $policies; do
		analyse "$name-$policy"
		check_counts "$name" "$policy"
		check_model "$name" "$policy"
	done
done
echo "1..$nr"
[ "$nr" -gt 0 ] && [ "$bad" = 0 ]
