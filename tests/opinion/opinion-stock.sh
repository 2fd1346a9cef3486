#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-stock.sh FILE: directed IPIs from the stock events, from the text of `trace-cmd report`.
#
# Prints src,dst,vector,count with a header line, over all VMs together: text names threads, no VMs.
# Then, after a blank line, what became of the other kvm_apic_ipi: kind,count. The join of
# kvm_apic_ipi and kvm_apic_accept_irq is done here once more, in another language, from the words
# of the print formats: -N keeps plugins away, -l shows the flags (an h, H or s in the fourth
# column of them is an interrupt's context). Numbers of vCPUs in accepts are hexadecimal there.
set -eu

[ $# = 1 ] || { echo "usage: opinion-stock.sh FILE" >&2; exit 2; }

text=$(mktemp)
trap 'rm -f "$text" "$text.err"' EXIT
trace-cmd report -N -l "$1" >"$text" 2>"$text.err" || {
	cat "$text.err" >&2
	exit 1
}

awk '
function hex(s,    i, v) {
	v = 0
	for (i = 1; i <= length(s); i++)
		v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return v
}

# A stay is over: each of its ipis and all accepts of the same vector.
function over(pid, vcpu,    i, k, n, part, to, kind) {
	n = split(ipis[pid], part, " ")
	for (i = 1; i <= n; i++) {
		split(part[i], k, ",")
		kind = k[2]
		if (kind == "") {
			if (count[pid, k[1]] > 1)
				kind = "multicast"
			else if (!count[pid, k[1]])
				kind = "nobody"
			else if (last[pid, k[1]] == vcpu)
				kind = "self"
		}
		if (kind == "")
			edge[vcpu "," last[pid, k[1]] "," k[1]]++
		else
			other[kind]++
	}
	n = split(accepts[pid], part, " ")
	for (i = 1; i <= n; i++)
		delete count[pid, part[i]]
	ipis[pid] = accepts[pid] = ""
}

{
	if (!match($0, /-[0-9]+ +[0-9]+[^ ]+ +[0-9.]+: [a-z_]+: /))
		next
	head = substr($0, RSTART + 1, RLENGTH - 1)
	body = substr($0, RSTART + RLENGTH)
	split(head, h, " ")
	pid = h[1]
	event = h[4]
	flags = h[2]
	sub(/^[0-9]+/, "", flags)
	split(body, b, /[ ,]+/)
	for (first = 1; b[first] == ""; first++)
		;
}
event == "kvm_entry:" || event == "kvm_exit:" { over(pid, b[first + 1]) }
event == "kvm_apic_accept_irq:" && substr(flags, 3, 1) !~ /[hHs]/ && body ~ /\(Fixed/ {
	vec = b[first + 3]
	count[pid, vec]++
	last[pid, vec] = hex(b[first + 1])
	accepts[pid] = accepts[pid] " " vec
}
event == "kvm_apic_ipi:" {
	split(substr(body, index(body, "(") + 1), how, /[|)]/)
	kind = ""
	if (how[5] == "self") kind = "self"
	else if (how[1] == "LowPrio") kind = "lowest_priority"
	else if (how[1] != "Fixed") kind = "special"
	else if (how[5] != "dst") kind = "shorthand"
	else if (how[3] == "de-assert" && how[4] == "level") kind = "deassert"
	ipis[pid] = ipis[pid] " " b[first + 3] "," kind
}
END {
	print "src,dst,vector,count"
	for (k in edge)
		print k "," edge[k] | "sort -t, -k1,1n -k2,2n -k3,3n"
	close("sort -t, -k1,1n -k2,2n -k3,3n")
	print ""
	for (k in other)
		print k "," other[k] | "sort"
}' "$text"
