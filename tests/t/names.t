#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Names from files and users that a terminal would obey: through every command and format, by each way in.
# What comes out is UTF-8 without controls and marks of direction, and no name makes a line of its own.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" perl

# Escape sequence, line break, C1 (CSI, next line), right-to-left override, isolate, separator of lines, a byte
# that is not UTF-8, and what formats quote.
hostile='a\x1b[31m\x0aVM 1/1: 9999 IPIs\xc2\x9b31m\xc2\x85\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xff"<&\x27,;\\b'
oneline=$(printf %s "$hostile" | sed 's/\\x0a/\\x0c/')
name=$(perl -e 'my $s = shift; $s =~ s/\\x(..)/chr hex $1/ge; $s =~ s/"//; print $s' "$oneline")

perl -e '$t = 1000000; print "1000 0 11 entry 1\n1001 0 10 entry 0\n";
	for (1 .. 30) { print "$t 0 10 exit 0 119\n", $t + 1, " 0 10 ipi 253 1\n", $t + 2, " 0 10 accept 1 253\n",
		$t + 3, " 0 10 track 7 1 0 1 253 1\n", $t + 4, " 0 10 entry 0\n", $t + 5, " 0 0 switch 0 0 11\n",
		$t + 6, " 0 11 inj 253\n", $t + 7, " 0 11 eoi 1 253\n", $t + 8, " 0 11 switch 11 1 0\n"; $t += 100000 }' >"$T/events"
# A marker with C0 controls is none; with others its name is cleaned.
perl -e 'my $s = shift; $s =~ s/"|\\x1b|\\x0c//g; print "500 0 9 mark kvm-ipi: vm 7/1 name \"$s\"\n"' "$oneline" >"$T/mark"
odd="$T/$(printf 'odd\033[31m\nVM 1\302\233\342\200\256\377').dat"
tests/t/plant.pl "$T/plain.dat" <"$T/events"
tests/t/plant.pl --clock "$hostile" "$T/clock.dat" <"$T/events"
cat "$T/mark" "$T/events" | tests/t/plant.pl "$T/marker.dat"
cp "$T/plain.dat" "$odd"
printf '7/1 %s\n' "$name" >"$T/vms"
printf '0xfd %s\n' "$name" >"$T/vectors"

# harmless NAME FILE: as said above. A page's scripts and styles are ours, and in ASCII.
harmless() {
	is "$1" "$(perl -e 'use Encode; local $/; my $s = <STDIN>; my @bad;
		my $u = eval { decode("UTF-8", $s, Encode::FB_CROAK) };
		push @bad, "not UTF-8" unless defined $u;
		$u //= $s;
		push @bad, "control" if $u =~ /[\x{0}-\x{8}\x{b}-\x{1f}\x{7f}-\x{9f}]/;
		push @bad, "mark" if $u =~ /[\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]/;
		push @bad, "a line of its own" if $u =~ /^VM 1/m;
		print join ", ", @bad' <"$2")" ""
}

# try WAY OPTIONS...: all that is written of one recording. Colours are escape sequences: none.
try() {
	way=$1
	shift
	while read -r command formats; do
		# Not every command names vectors.
		[ "$1" != --guest ] || "$KVM_IPI" --list "$command" | grep -q '^--guest' || continue
		for format in $formats; do
			"$KVM_IPI" "$command" --color never --format "$format" "$@" >"$T/out" 2>"$T/err" </dev/null
			code=$?
			[ $code = 0 ] || [ $code = 3 ] || is "$way, $command, $format: exit" $code "0 or 3"
			[ $code != 0 ] || [ -s "$T/out" ] || is "$way, $command, $format: an answer" none some
			harmless "$way, $command, $format" "$T/out"
			harmless "$way, $command, $format: messages" "$T/err"
		done
	done <<-END
		report text json csv
		graph csv json dot graphml text
		matrix text csv json
		heatmap text
		latency text json csv
		yield text json csv
		timeline text json csv
		export json
		html html
	END
}
try "the clock" "$T/clock.dat"
try "a marker" "$T/marker.dat"
try "--vm-names" --vm-names "$T/vms" "$T/plain.dat"
try "--guest" --guest "$T/vectors" "$T/plain.dat"
try "the file's name" "$odd"

# The names did get there.
is "--vm-names: the name, cleaned" "$("$KVM_IPI" report --color never --vm-names "$T/vms" "$T/plain.dat" |
	grep -c '^VM 7/1 a?\[31m?VM 1/1: 9999 IPIs?31m????')" 1
is "a marker: the name, cleaned" "$("$KVM_IPI" report --color never "$T/marker.dat" |
	grep -c '^VM 7/1 a\[31mVM 1/1: 9999 IPIs?31m????')" 1
is "the clock, cleaned" "$("$KVM_IPI" report "$T/clock.dat" | grep -c 'clock a?\[31m?VM 1/1: 9999')" 1

# Two recordings, and messages about names.
"$KVM_IPI" diff "$T/marker.dat" "$odd" >"$T/out" 2>"$T/err"
harmless "diff" "$T/out"
harmless "diff: messages" "$T/err"
for option in --vm --guest --vector --time --format; do
	"$KVM_IPI" report $option "$name" "$odd" >"$T/out" 2>"$T/err"
	harmless "$option: the message" "$T/err"
	is "$option: one line, or what there is" "$(grep -vc '^kvm-ipi: ' "$T/err")" 0
done
"$KVM_IPI" report "$T/no/$name" >"$T/out" 2>"$T/err"
harmless "no such file" "$T/err"

done_testing
