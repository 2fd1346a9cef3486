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
# A machine with two CPUs (QEMU 7.2) need not be the same in times: a device interrupt stops the CPU
# that runs, and the next one takes its turn. There, the guests' books have to be equal, and of each
# trace the order of what each thread did: events and their fields without times and CPUs.
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

compare() {
	local machine=$1 first=$LAB/out/$1 second=$LAB/again/$1 file nr=0 differ=0
	[ "$(cd "$first" && ls)" = "$(cd "$second" && ls)" ] || {
		echo "$machine: DIFFERS: the second boot left other files"
		return 1
	}
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

LAB_OUT=$LAB/again "$here/lab.sh" "$@" || exit 1
bad=0
for machine in "$@"; do
	compare "$machine" || bad=1
done
exit "$bad"
