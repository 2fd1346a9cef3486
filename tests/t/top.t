#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi top: what --batch writes, against report's answer on the same recording; the screen, by tmux, at
# 80 x 24 and 200 x 60, with its keys, and given back in every way to end. Counting in a kernel is the
# lab's business (tests/lab/top-check.sh).
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq tmux setpriv
captures=tests/data/captures
K=$(realpath "$KVM_IPI")
export LC_ALL=C.UTF-8

# The parts of a report that need no times, in one order.
normal='[.vms[] | { vm_pid, vm_id, vcpus, ipis, fast: .paths.fast, slow: .paths.slow, states,
	vectors: [.vectors[] | { vector, count }],
	edges: [.edges[] | { src, dst, count, vectors: [.vectors[] | { vector, count }] }] }] |
	sort_by(.vm_pid, .vm_id)'

for name in 612-c-two-vms-8 612-d-three-vms-samepid 61-c-mixed-slow 71-c-x2apic-fastpath-all 612-e-asym16; do
	"$K" report --format json "$captures/$name.dat" 2>/dev/null | jq -S "$normal" >"$T/report"
	"$K" top -q -i "$captures/$name.dat" -d 0.1 --format json | jq -sS ".[-1] | $normal" >"$T/top"
	tap "$(cmp -s "$T/report" "$T/top"; echo $?)" "$name: the last reading is what report says"
done

one=$captures/612-g-three-vms-yield.dat
"$K" top -q -i "$one" -d 0.2 --format json >"$T/all.json"
# shellcheck disable=SC2016 # jq's own $
ok "each interval is the difference of two totals" jq -es '
	[.[] | [.vms[].ipis] | add // 0] as $totals |
	[.[] | [.vms[].interval.ipis] | add // 0] as $new |
	($totals | length) > 3 and
	([range(1; $totals | length) as $i | $totals[$i] - $totals[$i - 1] == $new[$i]] | all)' "$T/all.json"
ok "every sum over pairs, vectors and states is the VM's" jq -es 'all(.[].vms[];
	([.edges[].count] | add) == .ipis and ([.vectors[].count] | add) == .ipis and
	([.states[]] | add) == .ipis and ([.paths[]] | add) == .ipis)' "$T/all.json"
"$K" top -q -i "$one" -d 0.2 --format csv >"$T/all.csv"
is "CSV has one header" "$(grep -c elapsed_ns "$T/all.csv")" 1
is "CSV says the same" \
	"$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		{ print $c["vm_pid"], $c["vm_id"], $c["ipis"], $c["new_runnable"] }' "$T/all.csv" | sort)" \
	"$(jq -r '.vms[] | "\(.vm_pid) \(.vm_id) \(.ipis) \(.interval.runnable)"' "$T/all.json" | sort)"
"$K" top -q -i "$one" -d 100 --format openmetrics >"$T/metrics"
is "OpenMetrics: all states" "$(awk '/^kvm_ipi_sent_total/ { n += $2 } END { print n }' "$T/metrics")" \
	"$(jq -s '[.[-1].vms[].ipis] | add' "$T/all.json")"
is "OpenMetrics: pairs and the sum of all others" \
	"$("$K" top -q -i "$one" -d 100 -E 2 --format openmetrics |
		awk '/^kvm_ipi_pair_total/ { n += $2; lines++ } END { print n, lines }')" \
	"$(jq -s '[.[-1].vms[].ipis] | add' "$T/all.json") 9"
is "OpenMetrics ends as it must" "$(tail -n 1 "$T/metrics")" "# EOF"
"$K" top -q -i "$one" -d 100 -o "$T/file.openmetrics" --format openmetrics
ok "a file has the same" cmp "$T/metrics" "$T/file.openmetrics"
is "--vm chooses" "$("$K" top -q -i "$one" -d 100 --vm 178 --format json | jq -c '[.vms[].vm_pid]')" "[178]"
is "-k sorts" "$("$K" top -q -i "$one" -d 100 -k vm --format json | jq -c '[.vms[].vm_pid]')" "[177,178,179]"
is "-n ends" "$("$K" top -q -i "$one" -d 0.1 -n 2 --format json | jq -s length)" 2

refused() {
	code=0
	"$K" top "$@" >"$T/out" 2>"$T/err" </dev/null || code=$?
	echo "$code $(wc -l <"$T/err") $(wc -c <"$T/out")"
}
is "no recording" "$(refused -i "$T/none.dat")" "1 1 0"
is "a recording without IPIs" "$(refused -i "$captures/612s-a-xapic.dat")" "3 1 0"
is "no delay" "$(refused -d 0)" "2 1 0"
is "no number" "$(refused -d 1x)" "2 1 0"
is "no backend" "$(refused --backend ebpf)" "2 1 0"
is "no column" "$(refused -k colour)" "2 1 0"
is "a file that is no option" "$(refused trace.dat)" "2 1 0"
for backend in tracepoint fentry; do
	code=0
	setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$K" top --batch -n 1 \
		--backend "$backend" >"$T/out" 2>"$T/err" </dev/null || code=$?
	is "$backend without rights: one line names the capability" \
		"$code $(cat "$T/err")" "1 kvm-ipi: needs CAP_SYS_ADMIN"
