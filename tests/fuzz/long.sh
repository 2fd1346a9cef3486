#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# long.sh DIR HOURS FUZZER...: all harnesses side by side for so long, in the background and at the lowest
# priority. What each found new is kept in DIR/corpus, minimised; DIR/long.log gets a line of figures for
# each, which "long.sh DIR" without hours adds up. A finding ends its harness and is left in DIR/found.
set -eu

dir=$1
shift
if [ $# = 0 ]; then
	[ -s "$dir/long.log" ] || { echo "long.sh: nothing has run: make fuzz-long HOURS=N" >&2; exit 1; }
	awk '{ runs[$1] += $2; edges[$1] = $3; seconds[$1] += $4; found[$1] += $5; all += $2; bad += $5 }
		END { for (n in runs) printf "%-13s %12d executions, %5d edges, %7d s, %d findings\n",
				n, runs[n], edges[n], seconds[n], found[n]
			printf "all           %12d executions, %d findings\n", all, bad }' "$dir/long.log"
	exit 0
fi
hours=$1
shift
seconds=$(awk -v h="$hours" 'BEGIN { printf "%d", h * 3600 }')
[ "$seconds" -gt 0 ] || { echo "long.sh: HOURS=$hours is no time" >&2; exit 2; }

# one FUZZER: runs it, keeps what it learned, and notes the figures.
one() {
	fuzzer=$1 corpus=$dir/corpus/$1 log=$dir/$1.long
	mkdir -p "$corpus" "$dir/found"
	begin=$(date +%s)
	found=0
	ASAN_OPTIONS=quarantine_size_mb=32 nice -n 19 "$dir/$fuzzer" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=512 -max_len=65536 -print_final_stats=1 -artifact_prefix="$dir/found/$fuzzer-" \
		"$corpus" >"$log" 2>&1 || found=1
	# Of several inputs that reach the same edges the smallest is enough.
	rm -rf "$corpus.min"
	mkdir "$corpus.min"
	if nice -n 19 "$dir/$fuzzer" -merge=1 -rss_limit_mb=512 "$corpus.min" "$corpus" >"$log.merge" 2>&1; then
		rm -rf "$corpus"
		mv "$corpus.min" "$corpus"
	else
		rm -rf "$corpus.min"
	fi
	awk -v name="$fuzzer" -v s="$(($(date +%s) - begin))" -v found=$found '
		/stat::number_of_executed_units/ { n = $2 }
		/ cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
		END { print name, n + 0, cov + 0, s, found }' "$log" >>"$dir/long.log"
}

for fuzzer; do
	(one "$fuzzer") </dev/null >/dev/null 2>&1 &
done
echo "$# harnesses run for $seconds s in the background; then: make fuzz-status"
