#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# IPIs from stock events: what the guests' books say, what kvm_ipi_track says in the same recording,
# and what another join says of the text of trace-cmd report. VMs are compared by their edges: stock
# events have no name for them.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" trace-cmd jq

captures=tests/data/captures

# by_vm: rows of pid,id,src,dst,vector,count to the VMs' edges, without the VMs' names: a line of
# all edges for each VM, then folded again.
by_vm() {
	sort_csv | awk -F, '{ vm[$1 "," $2] = vm[$1 "," $2] $3 "," $4 "," $5 "," $6 ";" }
		END { for (v in vm) print vm[v] }' | sort | tr ';' '\n'
}

# rows SOURCE FILE: the program's rows, with its order left as it is.
rows() {
	"$KVM_IPI" graph --source "$1" --format csv "$2" | grep -v '^#' | tail -n +2 | cut -d, -f1-6
}

# all_vms: the same rows summed up over VMs.
all_vms() {
	awk -F, '{ n[$3 "," $4 "," $5] += $6 } END { for (k in n) print k "," n[k] }' |
		sort -t, -k1,1n -k2,2n -k3,3n
}

# json FILE FILTER: of report --source stock.
json() {
	"$KVM_IPI" report --source stock --format json "$1" | jq -c "$2"
}

for name in 612s-a-xapic 612s-g-three-vms-yield; do
	file=$captures/$name.dat
	rows auto "$file" | by_vm >"$T/got"
	edges_csv "$captures/$name.edges" | by_vm >"$T/want"
	ok "$name: there are edges" test -s "$T/got"
	same "$name: the guests' books" "$T/got" "$T/want"
	is "$name: auto takes stock events" \
		"$("$KVM_IPI" report --format json "$file" | jq -r .source)" stock
	is "$name: VMs have numbers and no pid" \
		"$(json "$file" '[.vms[] | [.vm_pid, .vm_id]]')" \
		"$(json "$file" '[range(.vms | length) | [null, . + 1]]')"
	is "$name: how they are known" \
		"$(json "$file" '[.vms[] | .known, .edges[].known] | unique')" '["inferred"]'
	is "$name: what stock events do not say" \
		"$(json "$file" '[.vms[] | .paths, .states.unknown == .ipis] | unique')" '[null,true]'
	is "$name: in CSV, too" "$(rows stock "$file" | cut -d, -f1 | sort -u)" ""
done

for name in 61-g-three-vms-yield 612-g-three-vms-yield 612-l-lossy 71-c-x2apic-fastpath-all \
	71-f-two-vms-x2+xapic-all 612-n-j-debian612-pv-all 612-n-k-debian612-nopv-all; do
	file=$captures/$name.dat
	rows stock "$file" | by_vm >"$T/got"
	rows track "$file" | by_vm >"$T/want"
	ok "$name: there are edges" test -s "$T/got"
	same "$name: stock events say what kvm_ipi_track says" "$T/got" "$T/want"
	is "$name: auto takes kvm_ipi_track" \
		"$("$KVM_IPI" report --format json "$file" | jq -r .source)" track
	# The lossy one has less than the guests sent; of the Linux guests nobody kept a book.
	case $name in 612-l-* | 612-n-*) continue ;; esac
	edges_csv "$captures/$name.edges" | by_vm >"$T/want"
	same "$name: and the guests' books" "$T/got" "$T/want"
done

# A second join, of words. It knows nothing of lost events.
for name in 612s-a-xapic 612s-g-three-vms-yield 61-g-three-vms-yield 71-c-x2apic-fastpath-all \
	71-f-two-vms-x2+xapic-all 612-n-j-debian612-pv-all; do
	file=$captures/$name.dat
	tests/opinion/opinion-stock.sh "$file" >"$T/opinion"
	sed '1d; /^$/,$d' "$T/opinion" >"$T/want"
	rows stock "$file" | all_vms >"$T/got"
	ok "$name: the other opinion has edges" test -s "$T/want"
	same "$name: the same edges by words" "$T/got" "$T/want"
	sed '1,/^$/d' "$T/opinion" >"$T/want"
	json "$file" .coverage.became | jq -r 'del(.unicast, .unknown) | to_entries[] |
		select(.value > 0) | "\(.key),\(.value)"' | sort >"$T/got"
	same "$name: the same kinds by words" "$T/got" "$T/want"
	# -R: the plain form of kvm_apic_ipi is counted by its name alone.
	is "$name: every kvm_apic_ipi became something" \
		"$(json "$file" '.coverage | [.apic_ipis, ([.became[]] | add)]')" \
		"$(trace-cmd report -N "$file" 2>/dev/null |
			awk '/ kvm_apic_ipi: / { n++ } END { printf "[%d,%d]", n, n }')"
