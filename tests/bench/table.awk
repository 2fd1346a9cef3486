# SPDX-License-Identifier: GPL-2.0-only
# From bench-run's lines (name, CPU ns, elapsed ns, KiB, events, label) to the tables of docs/performance.md and
# the bounds that are kept or missed. Ratios are of CPU time for an event. Exit 1 if one is missed.

BEGIN { FS = "\t" }

/^=/ {
	printf "\n%-48s %9s %9s %9s %9s\n", substr($0, 3), "CPU ms", "ns/event", "wall ms", "peak MiB"
	next
}

/^#/ {
	print
	absent += /not measured/
	next
}

{
	ns[$1] = $2 / $5
	events[$1] = $5
	cpu[$1] = $2
	wall[$1] = $3
	kib[$1] = $4
	printf "%-48s %9.1f %9.2f %9.1f %9.1f\n", $6, $2 / 1e6, $2 / $5, $3 / 1e6, $4 / 1024
}

function bound(what, value, limit, unit, least) {
	ok = least ? value >= limit : value <= limit
	missed += !ok
	printf "%-48s %9.2f %-3s %s %s%s\n", what, value, unit, least ? "at least" : "at most",
		sprintf("%.4g", limit), ok ? "" : "  MISSED"
}

# A ratio of two rows, if both were measured.
function ratio(what, a, b, limit, least) {
	if ((a in ns) && (b in ns))
		bound(what, ns[a] / ns[b], limit, "x", least)
}

# 16 MB, 100 bytes for each edge and 1 MB for each thread.
function memory(name, edges, threads) {
	if (name in kib)
		bound("peak memory of " name ", MiB", kib[name] / 1024, (16e6 + edges * 100 + threads * 1e6) / 1048576,
			"", 0)
}

# The model of docs/scale.md against what was measured.
function predict(what, predicted, measured) {
	printf "%-48s %9.1f %9.1f %+8.1f %%\n", what, predicted / 1e6, measured / 1e6,
		(predicted / measured - 1) * 100
}

# CPU time of nr events by what two runs, of fewer and of more, say.
function line(few, more, nr) {
	slope = (cpu[more] - cpu[few]) / (events[more] - events[few])
	return cpu[few] + slope * (nr - events[few])
}

function model() {
	printf "\n%-48s %9s %9s %10s\n", "model (docs/scale.md)", "predicted", "measured", "off"
	if ("grow-large" in cpu) {
		predict("100M events, CPU ms", line("grow-small", "report", 1e8), cpu["grow-large"])
		predict("100M events, zstd, CPU ms", line("grow-zstd-small", "report-zstd", 1e8), cpu["grow-zstd-large"])
	}
	if (cpus > 1) {
		predict("a thread for each CPU, wall ms", wall["report"] / cpus, wall["threads"])
		predict("a thread for each CPU, zstd, wall ms", wall["report-zstd"] / cpus, wall["threads-zstd"])
	}
	if ("count-2m" in cpu) {
		per_edge = (cpu["count-2m"] - cpu["count-1m"]) / 1e6
		per_event = (cpu["count-1m"] - per_edge * 1e6) / events["count-1m"]
		printf "%-48s %9.1f ns an event, %.0f ns an edge\n", "beyond the caches", per_event, per_edge
		predict("12M events, 3.4M edges, CPU ms", per_event * 12e6 + per_edge * 3.4e6, cpu["count-4m"])
	}
}

END {
	model()
	printf "\n%-48s %9s\n", "bounds", ""
	ratio("report / pread and add", "report", "add", 4, 0)
	ratio("graph / pread and add", "graph", "add", 3, 0)
	ratio("trace-cmd report / report", "trace-cmd", "report", 100, 1)
	ratio("libtracecmd's fastest loop / report", "libtracecmd", "report", 4, 1)
	ratio("report zstd / pread and decompress", "report-zstd", "zstd", 1.3, 0)
	ratio("zstd, 100M events / 10M", "grow-zstd-large", "report-zstd", 1.1, 0)
	ratio("100M events / 10M", "grow-large", "report", 1.1, 0)
	if ("count-4m" in ns)
		bound("3.4M edges, report, ns/event", ns["count-4m"], 45, "ns", 0)
	if ("merge-256" in ns)
		bound("order of time, 256 CPUs, ns/record", ns["merge-256"], 40, "ns", 0)
	if (cpus > 1) {
		bound("a thread for each CPU, wall", wall["report"] / wall["threads"], 1.7, "x", 1)
		bound("a thread for each CPU, zstd, wall", wall["report-zstd"] / wall["threads-zstd"], 1.7, "x", 1)
		memory("threads-4m", 3.4e6, cpus)
	}
	memory("report", edges, 1)
	memory("report-zstd", edges, 1)
	memory("grow-large", edges, 1)
	memory("grow-zstd-large", edges, 1)
	memory("count-1m", 1e6, 1)
	memory("count-4m", 3.4e6, 1)
	bound("report with 5 MB of kallsyms, wall ms", wall["kallsyms"] / 1e6, 2, "", 0)
	if (absent)
		printf "\n%d not measured, see above\n", absent
	exit missed > 0
}
