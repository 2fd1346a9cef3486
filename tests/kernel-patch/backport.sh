#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# backport.sh SERIES RELEASE: in what a backport's patches differ from those for 7.1.
#
# The series for 7.1 is the source, the others are derived from it. Of each patch, the added and the
# removed lines are compared as a sorted list, since functions are in other files and places, and
# without indentation: "7.1 LINE" has only the source, "RELEASE LINE" only the backport. The result
# belongs into SERIES/linux-RELEASE/differences, where lines that begin with # give the reason;
# backport.t compares.
set -euo pipefail

[ $# = 2 ] || { echo "usage: backport.sh SERIES RELEASE" >&2; exit 2; }
series=$1 release=$2

# The added and removed lines of a patch, after its header.
changes() {
	sed '1,/^diff --git/d' "$1" | grep '^[-+]' | grep -v -E '^(\+\+\+|---) ' |
		sed -E 's/^([-+])[[:space:]]+/\1/; s/^[-+]$//; /^$/d' | LC_ALL=C sort
}

found=$(mktemp)
trap 'rm -f "$found"' EXIT
cd "$series/linux-$release"
for patch in 0*.patch policies/0*.patch; do
	case $patch in
	*/0000-* | 0000-* | *'*'*) continue ;;
	esac
	if [ ! -f "../linux-7.1/$patch" ]; then
		echo "$patch: not in the source"
		continue
	fi
	LC_ALL=C comm -3 --output-delimiter=$'\x01' <(changes "../linux-7.1/$patch") <(changes "$patch") |
		sed -e "s/^\x01/$release /; t found" -e 's/^/7.1 /' -e ': found' >"$found"
	[ ! -s "$found" ] || {
		echo "$patch"
		cat "$found"
	}
done
