#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What every file has to have: a unit test of its name, a licence, and manners that a machine can
# check.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need shellcheck

# Modules that a script of tests/t/ runs, not a unit test: commands, and what puts the rooms together.
# What counts in a kernel is opened and refused there; that it counts right the lab shows.
# ROOM/X	SCRIPT
by_script='
analysis/latency_rows	latency
cli/check	check-cmd
cli/command	cli
cli/export	export
cli/export_run	export
cli/graph	goldens
cli/heatmap	heatmap
cli/html	html
cli/latency	latency
cli/matrix	goldens
cli/opts	cli
cli/opts_filter	filters
cli/picture_file	pictures
cli/one_recording	cli
cli/record	record
cli/report	goldens
cli/session	cli
cli/session_open	cli
cli/timeline	timeline
cli/top	top
cli/top_draw	top
cli/top_host	top
cli/top_matrix	top
cli/top_read	top
cli/top_record	top
cli/top_replay	top
cli/top_screen	top
cli/user_files	manners
cli/yield	yield
cli/timeline_pass	timeline
cli/yield_options	yield
live/bpf	top
live/bpf/join.bpf	top
live/bpf/track.bpf	top
live/bpf_absent	top
live/bpf_objects	top
live/bpf_read	top
live/histogram	top
output/live_json	top
output/live_text	top
trace/feed	html
trace/joined	stock
trace/parallel	threads
trace/passes	html
trace/source	probes
trace/trace	goldens
trace/vcpu_map	stock
view/cells	heatmap
view/coverage_view	stock
view/graph_view	goldens
view/latency_view	latency
output/perfetto_json	export
output/perfetto_proto	export
view/perfetto_view	export
view/picture_view	pictures
view/vm_view	goldens
analysis/compare/delays	diff
analysis/compare/sides	diff
analysis/compare/tally	diff
analysis/compare/tally_delays	diff
analysis/compare/tally_rates	diff
analysis/compare/tally_shares	diff
cli/diff	diff
cli/diff_read	diff
output/diff_cells	diff
output/diff_html	diff
output/diff_json	diff
output/diff_matrix	diff
output/diff_text	diff
view/diff_notes	diff
view/diff_view	diff
view/yield_episodes	yield-episodes
output/yield_mail	goldens
output/yield_text_episodes	goldens
view/yield_view	yield
'

# files PATTERN...: paths of the tree that match one of them; nothing that was built.
files() {
	find . \( -path ./.git -o -path "./$BUILD" -o -path ./build -o -path ./demo \) -prune -o -type f -print |
		sed 's|^\./||' | sort | while read -r file_path; do
		for pattern; do
			# shellcheck disable=SC2254 # patterns
			case $file_path in $pattern) echo "$file_path" ;; esac
		done
	done
}

# A module X.c is tested by test_X.c; where two rooms have an X.c, by test_ROOM_X.c.
for f in $(find analyzer -mindepth 2 -name '*.c' | sort); do
	module=${f#analyzer/}
	module=${module%.c}
	script=$(echo "$by_script" | awk -v m="$module" '$1 == m { print $2 }')
	if [ -n "$script" ]; then
		ok "$f has its script $script.t" test -x "tests/t/$script.t"
		continue
	fi
	name=$(basename "$module")
	case $(find analyzer -mindepth 2 -name "$name.c" -not -path 'analyzer/cli/*' | tr '\n' ' ') in
	*" "*" ") name=$(dirname "$module" | tr / _)_$name ;;
	esac
	ok "$f has its unit test" test -f "tests/unit/test_$name.c"
done
is "every module that a script runs is there" "$(echo "$by_script" | while read -r module _; do
	[ -z "$module" ] || [ -f "analyzer/$module.c" ] || echo "$module"; done)" ""
for f in tests/unit/test_*.c; do
	suite=$(basename "$f" .c)
	suite=${suite#test_}
	ok "$f has the suite $suite, with assertions" \
		sh -c "grep -q '^UNIT_SUITE($suite,' $f && grep -q 'ck_assert' $f"
	is "$f: every test is in the suite" \
		"$(sed -n 's/^START_TEST(\(.*\))$/\1/p' "$f" | sort)" \
		"$(sed -n '/^UNIT_SUITE(/,$p' "$f" | tr -d '\n\t ' | sed 's/^UNIT_SUITE([^,]*,//; s/)$//' |
			tr , '\n' | sort)"
done
# tested_by NAME: the module that test_NAME.c is for.
tested_by() {
	for module in analyzer/*/"$1".c analyzer/*/*/"$1".c "analyzer/${1%%_*}/${1#*_}.c"; do
		[ -f "$module" ] && echo "$module" && return
	done
}
for f in tests/unit/test_*.c; do
	name=$(basename "$f" .c)
	ok "$f has its module" test -n "$(tested_by "${name#test_}")"
done

is "every source has its licence in the first two lines" \
	"$(for f in $(files '*.[chS]' '*.mk' '*.sh' '*.t' Makefile .ci/run); do
		head -n 2 "$f" | grep -q 'SPDX-License-Identifier: \(GPL-2.0\|LGPL-2.1\)' || echo "$f"
	done)" ""
is "no blanks at the ends of lines" \
	"$(files '*.[ch]' '*.mk' '*.sh' '*.t' Makefile | xargs grep -lE '[[:blank:]]+$')" ""
# A tab is eight columns. What users see is not broken, so that it can be searched for.
is "C has no lines over 100 columns, but for strings" \
	"$(files '*.[ch]' | while read -r f; do
		expand "$f" | awk -v f="$f" 'length > 100 && !/"/ { print f ":" NR }'
	done)" ""
is "no function has more than 100 lines" \
	"$(files 'analyzer/*.c' 'plugins/*.c' | xargs awk '
		FNR == 1 { begin = 0 }
		/^\{/ { begin = FNR }
		/^\}/ { if (begin && FNR - begin > 100) print FILENAME ":" begin; begin = 0 }')" ""
is "no file of the analyzer has more than 450 lines" \
	"$(files 'analyzer/*.[ch]' | while read -r f; do
		awk -v f="$f" 'END { if (NR > 450) print f ":" NR }' "$f"
	done)" ""
# Numbers look the same to every user and to every program that reads them.
is "nothing asks for the user's locale" "$(grep -rn 'setlocale\|newlocale' analyzer plugins)" ""
is "no mutable globals in the analyzer" \
	"$(files 'analyzer/*.c' | xargs grep -nE '^(static )?[a-z_ ]+[a-z_0-9]+(\[[^]]*\])* *(=|;)' |
		grep -vE '\bconst\b|typedef|extern|struct [a-z_]+;')" ""
for f in $(files '*.t' '*.sh'); do
	ok "shellcheck $f" shellcheck -x -P SCRIPTDIR "$f"
done
is "scripts can be run" "$(for f in $(files 'tests/*/*.t' '*.sh'); do
	[ "$(basename "$f")" = lib.sh ] || [ -x "$f" ] || echo "$f"; done)" ""

done_testing
