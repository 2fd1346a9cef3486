# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# lib.sh: what the TAP scripts share. Source it first; call done_testing last.
#
# The programs under test come from the environment, so that the same scripts run against another
# build. Scripts work from the top of the tree, and in a folder $T of their own, removed at the end.

cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
# Nobody turns pages here.
export KVM_IPI_PAGER=cat

: "${BUILD:=build}"
: "${KVM_IPI:=$BUILD/kvm-ipi}"
: "${MKTRACE:=$BUILD/mktrace}"
: "${OPINION:=$BUILD/opinion-tracecmd}"

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM

# need PROGRAM...: without them nothing would be tested.
need() {
	for tap_program; do
		command -v "$tap_program" >/dev/null && continue
		echo "Bail out! $tap_program is not there: make, or set BUILD"
		exit 1
	done
}

tap_nr=0
tap_failed=0

# tap STATUS NAME: one test, passed if STATUS is 0.
tap() {
	tap_nr=$((tap_nr + 1))
	if [ "$1" = 0 ]; then
		printf '%s\n' "ok $tap_nr - $2"
	else
		tap_failed=$((tap_failed + 1))
		printf '%s\n' "not ok $tap_nr - $2"
	fi
}

# ok NAME COMMAND...: the command succeeds. What it prints is shown if it does not.
ok() {
	tap_name=$1
	shift
	if "$@" >"$T/tap.out" 2>&1; then
		tap 0 "$tap_name"
	else
		tap 1 "$tap_name"
		sed 's/^/# /' "$T/tap.out" | head -n 20
	fi
}

# is NAME GOT WANT: two strings are equal.
is() {
	if [ "$2" = "$3" ]; then
		tap 0 "$1"
	else
		tap 1 "$1"
		echo "# got:  $2"
		echo "# want: $3"
	fi
}

# same NAME GOT WANT: two files are equal.
same() {
	ok "$1" diff -u "$3" "$2"
}

# skip NAME WHY: a test that cannot run here; counted, and printed with its reason.
skip() {
	tap_nr=$((tap_nr + 1))
	echo "ok $tap_nr - $1 # SKIP $2"
}

# have_terminal: is there a pseudo-terminal to be had? In a bare chroot /dev/pts is not mounted.
have_terminal() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1
}

# on_terminal COMMAND: what a shell's command writes to its terminal; the carriage returns are the
# terminal's.
on_terminal() {
	script -qec "$1" /dev/null </dev/null | tr -d '\r'
}

# refused NAME STATUS COMMAND...: exit status, nothing on standard output, one line of error (with
# status 3, up to two more).
refused() {
	tap_name=$1
	tap_want=$2
	shift 2
	tap_got=0
	"$@" >"$T/refused.out" 2>"$T/refused.err" || tap_got=$?
	tap_lines=$(wc -l <"$T/refused.err")
	tap_max=1
	[ "$tap_want" = 3 ] && tap_max=3
	if [ "$tap_got" = "$tap_want" ] && [ ! -s "$T/refused.out" ] && [ "$tap_lines" -ge 1 ] &&
		[ "$tap_lines" -le "$tap_max" ]; then
		tap 0 "$tap_name"
	else
		tap 1 "$tap_name"
		echo "# exit $tap_got, want $tap_want; $(wc -c <"$T/refused.out") bytes of output, error:"
		sed 's/^/# /' "$T/refused.err" | head -n 5
	fi
}

done_testing() {
	echo "1..$tap_nr"
	exit "$((tap_failed > 0))"
}

# edges_csv FILE.edges: the columns of graph --format csv, both paths in one row, without a header.
edges_csv() {
	awk -F '\t' '{ n[$1 "," $2 "," $3 "," $4 "," $5] += $7 }
		END { for (k in n) print k "," n[k] }' "$1" | sort_csv
}

sort_csv() {
	sort -t, -k1,1n -k2,2n -k3,3n -k4,4n -k5,5n
}

# program_csv FILE: what the program says in the same columns; its order is left as it is.
program_csv() {
	"$KVM_IPI" graph --format csv "$1" | grep -v '^#' | tail -n +2 | cut -d, -f1-6
}
