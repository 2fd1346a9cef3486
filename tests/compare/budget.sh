#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How often kvm-ipi diff calls equal systems different, and how often it finds what was changed. Makes
# recordings with mktrace, compares them, and counts; prints a line of TAP for each budget.
#
#   make compare-check          both, as often as the budgets say (100 and 40 times each)
#   TIMES=400 make compare-check
#   ONLY='bursts of 20 ms' SHOW=1 tests/compare/budget.sh	those with this in their names; and what was shown
#
# Equal means: the same options, another --seed. A diff counts as soon as it shows anything at all.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

need "$KVM_IPI" "$MKTRACE"
: "${TIMES:=100}"
: "${SEED:=1}"

# record FILE OPTIONS...: a recording with the next seed, of 12 pairs with three vectors each.
record() {
	file=$1
	shift
	SEED=$((SEED + 1))
	"$MKTRACE" --seed "$SEED" --edges 36 "$@" "$file"
	rm -f "$file.edges" "$file.truth.json"
}

# side NAME NR OPTIONS...: NR recordings NAME1.dat, ...
side() {
	name=$1
	nr=$2
	shift 2
	files=
	for i in $(seq "$nr"); do
		record "$T/$name$i.dat" "$@"
		files="$files $T/$name$i.dat"
	done
}

# count NR TIMES OPTIONS... [-- OPTIONS...]: how many of TIMES diffs of NR recordings a side show
# anything; what stands behind -- is for the recordings after.
count() {
	nr=$1
	times=$2
	shift 2
	before=
	after=
	to=before
	for word; do
		case $word in
		--)	to=after ;;
		*)	[ $to = before ] && before="$before $word" || after="$after $word" ;;
		esac
	done
	shown=0
	for _ in $(seq "$times"); do
		# shellcheck disable=SC2086 # options
		side before "$nr" $before
		first=$files
		# shellcheck disable=SC2086 # options
		side after "$nr" $before $after
		# shellcheck disable=SC2086 # lists of files
		"$KVM_IPI" diff --exit-code --format csv $first -- $files >"$T/out" 2>"$T/err"
		case $? in
		0)	;;
		5)	shown=$((shown + 1))
			[ -z "$SHOW" ] || grep -E ',(changed|new|gone),' "$T/out" | sed 's/^/# /' ;;
		*)	sed 's/^/# /' "$T/err"; return 1 ;;
		esac
	done
}

# equal NAME OPTIONS...: at most 7 of 100 show anything, with one recording a side and with five.
equal() {
	what=$1
	shift
	case $what in *$ONLY*) ;; *) return ;; esac
	for n in 1 5; do
		count "$n" "$TIMES" "$@"
		tap $((shown * 100 > TIMES * 7)) "$what, $n a side: $shown of $TIMES equal ones differ"
	done
}

# finds NAME NR OPTIONS... -- OPTIONS...: at least half.
finds() {
	what=$1
	n=$2
	shift 2
	case $what in *$ONLY*) ;; *) return ;; esac
	count "$n" $((TIMES * 2 / 5)) "$@"
	tap $((shown * 2 < TIMES * 2 / 5)) "$what, $n a side: $shown of $((TIMES * 2 / 5)) found"
}

# 300 IPIs/s for 10 s; 4,000/s for 250 ms.
long='--events 3000 --step-ns 3333333'
short='--events 1000 --step-ns 250000'

# shellcheck disable=SC2086 # options
{
	equal "250 ms, steady" $short
	equal "250 ms, bursts of 5 ms" $short --burst-ns 5m
	equal "250 ms, bursts of 20 ms" $short --burst-ns 20m
	equal "250 ms, runs differ by 10 %" $short --run-spread 10
	equal "1 s, bursts of 100 ms" $short --step-ns 1000000 --burst-ns 100m
	equal "10 s, steady" $long
	equal "10 s, bursts of 100 ms" $long --burst-ns 100m
	equal "10 s, bursts of 1 s" $long --burst-ns 1000m
	equal "10 s, bursts of 20 ms, runs differ by 10 %" $long --burst-ns 20m --run-spread 10
	equal "10 s, runs differ by 10 %" $long --run-spread 10
	finds "10 s, 30 % more, runs differ by 10 %" 5 $long --run-spread 10 -- --step-ns 2564102
	finds "10 s, 30 % more, bursts of 20 ms, runs differ by 10 %" 5 \
		$long --burst-ns 20m --run-spread 10 -- --step-ns 2564102
	finds "250 ms, 30 % more, runs differ by 10 %" 5 $short --run-spread 10 -- --step-ns 192307
	finds "10 s, twice as many" 1 $long -- --step-ns 1666666
	finds "10 s, a pair's vector, runs differ by 10 %" 5 $long --run-spread 10 -- --favour-edge 7 --favour-share 5
	finds "10 s, preempted more often" 1 $long -- --favour-state 2 --state-share 20
}
done_testing
