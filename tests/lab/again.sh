#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# again.sh [MACHINE...]: is a second boot the same as the first, byte for byte? Boots each machine
# (6.12-stock if none is named) once more, into $LAB/again, and compares all that it left with what
# `make lab` left: traces, truth files, logs, the kernel's messages and the console. One line a file
# that differs, and one a machine.
#
# One line of a console may differ: the time of "reboot: Power down". By then the disk has been
# written to, and a disk answers in the host's time. Everything that is compared was made before.
#
# With two CPUs (QEMU 7.2) times and states differ: when both CPUs are idle, QEMU's main thread moves
# the clock, and its notification can stop the CPU that runs next, so that the other one gets its turn earlier.
# If the bytes are not equal, these have to be: the guests' counts, and what each thread sent, in its order (sender, receiver,
# vector, path), without times, CPUs and receivers' states.
#
# Environment: lab.sh's.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export LAB="${LAB:-$here/../../build/lab}"
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
[ $# -gt 0 ] || set -- 6.12-stock

cpus_of() {
	awk -v name="$1" '$1 == "machine" && $2 == name { print $3 }' "$LAB_CAPTURES"
}

# Whether the files $1 and $2 are equal but for the line that may differ.
same_bytes() {
	case $1 in
	*/console) cmp -s <(sed '/reboot: Power down/d' "$1") <(sed '/reboot: Power down/d' "$2") ;;
	*) cmp -s "$1" "$2" ;;
	esac
}

compare_bytes() {
	local machine=$1 first=$LAB/out/$1 second=$LAB/again/$1 file nr=0 differ=0
	for file in "$first"/*; do
		nr=$((nr + 1))
		same_bytes "$file" "$second/${file##*/}" && continue
		differ=$((differ + 1))
		echo "$machine/${file##*/}: $(cmp -l "$file" "$second/${file##*/}" 2>/dev/null | wc -l) of $(
			stat -c %s "$file") bytes differ"
	done
	if [ "$differ" -gt 0 ]; then
		echo "$machine: DIFFERS: $differ of $nr files"
		return 1
	fi
	echo "$machine: the same bytes in both boots ($nr files)"
}

# Each thread's tracked IPIs in its order: THREAD vm sender receiver vector path.
sends_by_thread() {
	trace-cmd report -R "$1" 2>/dev/null | awk '
		/ kvm_ipi_track: / {
			for (i = 1; i <= NF; i++)
				if (split($i, pair, "=") == 2)
					v[pair[1]] = pair[2]
			print $1, v["vm_pid"], v["vm_id"], v["src"], v["dst"], v["vector"], v["path"]
		}' | LC_ALL=C sort -s -k1,1
}

compare_order() {
	local machine=$1 first=$LAB/out/$1 second=$LAB/again/$1 file differ=0 sends=0
	for file in "$first"/*.edges "$first"/*.lookalikes; do
		cmp -s "$file" "$second/${file##*/}" && continue
		differ=$((differ + 1))
		echo "$machine/${file##*/}: other counts"
	done
	for file in "$first"/*.dat; do
		sends_by_thread "$file" >"$LAB/again/first"
		sends_by_thread "$second/${file##*/}" >"$LAB/again/second"
		sends=$((sends + $(wc -l <"$LAB/again/first")))
		cmp -s "$LAB/again/first" "$LAB/again/second" && continue
		differ=$((differ + 1))
		echo "$machine/${file##*/}: $(diff "$LAB/again/first" "$LAB/again/second" | grep -c '^[<>]') sends differ"
	done
	if [ "$differ" -gt 0 ] || [ "$sends" = 0 ]; then
		echo "$machine: DIFFERS: $differ files, of $sends sends"
		return 1
	fi
	echo "$machine: the same counts and order of each thread's sends ($sends) in both boots; times are not compared"
}

compare() {
	[ "$(cd "$LAB/out/$1" && ls)" = "$(cd "$LAB/again/$1" && ls)" ] || {
		echo "$1: DIFFERS: the second boot left other files"
		return 1
	}
	cmp -s "$LAB/out/$1/initramfs.sha256" "$LAB/again/$1/initramfs.sha256" || {
		echo "$1: the program or the lab was changed after \`make lab\`: make lab first"
		return 1
	}
	if [ "$(cpus_of "$1")" = 1 ]; then
		compare_bytes "$1"
	else # sends in order are enough
		compare_bytes "$1" >"$LAB/again/bytes" || {
			compare_order "$1"
			return
		}
		cat "$LAB/again/bytes"
	fi
}

LAB_OUT=$LAB/again "$here/lab.sh" "$@" || exit 1
bad=0
for machine in "$@"; do
	compare "$machine" || bad=1
done
exit "$bad"
