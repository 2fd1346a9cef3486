#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What must not matter: the order of the files, the compiler, the locale, the time zone, the number
# of threads. And what must be so for any input: damaged files are refused or answered, never a crash.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" perl jq
C=tests/data/captures
: "${CLANG_BUILD:=$BUILD/clang}"

# The parts of one recording, in any order.
a=$C/612-a-xapic.dat
b=$C/612-d-three-vms-samepid.dat
c=$C/612-l-lossy.dat
"$KVM_IPI" graph --together --format csv "$a" "$b" "$c" | grep -v '^#' >"$T/want"
for order in "$a $c $b" "$b $a $c" "$b $c $a" "$c $a $b" "$c $b $a"; do
	# shellcheck disable=SC2086 # three files
	"$KVM_IPI" graph --together --format csv $order | grep -v '^#' >"$T/got"
	same "order of files: $(echo "$order" | sed "s|$C/||g; s/\.dat//g")" "$T/got" "$T/want"
done
# What they say together is the sum of what they say alone (times aside).
for f in "$a" "$b" "$c"; do
	program_csv "$f"
done | awk -F, '{ n[$1 "," $2 "," $3 "," $4 "," $5] += $6 } END { for (k in n) print k "," n[k] }' |
	sort_csv >"$T/sum"
cut -d, -f1-6 "$T/want" | tail -n +2 >"$T/got"
same "several files are the sum of each" "$T/got" "$T/sum"

# A recording in parts: together they are the whole, for what needs the order of time as well.
# whole FILE...: what is counted, in the orders of four analyses.
whole() {
	for command in graph yield latency timeline; do
		"$KVM_IPI" $command --format csv "$@" || echo "exit $?"
	done 2>&1 | grep -v '^#'
}
whole examples/three-vms.dat >"$T/want"
trace-cmd split -i examples/three-vms.dat -o "$T/part.dat" -m 300 -r >"$T/log" 2>&1
set -- "$T"/part.dat.*
ok "trace-cmd split a recording into $# parts" test $# -ge 5
whole "$@" >"$T/got"
same "the parts of a recording, together" "$T/got" "$T/want"
backwards=
for part; do
	backwards="$part $backwards"
done
# shellcheck disable=SC2086 # files without blanks
whole $backwards >"$T/got"
same "the same, the last part first" "$T/got" "$T/want"
rm -f "$@"

# VMs by other names: the same counts under those. Three VMs change pid and id in each of their records.
trace-cmd convert -i "$b" -o "$T/plain.dat" --file-version 6 --compression none >/dev/null 2>&1
# shellcheck disable=SC2016 # perl's variables
perl -e 'my %new = ("242,6" => "900,3", "242,7" => "100,9", "243,5" => "500,1");
	local $/; my $d = <STDIN>;
	my %to = map { my ($p, $i) = split ","; my ($q, $j) = split ",", $new{$_};
		(pack("L2", $i, $p) => pack("L2", $j, $q)) } keys %new;
	my $old = join "|", map { quotemeta } keys %to;
	$d =~ s/($old)/$to{$1}/g; print $d;' <"$T/plain.dat" >"$T/renamed.dat"
for command in graph yield; do
	"$KVM_IPI" $command --format csv "$T/plain.dat" | grep -v '^#' >"$T/alone"
	awk -F, -v OFS=, 'BEGIN { new["242,6"] = "900,3"; new["242,7"] = "100,9"; new["243,5"] = "500,1" }
		$1 "," $2 in new { split(new[$1 "," $2], to, ","); $1 = to[1]; $2 = to[2] }
		{ print }' "$T/alone" | sort >"$T/want"
	"$KVM_IPI" $command --format csv "$T/renamed.dat" | grep -v '^#' | sort >"$T/got"
	same "$command: VMs by other names have the same counts" "$T/got" "$T/want"
	ok "$command: they were renamed" grep -q '^900,3,' "$T/got"
done

# Each command's every format: what surrounds the program does not matter.
# run PROGRAM: all of it into one stream.
run() {
	for f in "$b" "$c" "$C/71-n-h-linux71-pv.dat"; do
		for command in report matrix graph; do
			for format in text csv json; do
				"$1" $command --format $format "$f" || echo "exit $?"
			done
		done
	done
}
run "$KVM_IPI" >"$T/want" 2>&1
if [ -x "$CLANG_BUILD/kvm-ipi" ]; then
	run "$CLANG_BUILD/kvm-ipi" >"$T/got" 2>&1
	same "clang's program says the same as gcc's" "$T/got" "$T/want"
