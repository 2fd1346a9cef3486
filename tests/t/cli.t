#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The program as its users meet it: exit codes, one line on standard error and nothing on standard
# output when something is wrong, files that appear whole or not at all.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" perl
K=$(realpath "$KVM_IPI")
C=$PWD/tests/data/captures
good=$C/612-a-xapic.dat
other=$C/612-e-asym16.dat
commands="report matrix graph"

# says NAME PATTERN COMMAND...: what it prints on standard error matches.
says() {
	says_name=$1
	says_pattern=$2
	shift 2
	"$@" >/dev/null 2>"$T/says"
	if grep -q -e "$says_pattern" "$T/says"; then
		tap 0 "$says_name"
	else
		tap 1 "$says_name"
		sed 's/^/# /' "$T/says"
	fi
}

# is_code NAME CODE COMMAND...
is_code() {
	code_name=$1
	code_want=$2
	shift 2
	code_got=0
	"$@" >/dev/null 2>"$T/is_code" || code_got=$?
	is "$code_name" "$code_got" "$code_want"
}

# bytes FILE OFFSET HEX: writes these bytes over what is there.
bytes() {
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'open(my $f, "+<", $ARGV[0]) or die; seek($f, $ARGV[1], 0); print $f pack("H*", $ARGV[2])' "$@"
}

# Help and version
for c in "" $commands; do
	# shellcheck disable=SC2086 # no command is no word
	for h in --help -h; do
		"$K" $c $h >"$T/help" 2>"$T/err"
		is "kvm-ipi $c $h: exit 0" $? 0
		ok "kvm-ipi $c $h: on standard output" grep -q '^usage: kvm-ipi' "$T/help"
		is "kvm-ipi $c $h: nothing on standard error" "$(cat "$T/err")" ""
		is "kvm-ipi $c $h: 100 columns do" "$(awk 'length > 100' "$T/help")" ""
	done
done
for c in $commands; do
	is "kvm-ipi help $c is its --help" "$("$K" help "$c")" "$("$K" "$c" --help)"
	ok "kvm-ipi --help names $c" sh -c "'$K' --help | grep -q '^  $c '"
	is "$c --help wins over other mistakes behind it" "$("$K" "$c" --help --nonsense)" "$("$K" "$c" -h)"
done
is "--version" "$("$K" --version | grep -cx 'kvm-ipi [0-9][0-9.]*')" 1
for word in -V version -v; do
	is "$word" "$("$K" $word)" "$("$K" --version)"
done
is "-v with a file: report" "$("$K" -v "$good" | head -n 1)" "# $good"
refused "help of an unknown command" 2 "$K" help repotr

# Usage: exit 2, and what was meant
refused "unknown command" 2 "$K" repotr
says "unknown command: the nearest" "did you mean report?" "$K" repotr
says "unknown command: nothing is near" "kvm-ipi --help" "$K" frobnicate
refused "unknown command with a newline in it" 2 "$K" "no
such"
for c in $commands; do
	refused "$c: unknown option" 2 "$K" "$c" --formt csv "$good"
	says "$c: unknown option: the nearest" "did you mean --format?" "$K" "$c" --formt csv "$good"
	refused "$c: unknown letter" 2 "$K" "$c" -Z "$good"
	refused "$c: unknown format" 2 "$K" "$c" --format cvs "$good"
	says "$c: unknown format: which there are" "csv" "$K" "$c" --format cvs "$good"
	refused "$c: an option without its value" 2 "$K" "$c" "$good" --format
	refused "$c: an ending that it does not write" 2 "$K" "$c" -o "$T/x.pdf" "$good"
	ok "$c: and no such file" test ! -e "$T/x.pdf"
