# SPDX-License-Identifier: GPL-2.0-only
#
# From the lines "WORKLOAD POLICY SEED VM KEY=VALUE..." of a policy experiment:
#
#	-v out=runs	a CSV line for each VM of each run
#	-v out=paired	a CSV line for each workload, policy and figure: the level, which is the mean
#			of the figure itself, and its difference to stock in percent, paired by seed
#	-v out=table	the same as a table for readers
#
# A run with two VMs counts once: the mean of the VMs' times, the sums of the counters. mean is
# the mean over seeds of 100 * (policy / stock - 1); se its standard error, sd / sqrt(n), with n - 1
# in sd. hits is not relative: the kernel's own count of searches that yielded to an awaited vCPU,
# in percent of those in which one was ready; its mean and se are over seeds, too. The same of
# yields, successful yields for each call, which can be 0. pauses are those in the waits of calls: each
# is an exit. The kernel's searches are more: the guest also waits when it starts.

BEGIN {
	OFS = ","
	nr_keys = split("calls ack_ns ack_p50_ns ack_p90_ns ack_p99_ns wait_ns wait_p50_ns " \
		"wait_p90_ns wait_p99_ns done_ns worked pauses searches chances picks " \
		"picks_awaited picks_with_hint picks_of_hint", keys, " ")
	nr_figures = split("ack_ns wait_ns done_ns pauses hits yields", figures, " ")
	absolute["hits"] = absolute["yields"] = 1
	if (out == "runs") {
		header = "workload,policy,seed,vm"
		for (i = 1; i <= nr_keys; i++)
			header = header "," keys[i]
		print header
	}
}

function note(order, list, name) {
	if (!(name in order)) {
		order[name] = ++order[0]
		list[order[name]] = name
	}
}

{
	delete v
	for (i = 5; i <= NF; i++) {
		split($i, pair, "=")
		v[pair[1]] = pair[2]
	}
	line = $1 "," $2 "," $3 "," $4
	for (i = 1; i <= nr_keys; i++) {
		if (!(keys[i] in v)) {
			print FILENAME ":" FNR ": no " keys[i] >"/dev/stderr"
			failed = 1
			exit 1
		}
		line = line "," v[keys[i]]
	}
	if (out == "runs")
		print line
	note(workload_order, workloads, $1)
	note(policy_order, policies, $2)
	note(seed_order, seeds, $3)
	run = $1 SUBSEP $2 SUBSEP $3
	vms[run]++
	sum[run, "ack_ns"] += v["ack_ns"]
	sum[run, "wait_ns"] += v["wait_ns"]
	sum[run, "done_ns"] += v["done_ns"]
	calls[run] += v["calls"]
	pauses[run] += v["pauses"]
	picks[run] += v["picks"]
	chances[run] += v["chances"]
	awaited[run] += v["picks_awaited"]
}

# Whether a run has a figure: without a search at which an awaited vCPU was ready, there are no hits.
function known(run, figure) {
	return run in vms && (figure != "hits" || chances[run])
}

# The value of a figure in one run.
function value(run, figure) {
	if (figure == "hits")
		return 100 * awaited[run] / chances[run]
	if (figure == "yields")
		return picks[run] / calls[run]
	if (figure == "pauses")
		return pauses[run]
	return sum[run, figure] / vms[run]
}

# Into level, mean, se, n: a policy's figure and its difference to stock.
function compare(workload, policy, figure,	i, run, base, x, sum1, sum2) {
	level = n = sum1 = sum2 = 0
	for (i = 1; i <= seed_order[0]; i++) {
		run = workload SUBSEP policy SUBSEP seeds[i]
		base = workload SUBSEP "stock" SUBSEP seeds[i]
		if (!known(run, figure) || !(base in vms))
			continue
		x = value(run, figure)
		level += x
		if (!(figure in absolute)) {
			if (!value(base, figure)) {
				level -= value(run, figure)
				continue
			}
			x = 100 * (x / value(base, figure) - 1)
		}
		n++
		sum1 += x
		difference[n] = x
	}
	mean = n ? sum1 / n : 0
	for (i = 1; i <= n; i++)
		sum2 += (difference[i] - mean) ^ 2
	se = n > 1 ? sqrt(sum2 / (n - 1) / n) : -1
	level = n ? level / n : 0
}

function paired_line(workload, policy, figure) {
	compare(workload, policy, figure)
	print workload, policy, figure, n, sprintf("%.6g", level), sprintf("%.3f", mean),
		se < 0 ? "" : sprintf("%.3f", se)
}

function cell(workload, policy, figure,	text) {
	compare(workload, policy, figure)
	if (!n)
		return "-"
	if (figure == "hits")
		return sprintf("%.0f", mean)
	if (figure == "yields")
		return sprintf("%.2f", mean)
	if (policy != "stock")
		return sprintf("%+.1f%s %%", mean, se < 0 ? "" : sprintf("±%.1f", se))
	if (figure == "pauses")
		return sprintf("%.0f", level)
	return figure == "done_ns" ? sprintf("%.1f ms", level / 1e6) : sprintf("%.0f us", level / 1000)
}

function table_line(workload, policy,	i, text) {
	text = "| " workload " | " policy " |"
	for (i = 1; i <= nr_figures; i++)
		text = text " " cell(workload, policy, figures[i]) " |"
	print text
}

END {
	if (failed || out == "runs")
		exit failed
	if (out == "paired")
		print "workload,policy,figure,n,level,mean,se"
	else
		print "| workload | policy | ack | wait | completion | PAUSE exits | hits % | " \
			"yields a call |\n|---|---|---|---|---|---|---|---|"
	for (w = 1; w <= workload_order[0]; w++)
		for (p = 1; p <= policy_order[0]; p++) {
			if (out == "table")
				table_line(workloads[w], policies[p])
			else
				for (f = 1; f <= nr_figures; f++)
					paired_line(workloads[w], policies[p], figures[f])
		}
}
