#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The generator itself: trace-cmd and libtracecmd find in its files what it says it planted. Only
# then is its truth worth comparing anything with. The program under test has no part in this.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$MKTRACE" "$OPINION" trace-cmd jq

# believed NAME OPTIONS...: trace-cmd's text and libtracecmd's records give the planted edges.
believed() {
	name=$1
	shift
	"$MKTRACE" --seed 3 --vms 3 --cpus 3 "$@" "$T/f.dat"
	edges_csv "$T/f.dat.edges" >"$T/want"
	tests/opinion/opinion-awk.sh "$T/f.dat" | tail -n +2 >"$T/awk"
	"$OPINION" "$T/f.dat" 2>/dev/null | tail -n +2 >"$T/lib"
	same "$name: trace-cmd report finds what was planted" "$T/awk" "$T/want"
	same "$name: libtracecmd finds what was planted" "$T/lib" "$T/want"
}

# timed NAME OPTIONS...: libtracecmd's times of each pair are the planted ones; states too.
timed() {
	name=$1
	shift
	"$MKTRACE" --seed 4 --vms 2 --cpus 3 --events 5000 "$@" "$T/f.dat"
	"$OPINION" --times "$T/f.dat" | tail -n +2 | awk -F, '{
			k = $1 "," $2 "," $3 "," $4
			n[k] += $6
			if (!(k in first) || $7 < first[k]) first[k] = $7
			if ($8 > last[k]) last[k] = $8
		} END { for (k in n) printf "%s,%d,%.0f,%.0f\n", k, n[k], first[k], last[k]
		}' | sort_csv >"$T/got"
	jq -r '.vms[] as $v | $v.edges[] |
		[$v.vm_pid, $v.vm_id, .src, .dst, .count, .first_ns, .last_ns] | join(",")' \
		"$T/f.dat.truth.json" >"$T/want"
	same "$name: times" "$T/got" "$T/want"
	"$OPINION" --states "$T/f.dat" | tail -n +2 |
		awk -F, '{ n[$2 "," ($4 < 5 ? $4 : 5)] += $5 }
			END { for (k in n) print k "," n[k] }' | sort_csv >"$T/got"
	jq -r '.vms[] as $v | $v.states | [.guest, .host, .preempted, .halted, .woken, .unknown] |
		to_entries[] | select(.value > 0) | [$v.vm_id, .key, .value] | join(",")' \
		"$T/f.dat.truth.json" >"$T/want"
	same "$name: receiver states" "$T/got" "$T/want"
}

believed "v6" --format v6
believed "v7"
believed "v7, options compressed" --compress zstd --compress-sections all --instances 2
believed "v7, one page in a chunk" --compress zstd --chunk-pages 1
believed "v7, later sizes" --compress zstd --count-in-size
believed "v6, instances" --format v6 --instances 3
believed "v7, instances, other events in the main buffer" --instances 3 --place split --foreign 200
believed "v7, instances, main buffer empty" --instances 2 --place instances
believed "page sizes" --page-size 4096,16384,65536 --instances 2 --events 20000
believed "paddings, losses, big records" --padding --gaps mixed --big-records --foreign 100 \
	--events 5000
believed "fields at other places" --layout shuffled
believed "an event over 112 bytes" --layout wide
believed "sparse CPUs, v6" --format v6 --sparse-cpus
believed "sparse CPUs, v7" --sparse-cpus
believed "sparse vCPUs" --sparse-vcpus --vcpus 20
believed "numbers without a name" --odd-values
believed "later options" --unknown-options
believed "statistics" --stats --gaps known
believed "5 MB of kernel symbols" --kallsyms 5000000
believed "big-endian" --big-endian --format v6 --gaps known --padding --time-extend
believed "32-bit" --long-size 4
for field in vm_id vm_pid vm_id,vm_pid vector path,dst_state,dst_cpu; do
	believed "without $field" --missing-fields "$field"
done

timed "plain" --format v6
timed "time extends" --time-extend
timed "absolute times" --time-extend --absolute-ts
timed "absolute times over 2^59 ns" --absolute-ts --start-ns 700000000000000000
timed "paddings and losses" --padding --gaps mixed
timed "ticks" --clock x86-tsc --tsc-mult 5592405 --tsc-shift 24
timed "a date and an offset" --date-us 1700000000000000 --offset-ns 12345
timed "instances" --instances 2 --padding --foreign 100 --odd-values

# The format's text is a kernel's, byte for byte.
track_format() {
	trace-cmd dump --events -i "$1" 2>/dev/null | sed -n '/^name: kvm_ipi_track/,/^print fmt/p'
}
"$MKTRACE" "$T/f.dat"
track_format "$T/f.dat" >"$T/got"
track_format tests/data/captures/612-a-xapic.dat >"$T/want"
ok "the capture has the event's format" grep -q 'field:u32 vm_id' "$T/want"
same "the event's format is the kernel's" "$T/got" "$T/want"

"$MKTRACE" --seed 9 "$T/g.dat"
"$MKTRACE" --seed 9 "$T/h.dat"
ok "the same seed, the same file" cmp "$T/g.dat" "$T/h.dat"
is "another seed, other counts" \
	"$(cmp -s "$T/f.dat.edges" "$T/g.dat.edges" && echo equal || echo different)" different

refused "an unknown option" 2 "$MKTRACE" --bogus
refused "more edges than pairs" 2 "$MKTRACE" --edges 100000 "$T/x"
refused "no file" 2 "$MKTRACE"

done_testing