done
for o in "--vcpu x" "--vcpu 3-1" "--vcpu 1," "--vector 256" "--vector -1" "--cpu 0x" "--time 5" \
	"--time 5,3" "--time a,b" "--time 1,2,3" "--time 1.2.3,4" "-E 0" "-E x" "-E 4294967296" "-k size" \
	"--color blue" "--source magic" "--guest nosuch" "--by host"; do
	# shellcheck disable=SC2086 # options and values
	refused "matrix $o" 2 "$K" matrix $o "$good"
done
refused "report has no --by" 2 "$K" report --by cpu "$good"

# Files: exit 1, and what it is
cd "$T" || exit 1
: >empty.dat
mkdir dir.dat
mkfifo fifo.dat
# is_not NAME FILE PATTERN
is_not() {
	refused "$1" 1 "$K" report "$2"
	says "$1: what it is" "$3" "$K" report "$2"
}
is_not "missing file" ./missing.dat "missing.dat.*No such file"
is_not "empty file" empty.dat "empty"
is_not "directory" dir.dat "directory"
is_not "fifo" fifo.dat "pipe"
is_not "/dev/null" /dev/null "device"
printf 'PERFILE2%100s' "" >perf.data
is_not "perf.data" ./perf.data "perf"
gzip -c "$good" >good.gz
is_not "gzip" ./good.gz "gzip -d"
xz -c "$good" >good.xz
is_not "xz" ./good.xz "xz -d"
zstd -q -c "$good" >good.zst
is_not "zstd" ./good.zst "zstd -d"
bzip2 -c "$good" >good.bz2
is_not "bzip2" ./good.bz2 "bzip2 -d"
tar -cf good.tar -C "$C" 612-a-xapic.dat
is_not "tar" ./good.tar "tar"
printf '# tracer: nop\n#\n' >text.dat
is_not "tracefs' text" text.dat "tracer\\|tracefs"
printf 'cpus=2\n <idle>-0 [000] 12.3: kvm_entry: vcpu 0\n' >report.txt
is_not "text" ./report.txt "text"
printf '{ "schema": "kvm-ipi.report/1" }' >report.json
is_not "JSON" ./report.json "JSON"
is_not "a program" "$K" "ELF"
head -c 4096 /dev/zero >zero.dat
is_not "zeroes" zero.dat "no trace.dat"
printf '\027\010\104trac' >short.dat
is_not "cut in its magic" short.dat "no trace.dat"
for n in 10 12 14 18 30 100 1000; do
	head -c $n "$good" >cut.dat
	refused "cut after $n bytes" 1 "$K" report cut.dat
done
head -c 12000 "$good" >cut.dat
is_not "cut before its index" cut.dat "cut off\\|damaged"
cp "$good" endian.dat
bytes endian.dat 12 01
is_not "big-endian" endian.dat "big-endian"
cp "$good" bits.dat
bytes bits.dat 13 04
is_not "32-bit" bits.dat "32-bit"
cp "$good" version.dat
bytes version.dat 10 39
is_not "version 9" version.dat "version 9"
refused "one of two is missing: none is read" 1 "$K" report "$good" ./missing.dat
# Root may read everything, unless it gives that up.
cp "$good" secret.dat
chmod 000 secret.dat
as=
[ "$(id -u)" = 0 ] && as="setpriv --bounding-set=-all --inh-caps=-all"
# shellcheck disable=SC2086 # a command or nothing
if $as true 2>/dev/null; then
	refused "a file without permission" 1 $as "$K" report secret.dat
	says "a file without permission: why" "Permission denied" $as "$K" report secret.dat
else
	skip "a file without permission" "root cannot give up its rights here"
fi
refused "names of VMs: no such file" 1 "$K" report --vm-names ./missing "$good"
printf '173 a\n173/x b\n' >names
refused "names of VMs: not such a line" 2 "$K" report --vm-names names "$good"
says "names of VMs: which line" "names: line 2" "$K" report --vm-names names "$good"
printf '0xfd\n' >vectors.txt
refused "a guest's vectors: not such a line" 2 "$K" report --guest ./vectors.txt "$good"
cp "$good" "new
line.dat"
bytes "new
line.dat" 10 39
refused "a file's name with a newline" 1 "$K" report "./new
line.dat"
cp "$C/612s-a-xapic.dat" "new
line.dat"
refused "the same with nothing to analyse" 3 "$K" report --source track "./new
line.dat"

