# SPDX-License-Identifier: GPL-2.0-only
# `trace-cmd report -R` of kvm_ipi_track to lines of edges: vm_pid vm_id src dst vector path count.
BEGIN { OFS = "\t" }
/ kvm_ipi_track: / {
	for (i = 1; i <= NF; i++)
		if (split($i, pair, "=") == 2)
			v[pair[1]] = pair[2]
	path = v["path"] == 0 ? "fast" : v["path"] == 1 ? "slow" : "path-" v["path"]
	count[v["vm_pid"] OFS v["vm_id"] OFS v["src_vcpu_id"] OFS v["dst_vcpu_id"] OFS v["vector"] OFS path]++
}
END {
	for (edge in count)
		print edge, count[edge]
}
