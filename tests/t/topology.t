#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How far IPIs go: by markers that mktrace has planted, against its table of CPU pairs; by a file of the user's,
# against trace-cmd report and awk; and the heatmap in the topology's order.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq trace-cmd
C=tests/data/captures

# truth FILE CORE LLC NODE: what the planted pairs of CPUs make, in the report's key order.
truth() {
	jq -c --argjson core "$2" --argjson llc "$3" --argjson node "$4" '
		def same(n): (.[0] / n | floor) == (.[1] / n | floor);
		[.planted.cpu_pairs[] | { n: .[2], d: (if .[1] < 0 then "unknown" elif .[0] == .[1] then "cpu"
			elif same($core) then "core" elif same($llc) then "llc" elif same($node) then "node"
			else "across" end) }]
		| [.[] as $p | ("cpu", "core", "llc", "node", "across", "unknown") as $k
			| select($p.d == $k) | { ($k): $p.n }]
		| reduce .[] as $x ({ cpu: 0, core: 0, llc: 0, node: 0, across: 0, unknown: 0 };
			. as $sum | reduce ($x | to_entries[]) as $e ($sum; .[$e.key] += $e.value))' \
		"$1.truth.json"
}

# found FILE OPTION...: the same of all VMs together.
found() {
	"$KVM_IPI" report --format json "$@" | jq -c '
		reduce (.vms[].distance | to_entries[]) as $e
			({ cpu: 0, core: 0, llc: 0, node: 0, across: 0, unknown: 0 }; .[$e.key] += $e.value)'
}

"$MKTRACE" --cpus 16 --vms 3 --vcpus 8 --events 50k --foreign 30 --cpus-per-core 2 --cpus-per-llc 4 \
	--cpus-per-node 8 "$T/a.dat"
"$MKTRACE" --cpus 12 --vms 1 --vcpus 8 --events 20k --format v7 --compress zstd --instances 1 --cpus-per-core 1 \
	--cpus-per-llc 3 --cpus-per-node 6 "$T/b.dat"
"$MKTRACE" --cpus 4 --events 5k --cpus-per-core 4 "$T/c.dat"
"$MKTRACE" --cpus 4 --events 5k "$T/none.dat"
is "planted: two CPUs in a core, four below a cache, eight in a node" "$(found "$T/a.dat")" "$(truth "$T/a.dat" 2 4 8)"
is "planted: no hyperthreads; compressed, in an instance" "$(found "$T/b.dat")" "$(truth "$T/b.dat" 1 3 6)"
is "planted: one core" "$(found "$T/c.dat")" "$(truth "$T/c.dat" 4 4 4)"
is "nothing was all in one place" "$(truth "$T/a.dat" 2 4 8 | jq 'map(select(. == 0)) | length')" 0
for threads in 1 2 5; do
	is "with $threads threads" "$(found --threads $threads "$T/a.dat")" "$(truth "$T/a.dat" 2 4 8)"
done
is "what the host has" "$("$KVM_IPI" report --format json "$T/a.dat" | jq -c .topology)" \
	'{"cpus":16,"cores":8,"llcs":4,"nodes":2,"packages":1}'
is "without markers: null" "$("$KVM_IPI" report --format json "$T/none.dat" | jq -c '[.topology, .vms[].distance]')" \
	'[null,null]'
is "CSV says the same as JSON" \
	"$("$KVM_IPI" report --format csv "$T/a.dat" | tail -n +2 | cut -d, -f16,20-24)" \
	"$("$KVM_IPI" report --format json "$T/a.dat" |
		jq -r '.vms[].distance | [.cpu, .core, .llc, .node, .across, .unknown] | join(",")')"
is "CSV without: empty" "$("$KVM_IPI" report --format csv "$T/none.dat" | tail -n 1 | cut -d, -f20-)" ",,,,"
"$KVM_IPI" report "$T/a.dat" >"$T/text"
ok "text: what the host has" grep -q '^# The host: 16 CPUs, 8 cores, 4 last-level caches, 2 NUMA nodes\.$' "$T/text"
is "text: a line for each VM" "$(grep -c '^  distance   same CPU' "$T/text")" 3
is "a filter: as many as it leaves" \
	"$("$KVM_IPI" report --format json --vcpu 1 --cpu 0-3 "$T/a.dat" |
		jq '[.vms[] | .ipis - ([.distance[]] | add)] | unique | .[]')" 0
is "a VM by its name, which a filter asks for" \
	"$(echo '4242/3 one' >"$T/names" && "$KVM_IPI" report --format json --vm one --vm-names "$T/names" "$T/a.dat" |
		jq -c '[.vms[] | .name, .ipis - ([.distance[]] | add)]')" '["one",0]'
is "other commands have no such keys" "$("$KVM_IPI" graph --format json "$T/a.dat" | jq '.topology, .vms[0].distance')" \
	"null
