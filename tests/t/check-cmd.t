#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm-ipi check and record --dry-run on hosts that are folders, as an ordinary user, and here.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" jq
K=$(realpath "$KVM_IPI")

# A host without anything; one with tracefs, KVM and the tracepoint; one that is stock.
mkdir "$T/bare"
for host in patched stock; do
	tracing=$T/$host/sys/kernel/tracing
	mkdir -p "$tracing/instances" "$T/$host/sys/module/kvm/parameters" "$T/$host/sys/module/kvm_intel/parameters" \
		"$T/$host/dev"
	touch "$tracing/available_events" "$tracing/kprobe_events" "$T/$host/dev/kvm"
	echo Y >"$T/$host/sys/module/kvm_intel/parameters/enable_ipiv"
	echo 200000 >"$T/$host/sys/module/kvm/parameters/halt_poll_ns"
	for event in kvm/kvm_apic_ipi kvm/kvm_apic_accept_irq kvm/kvm_entry kvm/kvm_exit kvm/kvm_inj_virq \
		kvm/kvm_eoi sched/sched_switch sched/sched_wakeup; do
		mkdir -p "$tracing/events/$event"
		touch "$tracing/events/$event/format"
	done
done
mkdir -p "$T/patched/sys/kernel/tracing/events/kvm/kvm_ipi_track"
touch "$T/patched/sys/kernel/tracing/events/kvm/kvm_ipi_track/format"
mkdir "$T/bin"
printf '#!/bin/sh\n' >"$T/bin/trace-cmd"
chmod +x "$T/bin/trace-cmd"
PATH=$T/bin:$PATH

# check HOST: its exit code; text and JSON in files.
check() {
	code=0
	"$K" check --root "$T/$1" >"$T/$1.txt" 2>"$T/$1.err" || code=$?
	"$K" check --root "$T/$1" --format json >"$T/$1.json" 2>>"$T/$1.err"
	echo "$code"
}
# level HOST KEY
level() {
	jq -r --arg key "$2" '.findings[] | select(.key == $key) | .level' "$T/$1.json"
}

is "bare: exit 3" "$(check bare)" 3
is "patched: exit 0" "$(check patched)" 0
is "stock: exit 0" "$(check stock)" 0
for host in bare patched stock; do
	is "$host: nothing on standard error" "$(cat "$T/$host.err")" ""
	is "$host: the schema" "$(jq -r .schema "$T/$host.json")" kvm-ipi.check/1
	is "$host: what is not good has advice" \
		"$(jq -c '[.findings[] | select(.level != "good" and .advice == null) | .key]' "$T/$host.json")" "[]"
	is "$host: text and JSON have the same lines" \
		"$(sed '/^$/,$d' "$T/$host.txt" | grep -v '^ ' | awk '{ print $1, $2 }')" \
		"$(jq -r '.findings[] | "\(.key) \(.level)"' "$T/$host.json")"
	is "$host: 80 columns" "$(grep -v '^#\|^kvm-ipi\|/' "$T/$host.txt" | awk 'length > 80')" ""
done
is "bare: KVM is missing" "$(level bare kvm)" missing
is "bare: tracefs is missing" "$(level bare tracefs)" missing
ok "bare: it says how to mount it" grep -q 'mount -t tracefs' "$T/bare.txt"
is "patched: the tracepoint is there" "$(level patched tracepoint)" good
is "stock: the tracepoint is not" "$(level stock tracepoint)" limited
ok "stock: what to do instead" grep -q 'kvm-ipi record' "$T/stock.txt"
is "IPI virtualization is a limit" "$(level patched hardware-ipis)" limited
is "halt polling is a limit" "$(level patched halt-polling)" limited
is "stock: which presets are possible" \
	"$(jq -c '[.presets[] | select(.possible) | .name]' "$T/stock.json")" '["latency","yield","stock"]'
is "patched without BTF: no probes" \
	"$(jq -c '[.presets[] | select(.possible | not) | .name]' "$T/patched.json")" '["yield-truth","probes"]'
"$K" check --root "$T/patched" -o "$T/check.json"
same "-o NAME.json" "$T/check.json" "$T/patched.json"
ok "--color always" sh -c "'$K' check --root '$T/patched' --color always | grep -q '$(printf '\033')'"
refused "check takes no file" 2 "$K" check trace.dat
refused "check --format csv" 2 "$K" check --format csv

