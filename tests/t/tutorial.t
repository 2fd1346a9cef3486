#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# docs/tutorial.md: what it shows of traces in this tree is what the program prints; a line "..." stands
# for any lines. Options and commands that it names exist.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" awk
page=docs/tutorial.md
mkdir "$T/bin"
ln -s "$(realpath "$KVM_IPI")" "$T/bin/kvm-ipi"
PATH=$T/bin:$PATH

# Each "$ COMMAND" of a console block into a file cmd.N, and what is shown behind it into want.N.
awk -v dir="$T" '
	/^```console$/ { inside = 1; next }
	/^```$/ { inside = 0; n_open = 0; next }
	inside && /^\$ / { n++; n_open = 1; print substr($0, 3) >(dir "/cmd." n); printf "" >(dir "/want." n); next }
	inside && /^# / && !n_open { next }
	inside && n_open { print >(dir "/want." n) }' "$page"
ok "there are commands to run" test -f "$T/cmd.2"

# matches GOT WANT: the same lines, where "..." may be any number of lines.
# shellcheck disable=SC2317 # it is called by ok
matches() {
	awk 'NR == FNR { got[++n] = $0; next }
		$0 == "..." { skip = 1; next }
		{
			do i++; while (skip && i <= n && got[i] != $0)
			if (i > n || got[i] != $0) { print "not there: " $0; exit bad = 1 }
			skip = 0
		}
		END { if (!bad && !skip && i < n) { print "more: " got[i + 1]; bad = 1 } exit bad }' "$1" "$2"
}
for cmd in "$T"/cmd.*; do
	n=${cmd##*.}
	LC_ALL=C.UTF-8 sh "$cmd" >"$T/got.$n" 2>&1
	ok "$(cat "$cmd")" matches "$T/got.$n" "$T/want.$n"
done
is "presets that it records" "$(sed -n 's/.*kvm-ipi record \(--dry-run \)\{0,1\}\([a-z][a-z-]*\).*/\2/p' "$page" | sort -u |
	while read -r word; do kvm-ipi --list record | cut -f1 | grep -qx -e "$word" || echo "$word"; done)" ""
grep -oE -- '--[a-z][a-z-]+' "$page" | sort -u >"$T/named"
for c in $(kvm-ipi --list | cut -f1); do kvm-ipi --list "$c"; done | cut -f1 | sort -u >"$T/known"
is "options that nobody has" "$(comm -23 "$T/named" "$T/known" | grep -vxE -- '--(no-filter|yield-target|yield-result)')" ""

done_testing
