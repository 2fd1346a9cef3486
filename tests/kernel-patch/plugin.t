#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The plugin: what trace-cmd prints with it on real captures, and what libtraceevent prints with it
# for records that no kernel writes. Both also under valgrind.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

captures=tests/data/captures
print=$BUILD/plugin-print
need "$print" "$BUILD/plugin_kvm_ipi.so" trace-cmd valgrind strip

# A folder with this plugin alone, so that nothing else that was built is taken for one; without
# debug information, because Debian's valgrind gives up on clang's.
mkdir "$T/plugins"
strip --strip-debug -o "$T/plugins/plugin_kvm_ipi.so" "$BUILD/plugin_kvm_ipi.so"
strip --strip-debug -o "$T/print" "$print"
print=$T/print
export TRACEEVENT_PLUGIN_DIR="$T/plugins"

# report OPTIONS... FILE: the lines of the event.
report() {
	trace-cmd report "$@" 2>"$T/report.err" | grep kvm_ipi_track:
}

# 1. On captures: without names, each line is the kernel's own, which trace-cmd prints itself when
# no plugin is loaded.
nr=0
for f in "$captures"/*.dat; do
	report -N -i "$f" >"$T/kernel"
	[ -s "$T/kernel" ] || continue
	nr=$((nr + 1))
	report -O kvm_ipi:guest=none -i "$f" >"$T/plugin"
	same "${f##*/}: the kernel's own line without names ($(wc -l <"$T/plugin") records)" \
		"$T/plugin" "$T/kernel"
	report -i "$f" | sed 's/ ([a-z0-9-]*)//' >"$T/named"
	same "${f##*/}: with names, the numbers stay" "$T/named" "$T/kernel"
done
ok "there were captures with the event" test "$nr" -gt 0

# 2. Names, on a capture of a Linux guest.
f=$captures/71-n-h-linux71-pv.dat
name_counts() {
	report "$@" | grep -o 'vec 0x[0-9a-f]*\( ([^)]*)\)\?' | sort | uniq -c |
		awk '{ $1 = $1; print }' | paste -sd ';'
}
is "vector names of a Linux guest" "$(name_counts -i "$f")" \
	"9748 vec 0xfb (call-function-single);542 vec 0xfc (call-function);148 vec 0xfd (reschedule)"
is "the same by option" "$(name_counts -O kvm_ipi:guest=linux -i "$f")" "$(name_counts -i "$f")"
is "no names" "$(name_counts -O kvm_ipi:guest=none -i "$f")" \
	"9748 vec 0xfb;542 vec 0xfc;148 vec 0xfd"
is "an unknown guest has no names" "$(name_counts -O kvm_ipi:guest=beos -i "$f")" \
	"9748 vec 0xfb;542 vec 0xfc;148 vec 0xfd"
trace-cmd report -O kvm_ipi:guest=beos -i "$f" 2>&1 >/dev/null | grep plugin_kvm_ipi >"$T/err"
is "and this is said once" "$(cat "$T/err")" \
	"plugin_kvm_ipi: no vector names for guest 'beos': linux or none"

# 3. Labels of VMs, on a capture in which two VMs share a pid.
f=$captures/612-d-three-vms-samepid.dat
vms() {
	report "$@" -i "$f" | grep -o 'vm .* vcpu' | sort -u | sed 's/ vcpu$//' | paste -sd ';'
}
is "no label" "$(vms)" "vm 242/6;vm 242/7;vm 243/5"
is "labels by pid and id, and by pid" "$(vms -O kvm_ipi:vms=242/7=db,242=web,243/5=a=b)" \
	"vm 242/6 (web);vm 242/7 (db);vm 243/5 (a=b)"
is "labels of other VMs, and no labels" "$(vms -O 'kvm_ipi:vms=24=a,2422=b,242/77=c,242/=d,=e,x=f,,242')" \
	"vm 242/6;vm 242/7;vm 243/5"
ok "trace-cmd lists the options" sh -c \
	"trace-cmd list -O 2>/dev/null | grep -A1 'plugin:.*kvm_ipi' | grep -q 'option:.*guest'"

# 4. Records by hand.
# A format whose fields are the arguments, NAME:TYPE:OFFSET:SIZE:SIGNED.
format() {
	printf 'name: kvm_ipi_track\nID: 1575\nformat:\n'
	printf '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n'
	printf '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n'
	printf '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n'
	printf '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n'
	echo "$*" | tr -s ' \t' '\n' | awk -F: '{
		printf "\tfield:%s %s;\toffset:%d;\tsize:%d;\tsigned:%d;\n", $2, $1, $3, $4, $5 }'
	printf '\nprint fmt: "not the plugin"\n'
}

