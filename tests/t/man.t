#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The man pages against the program's own help: every command has a page; every option of a command is in
# its page, and the page has no other; the same for formats and exit codes; every page has the sections
# that a reader looks for; and man, groff and mandoc's habits find nothing to complain.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" man groff
man=$BUILD/man
commands=$("$KVM_IPI" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
ok "there are commands" test -n "$commands"

# options FILE: long options and letters, at the beginnings of lines.
options() {
	sed -n 's/^ *\(-[a-zA-Z], \)\{0,1\}--\([a-z0-9-]*\).*/--\2/p; s/^ *-\([a-zA-Z]\), --.*/-\1/p' "$1" | sort -u
}

{
	"$KVM_IPI" --help
	for c in $commands; do "$KVM_IPI" "$c" --help; done
} >"$T/help"
options "$T/help" >"$T/anybody"

for page in "$man"/*.[15]; do
	name=$(basename "$page")
	MANWIDTH=100 MAN_KEEP_FORMATTING='' man -E ascii -l "$page" 2>"$T/man.err" | col -bx >"$T/$name"
	is "$name: man shows it without a warning" "$(cat "$T/man.err")" ""
	is "$name: groff has no warnings" "$(groff -man -Tutf8 -ww -z "$page" 2>&1)" ""
	for section in NAME DESCRIPTION "EXIT STATUS" ENVIRONMENT EXAMPLES "SEE ALSO"; do
		is "$name: it has $section" "$(grep -cx "$section" "$T/$name")" 1
	done
	is "$name: the name is the file's" "$(sed -n '/^NAME$/{n;s/^ *\([^ ]*\) - .*/\1/p;}' "$T/$name")" \
		"${name%.?}"
	# Those that the text mentions anywhere are somebody's.
	grep -oE -- '--[a-z][a-z0-9-]+' "$T/$name" | sort -u >"$T/mentioned"
	is "$name: options in the text that nobody has" "$(comm -23 "$T/mentioned" "$T/anybody" |
		grep -vxE -- '--(compression|no-filter|cpu)')" ""
	sed -n '/^SEE ALSO$/,$p' "$T/$name" | grep -o 'kvm-ipi[a-z-]*([15])' | tr '()' '. ' |
		while read -r other; do [ -f "$man/$other" ] || echo "$other"; done >"$T/dead"
	is "$name: pages of ours that it names are there" "$(cat "$T/dead")" ""
done

for c in $commands; do
	page=$T/kvm-ipi-$c.1
	ok "$c: it has a page" test -f "$page"
	[ -f "$page" ] || continue
	"$KVM_IPI" "$c" --help >"$T/help"
	options "$T/help" >"$T/want"
	# In the page, an option begins a line, its letter before it.
	options "$page" >"$T/got"
	is "$c: options that the page lacks" "$(comm -13 "$T/got" "$T/want")" ""
	is "$c: options that the program lacks" "$(comm -23 "$T/got" "$T/want")" ""
	ok "$c: the overview names it" grep -qE "^ +$c " "$T/kvm-ipi.1"
	formats=$(sed -n 's/^Formats: //p' "$T/help" | sed 's/([^)]*)//; s/,//g')
	for format in $formats; do
		ok "$c: the format $format is in it" grep -qw "$format" "$page"
	done
	ok "$c: it has OPTIONS" grep -qx OPTIONS "$page"
	for code in 0 1 2 3; do
		ok "$c: the exit code $code is in it" grep -qE "^ +$code( |\$)" "$page"
	done
done
"$KVM_IPI" --help >"$T/help"
options "$T/help" >"$T/want"
options "$T/kvm-ipi.1" >"$T/got"
is "kvm-ipi: options that the page lacks" "$(comm -13 "$T/got" "$T/want")" ""
is "kvm-ipi: options that nobody has" "$(comm -23 "$T/got" "$T/anybody")" ""

done_testing
