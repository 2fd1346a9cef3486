#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi yield: wait episodes against trace-cmd's text, their intervals against a bootstrap of another
# program, and traces in which it is known which policy is better, equal or worse.
# shellcheck disable=SC2016 # awk's fields and jq's variables
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" trace-cmd jq perl
captures=tests/data/captures

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

for file in $captures/612-u1-one-stock.dat $captures/612-u2-one-stock.dat \
	$captures/612-n-k-debian612-nopv-all.dat tests/data/policy/all-stock.dat \
	tests/data/policy/master-stock.dat; do
	json "$file" --no-probes
	is "$(basename "$file"): episodes as trace-cmd's text has them" \
		"$(jq -r '.vms[0].replay.episodes | "\(.count) \(.complete) \(.helpable) \(.ns)"' "$T/json")" \
		"$(tests/opinion/opinion-episodes.sh "$file" | cut -d' ' -f1-4)"
done

# Sums, whatever the trace.
for file in "$captures"/*.dat; do
	json "$file"
	is "$(basename "$file"): episodes add up" "$(get '[.vms[].replay | select(. and .episodes) |
		.episodes as $e | select($e.complete > $e.count or $e.helpable > $e.complete or
			([$e.by_mode[]] | add) != $e.helpable or $e.helpable_ns > $e.ns or
			(.policies | map(.episodes | .of != $e.helpable or .hits > .of or .any_hits < .hits or
				([.by_mode[].hits] | add) != .hits or ([.by_mode[].of] | add) != .of or
				(.of < 20) != (.lo_permille == null) or (.of < 20) != (.difference == "too-few")) | any) or
			(.policies[-1].episodes | .hits != .of))] | length')" 0
done

# An interval is what a bootstrap says that draws episode after episode: 4,000 times, by awk's generator. One
# episode more or less is a step of 1000 / of.
json "$captures/612-u1-one-stock.dat"
get '.vms[0].replay.policies[].episodes | [.of, .hits, .lo_permille, .hi_permille]' | tr -d '[]' | sort -u >"$T/rates"
ok "there are several shares" test "$(wc -l <"$T/rates")" -ge 4
is "intervals as an independent bootstrap has them" "$(awk -F, '{
	srand(NR)
	for (d = 0; d < 4000; d++) {
		hits = 0
		for (i = 0; i < $1; i++)
			hits += rand() * $1 < $2
		drawn[hits]++
	}
	below = 0; lo = hi = -1
	for (k = 0; k <= $1; k++) {
		below += drawn[k]
		if (lo < 0 && below >= 100) lo = k
		if (hi < 0 && below >= 3900) hi = k
	}
	delete drawn
	step = 1000 / $1 * 1.5 + 1
	if ((1000 * lo / $1 - $3) ^ 2 > step ^ 2 || (1000 * hi / $1 - $4) ^ 2 > step ^ 2)
		print $0, 1000 * lo / $1, 1000 * hi / $1
}' "$T/rates")" ""
json "$captures/612-u1-one-stock.dat"
cp "$T/json" "$T/first"
json "$captures/612-u1-one-stock.dat"
same "the same trace, the same intervals" "$T/json" "$T/first"

# plant NR WHAT: so many episodes. vCPU 0 (thread 10) sends to vCPU 1 (thread 11), which shares its CPU, and spins.
# user: vCPU 1 is preempted in user mode, which stock skips. kernel: in kernel mode. woken: it had halted and is
# woken; vCPU 2 (thread 12) gets the sender's next IPI, answers it, and with it goes the hint.
plant() {
	{
		printf '1000 1 12 entry 2\n2000 1 12 exit 2 124\n3000 1 12 entry 2\n' # a 64-bit kernel
		awk -v nr="$1" -v what="$2" 'BEGIN {
			for (i = 0; i < nr; i++) {
				t = 1000000 + i * 1000000
				print t, 0, 11, "entry", 1
				if (what == "woken") {
					print t + 10000, 0, 11, "exit", 1, 120
					print t + 11000, 0, 11, "switch", 11, 1, 10
				} else {
					print t + 10000, 0, 11, "exit", 1, 124, what == "user" ? 4194304 : -2130706432
					print t + 11000, 0, 11, "switch", 11, 0, 10
				}
				print t + 20000, 0, 10, "entry", 0
				print t + 30000, 0, 10, "exit", 0, 124
				print t + 31000, 0, 10, "track", 7, 1, 0, 1, 253, 3
				print t + 32000, 0, 10, "accept", 1, 253
				if (what == "woken") {
					print t + 33000, 0, 10, "wakeup", 11, 0
					print t + 34000, 0, 10, "track", 7, 1, 0, 2, 252, 1
					print t + 40000, 1, 12, "eoi", 2, 252
				}
				print t + 50000, 0, 10, "entry", 0
				print t + 60000, 0, 10, "exit", 0, 119
				print t + 70000, 0, 10, "entry", 0
				print t + 80000, 0, 10, "exit", 0, 124
				print t + 81000, 0, 10, "switch", 10, 0, 11
				print t + 90000, 0, 11, "entry", 1
				print t + 95000, 0, 11, "exit", 1, 124
				print t + 96000, 0, 11, "eoi", 1, 253
			}
		}'
	} | if [ "${policy-}" ]; then sed "1i 900 1 12 mark kvm-ipi: directed_yield_policy $policy"; else cat; fi |
		tests/t/plant.pl "$T/planted.dat"
	json "$T/planted.dat"
}

# What is said of ipi-v3: of, hits, difference.
v3='[.vms[0].replay.policies[] | select(.policy == "ipi-v3" and (.relaxed | not)) | .episodes |
	.of, .hits, .difference]'
stock='[.vms[0].replay.policies[0].episodes | .of, .hits, .difference]'
plant 30 user
is "planted: stock never hits" "$(get "$stock")" '[30,0,"none-seen"]'
is "planted: better is called better" "$(get "$v3")" '[30,30,"more"]'
is "planted: the mode is user" "$(get '.vms[0].replay.episodes.by_mode')" '{"user":30,"kernel":0,"unknown":0}'
is "planted: chance never hits, either" "$(get '.vms[0].replay.baselines[0].hits_permille')" 0
plant 30 kernel
is "planted: stock always hits" "$(get "$stock")" '[30,30,"none-seen"]'
is "planted: equal is called equal" "$(get "$v3")" '[30,30,"none-seen"]'
is "planted: the mode is kernel" "$(get '.vms[0].replay.episodes.by_mode')" '{"user":0,"kernel":30,"unknown":0}'
is "planted: there is one candidate" "$(get '.vms[0].replay.baselines[0] | [.hits_permille, .lo_permille]')" '[1000,1000]'
is "planted: its length, from the spin to the EOI" "$(get '.vms[0].replay.episodes.ns')" $((30 * 36000))
plant 30 woken
is "planted: who was woken is hit by stock" "$(get "$stock")" '[30,30,"none-seen"]'
is "planted: worse is called worse" "$(get "$v3")" '[30,0,"fewer"]'
is "planted: woken is no mode" "$(get '.vms[0].replay.episodes.by_mode.unknown')" 30
# A marker in the recording tells which policy the kernel ran.
is "no marker: stock, not known" "$(get '.vms[0].replay | [.kernel_policy, .kernel_policy_known]')" '["stock",false]'
policy=ipi-v3+relaxed plant 30 user
is "a marker tells the kernel's policy" "$(get '.vms[0].replay | [.kernel_policy, .kernel_policy_known]')" \
	'["ipi-v3+relaxed",true]'
"$KVM_IPI" yield --format json --kernel-policy ipi-first "$T/planted.dat" >"$T/json"
is "... and the user another one" "$(get '.vms[0].replay | [.kernel_policy, .kernel_policy_known]')" '["ipi-first",true]'
policy=oracle plant 30 user
is "a marker with no policy of a kernel" "$(get '.vms[0].replay | [.kernel_policy, .kernel_policy_known]')" '["stock",false]'
plant 15 user
is "planted: fifteen are too few" "$(get "$v3")" '[15,15,"too-few"]'
is "planted: ... for an interval" "$(get '[.vms[0].replay | (.policies[].episodes, .baselines[]) |
	.lo_permille, .hi_permille] | unique')" '[null]'
plant 20 user
is "planted: twenty have one" "$(get '[.vms[0].replay.policies[].episodes.lo_permille | type] | unique')" '["number"]'

# For a mailing list.
"$KVM_IPI" yield --mail "$captures/612-l-lossy.dat" >"$T/mail"
is "--mail: 72 columns" "$(awk 'length > 72' "$T/mail")" ""
ok "--mail: losses are said" grep -q 'LOST events' "$T/mail"
ok "--mail: the command" grep -q '^Command: kvm-ipi yield --mail' "$T/mail"
ok "--mail: the kernel" grep -q '^Host: kernel 6\.12' "$T/mail"
json "$captures/612-u1-one-stock.dat"
"$KVM_IPI" yield --mail "$captures/612-u1-one-stock.dat" >"$T/mail"
is "--mail: the figures of the JSON" "$(awk '$1 == "ipi-v3" { print $2, $3, $4, $5, $6, $7, $8 }' "$T/mail" | head -n 1)" \
	"$(jq -r '.vms[0].replay.policies[4].episodes | def p: "\(. / 10 | floor).\(. % 10)"; "\(.hits) \(1000 * .hits / .of |
		round | p) \(.lo_permille | p) \(.hi_permille | p) \(.by_mode.user.hits) \(.by_mode.kernel.hits) \(.by_mode.unknown.hits)"' "$T/json")"
refused "--mail is text" 2 "$KVM_IPI" yield --mail --format json "$captures/612-u1-one-stock.dat"
refused "--mail has no pictures" 2 "$KVM_IPI" yield --mail --plot "$captures/612-u1-one-stock.dat"

# No kvm_eoi, no episodes.
json "$captures/612-u1-one-stock.dat"
trace-cmd convert -i "$captures/612-u1-one-stock.dat" -o "$T/plain.dat" --file-version 6 \
	--compression none >/dev/null 2>&1
sed 's/name: kvm_eoi$/name: kvm_xxx/' "$T/plain.dat" >"$T/no-eoi.dat"
json "$T/no-eoi.dat"
is "without kvm_eoi there are no episodes" \
	"$(get '.vms[0].replay | [.episodes, .baselines, (.policies[].episodes)] | unique')" '[null]'
ok "... and there are spins" test "$(get '.vms[0].replay.spins')" -gt 0

done_testing
