#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The KernelShark plugin: its data are those of `latency`, there is an arrow for each IPI that is under
# way in the visible time, it can be unloaded, and KernelShark itself shows it (under Xvfb).
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

PLUGIN=$BUILD/kernelshark/plugin-kvm_ipi.so
need "$KVM_IPI" "$MKTRACE" "$PLUGIN" "$BUILD/ipis-print" "$BUILD/arrows" jq valgrind nm kernelshark Xvfb \
	xdotool import convert
D=tests/data/captures

# latency FILE: every IPI as `latency` has it, in the columns of ipis-print.
latency() {
	"$KVM_IPI" latency --slowest ALL --format json "$1" >"$T/latency.json"
	jq -r '.slowest[] | .sent_ts_ns as $sent | [$sent] + ([.accepted, .injected, .acknowledged, .running] |
		map(if . == null then "-" else . + $sent end)) + [.src_pid, .dst_pid // 0, .src, .dst,
		.vector // 256, .state] | @tsv' "$T/latency.json" | sort
}

for name in 612-g-three-vms-yield 612-n-k-debian612-nopv-all 612s-g-three-vms-yield 612-l-lossy; do
	"$BUILD/ipis-print" "$D/$name.dat" >"$T/ipis"
	cut -f 1-11 "$T/ipis" | sort >"$T/got"
	latency "$D/$name.dat" >"$T/want"
	same "$name: threads and stages of every IPI" "$T/got" "$T/want"
	ok "$name: sorted by time" sort -n -c -k 1,1 "$T/ipis"
done
is "stock pairs: as many IPIs as the guests sent" "$("$BUILD/ipis-print" $D/612s-a-xapic.dat | wc -l)" \
	"$(awk '{ n += $7 } END { print n }' $D/612s-a-xapic.edges)"
is "probes: as many IPIs as the guests sent" "$("$BUILD/ipis-print" $D/612s-probes-states.dat | wc -l)" \
	"$(awk '{ n += $7 } END { print n }' $D/612s-probes-states.edges)"
is "the text of an IPI" "$("$BUILD/ipis-print" $D/612-g-three-vms-yield.dat | head -n 1 | cut -f 12)" \
	"vCPU 0 -> 1 0x32, receiver preempted, accepted +228.3 us, injected +7.44 ms, EOI +7.98 ms, running +7.17 ms"
is "a file that is none" "$("$BUILD/ipis-print" "$D/README.md" 2>&1 | wc -l)" 1

