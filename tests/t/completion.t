#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Completion for bash offers what the program takes: every command, and every option of every command.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" bash
script=$PWD/docs/completion/kvm-ipi
mkdir "$T/bin" "$T/empty"
ln -s "$(realpath "$KVM_IPI")" "$T/bin/kvm-ipi"
PATH=$T/bin:$PATH

# offers WORD...: what is offered for the last word, sorted, in one line.
offers() {
	(cd "$T/empty" && bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_kvm_ipi
		printf "%s\n" "${COMPREPLY[@]}"' "$script" "$@" | sort -u | tr '\n' ' ' | sed 's/ $//')
}

# sorted: lines of standard input in the same way.
sorted() {
	sort -u | tr '\n' ' ' | sed 's/ $//'
}

commands=$(kvm-ipi --list | cut -f1)
ok "there are commands" test "$(echo "$commands" | wc -l)" -ge 5
is "the first word: all commands" "$(offers kvm-ipi '')" "$( (echo help; echo "$commands") | sorted)"
is "the first word: its beginning" "$(offers kvm-ipi rep)" report
is "help: all commands" "$(offers kvm-ipi help '')" "$(echo "$commands" | sorted)"
is "no command: its own options, and report's" "$(offers kvm-ipi --ver)" "--verbose --version"
for c in $commands; do
	is "--help names $c as --list does" "$(kvm-ipi --help | grep -c "^  $c ")" 1
	kvm-ipi --list "$c" | grep '^--' | cut -f1 >"$T/options"
	is "$c: --list and --help have the same options" "$(sorted <"$T/options")" \
		"$(kvm-ipi "$c" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' | grep -v -x -e --help | sorted)"
	is "$c: all options are offered" "$(offers kvm-ipi "$c" --)" "$( (echo --help; cat "$T/options") | sorted)"
	kvm-ipi --list "$c" | grep '^--' | while IFS='	' read -r name letter value values; do
		if [ "$values" != - ]; then
			is "$c $name: its values" "$(offers kvm-ipi "$c" "$name" '')" "$(echo "$values" | tr , '\n' | sorted)"
			is "$c $name=: its values" "$(offers kvm-ipi "$c" "$name" = '')" "$(echo "$values" | tr , '\n' | sorted)"
		elif [ "$value" = - ]; then
			is "$c $name: no value" "$(offers kvm-ipi "$c" "$name" --"${name#--}")" "$name"
		fi
		[ "$letter" = - ] || [ "$values" = - ] ||
			is "$c -$letter: its values" "$(offers kvm-ipi "$c" "-$letter" '')" "$(echo "$values" | tr , '\n' | sorted)"
	done >"$T/values"
	grep -E '^(ok|not ok|#)' "$T/values"
	tap_nr=$((tap_nr + $(grep -c '^ok\|^not ok' "$T/values")))
	tap_failed=$((tap_failed + $(grep -c '^not ok' "$T/values")))
done
is "record: presets" "$(offers kvm-ipi record yield)" "yield yield-truth"
touch "$T/empty/trace.dat"
mkdir "$T/empty/host"
is "files" "$(offers kvm-ipi report t)" trace.dat
is "files of an option" "$(offers kvm-ipi report -i tr)" trace.dat
is "folders of an option" "$(offers kvm-ipi check --root '')" host
is "files without a command" "$(offers kvm-ipi tr)" trace.dat
refused "--list of an unknown command" 2 "$KVM_IPI" --list repotr
ok "bash reads it without complaint" bash -n "$script"

done_testing