# Here, whatever this is: an answer, no error
for user in "" nobody; do
	if [ -n "$user" ] && { [ "$(id -u)" != 0 ] || ! su -s /bin/sh "$user" -c "test -x '$K'"; }; then
		skip "check as $user" "this user cannot become nobody, or nobody cannot see the build"
		continue
	fi
	code=0
	if [ -n "$user" ]; then
		su -s /bin/sh "$user" -c "'$K' check --format json" >"$T/here" 2>"$T/err" || code=$?
		is "nobody cannot record" "$code" 3
	else
		"$K" check --format json >"$T/here" 2>"$T/err" || code=$?
	fi
	ok "here${user:+ as }$user: exit 0 or 3" test "$code" = 0 -o "$code" = 3
	is "here${user:+ as }$user: can_record is the exit code" "$(jq '.can_record' "$T/here")" \
		"$([ "$code" = 0 ] && echo true || echo false)"
	is "here${user:+ as }$user: nothing on standard error" "$(cat "$T/err")" ""
done

# record --dry-run
# dry HOST WORD...: the command that it prints, without the instance's number.
dry() {
	host=$1
	shift
	"$K" record --dry-run --root "$T/$host" "$@" >"$T/dry" 2>"$T/err"
	echo $? >"$T/code"
	sed -n 's/-B kvm-ipi-[0-9]*/-B X/; /^trace-cmd/p' "$T/dry"
}
is "patched, no preset: graph" "$(dry patched -b 100)" \
	"trace-cmd record -d --no-filter -B X -b 100 -e kvm:kvm_ipi_track -o trace.dat"
is "and it is possible" "$(cat "$T/code")" 0
is "stock, no preset: stock" "$(dry stock -b 100 -o 'my file' | sed 's/-e kvm:[a-z_]* //g')" \
	"trace-cmd record -d --no-filter -B X -b 100 -e sched:sched_switch -e sched:sched_wakeup -o 'my file'"
dry stock graph >/dev/null
is "stock, graph: not possible" "$(cat "$T/code")" 3
ok "stock, graph: why" grep -q '^# not possible.*no kvm:kvm_ipi_track' "$T/dry"
dry stock yield >/dev/null
is "stock, yield: possible" "$(cat "$T/code")" 0
ok "stock, yield: kvm_apic_ipi stands in" grep -q -e '-e kvm:kvm_apic_ipi ' "$T/dry"
dry patched yield >/dev/null
is "patched, yield: it does not" "$(grep -c kvm_apic_ipi "$T/dry")" 0
dry bare yield-truth >/dev/null
is "bare: exit 3" "$(cat "$T/code")" 3
ok "bare: the command all the same" grep -q '^trace-cmd record' "$T/dry"
ok "bare: why not" grep -q '^# not possible.*no tracefs' "$T/dry"
is "bare: nothing on standard error" "$(cat "$T/err")" ""
dry patched latency -- sleep 5 >/dev/null
ok "the user's command is shown" grep -q '^# while it records: sleep 5$' "$T/dry"
refused "--root without --dry-run" 2 "$K" record --root "$T/patched"
refused "record: an unknown preset" 2 "$K" record lattency
ok "record: which one was meant" sh -c "'$K' record lattency 2>&1 | grep -q 'did you mean latency'"
refused "record: a command without --" 2 "$K" record graph sleep
is "record: where it goes" "$("$K" record graph sleep 5 2>&1)" "kvm-ipi: a command goes behind --: kvm-ipi record graph -- sleep ..."
is "record: and without a preset" "$("$K" record sleep 5 2>&1)" "kvm-ipi: a command goes behind --: kvm-ipi record -- sleep ..."
refused "record: a preset as an option" 2 "$K" record --preset graph -o x.dat
is "record: it is a word" "$("$K" record --preset graph 2>&1)" \
	"kvm-ipi: a preset is a word, not an option: kvm-ipi record graph"
is "record: the same by =" "$("$K" record --preset=yield 2>&1)" \
	"kvm-ipi: a preset is a word, not an option: kvm-ipi record yield"
refused "record: an event, as trace-cmd takes it" 2 "$K" record -e kvm
ok "record: who chooses events" sh -c "'$K' record -e kvm 2>&1 | grep -q 'the preset chooses the events'"
is "record: options behind -- are the command's" "$("$K" record -n --root "$T/patched" graph -- ls -e |
	sed -n 's/^# while it records: //p')" "ls -e"
for out in "$T" /dev/null ''; do
	refused "record: onto '${out#"$T"}', which is no file" 2 "$K" record --dry-run --root "$T/patched" -o "$out"
done
refused "record to standard output" 2 "$K" record -o -
(cd "$T" && refused "record where it is not possible" 3 su -s /bin/sh nobody -c "'$K' record graph") >"$T/nobody"
if [ "$(id -u)" = 0 ] && su -s /bin/sh nobody -c "test -x '$K'"; then
	tap "$(grep -q '^ok' "$T/nobody"; echo $?)" "record as nobody: exit 3, and why"
else
	skip "record as nobody" "this user cannot become nobody, or nobody cannot see the build"
fi

done_testing