# drawn NAME FILE VM PIDS [FROM TO]...: the arrows of each picture are the IPIs between these threads that
# are under way in it.
drawn() {
	name=$1
	file=$2
	pids=$3
	shift 3
	"$BUILD/arrows" "$PLUGIN" "$file" "$pids" "$@" 2>"$T/err" | grep -v '^loading' >"$T/pictures"
	"$BUILD/ipis-print" "$file" >"$T/ipis"
	want=$(awk -F '\t' -v pids="$pids" '
		BEGIN { n = split(pids, p, ","); for (i = 1; i <= n; i++) shown[p[i]] = 1 }
		NR == FNR {
			last = $1
			for (i = 2; i <= 5; i++) if ($i != "-" && $i > last) last = $i
			if (shown[$6] && shown[$7]) { from[++ipis] = $1; to[ipis] = last }
			next
		}
		{
			split($0, range, " ")
			count = 0
			for (i = 1; i <= ipis; i++) count += from[i] <= range[2] && to[i] >= range[1]
			print count
		}' "$T/ipis" "$T/pictures" | xargs)
	is "$name: arrows" "$(awk '{ print $4 }' "$T/pictures" | xargs)" "$want"
	is "$name: a shape for each" "$(awk '{ print $3 }' "$T/pictures" | xargs)" "$want"
}

drawn "one of three VMs" $D/612-g-three-vms-yield.dat 188,189,194,195 9240000000 9310000000 \
	9253390000 9253400000 9100000000 9100100000
is "one of three VMs: all that its guest sent" "$(awk 'NR == 1 { print $4 }' "$T/pictures")" \
	"$(awk '$1 == 178 { n += $7 } END { print n }' $D/612-g-three-vms-yield.edges)"
drawn "two threads of it" $D/612-g-three-vms-yield.dat 188,189 9240000000 9310000000
drawn "one alone" $D/612-g-three-vms-yield.dat 188
drawn "stock events" $D/612s-g-three-vms-yield.dat \
	"$("$BUILD/ipis-print" $D/612s-g-three-vms-yield.dat | cut -f 6,7 | tr '\t' '\n' | sort -un | xargs | tr ' ' ,)"

# Beyond 10,000 arrows, those that cover the same pixels are one.
"$MKTRACE" --events 30000 --vcpus 4 --cpus 4 "$T/many.dat"
pids=$("$BUILD/ipis-print" "$T/many.dat" | cut -f 6,7 | tr '\t' '\n' | sort -un | xargs | tr ' ' ,)
"$BUILD/arrows" "$PLUGIN" "$T/many.dat" "$pids" 2>"$T/err" | grep -v '^loading' | head -n 1 >"$T/pictures"
is "many: they stand for all" "$(awk '{ print ($4 > 10000) }' "$T/pictures")" 1
is "many: with fewer shapes" "$(awk '{ print ($3 < $4) }' "$T/pictures")" 1

is "no other symbol is exported" "$(nm -D --defined-only "$PLUGIN" | awk '$2 != "w" && $2 != "V" && $2 != "W" &&
	$2 != "u" && !/ (_edata|_end|__bss_start)$/ { print $3 }' | sort | xargs)" \
	"kshark_data_plugin_deinitializer kshark_data_plugin_initializer kshark_plugin_menu_initializer"

# clean NAME COMMAND...: valgrind finds nothing.
clean() {
	tap_name=$1
	shift
	ok "valgrind: $tap_name" valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect,possible \
		--suppressions=tests/viewers/kshark.supp "$@"
}
clean "the data part" "$BUILD/ipis-print" $D/612-g-three-vms-yield.dat
clean "stock events" "$BUILD/ipis-print" $D/612s-a-xapic.dat
clean "drawn, unloaded, loaded, drawn, closed" "$BUILD/arrows" "$PLUGIN" $D/612-g-three-vms-yield.dat \
	188,189,194,195 9240000000 9310000000

# KernelShark itself, at the slowest IPI. A picture is kept for looking at it.
export XDG_RUNTIME_DIR="$T/run" KS_USER_CACHE_DIR="$T/cache" LIBGL_ALWAYS_SOFTWARE=1 QT_X11_NO_MITSHM=1
mkdir -m 700 "$T/run" "$T/cache"
printf '[General]\nnoRootWarn=true\n' >"$T/cache/setting.ini"
mkdir -p "$BUILD/viewers"
mkfifo "$T/display"
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$T/display" >/dev/null 2>&1 &
xvfb=$!
read -r number <"$T/display"
export DISPLAY=":$number"
trap 'kill "$xvfb" $ks 2>/dev/null; rm -rf "$T"' EXIT
ks=

# pixels COLOUR PICTURE: how many have it.
pixels() {
	convert "$2" -fill black +opaque "$1" -fill white -opaque "$1" -format '%[fx:round(mean*w*h)]' info:
}

# wait_for COMMAND...: up to 30 s.
wait_for() {
	for _ in $(seq 150); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	return 1
}

# shellcheck disable=SC2317 # called by wait_for
# painted: the graphs' base lines and labels are there, and nothing changes any more.
painted() {
	import -window root "$T/now.png"
	[ "$(pixels '#ffffff' "$T/now.png")" -gt 200000 ] || return 1
	sleep 0.5
	import -window root "$T/later.png"
	cmp -s "$T/now.png" "$T/later.png"
}

# shellcheck disable=SC2317 # called by ok
show() {
	kernelshark "$@" >"$T/ks.log" 2>&1 &
	ks=$!
	wait_for xdotool search --onlyvisible --name 'Kernel ?Shark' && wait_for painted
}

# shellcheck disable=SC2317 # called by ok
# quit: by its own menu's key; the exit code is KernelShark's.
quit() {
	xdotool search --onlyvisible --name 'Kernel ?Shark' windowfocus key ctrl+q
	wait "$ks"
	status=$?
	ks=
	return "$status"
}

KVM_IPI=$KVM_IPI PLUGIN=$PLUGIN examples/kernelshark.sh -o "$T/session.json" $D/612-g-three-vms-yield.dat
ok "KernelShark opens the slowest IPI's session" show -p "$PLUGIN" -s "$T/session.json"
import -window root "$BUILD/viewers/kernelshark.png"
blue=$(pixels '#0072b2' "$BUILD/viewers/kernelshark.png")
ok "an arrow in the colour of a receiver in the host: $blue pixels" test "$blue" -gt 400
# A double click on the middle of it, which goes from graph to graph.
middle=$(convert "$BUILD/viewers/kernelshark.png" txt:- | awk -F '[,: ]' '/#0072B2/ && $2 > 165 && $1 > 500 && $1 < 700 {
	print $1, $2; exit }')
# shellcheck disable=SC2086 # two numbers
xdotool mousemove $middle click --repeat 2 --delay 60 1
wait_for painted
import -window root "$BUILD/viewers/kernelshark-selected.png"
marker=$(pixels '#008000' "$BUILD/viewers/kernelshark-selected.png")
ok "a double click sets the markers: $marker pixels of marker A" test "$marker" -gt \
	"$(($(pixels '#008000' "$BUILD/viewers/kernelshark.png") + 200))"
ok "KernelShark ends as it should" quit
is "and has nothing to say" "$(grep -v '^loading plugin\|already loaded\|^Loading' "$T/ks.log")" ""
jq '.["data streams"][0].plugins.registered = [["sched_events", true]] | del(.["User Plugins"])' \
	"$T/session.json" >"$T/without.json"
ok "KernelShark without the plugin" show -s "$T/without.json"
import -window root "$T/without.png"
ok "has no such arrow" test "$(pixels '#0072b2' "$T/without.png")" -lt 20
ok "and ends" quit
kill "$xvfb"
wait "$xvfb" 2>/dev/null

done_testing
