#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a file that was cut or damaged still says. What it should say is known without our reader: pages
# of nothing but kvm_ipi_track hold 113 records (4080 bytes of data, 36 each), so the number of complete
# pages is the answer; and the places of pages and chunks are taken from the file by perl.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" perl jq
C=tests/data/captures
PER_PAGE=113
EVENTS=1000
PAGES=9

# sections FILE: "ID OFFSET SIZE" of each section of a version 7, as they stand in the file.
sections() {
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'local $/; open(my $f, "<", $ARGV[0]); my $d = <$f>; my $p = 18;
		$p = 1 + index($d, "\0", $p) for 1 .. 2; $p += 8;
		while ($p + 16 <= length $d) { my ($id, $fl, $desc, $size) = unpack("SSLQ", substr($d, $p, 16));
			print "$id $p $size\n"; $p += 16 + $size; }' "$1"
}

# chunk_ends FILE: where each packed chunk of its (one) CPU ends.
chunk_ends() {
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'local $/; open(my $f, "<", $ARGV[0]); my $d = <$f>;
		my $p = int(($ARGV[1] + 16 + 4095) / 4096) * 4096; my $n = unpack("L", substr($d, $p, 4)); $p += 4;
		for (1 .. $n) { $p += 8 + unpack("L", substr($d, $p, 4)); print "$p\n"; }' "$1" \
		"$(sections "$1" | awk '$1 == 3 { print $2 }')"
}

# without_index FILE TO: a version 7 cut off where the last options section begins.
without_index() {
	head -c "$(sections "$1" | awk '$1 == 0 { at = $2 } END { print at }')" "$1" >"$2"
}

# count FILE OPTIONS...: events and skipped, or the exit code.
count() {
	count_file=$1
	shift
	if "$KVM_IPI" report --format json "$@" "$count_file" >"$T/json" 2>"$T/err"; then
		jq -r '.inputs[0] | "\(.events) \(.skipped)"' "$T/json"
	else
		echo "exit $?"
	fi
}

# events_of PAGES: what that many complete pages hold.
events_of() {
	if [ "$1" -lt $PAGES ]; then echo $(($1 * PER_PAGE)); else echo $EVENTS; fi
}

planted() {
	"$MKTRACE" --events $EVENTS --cpus 1 --vms 2 --vcpus 4 --step-ns 1000 "$@" >/dev/null
}

# Version 6: the table stands before the data. Cut in every page, at several places.
planted --format v6 "$T/v6.dat"
size=$(stat -c %s "$T/v6.dat")
data=$((size - PAGES * 4096))
wrong=
page=0
while [ $page -lt $PAGES ]; do
	for more in 0 1 15 2048 4095; do
		head -c $((data + page * 4096 + more)) "$T/v6.dat" >"$T/cut.dat"
		want="$(events_of $page) $((PAGES - page))"
		[ $page = 0 ] && want="exit 1"
		got=$(count "$T/cut.dat")
		[ "$got" = "$want" ] || wrong="$wrong $page+$more: $got, not $want;"
	done
	page=$((page + 1))
done
is "version 6, cut anywhere: the events of all complete pages, the others counted" "$wrong" ""
is "version 6, whole" "$(count "$T/v6.dat")" "$EVENTS 0"

# A damaged page costs that page: its header says more than a page holds.
for page in 0 4 8; do
	cp "$T/v6.dat" "$T/hurt.dat"
	printf '\377\377\377\007' | dd of="$T/hurt.dat" bs=1 seek=$((data + page * 4096 + 8)) conv=notrunc status=none
	lost=$PER_PAGE
	[ $page = 8 ] && lost=$((EVENTS - 8 * PER_PAGE))
	is "page $page damaged: the others' events" "$(count "$T/hurt.dat")" "$((EVENTS - lost)) 1"
done

# Version 7, not packed: the same, found without the index.
planted --format v7 "$T/v7.dat"
data=$((($(sections "$T/v7.dat" | awk '$1 == 3 { print $2 }') + 16 + 4095) / 4096 * 4096))
wrong=
page=1
while [ $page -le $PAGES ]; do
	for more in 0 15 4095; do
		# Behind the last page there is room for the whole index.
		[ $page = $PAGES ] && [ $more = 4095 ] && continue
		head -c $((data + page * 4096 + more)) "$T/v7.dat" >"$T/cut.dat"
		# What stands behind the data is no page: only the index is lost then.
		want="$(events_of $page) $((PAGES - page + 1))"
		got=$(count "$T/cut.dat" --salvage)
		[ "$got" = "$want" ] || wrong="$wrong $page+$more: $got, not $want;"
		[ "$(count "$T/cut.dat")" = "exit 1" ] || [ $page = $PAGES ] || wrong="$wrong $page+$more without --salvage;"
	done
	page=$((page + 1))
done
is "version 7, cut anywhere: --salvage gives all complete pages" "$wrong" ""
head -c $((data + 4095)) "$T/v7.dat" >"$T/cut.dat"
is "version 7, cut before the first page ends" "$(count "$T/cut.dat" --salvage)" "exit 1"
is "a whole file is read as ever with --salvage" "$(count "$T/v7.dat" --salvage)" "$EVENTS 0"

