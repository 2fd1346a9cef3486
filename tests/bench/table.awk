# SPDX-License-Identifier: GPL-2.0-only
# From bench-run's lines (name, CPU ns, elapsed ns, KiB) to a table and the bounds that are kept or
# missed. Ratios are of CPU time. Exit 1 if one is missed.

{ cpu[$1] = $2; wall[$1] = $3; kib[$1] = $4 }

function row(name, what) {
	if (!(name in cpu))
		return
	printf "%-42s %9.1f %9.2f %9.1f %9.1f\n", what, cpu[name] / 1e6, cpu[name] / events,
		wall[name] / 1e6, kib[name] / 1024
}

function head(what) {
	printf "\n%-42s %9s %9s %9s %9s\n", what, "CPU ms", "ns/event", "wall ms", "peak MiB"
}

function bound(what, value, limit, unit, least) {
	ok = least ? value >= limit : value <= limit
	missed += !ok
	printf "%-42s %9.2f %-2s %s %s%s\n", what, value, unit, least ? "at least" : "at most", sprintf("%.4g", limit),
		ok ? "" : "  MISSED"
}

# 16 MB and 100 bytes for each edge.
function memory(name, nr) {
	bound("peak memory of " name ", MiB", kib[name] / 1024, (16e6 + nr * 100) / 1048576, "", 0)
}

END {
	head("uncompressed")
	row("report", "kvm-ipi report, one thread")
	row("threads", "kvm-ipi report, its own number of threads")
	row("add", "pread and add up the words")
	row("libtracecmd", "libtracecmd, tracecmd_read_data() by CPU")
	row("trace-cmd", "trace-cmd report >/dev/null")
	head("zstd")
	row("report-zstd", "kvm-ipi report, one thread")
	row("threads-zstd", "kvm-ipi report, its own number of threads")
	row("zstd", "pread and decompress")
	head(many " edges, uncompressed")
	row("many", "kvm-ipi report, one thread")
	printf "\n%-42s %9s %9s\n", "a file of 1000 events (whole process)", "CPU ms", "wall ms"
	printf "%-42s %9.2f %9.2f\n", "kvm-ipi --version", cpu["version"] / 1e6, wall["version"] / 1e6
	printf "%-42s %9.2f %9.2f\n", "kvm-ipi report, no kallsyms", cpu["small"] / 1e6,
		wall["small"] / 1e6
	printf "%-42s %9.2f %9.2f\n", "kvm-ipi report, 5 MB of kallsyms", cpu["kallsyms"] / 1e6,
		wall["kallsyms"] / 1e6
	printf "%-42s %9.2f %9.2f\n", "tracecmd_open(), 5 MB of kallsyms", cpu["lib-open"] / 1e6,
		wall["lib-open"] / 1e6
	printf "\n"
	if (slow)
		bound("trace-cmd report / report", cpu["trace-cmd"] / cpu["report"], 100, "x", 1)
	else
		print "trace-cmd report / report: not run (BENCH_SLOW=0)"
	printf "%-42s %9.2f x\n", "libtracecmd / report", cpu["libtracecmd"] / cpu["report"]
	bound("report / pread and add", cpu["report"] / cpu["add"], 5, "x", 0)
	bound("report zstd / pread and decompress", cpu["report-zstd"] / cpu["zstd"], 1.5, "x", 0)
	memory("report", edges)
	memory("report-zstd", edges)
	memory("many", many)
	bound("report with 5 MB of kallsyms, wall ms", wall["kallsyms"] / 1e6, 2, "", 0)
	exit missed > 0
}
