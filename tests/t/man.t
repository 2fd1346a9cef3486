#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The man page against the program's own help: every option of every command is in the page, and the
# page has no other; the same for commands, formats and exit codes; and man finds nothing to complain.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" man groff
page=docs/man/kvm-ipi.1
if [ ! -f "$page" ]; then
	echo "not ok 1 - $page is there # TODO it is not written yet"
	echo 1..1
	exit 0
fi

MANWIDTH=100 MAN_KEEP_FORMATTING='' man -E ascii -l "$page" 2>"$T/man.err" | col -bx >"$T/page"
is "man shows it without a warning" "$(cat "$T/man.err")" ""
is "groff has no warnings" "$(groff -man -Tutf8 -ww -z "$page" 2>&1)" ""

commands=$("$KVM_IPI" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
{
	"$KVM_IPI" --help
	for c in $commands; do "$KVM_IPI" "$c" --help; done
} >"$T/help"

# options FILE: long options and letters, at the beginnings of lines in a help text.
options() {
	sed -n 's/^ *\(-[a-zA-Z], \)\{0,1\}--\([a-z0-9-]*\).*/--\2/p; s/^ *-\([a-zA-Z]\), --.*/-\1/p' "$1" | sort -u
}
options "$T/help" >"$T/want"
# In the page, an option begins a line, its letter before it.
options "$T/page" >"$T/got"
is "options that the page lacks" "$(comm -13 "$T/got" "$T/want")" ""
is "options that the program lacks" "$(comm -23 "$T/got" "$T/want")" ""
# Those that the text mentions anywhere are some.
grep -oE -- '--[a-z][a-z0-9-]+' "$T/page" | sort -u >"$T/mentioned"
is "options in the page's text that nobody has" "$(comm -23 "$T/mentioned" "$T/want" |
	grep -vxE -- '--(compression|no-filter)')" ""

for c in $commands; do
	ok "the command $c is in it" grep -qE "^ +$c( |\$)" "$T/page"
	for format in $("$KVM_IPI" "$c" --help | sed -n 's/^Formats: //p' | sed 's/([^)]*)//; s/,//g'); do
		ok "$c: the format $format is in it" grep -qiw "$format" "$T/page"
	done
done
for code in 0 1 2 3 4; do
	ok "the exit code $code is in it" grep -qE "^ +$code( |\$)" "$T/page"
done
for section in NAME SYNOPSIS DESCRIPTION OPTIONS "EXIT STATUS" EXAMPLES "SEE ALSO"; do
	ok "it has $section" grep -qx "$section" "$T/page"
done

done_testing
