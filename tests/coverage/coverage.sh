#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh BUILD: lines of input/ and decode/ that the tests reached in a build with --coverage; TAP.
#
# Every file has to have 95 % and more, and every line that no test reached an explanation in the file
# `explained` beside this: FILE, the line's text, why, parted by tabs. FILE may be * for a text that means
# the same everywhere. An explanation that no line needs any more is a failure too.
set -eu

build=$1
least=95
explained=$(dirname "$0")/explained
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0 failed=0

# tap STATUS NAME
tap() {
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "not ok $nr - $2"
		failed=$((failed + 1))
	fi
}

for file in analyzer/input/*.c analyzer/decode/*.c; do
	# Of all sources that gcov shows, this one's lines: "STATE NUMBER TEXT".
	gcov -t -o "$build/$(dirname "$file")" "$file" 2>/dev/null | awk -v file="$file" '
		/^ *-: *0:Source:/ { sub(/.*:Source:/, ""); mine = ($0 == file); next }
		!mine || !/^ *(#####|=====|[0-9]+\*?): *[0-9]+:/ { next }
		{
			split($0, part, ":")
			number = part[2] + 0
			state = part[1] ~ /[#=]/ ? "no" : "yes"
			text = $0
			sub(/^[^:]*:[^:]*:[ \t]*/, "", text)
			print state "\t" number "\t" text
		}' >"$work/lines"
	all=$(wc -l <"$work/lines")
	no=$(grep -c '^no' "$work/lines" || true)
	[ "$all" -gt 0 ] || { echo "Bail out! no coverage of $file in $build"; exit 1; }
	share=$((1000 * (all - no) / all))
	tap $((share < 10 * least)) "$file: $((share / 10)).$((share % 10)) % of $all lines"
	awk -F '\t' -v file="$file" -v work="$work" '
		FILENAME != work "/lines" { if (!/^#/ && NF == 3) why[$1 "\t" $2] = $3; next }
		$1 == "no" {
			key = (file "\t" $3) in why ? file "\t" $3 : "*\t" $3
			print "#   line " $2 ": " $3 "  (" (key in why ? why[key] : "NOT EXPLAINED") ")"
			if (key in why)
				print key >>(work "/used")
			else
				print file ":" $2 >>(work "/unexplained")
		}' "$explained" "$work/lines"
done
touch "$work/used" "$work/unexplained"
cat "$work/unexplained"
tap "$(($(wc -l <"$work/unexplained") > 0))" "every line that no test reached is explained"
grep -v '^#' "$explained" | cut -f 1,2 | sort -u >"$work/known"
sort -u "$work/used" | comm -13 - "$work/known" | sed 's/^/# no line needs it: /' >"$work/stale"
cat "$work/stale"
tap "$(($(wc -l <"$work/stale") > 0))" "every explanation is needed"
echo "1..$nr"
[ "$failed" = 0 ]
