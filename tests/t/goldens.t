#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each format of each command, letter for letter (tests/golden/list). A difference is shown; if it is
# meant, UPDATE=1 tests/t/goldens.t takes it over.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq
program=$(realpath "$KVM_IPI")
golden=$PWD/tests/golden
unset NO_COLOR COLUMNS

# What is in the list has a file, and the other way round.
is "every file is in the list" \
	"$(for f in "$golden"/*.*.*; do basename "$f"; done)" \
	"$(grep -v '^#' "$golden/list" | cut -f1 | sort)"

cd tests/data/captures || exit 1
while read -r name capture arguments; do
	case $name in "#"* | "") continue ;; esac
	arguments=$(echo "$arguments" | sed "s|NAMES|$golden/names|")
	got=$T/$name
	# shellcheck disable=SC2086 # a command and its options
	"$program" $arguments "$capture.dat" >"$got" 2>"$T/err"
	is "$name: exit" $? 0
	is "$name: nothing on standard error" "$(cat "$T/err")" ""
	[ -z "$UPDATE" ] || cp "$got" "$golden/$name"
	same "$name" "$got" "$golden/$name"
	case $name in
	*.json)
		ok "$name: is JSON" jq -e .schema "$got" ;;
	*.csv)
		is "$name: has as many columns everywhere" \
			"$(sed 's/"[^"]*"//g' "$got" | awk -F, '!/^#/ { print NF }' | sort -u | wc -l)" 1 ;;
	*color* | *.graph.txt | *.top.txt) ;; # wide tables, by their nature
	*.txt)
		is "$name: fits 80 columns" "$(awk 'length > 80' "$got")" "" ;;
	esac
done <"$golden/list"

# Every command in every format that its help names. Pictures by gnuplot look different with each of its
# versions: what is in them is looked at in heatmap.t and timeline.t.
# What check and record say depends on the machine: check-cmd.t and record.t have machines of their own.
for command in $("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' |
	grep -vx -e check -e record); do
	for format in $("$program" "$command" --help | sed -n 's/^Formats: //p' | sed 's/([^)]*)//; s/,//g'); do
		case $format in png | svg | pdf) continue ;; esac
		ok "$command --format $format has a golden file" \
			sh -c "grep -q '$command.*--format $format' '$golden/list'"
	done
done

done_testing