null"

# By a file: a machine of two CPUs with a core each, and one with a core of two; counts by trace-cmd.
printf '# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n0,0,0,0,,0,0,0,0\n1,1,0,0,,1,1,1,0\n' >"$T/lscpu"
printf 'cpu 0 core 0 node 0\n\nkvm-ipi: cpu 1 core 0 node 0\n' >"$T/lines"
for capture in 612-d-three-vms-samepid 61-c-mixed-slow 71-c-x2apic-fastpath-all; do
	counts=$(trace-cmd report -N -R -F kvm/kvm_ipi_track "$C/$capture.dat" 2>/dev/null | awk '
		/ kvm_ipi_track: / {
			match($0, /\[[0-9]+\]/)
			cpu = substr($0, RSTART + 1, RLENGTH - 2) + 0
			match($0, /dst_cpu=[0-9-]+/)
			dst = substr($0, RSTART + 8, RLENGTH - 8)
			if (dst + 0 < 0 || dst + 0 > 1) unknown++
			else if (dst + 0 == cpu) same++
			else other++
		}
		END { print same + 0, other + 0, unknown + 0 }')
	is "$capture: two cores below one cache" "$(found --topology "$T/lscpu" "$C/$capture.dat" |
		jq -r '[.cpu, .llc, .unknown, .core + .node + .across] | map(tostring) | join(" ")')" "$counts 0"
	is "$capture: one core" "$("$KVM_IPI" report --format json --topology "$T/lines" "$C/$capture.dat" |
		jq -r '[.vms[].distance] | map(.cpu, .core) | add as $all | $all |
			tostring')" "$(echo "$counts" | awk '{ print $1 + $2 }')"
done
is "a level that the file lacks: null" \
	"$("$KVM_IPI" report --format json --topology "$T/lines" "$C/61-c-mixed-slow.dat" |
		jq -c '[.topology.llcs, .vms[0].distance.llc]')" '[null,null]'
is "the user's file goes before the markers" \
	"$("$KVM_IPI" report --format json --topology "$T/lscpu" "$T/a.dat" | jq .topology.cpus)" 2
is "stock events: receivers' CPUs are not known" \
	"$("$KVM_IPI" report --format json --topology "$T/lscpu" "$C/612s-a-xapic.dat" |
		jq -c '.vms[0] | .ipis == .distance.unknown')" true
echo "0,0,0,x" >"$T/wrong"
refused "a file that is none: exit 2" 2 "$KVM_IPI" report --topology "$T/wrong" "$T/a.dat"
refused "no such file: exit 1" 1 "$KVM_IPI" report --topology "$T/no" "$T/a.dat"
refused "an output that is it: exit 2" 2 "$KVM_IPI" report --topology "$T/lscpu" -o "$T/lscpu" "$T/a.dat"

# The heatmap: hyperthreads are numbered behind all cores, so the order is another one than the numbers'.
for cpu in 0 1 2 3 4 5 6 7; do
	echo "cpu $cpu core $((cpu % 4)) llc $((cpu % 4 / 2)) node $((cpu % 4 / 2)) package 0"
done >"$T/threads"
"$MKTRACE" --cpus 8 --vcpus 8 --events 20k "$T/h.dat"
"$KVM_IPI" heatmap --by cpu --order topology --topology "$T/threads" "$T/h.dat" >"$T/heat"
is "heatmap: rows in the topology's order" \
	"$(awk '/^ +[0-7] / && NF > 8 { printf "%s ", $1 }' "$T/heat")" "0 4 1 5 2 6 3 7 "
is "heatmap: a line between the nodes" "$(grep -c '^ *-*+-*$' "$T/heat")" 1
is "heatmap: the same numbers, elsewhere" \
	"$("$KVM_IPI" heatmap --by cpu "$T/h.dat" | awk '/^ +[0-7] / && NF > 8 { print $1 ": " $2 $6 $3 $7 $4 $8 $5 $9 }' | sort)" \
	"$(tr -d '|' <"$T/heat" | awk '/^ +[0-7] / && NF > 8 { print $1 ": " $2 $3 $4 $5 $6 $7 $8 $9 }' | sort)"
"$KVM_IPI" heatmap --by cpu --order topology --topology "$T/threads" --script -o "$T/h.svg" "$T/h.dat" 2>"$T/err"
ok "heatmap: a picture" test -s "$T/h.svg"
is "heatmap: with a line down and one across" "$(grep -c '^set arrow' "$T/h.gnuplot")" 2
refused "heatmap: an order that is not known: exit 3" 3 "$KVM_IPI" heatmap --by cpu --order topology "$T/none.dat"
refused "heatmap: of CPUs only: exit 2" 2 "$KVM_IPI" heatmap --order topology "$T/a.dat"

done_testing