# Nothing to analyse, refused
refused "filters that leave none" 3 "$K" report --vm 1 "$good"
says "filters that leave none: what there is" "no VM 1 here: 173/1" "$K" report --vm 1 "$good"
says "filters that leave none: of how many" "left none of 466" "$K" report --vcpu 77 "$good"
refused "--strict with loss" 4 "$K" graph --strict "$C/612-l-lossy.dat"
refused "--strict with loss, and a file" 4 "$K" graph --strict -o strict.csv "$C/612-l-lossy.dat"
ok "--strict with loss leaves no file" test ! -e strict.csv

# Where the input comes from
refused "no command, no trace.dat" 2 "$K"
refused "a command, no trace.dat" 1 "$K" report
cp "$good" trace.dat
"$K" report "$good" | sed "s|$good|trace.dat|" >want
"$K" >got
same "trace.dat is the default, report too" got want
"$K" report >got
same "trace.dat is the default of a command" got want
"$K" trace.dat >got
same "a first word that is a file" got want
"$K" -i trace.dat >got
same "a first word that is an option" got want
"$K" report -- trace.dat >got
same "-- before the file" got want
cp trace.dat plain
"$K" plain | sed 's/plain/trace.dat/' >got
same "a file without a dot in its name" got want
cp trace.dat graph
is "a command is the command, whatever lies there" "$("$K" graph trace.dat | head -c 6)" "vm_pid"
"$K" report - <trace.dat | sed 's/^# -$/# trace.dat/' >got
same "standard input, if it is a file" got want
refused "standard input, if it is a pipe" 1 sh -c "cat trace.dat | '$K' report -"
refused "standard input that is closed" 1 sh -c "'$K' report - <&-"
cp "$other" second.dat
is "several files: both are read" \
	"$("$K" graph --together trace.dat -i second.dat | awk -F, '/^[0-9]/ { n += $6 } END { print n }')" 2743
is "several files are two inputs" "$("$K" report --format json --together trace.dat second.dat | jq '.inputs | length')" 2
# Two recordings are not one; nor is a file twice, by whatever name.
refused "two recordings" 2 "$K" report trace.dat second.dat
is "two recordings: what to do" "$(grep -c 'of two recordings: compare them with kvm-ipi diff, .* --together' "$T/refused.err")" 1
ln second.dat third.dat
ln -s second.dat fourth.dat
for again in second.dat third.dat fourth.dat ./second.dat; do
	refused "a file twice ($again)" 2 "$K" report --together second.dat $again
done
is "and says so" "$(cat "$T/refused.err")" "kvm-ipi: ./second.dat is given twice, and would be counted twice"
rm third.dat fourth.dat
# An ending that is no format of the command: no text under that name.
for name in x.jpg x.parquet x.xlsx x.yaml; do
	refused "-o $name" 2 "$K" heatmap -o $name trace.dat
	ok "-o $name: no file" test ! -e $name
done

