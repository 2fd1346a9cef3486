#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every kind of file that mktrace can write, against what it planted: the report, key for key of its
# schema, and the graph. The same events must give the same answer from v6, v7, zstd, zlib and from
# instances, byte for byte.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq

# What the schema promises, without what a file's name or a guest's vectors decide.
# shellcheck disable=SC2016 # jq's variables
promised='{ schema, source,
	inputs: [.inputs[] | { cpus, clock, duration_ns, records, events, lost, skipped }],
	vms: [.vms[] | { vm_pid, vm_id, vcpus, ipis, paths, states, other_paths, other_states,
		receiver_cpu,
		vectors: [.vectors[] | { vector, count }],
		edges: [.edges[] | { src, dst, count, first_ns, last_ns, paths, states,
			vectors: [.vectors[] | { vector, count }] }] }] }'

cpus_known=yes
report_alone=no # where reading the file once takes seconds

# report NAME OPTIONS...: a file with these options is reported as it was planted.
report() {
	name=$1
	shift
	"$MKTRACE" "$@" "$T/f.dat"
	if "$KVM_IPI" report --format json "$T/f.dat" >"$T/report.json" 2>"$T/err"; then
		jq -S "$promised" "$T/report.json" >"$T/got"
		jq -S "$promised" "$T/f.dat.truth.json" >"$T/want"
		same "$name: report" "$T/got" "$T/want"
	else
		tap 1 "$name: report"
		sed 's/^/# /' "$T/err"
	fi
	[ "$report_alone" = no ] || return 0
	program_csv "$T/f.dat" >"$T/got.csv" 2>"$T/err"
	edges_csv "$T/f.dat.edges" >"$T/want.csv"
	same "$name: graph" "$T/got.csv" "$T/want.csv"
	"$KVM_IPI" matrix --by cpu --format csv "$T/f.dat" 2>"$T/err" | grep -v '^#' | tail -n +2 |
		awk -F, '{ n[$3 "," $4] += $5 } END { for (k in n) print k "," n[k] }' |
		sort_csv >"$T/got.cpus"
	jq -r '.planted.cpu_pairs[] | select(.[1] >= 0) | join(",")' "$T/f.dat.truth.json" |
		sort_csv >"$T/want.cpus"
	[ "$cpus_known" = no ] || same "$name: matrix of CPUs" "$T/got.cpus" "$T/want.cpus"
}

# The same stream in every container.
stream="--events 30000 --vms 5 --vcpus 8 --cpus 4 --foreign 30 --seed 7"

# as_ever NAME OPTIONS...: planted, and also the same as the first of them.
as_ever() {
	name=$1
	shift
	# shellcheck disable=SC2086 # a list of options
	report "$name" $stream "$@"
	jq -S '.vms' "$T/report.json" >"$T/vms"
	"$KVM_IPI" graph --format csv "$T/f.dat" | grep -v '^#' >"$T/csv"
	if [ ! -e "$T/first.vms" ]; then
		mv "$T/vms" "$T/first.vms"
		mv "$T/csv" "$T/first.csv"
		return
	fi
	ok "$name: the same VMs as in v6" cmp "$T/vms" "$T/first.vms"
	ok "$name: the same graph as in v6" cmp "$T/csv" "$T/first.csv"
}

as_ever "v6" --format v6
as_ever "v7"
as_ever "v7 zstd" --compress zstd
as_ever "v7 zlib" --compress zlib
as_ever "v7 zstd, sections plain" --compress zstd --compress-sections none
as_ever "v7 zstd, all sections" --compress zstd --compress-sections all
as_ever "v7 zlib, all sections" --compress zlib --compress-sections all --instances 1
as_ever "chunks of one page" --compress zstd --chunk-pages 1
as_ever "chunks as later versions count them" --compress zstd --count-in-size
as_ever "chunks of 25 pages" --compress zstd --chunk-pages 25
as_ever "v6 instances" --format v6 --instances 3
as_ever "v7 instances" --instances 3
as_ever "v7 zstd instances" --instances 3 --compress zstd
as_ever "events in an instance, others in the main buffer" --instances 1 --place split
as_ever "main buffer empty" --instances 1 --place instances
as_ever "v6, main buffer empty" --format v6 --instances 2 --place instances
as_ever "pages of 64 KiB" --page-size 65536
as_ever "page sizes by buffer" --instances 2 --page-size 4096,16384,65536
as_ever "page sizes by buffer, zstd" --instances 2 --page-size 65536,4096,16384 --compress zstd
as_ever "absolute times" --absolute-ts
as_ever "a lot of kernel symbols" --kallsyms 5000000
as_ever "options of later versions" --unknown-options
as_ever "another id of the event" --event-id 20
as_ever "fields at other offsets, in other sizes" --layout shuffled
as_ever "the event itself over 112 bytes" --layout wide

