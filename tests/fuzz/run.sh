#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh DIR SECONDS FUZZER...: each harness for so long; a line of figures for each. Fails on a finding.
set -eu

dir=$1 seconds=$2
shift 2
passed=0 failed=0
for fuzzer; do
	log=$dir/$fuzzer.log
	mkdir -p "$dir/corpus/$fuzzer" "$dir/found"
	# What was freed is kept for a while, to be found when it is used: little, for it counts as memory.
	# No input may take more than 10 s or 512 MB.
	if ASAN_OPTIONS=quarantine_size_mb=32 "$dir/$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -max_len=65536 \
		-print_final_stats=1 -artifact_prefix="$dir/found/$fuzzer-" \
		"$dir/corpus/$fuzzer" >"$log" 2>&1; then
		passed=$((passed + 1))
		state=ok
	else
		failed=$((failed + 1))
		state="FOUND: see $log"
	fi
	awk -v name="$fuzzer" -v state="$state" '
		/stat::number_of_executed_units/ { n = $2 }
		/stat::peak_rss_mb/ { mb = $2 }
		/ cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
		END { printf "%-12s %10d executions, %5d edges covered, peak %3d MB: %s\n",
			name, n, cov, mb, state }' "$log"
done
echo "fuzzers: $passed passed, $failed failed"
[ "$failed" = 0 ]
