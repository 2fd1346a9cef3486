#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi yield: hints and acknowledgements against computations of their own, to the nanosecond; the
# replay against the kernel's real choices; the contract of the JSON; the manners of the command.
# shellcheck disable=SC2016 # jq's variables and awk's fields
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" trace-cmd jq

captures=tests/data/captures
probes="--yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret"

# json FILE OPTIONS...: to $T/json.
json() {
	file=$1
	shift
	"$KVM_IPI" yield --format json "$@" "$file" >"$T/json" 2>"$T/err" || sed 's/^/# /' "$T/err"
}

# get FILTER: what jq finds in $T/json.
get() {
	jq -c "$1" "$T/json"
}

# Level 1 on every capture without gaps.
for name in 61-c-mixed-slow 61-g-three-vms-yield 612-a-xapic 612-c-two-vms-8 \
	612-d-three-vms-samepid 612-e-asym16 612-g-three-vms-yield 612-n-j-debian612-pv-all \
	612-n-k-debian612-nopv-all 71-c-x2apic-fastpath-all 71-f-two-vms-x2+xapic-all \
	71-n-h-linux71-pv; do
	json "$captures/$name.dat"
	jq -r '.vms[] as $v | ($v.hints[] | [$v.vm_pid, $v.vm_id, .window_ns, .recorded, .overwritten,
		.refreshed, .retargeted, .expired, .open, .alive_ns]),
		[$v.vm_pid, $v.vm_id, "stability", $v.stability.same, $v.stability.of] |
		join(",")' "$T/json" | sort >"$T/got"
	tests/opinion/opinion-hints.sh "$captures/$name.dat" >"$T/want"
	ok "$name: there are hints" test -s "$T/want"
	same "$name: hints as trace-cmd's text has them" "$T/got" "$T/want"
done