done

# Coverage. Of 612s-a every kind of send was done a known number of times.
is "612s-a-xapic: what became of what the guest sent" \
	"$(json $captures/612s-a-xapic.dat .coverage.became)" \
	'{"unicast":466,"multicast":57,"shorthand":80,"self":45,"lowest_priority":39,"special":17,"deassert":6,"nobody":14,"unknown":0}'
is "612s-a-xapic: what was not recorded is not zero" \
	"$(json $captures/612s-a-xapic.dat '.coverage | [.pv, .hyperv, .avic_not_running, .apicv_accepts]')" \
	'[null,null,null,null]'
is "612s-a-xapic: every EOI came, no hardware hid one" \
	"$(json $captures/612s-a-xapic.dat '.coverage | [.watched, .no_eoi, .hardware, .hides]')" \
	'[466,0,"none",null]'
# 30 sends in a row were merged into 3: the others cannot be told from undelivered ones.
is "612s-a-xapic: the bound of what was not delivered" \
	"$(json $captures/612s-a-xapic.dat .coverage.unconfirmed)" 27
is "71-n-h: a recording of kvm_ipi_track alone" \
	"$("$KVM_IPI" report --format json $captures/71-n-h-linux71-pv.dat |
		jq -c '.coverage | [.directed, .apic_ipis, .no_eoi, .hardware, .lost]')" \
	'[10438,null,null,null,[]]'
is "612-l-lossy: lost records by CPU" \
	"$("$KVM_IPI" report --format json $captures/612-l-lossy.dat |
		jq -c '[.coverage.lost[] | [.cpu, .gaps, .events, (.spans | length)]]')" \
	'[[0,1,null,1],[1,3,768,3]]'
ok "612-l-lossy: a gap ends after it begins" \
	sh -c "'$KVM_IPI' report --format json $captures/612-l-lossy.dat |
		jq -e '[.coverage.lost[].spans[] | .to_ns > .from_ns] | all'"
ok "one sentence of coverage in the text" \
	sh -c "'$KVM_IPI' report $captures/612s-a-xapic.dat | grep -q '^# Coverage: 466 directed of 724'"

# Commands in the order of time take the same IPIs, in their place among the other events.
for name in 612-g-three-vms-yield 71-f-two-vms-x2+xapic-all 612-n-j-debian612-pv-all; do
	file=$captures/$name.dat
	for command in latency yield; do
		for source in stock track; do
			"$KVM_IPI" $command --source $source --format json "$file" |
				jq -c '.vms[] | [.vm_pid, .vm_id, .vcpus, .ipis]' | sort >"$T/$source"
		done
		ok "$name: $command has VMs" test -s "$T/stock"
		same "$name: $command has as many IPIs of either source" "$T/stock" "$T/track"
	done
	is "$name: 9 of 10 acknowledgements are the same" \
		"$(for source in stock track; do
			"$KVM_IPI" yield --source $source --format json "$file" |
				jq '[.vms[].ack.acknowledged] | add'
		done | sort -n | awk 'NR == 1 { a = $1 } END { print (a > 0 && a >= 0.9 * $1) }')" 1
done
is "an unpatched kernel's recording has latencies" \
	"$("$KVM_IPI" latency --format json $captures/612s-g-three-vms-yield.dat |
		jq -c '[.source, ([.vms[].ipis] | add)]')" '["stock",764]'

# Filters stand behind the join; a VM without a pid is named as it is shown.
file=$captures/612s-g-three-vms-yield.dat
rows stock "$file" | awk -F, '$2 == 2 && ($3 == 3 || $4 == 3) && $5 == 98' >"$T/want"
"$KVM_IPI" graph --format csv --vm '?/2' --vcpu 3 --vector 0x62 "$file" | grep -v '^#' |
	tail -n +2 | cut -d, -f1-6 >"$T/got"
ok "there is something to filter" test -s "$T/want"
same "--vm of a numbered VM, --vcpu and --vector" "$T/got" "$T/want"
printf '?/3 third\n' >"$T/names"
is "--vm-names and --vm of a name" \
	"$("$KVM_IPI" report --format json --vm-names "$T/names" --vm third "$file" |
		jq -c '[.vms[] | [.vm_id, .name]]')" '[[3,"third"]]'

refused "--source track of a recording without it" 3 \
	"$KVM_IPI" report --source track $captures/612s-a-xapic.dat
refused "--source stock of a recording without it" 3 \
	"$KVM_IPI" report --source stock $captures/612-a-xapic.dat
refused "a source that there is not" 2 "$KVM_IPI" report --source tracks $captures/612-a-xapic.dat

done_testing
