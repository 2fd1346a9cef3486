#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-acks.sh FILE: acknowledgements in a trace of one VM, from the text of trace-cmd report.
#
# Prints acknowledged, unacknowledged, p50_ns, p99_ns (nearest rank, exact), and for the rules v3, v2
# and none stale_ns and lost_early, with a window of 50 ms. Hints are kept as a list of all that were
# ever sent; each EOI looks through it. Slow and simple. For traces without lost events.
set -eu

[ $# = 1 ] || { echo "usage: opinion-acks.sh FILE" >&2; exit 2; }

text=$(mktemp)
trap 'rm -f "$text" "$text.delays"' EXIT
trace-cmd report -t -N "$1" >"$text" 2>/dev/null
awk -v delays="$text.delays" '
function number(hex,    i, v) {
	for (i = 1; i <= length(hex); i++)
		v = v * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return v
}
match($0, /\[[0-9]+\][^:]* [0-9]+\.[0-9]+: /) {
	stamp = substr($0, RSTART, RLENGTH)
	sub(/^\[[0-9]+\][^:]* /, "", stamp)
	sub(/: $/, "", stamp)
	split(stamp, part, ".")
	T = part[1] * 1000000000 + part[2]
}
/ kvm_ipi_track: / {
	sub(/^.* kvm_ipi_track: +/, "")
	s = $4
	if (s in last)
		next_at[last[s]] = T
	n++
	src[n] = s; dst[n] = $6; at[n] = T
	for (i = 1; i <= NF; i++)
		if ($i == "vec")
			vec[n] = number(substr($(i + 1), 3))
	last[s] = n
}
/ kvm_eoi: / {
	sub(/^.* kvm_eoi: +/, "")
	r = number($2)
	v = $4
	if (v < 0)
		next
	for (i = 1; i <= n; i++) {
		# Of another receiver; but the EOI of a sender wipes its own hint under v2.
		own = src[i] == r
		if (dst[i] != r && !own)
			continue
		current = last[src[i]] == i && T - at[i] <= 50000000
		if (current && !(i in v2_end)) {
			v2_end[i] = T
			lost += vec[i] != v && !(i in ack)
		}
		if (dst[i] == r && vec[i] == v && !(i in ack))
			ack[i] = T
	}
}
END {
	for (i = 1; i <= n; i++) {
		end = i in next_at && next_at[i] < at[i] + 50000000 ? next_at[i] : at[i] + 50000000
		if (end > T)
			end = T
		if (!(i in ack)) {
			missing++
			continue
		}
		acked++
		printf "%.0f\n", ack[i] - at[i] >delays
		if (end > ack[i])
			none += end - ack[i]
		e = i in v2_end && v2_end[i] < end ? v2_end[i] : end
		if (e > ack[i])
			v2 += e - ack[i]
	}
	printf "%d %d\nv3 0 0\nv2 %.0f %d\nnone %.0f 0\n", acked, missing, v2, lost, none
}' "$text" >"$text.out"
head -n 1 "$text.out"
for p in 50 99; do
	sort -n "$text.delays" | awk -v p="$p" '{ d[NR] = $1 }
		END { r = int((NR * p + 99) / 100); printf "p%d %s\n", p, d[r < 1 ? 1 : r] }'
done
tail -n +2 "$text.out"
rm -f "$text.out"