done

# The screen. Nothing here waits for a time: for_text waits for a text.
session() {
	tmux -L "kvm-ipi-$$" -f /dev/null "$@"
}
start() {
	size=$1
	shift
	session new-session -d -s top -x "${size%x*}" -y "${size#*x}" \
		"until [ -e $T/go ]; do sleep 0.05; done; stty -g >$T/before; $*; \
		echo \$? >$T/code; stty -g >$T/after; exec sleep 1000"
	session pipe-pane -t top "cat >>$T/raw"
	: >"$T/go"
}
shown() {
	session capture-pane -p -t top
}
for_text() {
	tries=0
	until shown | grep -q -e "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		sleep 0.1
	done
}
# for_row ROW TEXT
# shellcheck disable=SC2317 # ok calls it
for_row() {
	tries=0
	until shown | sed -n "$1p" | grep -q -e "$2"; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		sleep 0.1
	done
}
key() {
	session send-keys -t top "$@"
}
for_file() {
	tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		sleep 0.1
	done
}
stop() {
	session kill-session -t top
	rm -f "$T/raw" "$T/code" "$T/before" "$T/after" "$T/go"
}
trap 'tmux -L "kvm-ipi-$$" kill-server 2>/dev/null; rm -rf "$T"' EXIT

for size in 80x24 200x60; do
	start "$size" "$K top -i $one -d 0.2"
	ok "$size: VMs" for_text '177/2'
	key f
	ok "$size: frozen" for_text FROZEN
	shown >"$T/frame"
	is "$size: no line is cut or broken" "$(awk -v w="${size%x*}" 'length($0) > w' "$T/frame")" ""
	is "$size: the line of keys is the last one" \
		"$(awk '/^Enter pairs/ { print NR }' "$T/frame")" "${size#*x}"
	key k
	key s
	ok "$size: sorted by another column" for_text '(ipis)'
	key Enter
	ok "$size: the pairs of a VM" for_text '%OF VM'
	key q m
	ok "$size: its matrix" for_text 'a cell: 1 x 1 vCPUs'
	key q h
	ok "$size: the keys" for_text 'Page Up'
	key q r
	ok "$size: a recording is not recorded" for_text 'a recording already'
	session resize-window -t top -x 100 -y 30
	key h
	key q
	ok "$size: another size" for_row 30 'Enter pairs'
	key q
	ok "$size: it ends" for_file "$T/after"
	is "$size: exit code" "$(cat "$T/code")" 0
	ok "$size: the terminal is as before" cmp "$T/before" "$T/after"
	stop
done

start 80x24 "NO_COLOR=1 $K top -i $one -d 0.1"
for_text '764 in all'
key q
for_file "$T/after"
is "NO_COLOR: no colour" "$(grep -c "$(printf '\033\\[[0-9;]*3[0-9]m')" "$T/raw")" 0
is "the screen is cleared once, at its beginning" "$(grep -o "$(printf '\033\\[2J')" "$T/raw" | wc -l)" 1
stop

for signal in INT TERM HUP QUIT; do
	start 80x24 "$K top -i $one -d 0.2"
	for_text '177/2'
	kill "-$signal" "$(session list-panes -t top -F '#{pane_pid}' | xargs -n 1 pgrep -x kvm-ipi -P)"
	ok "SIG$signal ends it" for_file "$T/after"
	is "SIG$signal: exit code, terminal" "$(cat "$T/code") $(cmp "$T/before" "$T/after" 2>&1)" "0 "
	stop
done
start 80x24 "$K top -i $one -d 0.2"
for_text '177/2'
pid=$(session list-panes -t top -F '#{pane_pid}' | xargs -n 1 pgrep -x kvm-ipi -P)
session kill-server
tries=0
while [ -d "/proc/$pid" ] && [ "$tries" -lt 600 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
is "a lost terminal ends it" "$(ls -d "/proc/$pid" 2>/dev/null)" ""
rm -f "$T/raw" "$T/code" "$T/before" "$T/after" "$T/go"

# 1,000 vCPUs in two VMs, thousands of pairs.
"$MKTRACE" --events 100000 --vms 2 --vcpus 500 --edges 20000 --step-ns 100000 "$T/large.dat" 2>/dev/null
start 200x60 "$K top -i $T/large.dat -d 0.5"
ok "1,000 vCPUs: two VMs of 500" for_text ' 500 '
key m
ok "1,000 vCPUs: the matrix fits" for_text 'a cell: 10 x 10 vCPUs'
key q
for_text 'HOTTEST'
: >"$T/raw"
key f
for_text FROZEN
key f
for_text '100k in all'
key q
for_file "$T/after"
is "1,000 vCPUs: exit code" "$(cat "$T/code")" 0
is "1,000 vCPUs: lines are written, not screens" "$(grep -o "$(printf '\033\\[2J')" "$T/raw" | wc -l)" 0
stop

done_testing
