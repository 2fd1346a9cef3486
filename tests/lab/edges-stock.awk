# SPDX-License-Identifier: GPL-2.0-only
# The truth files, then `trace-cmd report` (not -R: it cuts icr_low to 8 bits) of stock events, to
# lines of edges with `-` for the path. Between a thread's kvm_exit and its next kvm_entry: one fixed
# IPI to a destination, and one acceptance of its vector, by another vCPU, in whatever order.
# Which VM and vCPU a thread is, is taken from the truth: no stock event tells.
BEGIN { OFS = "\t" }

FNR == 1 { nr_file++ }
/^# vm / { vm = $5 OFS $7 }
/^# tids:/ {
	for (i = 3; i <= NF; i++) {
		split($i, pair, "=")
		vcpu[pair[2]] = pair[1]
		vm_of[pair[2]] = vm
	}
}
/^#/ || !/kvm_/ { next }

function hex(text,	i, n) {
	for (i = 1; i <= length(text); i++)
		n = 16 * n + index("123456789abcdef", substr(text, i, 1))
	return n
}

function field_after(word,	i) {
	for (i = 1; i < NF; i++)
		if ($i == word)
			return $(i + 1)
}

{
	tid = $1
	sub(/.*-/, "", tid)
}

/ kvm_apic_ipi: / && /\(Fixed\|/ && /\|dst\)/ && !/de-assert\|level/ { ipi[tid] = field_after("vec") }

/ kvm_apic_accept_irq: / && !/\(LowPrio/ {
	nr = ++accepts[tid]
	by[tid, nr] = hex(field_after("apicid"))
	of[tid, nr] = field_after("vec")
}

/ kvm_(entry|exit): / {
	if (tid in ipi) {
		n = 0
		for (i = 1; i <= accepts[tid]; i++)
			if (of[tid, i] == ipi[tid]) {
				n++
				dst = by[tid, i]
			}
		if (n == 1 && dst != vcpu[tid])
			count[vm_of[tid] OFS vcpu[tid] OFS dst OFS ipi[tid] OFS "-"]++
	}
	delete ipi[tid]
	accepts[tid] = 0
}

END {
	for (edge in count)
		print edge, count[edge]
}