report "another clock" --clock mono
report "v6, the clock in its old place" --format v6 --old-clock --instances 1
report "ticks" --clock x86-tsc --tsc-mult 5592405 --tsc-shift 24
report "a date and an offset" --date-us 1700000000000000 --offset-ns 12345
report "steps of seconds" --time-extend --events 5000 --cpus 8
report "steps of seconds, v6, absolute" --format v6 --time-extend --absolute-ts --events 5000
report "times over 2^59 ns" --absolute-ts --start-ns 700000000000000000 --events 5000
report "padding" --padding --events 20000
report "padding, zstd, 64 KiB" --padding --events 20000 --compress zstd --page-size 65536
report "records over 112 bytes" --big-records --foreign 100 --events 20000
report "sparse CPUs, v6" --format v6 --sparse-cpus --cpus 6
report "sparse CPUs, v7" --sparse-cpus --cpus 6
report "256 CPUs" --cpus 256 --events 20000
report "sparse vCPU ids" --sparse-vcpus --vcpus 60 --edges 5000 --events 20000
report "200 VMs" --vms 200 --events 20000
report "one VM of 512 vCPUs" --vms 1 --vcpus 512 --edges 20000 --events 40000
report "224 vectors" --vectors 224 --vcpus 4 --edges 2000 --events 20000
report "one event" --events 1 --vms 1
report "numbers without a name" --odd-values --events 20000
for field in vm_id vm_pid vm_id,vm_pid vector path dst_state dst_cpu \
	vm_id,vm_pid,dst_cpu,vector,path,dst_state; do
	cpus_known=yes
	case $field in *dst_cpu*) cpus_known=no ;; esac
	report "without $field" --missing-fields "$field" --vms 4
done

cpus_known=yes

# Losses: marks with a number and without, statistics or none, in every container.
for container in "--format v6" "--format v7" "--compress zstd" "--instances 2"; do
	for gaps in known unknown mixed; do
		# shellcheck disable=SC2086 # a list of options
		report "loss $gaps, $container" --gaps "$gaps" --events 20000 --stats $container
	done
done
report "loss, no statistics" --gaps known --events 20000
report "loss, statistics, nothing lost in the pages" --stats --events 20000
report "loss on every page, padding" --gaps mixed --gap-every 1 --padding --events 20000

# Over 4 GiB, sparse, with a section of over 2 GiB of which most is empty pages. LARGE=0 leaves it out,
# for runs under tools that make a program slow.
if [ "${LARGE:-1}" = 0 ]; then
	skip "over 4 GiB" "LARGE=0"
elif [ "$(df -P "$T" | awk 'NR == 2 { print ($4 > 1000000) }')" = 1 ]; then
	report_alone=yes # reading 2 GiB of empty pages takes seconds
	report "over 4 GiB, v6" --format v6 --large --events 20000 --cpus 3
	report "offsets over 4 GiB, v7" --skip 4400M --events 20000 --cpus 3
	report "offsets over 4 GiB, zstd" --skip 4400M --events 20000 --cpus 3 --compress zstd
else
	skip "over 4 GiB" "less than 1 GB free in $T"
fi

# What is refused, and how.
"$MKTRACE" --big-endian "$T/big-endian.dat"
refused "a big-endian file" 1 "$KVM_IPI" report "$T/big-endian.dat"
ok "a big-endian file: it says so" grep -qi 'big.endian' "$T/refused.err"
"$MKTRACE" --long-size 4 --format v6 "$T/32bit.dat"
refused "a 32-bit file" 1 "$KVM_IPI" report "$T/32bit.dat"
ok "a 32-bit file: it says so" grep -qi '32.bit' "$T/refused.err"
"$MKTRACE" --no-track "$T/none.dat"
refused "no record of the event" 3 "$KVM_IPI" report --source track "$T/none.dat"
ok "no record of the event: it says which events there are" grep -q 'kvm_eoi' "$T/refused.err"
ok "no record of the event: it says what to record" grep -q 'trace-cmd record' "$T/refused.err"
"$MKTRACE" --no-track --no-format --format v6 "$T/none.dat"
refused "the event is unknown to the file" 3 "$KVM_IPI" report --source track "$T/none.dat"
"$MKTRACE" --events 0 "$T/none.dat"
refused "no record at all" 3 "$KVM_IPI" report "$T/none.dat"
"$MKTRACE" --missing-fields src_vcpu_id "$T/nosrc.dat"
refused "an event without src_vcpu_id" 1 "$KVM_IPI" report "$T/nosrc.dat"
ok "an event without src_vcpu_id: it says so" grep -q 'src_vcpu_id' "$T/refused.err"

done_testing
