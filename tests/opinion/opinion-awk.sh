#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-awk.sh FILE: who sent IPIs to whom, from the text of `trace-cmd report`.
#
# Prints vm_pid,vm_id,src,dst,vector,count with a header line, sorted as numbers: the columns of
# `kvm-ipi graph --format csv`, found without a line of the analyzer's code. -N keeps plugins away,
# so that the text is the print format of the event alone. Plain report shows all buffers of a
# file, those of instances with their name before the line. A field that the event does not have
# leaves its column empty.
set -eu

[ $# = 1 ] || { echo "usage: opinion-awk.sh FILE" >&2; exit 2; }

rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

# A file of its own, so that a failure of trace-cmd is seen.
trace-cmd report -N "$1" >"$rows.report" 2>"$rows.err" || {
	cat "$rows.err" >&2
	rm -f "$rows.report" "$rows.err"
	exit 1
}
awk '
function number(hex,    i, v) {
	v = 0
	for (i = 3; i <= length(hex); i++)
		v = v * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return v
}
/ kvm_ipi_track: / {
	sub(/^.* kvm_ipi_track: +/, "")
	vm = "/"; src = dst = vector = ""
	for (i = 1; i <= NF; i++) {
		if ($i == "vm") vm = $(i + 1)
		else if ($i == "vcpu") src = $(i + 1)
		else if ($i == "->") dst = $(i + 1)
		else if ($i == "vec") vector = number($(i + 1))
	}
	split(vm, id, "/")
	n[id[1] "," id[2] "," src "," dst "," vector]++
}
END {
	for (k in n)
		print k "," n[k]
}' "$rows.report" >"$rows"
rm -f "$rows.report" "$rows.err"

echo vm_pid,vm_id,src,dst,vector,count
sort -t, -k1,1n -k2,2n -k3,3n -k4,4n -k5,5n "$rows"
