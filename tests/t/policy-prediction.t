#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prediction against reality on stored recordings of the policy experiment (tests/data/policy): the
# kernel's counters equal the replay's, and hit shares predicted from the stock recording are within
# 5 points of those under the policy. Then: does the comparison notice what is wrong?
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq
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
is "counters equal, predictions within 5 points" "$(lines)" "0: $((2 * nr)) ok, 0 not"
[ "$(grep -c '^not ok' "$T/said")" = 0 ] || grep '^not ok' "$T/said" | sed 's/^/# /'
is "a line for each in predicted.csv" "$(grep -c '^[a-z]*,[a-z0-9+-]*,[0-9]*,' "$T/policy/6.12-policy/predicted.csv")" "$nr"

# Changed results: each has to be noticed where it is wrong.
sed -i 's/ picks=\([0-9]*\)/ picks=1\1/' "$machine/one-stock.counters"
is "a counter that is higher" "$(lines)" "1: $((2 * nr - 1)) ok, 1 not"
ok "... is named" grep -q '^not ok [0-9]* - one-stock: ' "$T/said"
cp "$data/one-stock.counters" "$machine/"
cp "$machine/one-stock.dat" "$machine/one-ipi-first.dat"
lines >/dev/null
ok "a recording of another policy: its counters" grep -q '^not ok [0-9]* - one-ipi-first: ' "$T/said"
cp "$data/one-ipi-first.dat" "$machine/"
export LAB_POINTS=0
lines >/dev/null
unset LAB_POINTS
ok "no two recordings agree within 0 points" grep -q '^not ok [0-9]* - one: ipi-v3+relaxed hits' "$T/said"
rm "$machine/all-stock.dat"
lines >/dev/null
ok "no recording" grep -q '^not ok [0-9]* - all-stock: ' "$T/said"

done_testing
