#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the program does on a terminal and not elsewhere: the pager, and the progress of a long reading.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" script
K=$(realpath "$KVM_IPI")
trace=$PWD/tests/data/captures/612-a-xapic.dat
export TERM=xterm
unset KVM_IPI_PAGER PAGER LESS

have_terminal || {
	skip "the pager and the progress" "no pseudo-terminal to be had (is /dev/pts mounted?)"
	done_testing
}
cat >"$T/pager" <<'EOF'
#!/bin/sh
echo "[pager LESS=$LESS]"
cat
echo "[end]"
EOF
chmod +x "$T/pager"
"$K" report --color never "$trace" >"$T/plain"

KVM_IPI_PAGER=$T/pager on_terminal "'$K' report --color never '$trace'" >"$T/paged"
is "KVM_IPI_PAGER is used" "$(head -n 1 "$T/paged")" "[pager LESS=FRX]"
is "it is waited for" "$(tail -n 1 "$T/paged")" "[end]"
is "it gets all of it" "$(sed '1d;$d' "$T/paged" | tr -s ' \n' ' ' | wc -w)" "$(wc -w <"$T/plain" | tr -d ' ')"
is "PAGER is the next" "$(PAGER=$T/pager on_terminal "'$K' report '$trace'" | head -n 1)" \
	"[pager LESS=FRX]"
is "KVM_IPI_PAGER wins over PAGER" "$(KVM_IPI_PAGER=cat PAGER=$T/pager on_terminal "'$K' report '$trace'" |
	grep -c '^\[pager')" 0
is "an empty one is none" "$(KVM_IPI_PAGER='' PAGER=$T/pager on_terminal "'$K' report '$trace'" | grep -c '^\[pager')" 0
is "LESS is the user's" "$(LESS=S PAGER=$T/pager on_terminal "'$K' report '$trace'" | sed -n 's/^.pager \(LESS=S\).*/\1/p')" LESS=S
is "a pager with options" "$(PAGER="$T/pager -x" on_terminal "'$K' report '$trace'" | grep -c '^\[pager')" 1
is "TERM=dumb: none" "$(TERM=dumb PAGER=$T/pager on_terminal "'$K' report '$trace'" | grep -c '^\[pager')" 0
ok "a pager that is not there: the text is printed" \
	sh -c "PAGER=/nowhere/pager script -qec \"'$K' report '$trace'\" /dev/null </dev/null | grep -q '466'"
is "--no-pager: none" "$(PAGER=$T/pager on_terminal "'$K' report --no-pager '$trace'" | grep -c '^\[pager')" 0
is "--no-pager before the command: none" "$(PAGER=$T/pager on_terminal "'$K' --no-pager report '$trace'" | grep -c '^\[pager')" 0
is "--no-pager before a file: report" "$("$K" --no-pager "$trace" | head -n 1)" "# $trace"
is "not into a pipe" "$(PAGER=$T/pager "$K" report "$trace" | grep -c '^\[pager')" 0
is "not with -o" "$(PAGER=$T/pager on_terminal "'$K' report -o '$T/out' '$trace'" | grep -c '^\[pager')" 0
is "colour goes through it" "$(PAGER=$T/pager on_terminal "'$K' report '$trace'" |
	grep -c "$(printf '\033')\\[" | grep -vcx 0)" 1
code=$(PAGER=$T/pager on_terminal "'$K' report --strict tests/data/captures/612-l-lossy.dat; echo code=\$?" | grep -o 'code=[0-9]*')
is "exit codes are the same behind a pager" "$code" "code=4"
code=$(PAGER="true" on_terminal "'$K' graph '$trace'; echo code=\$?" | grep -c 'code=')
is "a pager that leaves at once does no harm" "$code" 1
is "no progress on a short reading" "$(KVM_IPI_PAGER="" on_terminal "'$K' report '$trace'" | grep -c reading:)" 0


done_testing
