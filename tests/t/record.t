#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi record, really, where this machine lets us: each preset that check calls possible, a command that
# fails, a file that cannot be written, and an interruption; tracefs is afterwards what it was before. What
# cannot run here runs in tests/unit/test_run.c, with files that stand for tracefs.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq
K=$(realpath "$KVM_IPI")
tracing=/sys/kernel/tracing

# What a recording could leave behind.
state() {
	(cd "$tracing" && ls instances && for f in tracing_on set_event kprobe_events current_tracer; do
		echo "$f: $(cat "$f" 2>&1)"
	done)
}

"$K" check --format json >"$T/check" 2>&1
if [ "$(jq .can_record "$T/check")" != true ]; then
	skip "recording" "$(jq -r '.presets[0].why_not' "$T/check" | tr '#' ' ')"
	done_testing
fi
cd "$T" || exit 1
state >before
for preset in $(jq -r '.presets[].name' check); do
	why=$(jq -r --arg p "$preset" '.presets[] | select(.name == $p) | .why_not // ""' check)
	if [ -n "$why" ]; then
		refused "$preset is not possible here: exit 3" 3 "$K" record "$preset" -o "$preset.dat" -- true
		ok "$preset: no file" test ! -e "$preset.dat"
		continue
	fi
	ok "$preset: recorded" "$K" record "$preset" -b 512 -o "$preset.dat" -- sleep 0.2
	ok "$preset: trace-cmd reads it" trace-cmd report -i "$preset.dat"
	is "$preset: the CPUs are described" "$(trace-cmd report -i "$preset.dat" 2>/dev/null | grep -o 'kvm-ipi: cpu .*' | sort -u | wc -l)" \
		"$(getconf _NPROCESSORS_ONLN)"
	state >after
	same "$preset: tracefs is as before" after before
done
preset=$(jq -r '[.presets[] | select(.possible)][0].name' check)
"$K" record "$preset" -b 512 -o fails.dat -- sh -c 'exit 7' 2>err
is "a command that fails: exit 0" $? 0
ok "and its status is said" grep -q 'status 7' err
ok "and there is a recording" test -s fails.dat
"$K" record "$preset" -q -b 512 -o none.dat -- no-such-program-1 2>err
is "a command that is not there: exit 1" $? 1
is "and one line" "$(wc -l <err)" 1
"$K" record "$preset" -q -b 512 -o /no/such/folder.dat -- true 2>err
is "a file that cannot be written: exit 1" $? 1
is "nothing but that is said" "$(wc -l <err)" 1
# begun FILE: it says that it records.
begun() {
	tries=0
	until grep -qs 'recording into' "$1" || [ "$tries" = 6000 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}
for signal in INT TERM; do
	# A shell's background processes ignore SIGINT; setsid alone would not change that.
	"$K" record "$preset" -b 512 -o "$signal.dat" 2>"err.$signal" &
	pid=$!
	begun "err.$signal"
	kill -s "$signal" "$pid"
	wait "$pid"
	is "ended by $signal: exit 0" $? 0
	ok "ended by $signal: there is a recording" trace-cmd report -i "$signal.dat"
done
# A killed trace-cmd ends nobody: its readers would go on and hold the buffer.
"$K" record "$preset" -b 512 -o killed.dat 2>err.killed &
pid=$!
begun err.killed
for process in $(pidof trace-cmd); do
	[ "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$process/status")" != "$pid" ] || kill -s KILL "$process"
done
wait "$pid"
is "trace-cmd is killed: exit 1" $? 1
is "and no part of a file is left" "$(find . -name 'killed.dat*')" ""
state >after
same "and tracefs is as before" after before
# No space left.
mkdir full
if mount -t tmpfs -o size=64k none full 2>/dev/null; then
	dd if=/dev/zero of=full/rest bs=1k count=60 2>/dev/null
	"$K" record "$preset" -q -b 512 -o full/none.dat -- sleep 1 2>err
	is "no space: exit 1" $? 1
	ok "no space: that is what it says" grep -q 'no space left for full/none.dat' err
	is "no space: nothing is left" "$(ls full)" "rest"
	umount full
else
	skip "no space" "this user cannot mount"
fi
mkdir old
printf '#!/bin/sh\necho "trace-cmd: unrecognized option: --no-filter" >&2\nexit 1\n' >old/trace-cmd
chmod +x old/trace-cmd
PATH=$PWD/old:$PATH "$K" record "$preset" -q -o old.dat -- true 2>err
is "an old trace-cmd: exit 1" $? 1
ok "an old trace-cmd: that is what it says" grep -q 'too old' err
state >after
same "after all of this tracefs is as before" after before

done_testing