else
	skip "clang's program says the same as gcc's" "$CLANG_BUILD/kvm-ipi was not built"
fi
for zone in Asia/Kathmandu America/St_Johns nonsense; do
	TZ=$zone run "$KVM_IPI" >"$T/got" 2>&1
	same "TZ=$zone" "$T/got" "$T/want"
done
for locale in C.UTF-8 POSIX de_DE.UTF-8 nonsense; do
	LC_ALL=$locale LANG=$locale run "$KVM_IPI" >"$T/got" 2>&1
	same "LC_ALL=$locale" "$T/got" "$T/want"
done
env -i "$KVM_IPI" report "$b" >"$T/got" 2>&1
"$KVM_IPI" report "$b" >"$T/want"
same "an empty environment" "$T/got" "$T/want"
for cpus in 0 0,1; do
	taskset -c $cpus "$KVM_IPI" report "$b" >"$T/got" 2>&1
	same "on CPU $cpus" "$T/got" "$T/want"
done

# The formats say the same: edges of JSON are rows of CSV.
for f in "$b" "$c" "$C/71-n-h-linux71-pv.dat"; do
	"$KVM_IPI" graph --format json "$f" | jq -r '.vms[] | . as $vm | .edges[] | . as $e |
		.vectors[] | [$vm.vm_pid, $vm.vm_id, $e.src, $e.dst, .vector, .count] | join(",")' >"$T/got"
	program_csv "$f" >"$T/want"
	same "JSON and CSV: $(basename "$f")" "$T/got" "$T/want"
	"$KVM_IPI" matrix --format csv "$f" | grep -v '^#' | tail -n +2 >"$T/got"
	awk -F, '{ k = $1 "," $2 "," $3 "," $4; if (!(k in n)) order[++nr] = k; n[k] += $6 }
		END { for (i = 1; i <= nr; i++) print order[i] "," n[order[i]] }' "$T/want" >"$T/sum"
	same "matrix and graph: $(basename "$f")" "$T/got" "$T/sum"
done

# The same file in another container: trace-cmd's own conversions.
for to in "v7 none" "v7 zstd" "v6 none"; do
	version=${to% *}
	codec=${to#* }
	trace-cmd convert -i "$b" -o "$T/converted.dat" --file-version "${version#v}" \
		--compression "$codec" >/dev/null 2>&1
	program_csv "$b" >"$T/want"
	program_csv "$T/converted.dat" >"$T/got"
	same "converted by trace-cmd to $to" "$T/got" "$T/want"
done

# Damage: bytes changed anywhere. An answer (0), a refusal (1) or nothing left (3); one to three lines
# then, and nothing on standard output.
# shellcheck disable=SC2016 # perl's variables
damage='my ($in, $out, $seed) = @ARGV; srand($seed); local $/; open(my $f, "<", $in); my $d = <$f>;
	for (1 .. 1 + rand(20)) { substr($d, rand(length $d), 1) = chr(rand(256)); }
	$d = substr($d, 0, rand(length $d)) if $seed % 10 == 0;
	open(my $o, ">", $out); print $o $d;'
trace-cmd convert -i "$a" -o "$T/v6.dat" --file-version 6 --compression none >/dev/null 2>&1
crashes=
loud=
answers=0
seed=0
while [ $seed -lt 200 ]; do
	seed=$((seed + 1))
	case $((seed % 2)) in
	0)	from=$a ;;
	*)	from=$T/v6.dat ;;
	esac
	perl -e "$damage" "$from" "$T/damaged.dat" $seed
	code=0
	timeout 900 "$KVM_IPI" report --format json "$T/damaged.dat" >"$T/out" 2>"$T/err" || code=$?
	case $code in
	0)	answers=$((answers + 1))
		jq -e .schema "$T/out" >/dev/null 2>&1 || loud="$loud $seed" ;;
	1 | 3)	[ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" -le 3 ] || loud="$loud $seed" ;;
	*)	crashes="$crashes $seed:$code" ;;
	esac
done
is "200 damaged files: no crash, no hang" "$crashes" ""
is "200 damaged files: an answer or a refusal ($answers answers)" "$loud" ""
ok "some of them were answered, and some refused" test $answers -gt 10 -a $answers -lt 190

done_testing
