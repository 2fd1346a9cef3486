#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A command has an option only if something changes by it: -k, -E and --guest by output that differs,
# --threads by a thread that is made. Commands and options are those that --list names.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" strace
capture=tests/data/captures/612-g-three-vms-yield.dat
"$MKTRACE" --events 300000 --cpus 4 --vms 2 "$T/large.dat" >/dev/null
printf '0xd1 mine\n0xa0 other\n' >"$T/names"

has() {
	"$KVM_IPI" --list "$1" | awk -F'\t' -v o="$2" '$1 == o || "-" $2 == o { found = 1 } END { exit !found }'
}

# shellcheck disable=SC2317 # these three are called by ok
# What a command writes; diff has two recordings, of which the second is shorter.
written() {
	command=$1 format=$2
	shift 2
	case $command in
	diff) set -- "$@" -v --format "$format" "$capture" "$capture" ;;
	heatmap) set -- "$@" --by time --format "$format" "$capture" ;;
	*) set -- "$@" --format "$format" "$capture" ;;
	esac
	"$KVM_IPI" "$command" "$@" 2>/dev/null
}

# shellcheck disable=SC2317
# changes COMMAND FORMAT OPTION...
changes() {
	command=$1 format=$2
	shift 2
	written "$command" "$format" >"$T/without"
	written "$command" "$format" "$@" >"$T/with"
	test -s "$T/with" && ! cmp -s "$T/without" "$T/with"
}

for command in report matrix graph yield latency timeline heatmap export html diff; do
	format=text
	case $command in
	export) format=json ;;
	html) format=html ;;
	esac
	key=dst
	[ "$command" != diff ] || key=vm
	if has "$command" -k; then
		ok "$command -k $key: another order" changes "$command" "$format" -k "$key"
	else
		refused "$command -k" 2 "$KVM_IPI" "$command" -k count "$capture"
	fi
	if has "$command" -E; then
		ok "$command -E 1: fewer entries" changes "$command" "$format" -E 1
	else
		refused "$command -E" 2 "$KVM_IPI" "$command" -E 1 "$capture"
	fi
	if has "$command" --guest; then
		case $command in graph | diff) format=json ;; esac
		ok "$command --guest FILE: other names" changes "$command" "$format" --guest "$T/names"
	else
		refused "$command --guest" 2 "$KVM_IPI" "$command" --guest none "$capture"
	fi
	set -- "$T/large.dat"
	[ "$command" != diff ] || set -- "$T/large.dat" "$T/large.dat"
	if has "$command" --threads; then
		strace -f -e trace=clone,clone3 -o "$T/calls" "$KVM_IPI" "$command" --threads 2 \
			-o "$T/out" "$@" >/dev/null 2>&1
		ok "$command --threads 2: a thread is made" grep -q clone "$T/calls"
	else
		refused "$command --threads" 2 "$KVM_IPI" "$command" --threads 2 "$@"
	fi
done

# shellcheck disable=SC2317
# By the columns' figures, from the text itself.
sorted() {
	awk -v n="$1" '$2 == "->" { if (last != "" && $n + 0 > last) bad = 1; last = $n + 0; rows++ }
		END { exit bad || rows < 10 }' "$2"
}
"$KVM_IPI" latency --vm 177 -k p99 "$capture" >"$T/text"
ok "latency -k p99: the pairs' ack_p99 falls" sorted 7 "$T/text"
"$KVM_IPI" latency --vm 177 -k run_p50 "$capture" >"$T/text"
ok "latency -k run_p50: the pairs' run_p50 falls" sorted 8 "$T/text"
"$KVM_IPI" report --vm 177 -k runnable -E 100 "$capture" |
	awk '$1 == "src" { on = 1; next } !NF { on = 0 } on && $1 ~ /^[0-9]/ { print $1, "->", $2, $6 }' >"$T/text"
ok "report -k runnable: the pairs' share falls" sorted 4 "$T/text"
is "JSON is in its own order" \
	"$("$KVM_IPI" latency -k p99 --format json "$capture" | md5sum)" \
	"$("$KVM_IPI" latency --format json "$capture" | md5sum)"

done_testing