# Where the output goes
left() {
	find . -newer before ! -name before ! -name . ! -name got ! -name want ! -name is_code \
		! -name says ! -name 'tap.out' ! -name 'refused.*' ! -name err | sort | tr '\n' ' '
}
fresh() {
	rm -rf ./*.csv ./*.json ./*.txt out
	touch -d '1 second ago' before
	find . -newer before -exec touch -h -d '1 minute ago' {} +
}
fresh
ok "-o writes a file" "$K" graph -o out.csv trace.dat
is "and nothing beside it" "$(left)" "./out.csv "
"$K" graph trace.dat >want
same "with the same in it" out.csv want
for c in $commands; do
	"$K" "$c" -o out.json trace.dat
	ok "$c -o NAME.json is JSON" jq -e .schema out.json
	"$K" "$c" -o out.csv trace.dat
	is "$c -o NAME.csv is CSV" "$(grep -v '^#' out.csv | head -c 6)" vm_pid
	"$K" "$c" --format csv trace.dat >want
	"$K" "$c" -o out.json --format csv trace.dat
	same "$c: --format wins over the ending" out.json want
	"$K" "$c" -o - trace.dat >got
	"$K" "$c" trace.dat >want
	same "$c -o - is standard output" got want
done
"$K" report --format text trace.dat >want
"$K" report -o out.txt trace.dat
same "-o NAME.txt is text" out.txt want
"$K" report -o out.unknown trace.dat
same "another ending is the default" out.unknown want
rm out.unknown

cp trace.dat input.dat
ln -s input.dat symlink.dat
ln input.dat hardlink.dat
for to in input.dat ./input.dat symlink.dat hardlink.dat; do
	refused "-o $to is the input" 2 "$K" graph -o $to input.dat
	refused "-o $to is the second input" 2 "$K" graph -o $to trace.dat input.dat
done
refused "-o is standard input" 2 sh -c "'$K' graph -o input.dat - <input.dat"
printf '173 one\n' >names
refused "-o is the list of names" 2 "$K" graph -o names --vm-names names input.dat
printf '0xfd one\n' >vectors.lst
refused "-o is the list of vectors" 2 "$K" graph -o vectors.lst --guest ./vectors.lst input.dat
ok "the input is what it was" cmp input.dat trace.dat

fresh
echo old >kept.csv
touch -d '1 minute ago' kept.csv
refused "-o into no folder" 1 "$K" graph -o no/such/out.csv trace.dat
refused "-o onto a folder" 1 "$K" graph -o dir.dat trace.dat
refused "a foreign input with -o" 1 "$K" graph -o kept.csv zero.dat
refused "filters that leave none with -o" 3 "$K" graph -o kept.csv --vm 1 trace.dat
full=$(sh -c "trap '' XFSZ; ulimit -f 0; '$K' graph -o kept.csv trace.dat; echo \$?" 2>&1)
is "disk full with -o" "$full" "kvm-ipi: cannot write kept.csv: File too large
1"
is "what was there stays" "$(cat kept.csv)" old
is "nothing is left behind" "$(left)" ""
refused "-o /dev/full" 1 "$K" graph -o /dev/full trace.dat
refused "heatmap -o /dev/full" 1 "$K" heatmap --format png -o /dev/full trace.dat
says "heatmap -o /dev/full: why" "No space left" "$K" heatmap --format png -o /dev/full trace.dat
says "-o /dev/full: why" "No space left" "$K" graph -o /dev/full trace.dat
for c in $commands; do
	for format in text csv json; do
		is_code "$c --format $format onto a full disk" 1 \
			sh -c "'$K' $c --format $format trace.dat >/dev/full"
	done
	is_code "$c --help onto a full disk" 1 sh -c "'$K' $c --help >/dev/full"
done
"$K" graph trace.dat >/dev/full 2>err
is "a full disk is one line" "$(grep -c 'No space left' err) $(wc -l <err)" "1 1"
is_code "--help onto a full disk" 1 sh -c "'$K' --help >/dev/full"

# A reader that goes away: no message, and no success
# shellcheck disable=SC2016 # perl's variables
closed_pipe='$SIG{PIPE} = $ARGV[0]; shift; pipe(my $r, my $w); close $r; my $pid = fork;
	if (!$pid) { open(STDOUT, ">&", $w); exec @ARGV; }
	close $w; waitpid($pid, 0); printf("%d %d\n", $? >> 8, $? & 127)'
for format in text csv json; do
	is "a closed pipe, $format" \
		"$(perl -e "$closed_pipe" DEFAULT "$K" graph --format $format trace.dat 2>err)" "0 13"
	is "a closed pipe, $format: no message" "$(cat err)" ""
	is "a closed pipe and no SIGPIPE, $format" \
		"$(perl -e "$closed_pipe" IGNORE "$K" graph --format $format trace.dat 2>err)" "1 0"
	is "a closed pipe and no SIGPIPE, $format: no message" "$(cat err)" ""
done

# Colour only where it is wanted
esc=$(printf '\033')
is "no colour into a pipe" "$("$K" report trace.dat | grep -c "$esc")" 0
ok "--color always" sh -c "'$K' report --color always trace.dat | grep -q '$esc'"
if have_terminal; then
	is "colour on a terminal" "$(on_terminal "'$K' report trace.dat" | grep -q "$esc"; echo $?)" 0
	is "NO_COLOR on a terminal" "$(NO_COLOR=1 on_terminal "'$K' report trace.dat" | grep -c "$esc")" 0
	is "an empty NO_COLOR is none" "$(NO_COLOR='' on_terminal "'$K' report trace.dat" | grep -q "$esc"; echo $?)" 0
	is "--color never on a terminal" "$(on_terminal "'$K' report --color never trace.dat" | grep -c "$esc")" 0
else
	for test in "colour" "NO_COLOR" "an empty NO_COLOR" "--color never"; do
		skip "$test on a terminal" "no pseudo-terminal to be had (is /dev/pts mounted?)"
	done
fi
ok "--color always wins over NO_COLOR" sh -c "NO_COLOR=1 '$K' report --color always trace.dat | grep -q '$esc'"

# What is asked for
is "-E 3: three rows" "$("$K" graph -E 3 trace.dat | grep -c '^[0-9]')" 3
ok "-E 3: it is said that more were cut" sh -c "'$K' graph -E 3 trace.dat | grep -q '^# .*cut'"
is "-k count: largest first" \
	"$("$K" graph -k count trace.dat | awk -F, '/^[0-9]/ { if (n && $6 > n) print "not"; n = $6 }')" ""
is "-k first: earliest first" \
	"$("$K" graph -k first trace.dat | awk -F, '/^[0-9]/ { if ($15 < n) print "not"; n = $15 }')" ""
is "-q: no remarks" "$("$K" report -q trace.dat | grep -c '^#.*\(recorded\|clock\)')" 0
ok "-q: loss is said all the same" sh -c "'$K' report -q '$C/612-l-lossy.dat' | grep -q 'events were lost'"
is "names only by --guest in JSON" \
	"$("$K" report --format json trace.dat | jq -c '[.vms[].vectors[].name] | unique')" '[null]'
cp "$C/71-n-h-linux71-pv.dat" linux.dat
ok "--guest linux names them" \
	sh -c "'$K' report --format json --guest linux linux.dat | jq -e '[.vms[].vectors[].name] | index(\"reschedule\")'"
ok "text assumes linux, and says so" sh -c "'$K' report linux.dat | grep 'Linux guest' && '$K' report linux.dat | grep -q reschedule"
is "--guest none" "$("$K" report --guest none linux.dat | grep -c reschedule)" 0
printf '# mine\n0xfd my-vector\n' >vectors.lst
ok "--guest FILE" sh -c "'$K' report --guest ./vectors.lst linux.dat | grep -q '0xfd my-vector'"
printf '# VMs\n\n173\tall of it\n173/1  one, "of" it \n' >names
is "--vm-names: the nearer one" \
	"$("$K" report --format json --vm-names names trace.dat | jq -r '.vms[0].name')" 'one, "of" it'
is "a name in CSV is quoted" \
	"$("$K" report --format csv --vm-names names trace.dat | sed -n 's/^173,1,\("one, ""of"" it"\),.*/ok/p')" ok

done_testing
