#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A figure whose event was not recorded is unknown, in each format; nothing else changes. From a
# capture of all events one is taken away at a time, by another name in the file's description of it.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq trace-cmd
captures=tests/data/captures
trace-cmd convert -i "$captures/612-g-three-vms-yield.dat" -o "$T/all.dat" --file-version 6 \
	--compression none >/dev/null 2>&1
rules=tests/t/unknown.rules
commands='report matrix graph yield latency timeline'

# Every value of a document with its path, without places in arrays, which move where entries are left
# out; the file's name is none of it.
paths() {
	jq -r 'del(.inputs) | paths(type != "object" and type != "array") as $p |
		($p | map(if type == "number" then "[]" else . end) | join(".")) + "\t" +
		(getpath($p) | tojson)' "$1" | sort
}

for command in $commands; do
	"$KVM_IPI" "$command" --format json "$T/all.dat" >"$T/json"
	paths "$T/json" >"$T/all.$command"
	ok "$command: the whole file has figures" test -s "$T/all.$command"
done

events=$(awk '!/^#/ { print $1 }' "$rules" | sort -u)
for event in $events; do
	# Of the same length: nothing in the file moves.
	LC_ALL=C sed "s/name: $event\$/name: ${event%?}Z/" "$T/all.dat" >"$T/$event.dat"
	is "$event: one byte of the file differs" "$(cmp -l "$T/all.dat" "$T/$event.dat" | wc -l)" 1
	for command in $commands; do
		want=$(awk -v e="$event" -v c="$command" '$1 == e && $2 == c { print $3 }' "$rules")
		"$KVM_IPI" "$command" --format json "$T/$event.dat" >"$T/json" 2>"$T/err"
		code=$?
		case $want in
		[0-9]) is "$event: $command ends with" "$code" "$want"; continue ;;
		esac
		is "$event: $command ends with" "$code" 0
		paths "$T/json" >"$T/found"
		# What changed, by its path, and to what where that is not null.
		diff "$T/all.$command" "$T/found" | sed -n 's/^> //p' |
			awk -F'\t' '{ print ($2 == "null" ? "null" : "other"), $1 }' | sort -u >"$T/changed"
		awk '$1 == "null" { print $2 }' "$T/changed" >"$T/nulls"
		awk -v e="$event" -v c="$command" '$1 == e && $2 == c && $3 == "null" { print $4 }' "$rules" |
			sort >"$T/want"
		same "$event: $command: these are unknown, and no others" "$T/nulls" "$T/want"
		awk '$1 == "other" { print $2 }' "$T/changed" | while read -r path; do
			awk -v e="$event" -v c="$command" -v p="$path" '
				$1 == e && $2 == c && $3 == "may" && index(p, $4) == 1 { found = 1 }
				END { exit !found }' "$rules" || echo "$path"
		done >"$T/surprises"
		is "$event: $command: nothing else changed" "$(cat "$T/surprises")" ""
	done
done

done_testing