# Packed: chunk by chunk.
for codec in zstd zlib; do
	planted --format v7 --compress $codec --chunk-pages 2 "$T/packed.dat"
	nr=0
	wrong=
	for end in $(chunk_ends "$T/packed.dat"); do
		head -c $((end - 1)) "$T/packed.dat" >"$T/cut.dat"
		want=$(events_of $((2 * nr)))
		got=$(count "$T/cut.dat" --salvage)
		[ $nr = 0 ] || [ "${got% *}" = "$want" ] || wrong="$wrong before $end: $got, not $want;"
		nr=$((nr + 1))
		head -c "$end" "$T/packed.dat" >"$T/cut.dat"
		want=$(events_of $((2 * nr)))
		got=$(count "$T/cut.dat" --salvage)
		[ "${got% *}" = "$want" ] && [ "${got#* }" -gt 0 ] || wrong="$wrong at $end: $got, not $want;"
	done
	is "$codec, cut at each of $nr chunks: all complete ones" "$wrong" ""
done

# Real captures, and odd files, that lost their index alone: the same answer, and a remark.
# same_answer NAME FILE
same_answer() {
	without_index "$2" "$T/lost.dat"
	program_csv "$2" >"$T/want"
	"$KVM_IPI" graph --format csv --salvage "$T/lost.dat" | grep -v '^#' | tail -n +2 | cut -d, -f1-6 >"$T/got"
	same "$1 without its index: the same edges" "$T/got" "$T/want"
}
for f in "$C"/*.dat; do
	same_answer "$(basename "$f")" "$f"
done
"$MKTRACE" --events 20000 --cpus 5 --vms 3 --foreign 50 --gaps mixed --stats --time-extend "$T/five.dat" >/dev/null
same_answer "five CPUs, raw" "$T/five.dat"
"$MKTRACE" --events 20000 --cpus 5 --vms 3 --sparse-cpus --compress zstd --instances 2 "$T/five.dat" >/dev/null
same_answer "instances, packed" "$T/five.dat"

# The rest of an index: a buffer that it lists is read, the other one's data is salvaged.
"$MKTRACE" --events 9000 --cpus 1 --instances 1 --place spread --format v7 "$T/two.dat" >/dev/null
without_index "$T/two.dat" "$T/lost.dat"
all=$(count "$T/two.dat")
part=$(count "$T/lost.dat")
ok "a chain that ends early: what it lists is read ($part of $all), and the loss is counted" test \
	"${part% *}" -gt 0 -a "${part% *}" -lt "${all% *}" -a "${part#* }" -gt 0
is "with --salvage all of it" "$(count "$T/lost.dat" --salvage | cut -d' ' -f1)" "${all% *}"

# A section's header is damaged too: the next one is looked for.
cp "$T/v7.dat" "$T/hurt.dat"
at=$(sections "$T/v7.dat" | awk '$1 == 19 { print $2 }')
printf '\377\377\377\377' | dd of="$T/hurt.dat" bs=1 seek="$at" conv=notrunc status=none
without_index "$T/v7.dat" "$T/lost.dat"
head -c "$(stat -c %s "$T/lost.dat")" "$T/hurt.dat" >"$T/both.dat"
is "a section's header is damaged, too" "$(count "$T/both.dat" --salvage)" "$EVENTS 2"

# Every command that reads takes the option, and says what it did.
without_index "$C/612-g-three-vms-yield.dat" "$T/lost.dat"
for command in report matrix graph "graph --metrics" "graph --format json" yield "yield --format json" latency \
	"latency --format csv" timeline "timeline --format json" heatmap export html; do
	# shellcheck disable=SC2086 # a command and its options
	"$KVM_IPI" $command --salvage "$T/lost.dat" >"$T/out" 2>"$T/err"
	is "$command --salvage: an answer" "$? $(cat "$T/err")" "0 "
	ok "$command --salvage: it says so" grep -qiE 'index is lost|"?salvaged"?: *\{' "$T/out"
	# shellcheck disable=SC2086
	refused "$command without it" 1 "$KVM_IPI" $command "$T/lost.dat"
	# shellcheck disable=SC2086
	refused "$command --salvage --strict" 4 "$KVM_IPI" $command --salvage --strict "$T/lost.dat"
done
"$KVM_IPI" report --format json --salvage "$T/lost.dat" >"$T/json"
is "JSON: two CPUs of two were found, nothing is missing" \
	"$(jq -c '.inputs[0].salvaged' "$T/json")" '{"cpus":2,"cpus_known":true,"missing_bytes":0}'
is "JSON of a whole file" "$("$KVM_IPI" report --format json "$C/612-a-xapic.dat" | jq -c '.inputs[0].salvaged')" null
head -c 100000 "$T/lost.dat" >"$T/cut.dat"
whole=$(sections "$C/612-g-three-vms-yield.dat" | awk '$1 == 3 { print $2 + 16 + $3 }')
is "JSON: the bytes that are missing" \
	"$("$KVM_IPI" report --format json --salvage "$T/cut.dat" | jq .inputs[0].salvaged.missing_bytes)" \
	$((whole - 100000))

done_testing