# recorded = overwritten + expired + open, lossy or not.
for file in "$captures"/*.dat; do
	case $file in *612s-*) continue ;; esac
	json "$file"
	is "$(basename "$file"): every hint has one fate" "$(get '[.vms[].hints[] |
		select(.recorded != .overwritten + .expired + .open or
			.overwritten != .refreshed + .retargeted)] | length')" 0
done

# Level 2 where one VM makes the receivers plain.
for name in 612-n-j-debian612-pv-all 612-n-k-debian612-nopv-all 71-c-x2apic-fastpath-all; do
	json "$captures/$name.dat"
	tests/opinion/opinion-acks.sh "$captures/$name.dat" >"$T/want"
	jq -r '.vms[0].ack | "\(.acknowledged) \(.unacknowledged)",
		(.rules[] | "\(.rule) \(.stale_ns) \(.lost_early)")' "$T/json" >"$T/got"
	grep -v '^p' "$T/want" >"$T/want.exact"
	same "$name: acknowledgements as trace-cmd's text has them" "$T/got" "$T/want.exact"
	for p in 50 99; do
		exact=$(sed -n "s/^p$p //p" "$T/want")
		got=$(get ".vms[0].ack.p${p}_ns")
		ok "$name: p$p within 1 part in 256 of $exact: $got" \
			awk -v a="$exact" -v b="$got" 'BEGIN { exit !(a > 0 && (a - b) * (a - b) <= (a / 256) ^ 2) }'
	done
done

# Level 3: the kernel's real choices.
: >"$T/all"
for file in "$captures/61-g-three-vms-yield.dat" "$captures/612-g-three-vms-yield.dat" \
	"$captures/612s-g-three-vms-yield.dat" "$captures/61-g3-all-events-overcommit.dat" \
	"$captures/71-g2-three-vms-yield_to-vcpu.dat" examples/three-vms.dat; do
	name=$(basename "$file" .dat)
	# shellcheck disable=SC2086 # a list of options
	json "$file" $probes
	get '[.vms[].replay] | [map(.observed), map(.agree), map(.agree_blind), map(.sure_observed),
		map(.sure_agree)] | map(add)' | tr -d '[]' >"$T/line"
	echo "# $name: observed, agree, blind, sure, sure and right: $(cat "$T/line")"
	cat "$T/line" >>"$T/all"
	least=98
	case $name in 61-g3* | 71-g2*) least=97 ;; esac # more vCPUs than CPUs by far; a preemptible kernel
	ok "$name: the replay agrees in at least $least %" \
		awk -F, -v least="$least" '{ exit !($1 > 500 && 100 * $2 >= least * $1) }' "$T/line"
	# As many yields as the probes have returns > 0 inside a spin; counted from the text.
	trace-cmd report -N "$file" 2>/dev/null | awk '
		{ thread = $1 }
		/ kvm_exit: .*pause/ { spin[thread] = 1 }
		/ kvm_hv_hypercall: .*code 0x8 / { spin[thread] = 1 }
		/ kvm_entry: / { spin[thread] = 0 }
		/ yto: .*ret=1/ { n += spin[thread] } END { print n + 0 }' >"$T/want"
	is "$name: observed yields" "$(cut -d, -f1 "$T/line")" "$(cat "$T/want")"
	json "$file"
	is "$name: the probes are found" "$(get '[.vms[].replay | [.observed, .agree]] | transpose | map(add)' | tr -d '[]')" \
		"$(cut -d, -f1,2 "$T/line")"
	json "$file" --no-probes
	is "$name: without the probes nothing is observed" \
		"$(get '[.vms[].replay | .probed, .observed, .agree] | unique')" '[false,0]'
	# shellcheck disable=SC2086
	is "$name: and the guesses are those of the blind replay" "$(get '[.vms[].replay.sure] | add')" \
		"$("$KVM_IPI" yield --format json $probes "$file" |
			jq '[.vms[].replay.sure] | add')"
done
# One emulated CPU: no search of another vCPU can come between.
for name in 71-u1-replay 71-u1-x2apic; do
	json "$captures/$name.dat"
	ok "$name: the replay agrees in all" \
		test "$(get '[.vms[].replay] | map(.observed) | add | . > 1500')" = true
	is "$name: ... of the yields" "$(get '[.vms[].replay.agree] | add')" "$(get '[.vms[].replay.observed] | add')"
done
ok "all together: the replay agrees in at least 98 %" \
	awk -F, '{ o += $1; a += $2 } END { exit !(100 * a >= 98 * o) }' "$T/all"
ok "all together: at least 90 % of the sure picks are right without probes" \
	awk -F, '{ o += $4; a += $5 } END { exit !(o > 1000 && 100 * a >= 90 * o) }' "$T/all"

# What docs/yield.md has of these figures.
thousands() {
	sed ':again; s/\([0-9]\)\([0-9]\{3\}\)\([^0-9.]\)/\1,\2\3/; t again'
}
awk -F, '
	function row(o, a, b, s, r) {
		printf "| %d | %d (%.1f %%) | %d (%.1f %%) | %d of %d (%.1f %%) |\n", o, a, 100 * a / o,
			b, 100 * b / o, r, s, 100 * r / s
	}
	{ row($1, $2, $3, $4, $5); for (i = 1; i <= NF; i++) sum[i] += $i }
	END { row(sum[1], sum[2], sum[3], sum[4], sum[5]) }' "$T/all" | thousands >"$T/rows"
for name in 612-n-k-debian612-nopv-all 612-n-j-debian612-pv-all; do
	json "$captures/$name.dat"
	jq -r '.vms[0].replay | "| \([.spins, .nothing_awaited, .awaited_runnable, (.policies |
		.[0].hits, .[1].hits, .[4].hits, .[5].hits, .[6].hits)] | map(tostring) | join(" | ")) |"' \
		"$T/json" | thousands >>"$T/rows"
done
while read -r row; do
	ok "docs/yield.md has: $row" grep -qF "$row" docs/yield.md
done <"$T/rows"
is "docs/yield.md: rows" "$(wc -l <"$T/rows")" 9

# Kernels that ran another policy: told which, the replay repeats them; not told, it does not.
for file in tests/data/policy/*.dat; do
	name=$(basename "$file" .dat)
	json "$file" --kernel-policy "${name#*-}"
	is "$name: every choice of that kernel" "$(get '.vms[0].replay | [.observed > 0, .observed == .agree,
		.kernel_policy, .kernel_policy_known]')" "[true,true,\"${name#*-}\",true]"
done
json tests/data/policy/one-ipi-first.dat --kernel-policy ipi-first --no-probes
is "without probes no pick of ipi-first is sure" "$(get '.vms[0].replay | [.spins > 0, .sure]')" '[true,0]'
json tests/data/policy/one-ipi-first.dat
is "not told: it is taken for stock" "$(get '.vms[0].replay | [.kernel_policy, .kernel_policy_known,
	2 * .agree < .observed]')" '["stock",false,true]'

# Policies: what must hold whatever the trace.
for name in 612-g-three-vms-yield 612-n-j-debian612-pv-all 612-n-k-debian612-nopv-all; do
	json "$captures/$name.dat"
	is "$name: the oracle hits whenever anybody can" "$(get '[.vms[].replay |
		select(.awaited_runnable != (.policies[] | select(.policy == "oracle") | .hits + .missed) or
			(.policies[] | select(.policy == "oracle") | .missed) > 0)] | length')" 0
	is "$name: nobody hits more than the oracle" "$(get '[.vms[].replay |
		(.policies[] | select(.policy == "oracle") | .hits) as $most |
		.policies[] | select(.hits > $most)] | length')" 0
	is "$name: hits and misses are the spins that could be helped" "$(get '[.vms[].replay |
		.awaited_runnable as $n | .policies[] | select(.hits + .missed != $n)] | length')" 0
	is "$name: each policy agrees with itself" "$(get '[.vms[].replay | .spins as $n |
		.policies | to_entries[] | select(.value.same_pick[.key] != $n)] | length')" 0
	is "$name: the matrix is symmetric" "$(get '[.vms[].replay.policies | map(.same_pick) |
		select(. != transpose)] | length')" 0
done

# Spins to look at: the awaited vCPU is not stock's pick, but the priority's.
json "$captures/612-n-k-debian612-nopv-all.dat"
ok "examples: at least three" test "$(get '.vms[0].replay.examples | length')" -ge 3
is "examples: what they claim" "$(get '[.vms[0].replay.examples[] |
	select(.awaited == .picks[0] or .awaited != .picks[6])] | length')" 0

# The contract.
json "$captures/612-g-three-vms-yield.dat"
is "keys of a VM" "$(get '.vms[0] | [has("vm_pid", "vm_id", "name", "vcpus", "ipis", "hints", "stability",
	"states", "ack", "replay")] | unique')" '[true]'
is "keys of a hint" "$(get '[.vms[].hints[] | keys_unsorted] | unique | .[0] | sort')" \
	'["alive_ns","expired","open","overwritten","recorded","refreshed","retargeted","window_ns"]'
is "schema" "$(get '.schema')" '"kvm-ipi.yield/1"'
is "windows of the sweep" "$(get '[.vms[].hints | map(.window_ns)] | unique')" \
	'[[100000,500000,1000000,2000000,5000000,10000000,20000000,50000000,100000000,200000000,500000000]]'
# The contract's policies come first.
is "policies" "$(get '[.vms[0].replay.policies[:8][] | [.policy, .relaxed]]')" \
	'[["stock",false],["any-pending",false],["ipi-v2",false],["ipi-v2",true],["ipi-v3",false],["ipi-v3",true],["ipi-first",false],["oracle",false]]'
is "rules" "$(get '[.vms[0].ack.rules[].rule]')" '["v3","v2","none"]'
ok "the suggested window is one of the sweep" \
	jq -e '[.vms[] | . as $v | $v.hints | map(.window_ns) | index($v.replay.suggested_window_ns)] |
		all' "$T/json"
json "$captures/612-a-xapic.dat"
is "without the events, null" "$(get '.vms[0] | [.ack, .replay]')" '[null,null]'

# IPIs of an unpatched kernel's events: the same as those of kvm_ipi_track, in the same VMs.
promised='[.vms[] | [.vm_pid, .ipis, .stability, .ack.acknowledged, .replay.spins]]'
json "$captures/612-g-three-vms-yield.dat"
get "$promised" >"$T/want"
json "$captures/612-g-three-vms-yield.dat" --source stock
get "$promised" >"$T/got"
same "--source stock: the IPIs of kvm_ipi_track" "$T/got" "$T/want"
is "--source stock: said in the JSON" "$(get .source)" '"stock"'
json "$captures/612s-g-three-vms-yield.dat"
is "without kvm_ipi_track the stock events are taken" "$(get '[.vms[].ipis] | add')" 764

# Text and CSV.
"$KVM_IPI" yield "$captures/612-a-xapic.dat" >"$T/text"
ok "text: it says what to record for acknowledgements" grep -q 'kvm:kvm_eoi' "$T/text"
ok "text: it says what to record for spins" grep -q 'sched:sched_switch' "$T/text"
"$KVM_IPI" yield --no-probes "$captures/612-g-three-vms-yield.dat" >"$T/text"
ok "text: without probes it says that nothing verifies the replay" grep -q UNVERIFIED "$T/text"
# shellcheck disable=SC2086
"$KVM_IPI" yield -v $probes "$captures/612-g-three-vms-yield.dat" >"$T/text"
ok "text: with probes it prints the accuracy" grep -q 'replay accuracy' "$T/text"
ok "text: -v tells each disagreement" grep -q 'replay [0-9none]*, kernel [0-9]*:' "$T/text"
"$KVM_IPI" yield "$captures/612-l-lossy.dat" >"$T/text"
ok "text: losses are said" grep -q 'events were lost' "$T/text"
json "$captures/61-g-three-vms-yield.dat"
"$KVM_IPI" yield --format csv "$captures/61-g-three-vms-yield.dat" | grep '^[0-9].*,hints,' |
	cut -d, -f1,2,4- | sort >"$T/got"
jq -r '.vms[] as $v | $v.hints[] | . as $h | keys_unsorted[] | select(. != "window_ns") |
	[$v.vm_pid, $v.vm_id, $h.window_ns, ., $h[.]] | join(",")' "$T/json" | sort >"$T/want"
same "CSV: the hints of the JSON" "$T/got" "$T/want"

# Filters count; state comes from all of the trace.
# shellcheck disable=SC2086
json "$captures/612-g-three-vms-yield.dat" $probes
get '.vms[] | select(.vm_pid == 177)' >"$T/want"
# shellcheck disable=SC2086
json "$captures/612-g-three-vms-yield.dat" $probes --vm 177
get '.vms[]' >"$T/got"
same "--vm: that VM as in the whole trace" "$T/got" "$T/want"
is "--vm: that VM alone" "$(get '[.vms[].vm_pid]')" '[177]'
json "$captures/612-g-three-vms-yield.dat" --window 7ms
is "--window: a further window of the sweep" "$(get '.vms[0].hints[5].window_ns')" 7000000

# Probes of any name are found, by their fields.
"$MKTRACE" --host --events 3000 --cpus 2 --vcpus 3 --format v6 "$T/probes.dat" >/dev/null
perl -pe 's/name: ytp\n/name: abc\n/; s/name: yto\n/name: abd\n/' "$T/probes.dat" >"$T/other.dat"
probes() { "$KVM_IPI" yield "$1" | tr '\n' ' ' | tr -s ' ' | grep -o 'Probes: [a-z:]* and [a-z:]*'; }
is "probes by the names that record gives" "$(probes "$T/probes.dat")" "Probes: kprobes:ytp:pid and kprobes:yto:ret"
is "probes by other names" "$(probes "$T/other.dat")" "Probes: kprobes:abc:pid and kprobes:abd:ret"
is "and with them the same answer" "$("$KVM_IPI" yield --format csv "$T/other.dat" | md5sum)" \
	"$("$KVM_IPI" yield --format csv "$T/probes.dat" | md5sum)"

# trace-cmd split drops the kernel's name, and with it the order of the search: said, until --kernel tells.
trace-cmd split -i "$captures/61-g-three-vms-yield.dat" -o "$T/part.dat" -m 2000 -r >"$T/log" 2>&1
searches() { "$KVM_IPI" yield "$@" | sed -n 's/^  Spins: .*, replayed as //p' | sort -u; }
is "6.1 searches in two passes" "$(searches "$captures/61-g-three-vms-yield.dat")" "two-passes searches"
is "a kernel without a name" "$(searches "$T"/part.dat.0001)" "loop searches (kernel unknown: --kernel tells)"
is "and told" "$(searches --kernel 6.1 "$T"/part.dat.0001)" "two-passes searches"

# One recording in two files: the same as in one, where they do not overlap in their VMs' time.
cp "$captures/612-a-xapic.dat" "$T/copy.dat"
json "$captures/612-a-xapic.dat" "$T/copy.dat"
is "two files are one stream" "$(get '.vms[0].ipis')" 932

# A figure whose event was not recorded is unknown, not zero: the same recording, as if it had no
# kvm_apic_ipi.
trace-cmd convert -i "$captures/612-g-three-vms-yield.dat" -o "$T/plain.dat" --file-version 6 \
	--compression none >/dev/null 2>&1
sed 's/name: kvm_apic_ipi$/name: kvm_apic_ixx/' "$T/plain.dat" >"$T/no-apic-ipi.dat"
json "$T/plain.dat"
is "kvm_apic_ipi recorded: untracked IPIs are counted" \
	"$(get '[.vms[].replay.awaits_untracked] | all(type == "number") and add > 0')" true
json "$T/no-apic-ipi.dat"
is "not recorded: untracked IPIs are unknown" "$(get '[.vms[].replay.awaits_untracked] | unique')" '[null]'
ok "and the text says what to record" sh -c "'$KVM_IPI' yield '$T/no-apic-ipi.dat' | tr -s ' \n' ' ' |
	grep -q 'an untracked IPI was not recorded (-e kvm:kvm_apic_ipi)'"

# Probes of other names are found by their fields; those of the group of delivery probes are not taken for it.
json "$T/plain.dat"
get '[.vms[].replay | .observed, .agree]' >"$T/want"
sed 's/name: ytp$/name: abc/; s/name: yto$/name: def/' "$T/plain.dat" >"$T/renamed.dat"
json "$T/renamed.dat"
get '[.vms[].replay | .observed, .agree]' >"$T/got"
same "probes of other names are found" "$T/got" "$T/want"
"$KVM_IPI" yield "$T/renamed.dat" >"$T/text"
ok "... and named" sh -c "tr -s ' \n' ' ' <'$T/text' | grep -q 'Probes: kprobes:abc:pid and kprobes:def:ret'"
sed 's/name: yto$/name: def/; s/field:s32 ret;/field:s32 rex;/' "$T/plain.dat" >"$T/no-result.dat"
json "$T/no-result.dat"
is "without a result no probes are taken" "$(get '[.vms[].replay.probed] | unique')" '[false]'

# Every spin's wait, against a list of all of them; percentiles have a relative error of at most 0.4 %.
for name in 612-u1-one-stock 612-u2-one-stock; do
	tests/opinion/opinion-waits.sh "$captures/$name.dat" >"$T/waits"
	json "$captures/$name.dat" --no-probes
	is "$name: waits that ended, and the others" \
		"$(get '.vms[0].replay | .wait.count, .wait_unknown' | paste -sd' ')" \
		"$(cut -d' ' -f1,2 "$T/waits")"
	is "$name: the longest" "$(get '.vms[0].replay.wait.max_ns')" "$(cut -d' ' -f6 "$T/waits")"
	is "$name: p50, p90, p99" "$(get '.vms[0].replay.wait | .p50_ns, .p90_ns, .p99_ns' |
		paste -sd' ' | awk '{ getline want <"'"$T/waits"'"; split(want, w, " ")
			for (i = 1; i <= 3; i++) printf "%s", ($i - w[i + 2]) ^ 2 <= (0.004 * w[i + 2]) ^ 2 ? "=" : "!" }')" \
		"==="
done

# Manners.
refused "one probe without the other" 2 "$KVM_IPI" yield --yield-target kprobes:ytp:pid \
	"$captures/612-g-three-vms-yield.dat"
refused "probes and none" 2 "$KVM_IPI" yield --no-probes --yield-target kprobes:ytp:pid \
	--yield-result kprobes:yto:ret "$captures/612-g-three-vms-yield.dat"
for policy in oracle ipi stock+relaxed ipi-first+relaxed ""; do
	refused "no policy of a kernel: $policy" 2 "$KVM_IPI" yield --kernel-policy "$policy" \
		"$captures/612-g-three-vms-yield.dat"
done
refused "no probe's name" 2 "$KVM_IPI" yield --yield-target kprobes:ytp --yield-result kprobes:yto:ret \
	"$captures/612-g-three-vms-yield.dat"
refused "a probe that the file does not have" 3 "$KVM_IPI" yield --yield-target kprobes:no:pid \
	--yield-result kprobes:yto:ret "$captures/612-g-three-vms-yield.dat"
refused "no such window" 2 "$KVM_IPI" yield --window 5minutes "$captures/612-a-xapic.dat"
refused "no window" 2 "$KVM_IPI" yield --window 0 "$captures/612-a-xapic.dat"
refused "no version" 2 "$KVM_IPI" yield --kernel newest "$captures/612-a-xapic.dat"
refused "no IPI and no spin" 3 "$KVM_IPI" yield --source stock "$captures/612-a-xapic.dat"
refused "losses and --strict" 4 "$KVM_IPI" yield --strict "$captures/612-l-lossy.dat"
refused "filters that leave nothing" 3 "$KVM_IPI" yield --vm 99999 "$captures/612-a-xapic.dat"

done_testing
