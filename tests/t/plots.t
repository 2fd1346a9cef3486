#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The window sweep and latencies as pictures: their numbers are those of the JSON; script and data alone make
# the same picture; names are text; gnuplot may be missing, and then nothing is left behind.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" gnuplot xmllint jq pngtopnm
K=$(realpath "$KVM_IPI")
C=$PWD/tests/data/captures
G=$C/612-g-three-vms-yield.dat
probes="--yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret"

# shellcheck disable=SC2086 # words
"$K" yield $probes --script --vm 177 -o "$T/y.png" "$G"
# shellcheck disable=SC2086
"$K" yield $probes --vm 177 --format json "$G" >"$T/y.json"
# index N FILE: the N-th block of a data file, without remarks.
index() {
	awk -v n="$1" '/^$/ { if (!blank++) block++; next } { blank = 0 } !/^#/ && block == n' "$2"
}
index 0 "$T/y.data" | awk '{ printf "%d %.1f %.1f %.1f\n", $1 * 1000000 + 0.5, $2, $3, $4 }' >"$T/got"
jq -r '.vms[0].hints[] | "\(.window_ns) \(.retargeted) \(.refreshed) \(.expired) \(.recorded)"' "$T/y.json" |
	awk '{ printf "%d %.1f %.1f %.1f\n", $1, 100 * $2 / $5, 100 * $3 / $5, 100 * $4 / $5 }' >"$T/want"
is "sweep: hints, to a tenth" "$(paste "$T/got" "$T/want" | awk '{ for (i = 1; i <= 4; i++) if ($i - $(i + 4) > 0.11 ||
	$(i + 4) - $i > 0.11) print }')$(wc -l <"$T/got")" 11
is "sweep: all windows of the second panel" "$(index 1 "$T/y.data" | wc -l)" "$(wc -l <"$T/want")"
# At the window of the replay, the sweep's curves meet the policies' own shares.
is "sweep: at 50 ms, what the policies hit" "$(index 1 "$T/y.data" | awk '$1 == 50 { printf "%.0f\n", $4 }')" \
	"$(jq -r '.vms[0].replay.policies[] | select(.policy == "stock") | 100 * .hits / (.hits + .missed)' \
		"$T/y.json" | awk '{ printf "%.0f\n", $1 }')"
is "sweep: the suggested window is marked" "$(sed -n 's/^set arrow 1 from first \([0-9.]*\),.*/\1/p' "$T/y.gnuplot")" \
	"$(jq '.vms[0].replay.suggested_window_ns / 1000000' "$T/y.json")"

"$K" latency --script --vm 177 -o "$T/l.png" "$G"
index 0 "$T/l.data" | awk '{ print $1, $3, $4, $5, $6, $7 }' | head -n 4 >"$T/got"
"$K" latency --vm 177 --format csv "$G" | awk -F, '$3 == "vm" {
	printf "%d %.6g %.6g %.6g %.6g %d\n", n++, $13 / 1000, $14 / 1000, $15 / 1000, $16 / 1000, $10 }' >"$T/want"
same "latencies: stages" "$T/got" "$T/want"
is "latencies: a row for each state of the last two stages" "$(index 0 "$T/l.data" | sed 1,4d | wc -l)" \
	"$((2 * $("$K" latency --vm 177 --format csv "$G" | awk -F, '$3 == "state" { print $7 }' | sort -u | wc -l)))"

for name in y l; do
	size=$(pngtopnm "$T/$name.png" | head -n 2 | tail -n 1 | tr ' ' ,)
	is "$name: as large as its script says" "$size" \
		"$(sed -n 's/^set terminal.* size \([0-9,]*\) .*/\1/p' "$T/$name.gnuplot")"
	mkdir "$T/own-$name"
	mv "$T/$name.gnuplot" "$T/$name.data" "$T/own-$name"
	(cd "$T/own-$name" && gnuplot "$name.gnuplot" 2>/dev/null)
	same "$name: gnuplot makes the same picture of what is left" "$T/own-$name/$name.png" "$T/$name.png"
done

printf "177 <script>it's\n" >"$T/names"
for command in yield latency; do
	"$K" $command --vm-names "$T/names" -o "$T/$command.svg" "$G"
	ok "$command: SVG is XML" xmllint --noout "$T/$command.svg"
	ok "$command: names are text" grep -q "<text>VM 177/.* &lt;script>it's" "$T/$command.svg"
	"$K" $command -o "$T/$command.pdf" "$G"
	is "$command: PDF is one" "$(head -c 5 "$T/$command.pdf")" "%PDF-"
	refused "$command: --script wants a file" 2 "$K" $command --script --format png "$G"
	refused "$command: --script wants a picture" 2 "$K" $command --script "$G"
	mkdir "$T/none-$command"
	refused "$command: gnuplot is missing" 1 env PATH="$T/none-$command" "$K" $command -o "$T/none-$command/x.png" "$G"
	is "$command: nothing is left" "$(ls -A "$T/none-$command")" ""
	"$K" $command --plot "$G" >"$T/plot"
	is "$command: --plot has every VM" "$(grep -c '^VM 17' "$T/plot")" 3
done
"$K" yield -o "$T/lossy.svg" "$C/612-l-lossy.dat"
ok "loss is said in the picture" grep -q 'lower bounds' "$T/lossy.svg"
ok "loss is said in the terminal" sh -c "'$K' yield --plot '$C/612-l-lossy.dat' | grep -q '^#.*lower bounds'"
"$MKTRACE" --events 20000 --vcpus 8 --vms 40 "$T/40.dat"
"$K" yield -o "$T/40.svg" "$T/40.dat"
ok "40 VMs: the busiest, and it is said" grep -q 'the 12 busiest of 40 VMs' "$T/40.svg"
is "40 VMs: panels" "$(grep -c '<text>VM [0-9/]*: what becomes of a hint' "$T/40.svg")" 12

done_testing
