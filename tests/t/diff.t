#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi diff: its values against report, graph and latency; what was planted is found and named;
# what cannot be compared is not, and said. How often it is wrong: tests/compare/budget.sh.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq
C=tests/data/captures
PV=$C/612-n-j-debian612-pv-all.dat
NOPV=$C/612-n-k-debian612-nopv-all.dat

# diff_json OPTIONS...: to $T/json.
diff_json() {
	"$KVM_IPI" diff --format json "$@" >"$T/json"
}

# figure FILTER: of the figures that jq's FILTER selects, key=value of what is given.
figure() {
	jq -r "[.vms[].figures[] | select($1)] | .[] | $2" "$T/json"
}

# A recording against itself.
for dat in "$C"/*.dat; do
	name=$(basename "$dat" .dat)
	"$KVM_IPI" diff -q --exit-code "$dat" "$dat" >"$T/out" 2>"$T/err"
	is "$name: equals itself" "$?" 0
	is "$name: and nothing is shown but loss" "$(grep -v '^#' "$T/out")" ""
done

# The values are those of the single commands.
diff_json "$PV" "$NOPV"
ok "JSON" jq -e '.schema == "kvm-ipi.diff/1" and .method == "blocks"' "$T/json"
for side in before after; do
	dat=$PV
	[ $side = before ] || dat=$NOPV
	"$KVM_IPI" report --format json "$dat" >"$T/report"
	is "$side: the rate is report's" "$(figure '.figure == "rate"' "(.$side * 100 | round)")" \
		"$(jq '.vms[0].ipis * 1e11 / .inputs[0].duration_ns | round' "$T/report")"
	is "$side: counts of states" \
		"$(figure '.figure == "state"' "\"\(.state) \(.count_$side)\"" | sort)" \
		"$(jq -r '.vms[0].states | to_entries[] | select(.key != "unknown") | "\(.key) \(.value)"' "$T/report" | sort)"
	is "$side: counts of pairs" \
		"$(figure '.figure == "pair"' "\"\(.src) \(.dst) \(.count_$side)\"" | grep -v ' 0$' | sort)" \
		"$(jq -r '.vms[0].edges[] | "\(.src) \(.dst) \(.count)"' "$T/report" | sort)"
	is "$side: counts of vectors" \
		"$(figure '.figure == "vector"' "\"\(.vector) \(.count_$side)\"" | grep -v ' 0$' | sort)" \
		"$(jq -r '.vms[0].vectors[] | "\(.vector) \(.count)"' "$T/report" | sort)"
	is "$side: counts of the slow path" "$(figure '.figure == "path"' ".count_$side" | grep . || echo 0)" \
		"$(jq '.vms[0].paths.slow' "$T/report")"
	# latency's are right to 1 part in 256, these to 1 in 128.
	"$KVM_IPI" latency --format json "$dat" >"$T/latency"
	is "$side: latencies are those of latency" "$(jq -n --slurpfile d "$T/json" --slurpfile l "$T/latency" '
		[$d[0].vms[0].figures[] | select(.figure == "latency" and .'$side' != null) |
			.'$side' / $l[0].vms[0].after_send[.stage]["p\(.percentile)_ns"]] |
			[length >= 8, all(. > 0.987 and . < 1.013)]' -c)" "[true,true]"
done
is "pv or not: what appeared and what vanished comes first" \
	"$("$KVM_IPI" diff -q "$PV" "$NOPV" | sed -n '2s/ *$//p' | awk '{ print $1, $2, $3, $4, $NF }')" "pair 2 -> 1 <.0001"

# Latencies on a kernel that took the hinted receiver first: less until it runs, not more IPIs.
diff_json "$C/612-u1-one-stock.dat" "$C/612-u1-one-first.dat"
is "another policy: what changed" "$(figure '.verdict == "changed"' '"\(.stage) \(.percentile) \(.change < -0.8)"' | sort | tr '\n' ',')" \
	"acknowledged 50 true,injected 50 true,running 50 true,"

# plant NAME SEED OPTIONS...: a recording of 12 pairs.
plant() {
	file=$T/$1.dat
	seed=$2
	shift 2
	"$MKTRACE" --events 4000 --step-ns 1000000 --edges 12 --vectors 1 --seed "$seed" "$@" "$file"
}

plant a 1
plant b 2
plant state 3 --favour-state 2 --state-share 30
plant pair 4 --favour-edge 5 --favour-share 20
plant gone 5 --edges 11
plant vectors 6 --edges 24 --vectors 2
ok "two seeds: nothing" "$KVM_IPI" diff --exit-code "$T/a.dat" "$T/b.dat"
diff_json "$T/a.dat" "$T/state.dat"
is "planted: preempted receivers" "$(figure '.verdict == "changed" and .change > 0' '.state')" preempted
diff_json "$T/a.dat" "$T/pair.dat"
key=$("$MKTRACE" --events 4000 --step-ns 1000000 --edges 12 --vectors 1 --seed 4 --favour-edge 5 --favour-share 90 "$T/most.dat" &&
	sort -t"$(printf '\t')" -k7nr "$T/most.dat.edges" | head -n 1 | cut -f3,4 | tr '\t' ' ')
is "planted: a pair" "$(figure '.figure == "pair" and .verdict == "changed" and .change > 1' '"\(.src) \(.dst)"')" "$key"
diff_json "$T/a.dat" "$T/gone.dat"
is "planted: a pair is gone" "$(figure '.figure == "pair" and .verdict == "gone"' '.count_after')" 0
diff_json "$T/gone.dat" "$T/a.dat"
is "planted: a pair is new" "$(figure '.figure == "pair" and .verdict == "new"' '.change')" null
diff_json "$T/a.dat" "$T/vectors.dat"
is "planted: a vector is new" "$(figure '.figure == "vector" and .verdict == "new"' '.vector')" 251

# Several a side, and what else there may be.
for i in 1 2 3 4 5 6; do plant "r$i" $((10 + i)) --run-spread 10; done
set -- "$T/r1.dat" "$T/r2.dat" "$T/r3.dat" -- "$T/r4.dat" "$T/r5.dat" "$T/r6.dat"
ok "three a side: nothing" "$KVM_IPI" diff --exit-code "$@"
ok "three a side: by recordings" sh -c "'$KVM_IPI' diff --format json $* | jq -e '.method == \"recordings\" and .level == 0.05'"
ok "two and one: nothing is tested" sh -c "'$KVM_IPI' diff --format json '$T/a.dat' '$T/b.dat' -- '$T/state.dat' |
	jq -e '.method == \"none\" and .compared == 0 and .changed == 0'"

# The same answer every time, with any number of threads.
"$KVM_IPI" diff --format json --threads 1 "$PV" "$NOPV" >"$T/one"
for threads in 2 5; do
	"$KVM_IPI" diff --format json --threads $threads "$PV" "$NOPV" >"$T/many"
	same "$threads threads: the same" "$T/many" "$T/one"
done

# What cannot be compared is not, and the output says why.
diff_json "$C/612-a-xapic.dat" "$C/612s-a-xapic.dat"
ok "another source: said" jq -e '.differences[] | select(.what == "source of IPIs")' "$T/json"
is "another source: no states" "$(figure '.figure == "state" and .verdict != "untested"' .state)" ""
diff_json "$C/71-n-h-linux71-pv.dat" "$PV"
ok "another kernel: said" jq -e '.differences[] | select(.what == "kernel") | .before == "7.1.5"' "$T/json"
ok "events of one side: said" jq -e '.differences[] | select(.what | test("events"))' "$T/json"
is "events of one side: no latencies" "$(figure '.figure == "latency"' '.why' | sort -u)" "not known on both sides"
plant vcpus 7 --vcpus 6
"$KVM_IPI" diff "$T/a.dat" "$T/vcpus.dat" >"$T/out"
ok "another number of vCPUs: said" grep -q "differs: vCPUs of VM 4242/3" "$T/out"
"$MKTRACE" --events 40000 --step-ns 100000 --edges 12 --vectors 1 --gaps known --gap-every 2 --stats "$T/lost.dat"
diff_json "$T/a.dat" "$T/lost.dat"
is "loss: no rates" "$(figure '.figure == "rate"' .why)" "records lost"
ok "loss: said" sh -c "'$KVM_IPI' diff '$T/a.dat' '$T/lost.dat' | grep -q 'differs: records lost'"
refused "loss and --strict" 4 "$KVM_IPI" diff --strict "$T/a.dat" "$T/lost.dat"

# Matching.
"$MKTRACE" --events 4000 --step-ns 1000000 --vms 2 "$T/two.dat"
refused "one VM or two: none is the other" 3 "$KVM_IPI" diff "$PV" "$T/two.dat"
"$KVM_IPI" diff --match 172=4242/4 "$PV" "$T/two.dat" >"$T/out"
ok "--match: said" grep -q '^# VM 172/1 before is 4242/4 after (match)' "$T/out"
ok "--match: the other one is listed" grep -q '^# VM 4242/3 after: matches none' "$T/out"

# Manners.
"$KVM_IPI" diff --exit-code "$PV" "$NOPV" >/dev/null
is "--exit-code: 5" "$?" 5
"$KVM_IPI" diff "$PV" "$NOPV" >/dev/null
is "without it: 0" "$?" 0
is "--min-change" "$("$KVM_IPI" diff --min-change 900% --format json "$PV" "$NOPV" | jq '[.vms[].figures[] | select(.verdict == "changed")] | all(.change < -0.9)')" true
refused "one file" 2 "$KVM_IPI" diff "$PV"
refused "three files" 2 "$KVM_IPI" diff "$PV" "$PV" "$PV"
refused "nothing behind --" 2 "$KVM_IPI" diff "$PV" --
refused "a change that is no number" 2 "$KVM_IPI" diff --min-change much "$PV" "$NOPV"
refused "a match without =" 2 "$KVM_IPI" diff --match 5 "$PV" "$NOPV"
refused "no file" 1 "$KVM_IPI" diff "$PV" "$T/none.dat"
refused "onto an input" 2 "$KVM_IPI" diff -o "$T/a.dat" "$T/b.dat" "$T/a.dat"
refused "-i is no option of it" 2 "$KVM_IPI" diff -i "$PV" "$NOPV"
"$KVM_IPI" diff -o "$T/d.html" "$PV" "$NOPV"
is "the page: no address in it" "$(grep -c '://' "$T/d.html")" 0
is "the page: a cell for each pair" "$(grep -c '<rect' "$T/d.html")" "$("$KVM_IPI" diff --format csv "$PV" "$NOPV" | awk -F, '$6 == "pair"' | wc -l)"
is "CSV: -k vm keeps all rows" "$("$KVM_IPI" diff -k vm --format csv "$PV" "$NOPV" | wc -l)" "$("$KVM_IPI" diff --format csv "$PV" "$NOPV" | wc -l)"

# The matrix.
is "heatmap --diff: the pairs that changed, and by how much" \
	"$("$KVM_IPI" heatmap --diff "$PV" "$NOPV" | awk '$1 ~ /^[0-3]$/ && NF == 5 && $2 ~ /[a-z.~+-]/ {
		for (i = 2; i <= 5; i++) if ($i != "." && $i != "~") print $1, i - 2, $i }' | sort)" \
	"$("$KVM_IPI" diff --format json "$PV" "$NOPV" | jq -r '.vms[0].figures[] |
		select(.figure == "pair" and .verdict != "same" and .verdict != "untested") |
		"\(.src) \(.dst) \(if .verdict == "changed" then (.change * 100 | round) else .verdict end)"' | sort)"
if command -v gnuplot >/dev/null; then
	ok "heatmap --diff: a picture" "$KVM_IPI" heatmap --diff -o "$T/m.svg" "$PV" "$NOPV"
	ok "heatmap --diff: is SVG" grep -q '</svg>' "$T/m.svg"
else
	skip "heatmap --diff: a picture" "no gnuplot"
fi
refused "heatmap --diff with one file" 2 "$KVM_IPI" heatmap --diff "$PV"
refused "heatmap: --diff later" 2 "$KVM_IPI" heatmap "$PV" --diff

done_testing
