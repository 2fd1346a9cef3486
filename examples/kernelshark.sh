#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernelshark.sh [-n RANK] [-o SESSION] FILE: opens KernelShark at the slowest IPI of a recording (or the
# second, third, ... with -n): the graphs of its sender and receiver, the time around it, and the plugin
# that draws IPIs as arrows. With -o it only writes the session, for kernelshark -s.
#
# PLUGIN: the plugin's file, if it is not where `make install` puts it for /usr. KVM_IPI: the program.
set -eu

rank=1
session=
while getopts n:o: opt; do
	case $opt in
	n) rank=$OPTARG ;;
	o) session=$OPTARG ;;
	*) echo "usage: $0 [-n RANK] [-o SESSION] FILE" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || { echo "usage: $0 [-n RANK] [-o SESSION] FILE" >&2; exit 2; }
file=$(realpath "$1")
: "${KVM_IPI:=kvm-ipi}"
: "${PLUGIN:=$(pkg-config --variable=libdir libkshark)/kernelshark/plugins/plugin-kvm_ipi.so}"
plugin=$(realpath "$PLUGIN")

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
"$KVM_IPI" latency --slowest "$rank" --format json "$file" >"$temporary/latency.json"
# KernelShark wants the times of the files, as a session is for these very files.
jq --arg file "$file" --argjson file_time "$(stat -c %Y "$file")" --arg plugin "$plugin" \
	--argjson plugin_time "$(stat -c %Y "$plugin")" '
	.slowest[-1] |
	([.acknowledged, .injected, .running, .accepted, 0] | map(select(. != null)) | max) as $ns |
	.sent_ts_ns as $sent | ([$ns, 20000] | max / 4 | floor) as $margin |
	{
		type: "kshark.config.session",
		MainWindow: [1280, 800],
		Splitter: [500, 200],
		Model: {
			type: "kshark.config.model",
			range: [$sent - $margin, $sent + $ns + $margin],
			bins: 1000
		},
		"data streams": [{
			type: "kshark.config.stream",
			"stream id": 0,
			data: { type: "kshark.config.data", file: $file, name: "top buffer", time: $file_time },
			filters: { type: "kshark.config.filter", "filter mask": 7 },
			plugins: {
				type: "kshark.config.plugins",
				registered: [["kvm_ipi", true], ["sched_events", true]]
			},
			CPUPlots: [],
			TaskPlots: [.src_pid, .dst_pid]
		}],
		ComboPlots: [],
		Markers: {
			type: "kshark.config.markers",
			markA: { isSet: false }, markB: { isSet: false }, Active: "A"
		},
		ViewTop: 0,
		ColorScheme: 0.75,
		"User Plugins": {
			type: "kshark.config.plugins",
			"obj. files": [{
				type: "kshark.config.library", file: $plugin, name: "kvm_ipi",
				time: $plugin_time
			}]
		}
	}' "$temporary/latency.json" >"${session:-$temporary/session.json}"
# -p as well: only then KernelShark gives the plugin its window, for markers.
[ -n "$session" ] || kernelshark -p "$plugin" -s "$temporary/session.json"
