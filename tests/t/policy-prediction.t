#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prediction against reality on stored recordings of the policy experiment (tests/data/policy), by the
# lab's own comparison (tests/lab/policy/check.sh). Then: does the comparison notice what is wrong?
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq trace-cmd
data=tests/data/policy
check=$PWD/tests/lab/policy/check.sh
machine=$T/out/6.12-policy
mkdir -p "$machine"
cp "$data"/*.dat "$data"/*.counters "$machine/"
export LAB="$T" KVM_IPI
KVM_IPI=$(realpath "$KVM_IPI")

lines() {
	"$check" 6.12-policy >"$T/said" 2>&1
	echo "$?: $(grep -c '^ok' "$T/said") ok, $(grep -c '^not ok' "$T/said") not"
}

nr=$(find "$data" -name '*.dat' | wc -l)
is "there is a recording for each workload and policy" "$nr" 20
is "counters equal, predictions within 5 points" "$(lines)" "0: $((4 * nr)) ok, 0 not"
[ "$(grep -c '^not ok' "$T/said")" = 0 ] || grep '^not ok' "$T/said" | sed 's/^/# /'
is "a line for each in predicted.csv" "$(grep -c '^[a-z]*,[a-z0-9+-]*,[0-9]*,' "$T/policy/6.12-policy/predicted.csv")" "$nr"

# Changed results: each has to be noticed where it is wrong.
sed -i 's/ picks=\([0-9]*\)/ picks=1\1/' "$machine/one-stock.counters"
is "a counter that is higher" "$(lines)" "1: $((4 * nr - 2)) ok, 2 not"
ok "... against the events" grep -q '^not ok [0-9]* - one-stock: events: ' "$T/said"
ok "... and the program" grep -q '^not ok [0-9]* - one-stock: counts: ' "$T/said"
sed 's/picks_awaited=\([0-9]*\)/picks_awaited=9\1/' "$data/one-stock.counters" >"$machine/one-stock.counters"
lines >/dev/null
ok "hits that the replay does not have" grep -q '^not ok [0-9]* - one-stock: replay: ' "$T/said"
cp "$data/one-stock.counters" "$machine/"
cp "$machine/one-stock.dat" "$machine/one-ipi-first.dat"
lines >/dev/null
ok "a recording of another policy" grep -q '^not ok [0-9]* - one-ipi-first: events: ' "$T/said"
cp "$data/one-ipi-first.dat" "$machine/"
export LAB_POINTS=0
lines >/dev/null
unset LAB_POINTS
ok "no shares agree within 0 points" grep -q '^not ok [0-9]* - one-ipi-v3+relaxed: share: ' "$T/said"
rm "$machine/all-stock.dat"
lines >/dev/null
ok "no recording" grep -q '^not ok [0-9]* - all-stock: events: ' "$T/said"
ok "no prediction without it" grep -q '^not ok [0-9]* - all-ipi-v3: share: ' "$T/said"
rm "$machine/one-ipi-v3.counters"
lines >/dev/null
ok "no counters" grep -q '^not ok [0-9]* - one-ipi-v3: counts: ' "$T/said"

done_testing
