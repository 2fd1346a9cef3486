#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Rates over time: every bin holds what report counts in its time, and bursts are what the definition says.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq gnuplot xmllint
C=tests/data/captures
E=$C/612-e-asym16.dat

"$KVM_IPI" timeline --format json --bin 100ms -E 3 "$E" >"$T/e.json"
is "all bins together are all IPIs" "$(jq '[.vms[0].counts[]] | add' "$T/e.json")" 2277
is "a pair's bins together are its IPIs" "$(jq -c '[.vms[0].pairs[] | [.src, .dst, (.counts | add)]]' "$T/e.json")" \
	"[[14,1,166],[0,1,48],[0,15,33]]"
for bin in 0 7 30 40; do
	# Both ends of --time belong to it.
	from=$(awk -v b=$bin 'BEGIN { printf "%.9f", b / 10 }')
	to=$(awk -v b=$bin 'BEGIN { printf "%.9f", (b + 1) / 10 - 1e-9 }')
	is "bin $bin is what report counts from +$from to +$to" "$(jq ".vms[0].counts[$bin]" "$T/e.json")" \
		"$("$KVM_IPI" report --format json --time "+$from,+$to" "$E" | jq '.vms[0].ipis // 0')"
done
is "CSV has the same numbers" \
	"$("$KVM_IPI" timeline --format csv --bin 100ms -E 3 "$E" | awk -F, 'NR > 1 { n[$3 "," $4] = n[$3 "," $4] " " $7 }
		END { print n[","]; print n["14,1"] }')" \
	"$(jq -r '.vms[0] | (.counts, .pairs[0].counts) | map(" \(.)") | join("")' "$T/e.json")"
is "bursts are runs of bins with three times the mean and ten IPIs" \
	"$(jq -c '[.vms[0].bursts[] | [.start_ns / 100000000, .length_ns / 100000000, .count]]' "$T/e.json")" \
	"$(jq -c '.vms[0].counts as $c | ($c | add) as $sum | ($c | length) as $n |
		[range(0; $n) | select($c[.] >= 10 and $c[.] * $n >= 3 * $sum)] |
		reduce .[] as $i ([]; if length > 0 and .[-1][0] + .[-1][1] == $i
			then .[-1][1] += 1 | .[-1][2] += $c[$i] else . + [[$i, 1, $c[$i]]] end)' "$T/e.json")"
is "--burst: a higher bar, fewer bursts" "$("$KVM_IPI" timeline --format json --bin 100ms --burst 100 "$E" |
	jq '.vms[0].bursts | length')" 0

"$KVM_IPI" timeline --format json --time +1,+2 "$E" >"$T/part.json"
is "--time: bins begin there" "$(jq -c '[.start_ns, .bins >= 100]' "$T/part.json")" "[1000000000,true]"
is "--time: and hold what is in it" "$(jq '[.vms[0].counts[]] | add' "$T/part.json")" \
	"$("$KVM_IPI" report --format json --time +1,+2 "$E" | jq '.vms[0].ipis')"

# Time may jump; the number of bins is bounded all the same.
"$MKTRACE" --events 5000 --vcpus 5 --vms 3 --time-extend "$T/jumps.dat"
is "jumps in time: all are counted, in up to 200 bins" \
	"$("$KVM_IPI" timeline --format json "$T/jumps.dat" | jq -c '[([.vms[].counts[]] | add), .bins <= 200]')" "[5000,true]"
refused "too many bins" 2 "$KVM_IPI" timeline --bin 1ns "$E"
refused "no time" 2 "$KVM_IPI" timeline --bin 10 "$E"

ok "text in a UTF-8 locale has blocks" sh -c "LC_ALL=C.UTF-8 '$KVM_IPI' timeline $E | grep -q '█'"
ok "text elsewhere is ASCII" sh -c "! LC_ALL=C '$KVM_IPI' timeline $E | LC_ALL=C grep -q '[^ -~]'"

"$KVM_IPI" timeline -o "$T/l.svg" $C/612-l-lossy.dat
ok "SVG is XML" xmllint --noout "$T/l.svg"
is "SVG: a strip for each VM, with units, and loss" "$(sed -n 's|.*<text>\(.*\)</text>.*|\1|p' "$T/l.svg" |
	grep -c '^VM 17[23]/[12]: \|^IPIs per second$\|^time since the first record (s)$\|lower bounds')" 5
"$MKTRACE" --events 20000 --vms 40 --vcpus 4 "$T/40.dat"
"$KVM_IPI" timeline -o "$T/40.svg" "$T/40.dat"
ok "SVG: of 40 VMs the 20 busiest, and it is said" grep -q '<text>the 20 busiest of 40 VMs' "$T/40.svg"
"$KVM_IPI" timeline -o "$T/e.png" "$E"
is "PNG is one" "$(od -An -c -N 4 "$T/e.png" | tr -d ' ')" "211PNG"
refused "gnuplot is missing" 1 env PATH=/nonexistent "$KVM_IPI" timeline -o "$T/x.png" "$E"
ok "gnuplot is missing: no file" test ! -e "$T/x.png"

"$KVM_IPI" timeline --script -o "$T/s.png" "$E"
mkdir "$T/own"
mv "$T/s.gnuplot" "$T/s.data" "$T/own"
(cd "$T/own" && gnuplot s.gnuplot 2>/dev/null)
same "--script: gnuplot makes the same picture of what is left" "$T/own/s.png" "$T/s.png"

done_testing