fields='vm_id:u32:8:4:0 vm_pid:s32:12:4:1 src_vcpu_id:u32:16:4:0 dst_vcpu_id:u32:20:4:0
	dst_cpu:s32:24:4:1 vector:u8:28:1:0 path:u8:29:1:0 dst_state:u8:30:1:0'
format "$fields" >"$T/format"
head=2706000001000000
vm=0300000092100000
vcpus=0000000005000000

is "a record" "$("$print" "$T/format" $head$vm${vcpus}07000000fd000000)" \
	"vm 4242/3 vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu 7"
is "each path and state" "$("$print" "$T/format" $head$vm${vcpus}07000000fd010100 \
	$head$vm${vcpus}07000000fd010200 $head$vm${vcpus}07000000fd010300 \
	$head$vm${vcpus}07000000fd010400 $head$vm${vcpus}07000000fd020300 | sed 's/.*) //' |
	paste -sd ';')" "slow dst host cpu 7;slow dst preempted cpu 7;slow dst halted cpu 7;$(
	)slow dst woken cpu 7;avic dst halted cpu 7"
is "paths, states and vectors without a name are numbers" \
	"$("$print" "$T/format" $head$vm${vcpus}0700000041030500)" \
	"vm 4242/3 vcpu 0 -> 5 vec 0x41 0x3 dst 0x5 cpu 7"
is "negative numbers" "$("$print" "$T/format" ${head}03000000ffffffff${vcpus}fffffffffd000000)" \
	"vm -1/3 vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu -1"
is "large numbers" "$("$print" "$T/format" ${head}ffffffff92100000ffffffff0500008007000000ff000000)" \
	"vm 4242/4294967295 vcpu 4294967295 -> 2147483653 vec 0xff (spurious) fast dst guest cpu 7"
is "records that are cut off" "$("$print" "$T/format" $head$vm${vcpus}07000000 $head$vm$vcpus \
	${head}03000000 $head '' | paste -sd ';')" \
	"vm 4242/3 vcpu 0 -> 5 vec ? ? dst ? cpu 7;vm 4242/3 vcpu 0 -> 5 vec ? ? dst ? cpu ?;vm ?/3 vcpu ? -> ? vec ? ? dst ? cpu ?;vm ?/? vcpu ? -> ? vec ? ? dst ? cpu ?;[UNKNOWN EVENT]"
for missing in vm_id vm_pid src_vcpu_id dst_vcpu_id dst_cpu vector path dst_state; do
	format "$(echo "$fields" | tr -s ' \t' '\n' | grep -v "^$missing:")" >"$T/less"
	"$print" "$T/less" $head$vm${vcpus}07000000fd000000
done >"$T/missing"
is "without one of the fields" "$(cat "$T/missing")" \
	"vm 4242/? vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu 7
vm ?/3 vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu 7
vm 4242/3 vcpu ? -> 5 vec 0xfd (reschedule) fast dst guest cpu 7
vm 4242/3 vcpu 0 -> ? vec 0xfd (reschedule) fast dst guest cpu 7
vm 4242/3 vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu ?
vm 4242/3 vcpu 0 -> 5 vec ? fast dst guest cpu 7
vm 4242/3 vcpu 0 -> 5 vec 0xfd (reschedule) ? dst guest cpu 7
vm 4242/3 vcpu 0 -> 5 vec 0xfd (reschedule) fast dst ? cpu 7"
format vector:int:8:4:1 path:u64:16:8:0 dst_vcpu_id:s16:24:2:1 src_vcpu_id:u16:26:2:0 >"$T/other"
is "other sizes and places" "$("$print" "$T/other" ${head}fd010000eeeeeeee0100000000000000feff0900)" \
	"vm ?/? vcpu 9 -> -2 vec 0x1fd slow dst ? cpu ?"
is "an option at load time" \
	"$("$print" -O kvm_ipi:guest=none -O kvm_ipi:vms=4242=web "$T/format" $head$vm${vcpus}07000000fd000000)" \
	"vm 4242/3 (web) vcpu 0 -> 5 vec 0xfd fast dst guest cpu 7"

# 5. Under valgrind. What libtraceevent and trace-cmd do not free themselves is theirs: in trace-cmd
# only errors count; in the small program, a leak below the plugin's functions would count too.
under_valgrind() {
	# shellcheck disable=SC2317 # called by ok
	valgrind -q --error-exitcode=99 "$@"
}
ok "valgrind: records whole, odd and cut off" \
	under_valgrind --leak-check=full --errors-for-leak-kinds=definite \
	"$print" -O kvm_ipi:vms=4242/3=web "$T/format" $head$vm${vcpus}07000000fd000000 \
	$head$vm${vcpus}07000000 ${head}03000000 $head$vm${vcpus}0700000041ffff
ok "valgrind: trace-cmd report on a capture" under_valgrind trace-cmd report -O kvm_ipi:vms=149=m \
	-i "$captures/61-c-mixed-slow.dat"

done_testing
