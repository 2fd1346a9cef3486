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

# What options of report change, beside what they leave as it is: no golden file of their own, so that a
# new figure of the report changes few.
report() {
	"$program" report --format text "$@"
}
bold=$(printf '\033[1m')
report -E 1 --color always 612-d-three-vms-samepid.dat >"$T/color"
report -E 1 612-d-three-vms-samepid.dat >"$T/plain"
is "--color always: bold are the headings, and no more" "$(grep -F "$bold" "$T/color" | sed 's/\x1b\[[0-9]*m//g; s/:.*//')" \
	"$(printf '3 VMs\nVM 242/6\nVM 242/7\nVM 243/5')"
sed 's/\x1b\[[0-9]*m//g' "$T/color" >"$T/got"
same "--color always: nothing else" "$T/got" "$T/plain"

report -q 612-l-lossy.dat >"$T/quiet"
report 612-l-lossy.dat | awk '
	/^# .*: events were lost/ { loss = 1; print; next }
	/^#   / && loss { print; next }
	{ loss = 0 }
	!/^#/ { body = 1 }
	body' | sed '/./,$!d' >"$T/want"
same "-q: the remarks on loss, and no others" "$T/quiet" "$T/want"

report --guest none 71-n-h-linux71-pv.dat >"$T/none"
is "--guest none: no vector has a name" "$(grep -cE '0x[0-9a-f]{2} [a-z]' "$T/none")" 0
words() {
	grep -v '^# Vector names' "$1" | sed -E 's/(0x[0-9a-f]{2}) [a-z-]+/\1/g' | tr -s ' \n' '\n'
}
report 71-n-h-linux71-pv.dat >"$T/plain"
words "$T/none" >"$T/got"
words "$T/plain" >"$T/want"
same "--guest none: nothing else" "$T/got" "$T/want"

report --vm-names "$golden/names" -E 2 -k dst 612-d-three-vms-samepid.dat >"$T/named"
is "--vm-names: in the table" "$(awk '$2 == "VMs" { on = 1 } on && /^  [0-9]/ { sub(/.*[0-9]  /, ""); print }' "$T/named")" \
	"$(printf 'the process\n"one", two\nsome words')"
is "--vm-names: in the headings" "$(sed -n 's/^VM [0-9/]* \(.*\): [0-9]* vCPUs.*/\1/p' "$T/named")" \
	"$(printf 'the process\n"one", two\nsome words')"
is "-k dst -E 2: the first pairs by their receivers" \
	"$(awk '/^    src/ { on = 1; next } !NF { on = 0 } on && $1 ~ /^[0-9]/ { print $2 }' "$T/named" | paste -sd ' ')" "0 0 0 0 0 0"

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
