#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# linux.sh: boot the machine of linux/captures, whose guests are Linux under load, and show what was
# recorded beside what the guests' kernels counted. Nothing here is exact: a guest's interrupt count
# has merged ones, and those that the tracepoint leaves out. Nested emulation is unreliable, so a guest
# that hangs is no failure of the lab; one without a single tracked IPI is.
#
# Environment: LAB (build/lab), KVM_IPI (build/kvm-ipi); lab.sh's.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
export LAB="${LAB:-$here/../../build/lab}"
KVM_IPI=${KVM_IPI:-$here/../../build/kvm-ipi}
LAB_LINUX=1 LAB_CAPTURES=$here/linux/captures "$here/lab.sh" ||
	echo "linux.sh: a guest did not come to its end; what was recorded is shown all the same"

failed=0
for trace in "$LAB"/out/6.12-linux/*.dat; do
	name=$(basename "$trace" .dat)
	echo
	echo "$name:"
	cat "${trace%.dat}.linux.txt"
	"$KVM_IPI" report --guest linux "$trace" || failed=1
done
exit "$failed"
