#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The graph as DOT and GraphML, and its metrics, against what the guests counted.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" dot xmllint jq
C=tests/data/captures
E=$C/612-e-asym16
D=$C/612-d-three-vms-samepid

# truth FILE.edges: "PID-ID SRC DST COUNT", all vectors together.
truth() {
	awk -F '\t' '{ n[$1 "/" $2 " " $3 " " $4] += $7 } END { for (k in n) print k, n[k] }' "$1" | sort
}

# DOT as Graphviz reads it: the edges of all VMs with -v.
"$KVM_IPI" graph --format dot -v "$D.dat" >"$T/d.dot"
ok "DOT: Graphviz reads it" dot -Tcanon -o "$T/canon" "$T/d.dot"
awk '/subgraph cluster/ { vm = "" }
	/label="VM / { vm = $0; sub(/.*VM /, "", vm); sub(/:.*/, "", vm) }
	/->/ { split($1, a, "[:\"]"); split($3, b, "[:\"]"); n = $0; sub(/.*label="/, "", n); sub(/".*/, "", n)
		print vm, a[3], b[3], n }' "$T/d.dot" | sort >"$T/got"
truth "$D.edges" >"$T/want"
same "DOT: all edges with -v" "$T/got" "$T/want"
is "DOT: the same edges, as Graphviz has them" "$(dot -Tplain "$T/d.dot" | grep -c '^edge')" "$(wc -l <"$T/want")"

"$KVM_IPI" graph --format dot -E 3 "$E.dat" >"$T/e.dot"
is "DOT: the heaviest with -E" "$(grep -e '->' "$T/e.dot" | sed 's/.*label="\([0-9]*\)".*/\1/')" \
	"$(truth "$E.edges" | sort -k4,4nr | head -n 3 | awk '{ print $4 }')"
ok "DOT: what is cut is said" grep -q '237 small edges of 240 are left out' "$T/e.dot"
is "DOT: the heaviest is the widest" "$(grep -e '->' "$T/e.dot" | head -n 1 | sed 's/.*penwidth=\([0-9.]*\).*/\1/')" 6.00
"$KVM_IPI" graph --format dot "$C/612-l-lossy.dat" | dot -Tsvg >"$T/l.svg"
ok "DOT: loss is in the picture" grep -q 'lower bounds' "$T/l.svg"

"$MKTRACE" --events 40000 --vcpus 200 --cpus 4 "$T/200.dat"
ok "DOT: 200 vCPUs are laid out" sh -c "'$KVM_IPI' graph --format dot '$T/200.dat' | timeout 900 dot -Tsvg >'$T/200.svg'"

# GraphML
printf '242/6 <script>"\\ -- \303\251\n' >"$T/names"
"$KVM_IPI" graph --format graphml -v --vm-names "$T/names" "$D.dat" >"$T/d.graphml"
ok "GraphML is XML" xmllint --noout "$T/d.graphml"
sed -n 's|.*<edge source="\([0-9]*\):\([0-9]*\)" target="[0-9]*:\([0-9]*\)"><data key="weight">\([0-9]*\)<.*|\1 \2 \3 \4|p' \
	"$T/d.graphml" | sed 's|^0 |242/6 |; s|^1 |242/7 |; s|^2 |243/5 |' | sort >"$T/got"
same "GraphML: all edges with -v" "$T/got" "$T/want"
is "GraphML: names are text" "$(xmllint --xpath \
	'string(//*[local-name()="node"][1]/*[@key="vm"])' "$T/d.graphml")" "$(printf 'VM 242/6 <script>"\\ -- \303\251')"

# Metrics against the guests' own book
"$KVM_IPI" graph --metrics --format csv "$E.dat" | awk -F, 'NR > 1 { print $3, $4, $5, $7, $8 }' >"$T/got"
awk -F '\t' '{ s[$3 " " $4] += $7 } END {
		for (k in s) { split(k, e, " "); o[e[1]]++; i[e[2]]++; w[e[1]] += s[k]; r[e[2]] += s[k] }
		for (v = 0; v < 16; v++) print v, o[v], i[v], w[v], r[v]
	}' "$E.edges" >"$T/want"
same "metrics: degrees and weights" "$T/got" "$T/want"
"$KVM_IPI" graph --metrics --format json "$E.dat" >"$T/m.json"
truth "$E.edges" | sort -k4,4nr | awk '{ n[NR] = $4; sum += $4 } END {
		split("50 80 90 95 99", p, " ")
		for (k = 1; k <= 5; k++) {
			for (at = have = 0; have * 100 < sum * p[k];) have += n[++at]
			print p[k] " " at
		}
	}' >"$T/want"
jq -r '.vms[0].coverage[] | "\(.percent) \(.pairs)"' "$T/m.json" >"$T/got"
same "metrics: coverage" "$T/got" "$T/want"
is "metrics: groups' vCPUs are all vCPUs, once" "$(jq -c '.vms[0] | [([.groups[].vcpus] | add),
	(.groups | map(.inside) | add) == .inside_groups,
	([.vcpus[].group] | group_by(.) | map(length)) == (.groups | map(.vcpus))]' "$T/m.json")" "[16,true,true]"
is "metrics: asymmetry adds up" "$(jq -c '.vms[0] | [.one_way, ([.vcpus[].out_weight] | add) == .ipis]' "$T/m.json")" \
	"[$(truth "$E.edges" | awk '{ n[$2 " " $3] = $4 } END { for (k in n) { split(k, e, " ")
		d = n[k] - n[e[2] " " e[1]]; if (d > 0) s += d } print s }'),true]"
is "metrics: the same at every call" "$("$KVM_IPI" graph --metrics "$D.dat" | cksum)" \
	"$("$KVM_IPI" graph --metrics --threads 1 "$D.dat" | cksum)"
ok "metrics: for people without a format" sh -c "'$KVM_IPI' graph --metrics $E.dat | grep -q 'stay inside one'"
refused "metrics have no DOT" 2 "$KVM_IPI" graph --metrics --format dot "$E.dat"

done_testing
