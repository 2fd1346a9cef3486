#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot.sh IMAGE MODULES PROGRAM: run a static or dynamic program as root in an emulated machine.
#
# For the selftest, and for 7.1, whose kernel no distribution has. IMAGE is an unpacked image package
# (boot/vmlinuz-VERSION, lib/modules/VERSION), or what linux-tree.sh makes; MODULES is the folder
# with the kvm modules of build-modules.sh, or - for the image's own. Console on standard output; the
# status is the program's, 125 if there is none.
#
# The machine has two emulated CPUs, each with a host thread of its own. The deterministic mode
# (BOOT_ACCEL=icount) changes CPUs only where an interrupt ends a guest, so in it no vCPU is ever seen
# in guest mode by another. With threads, an emulated CPU can execute an instruction that another one is
# patching (int3, when a static branch changes), and the machine dies: it is booted again then, up to
# BOOT_ATTEMPTS (3) times. A program that fails is not run again.
#
# Environment: BOOT_ACCEL (threads), BOOT_CPUS (2), BOOT_TIMEOUT (900) host seconds, BOOT_KVM (words
# for kvm-amd, avic=0).
set -euo pipefail

die() {
	printf 'boot.sh: %s\n' "$1" >&2
	exit 125
}

[ $# = 3 ] || die "usage: boot.sh IMAGE MODULES PROGRAM"
image=$1 modules=$2 program=$3
vmlinuz=$(find "$image/boot" -name 'vmlinuz-*' | head -n 1)
[ -n "$vmlinuz" ] || die "no boot/vmlinuz-VERSION in $image"
[ -x "$program" ] || die "$program: cannot execute"
version=${vmlinuz##*/vmlinuz-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,modules}

# Module $1 of the image (or of MODULES) after those it needs, in $root/modules/order.
add_module() {
	local name=$1 file
	[ ! -f "$root/modules/$name.ko" ] || return 0
	file=$modules/$name.ko
	[ -f "$file" ] || file=$(find "$image/lib/modules" \( -name "$name.ko*" -o \
		-name "${name//_/-}.ko*" \) | head -n 1)
	[ -n "$file" ] || return 0
	case $file in
	*.xz) xz -dc "$file" >"$root/modules/$name.ko" ;;
	*) cp "$file" "$root/modules/$name.ko" ;;
	esac
	local needed
	for needed in $(modinfo -F depends "$root/modules/$name.ko" | tr ',' ' '); do
		add_module "$needed"
	done
	echo "$name" >>"$root/modules/order"
}

add_module kvm-amd
cp "$(command -v busybox)" "$root/bin/busybox"
"$root/bin/busybox" --list | while read -r name; do
	[ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
done
install "$program" "$root/program"
{ ldd "$program" 2>/dev/null || true; } | sed -n 's|^[^/]*\(/[^ ]*\) (.*|\1|p' |
	while read -r library; do
		install -D "$library" "$root$library"
	done
cat >"$root/init" <<END
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing
while read -r module; do
	words=
	[ "\$module" != kvm-amd ] || words='${BOOT_KVM:-avic=0}'
	insmod "/modules/\$module.ko" \$words || echo "boot: cannot load \$module"
done </modules/order
echo "boot: Linux \$(uname -r), \$(nproc) CPUs"
/program
echo "boot: exit \$?"
dmesg | grep -E 'BUG:|Oops|WARNING:|stack end' | sed 's/^/boot: kernel: /'
poweroff -f
END
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"

case ${BOOT_ACCEL:-threads} in
threads) accel=(-accel 'tcg,thread=multi') ;;
icount) accel=(-accel 'tcg,thread=single' -icount 'shift=1,sleep=off' -seed 1
	-rtc 'base=2026-01-01T00:00:00,clock=vm') ;;
*) die "BOOT_ACCEL=$BOOT_ACCEL: expected threads or icount" ;;
esac
# Sets $status, empty if the machine died.
boot() {
	timeout "${BOOT_TIMEOUT:-900}" qemu-system-x86_64 "${accel[@]}" -cpu max,-rdrand,-rdseed \
		-machine q35 -smp "${BOOT_CPUS:-2}" -m 1G -nodefaults -vga none -display none \
		-no-reboot -monitor none -kernel "$vmlinuz" -initrd "$work/initramfs" \
		-serial "file:$work/console" </dev/null \
		-append "console=ttyS0 panic=-1 mitigations=off tsc=reliable nokaslr norandmaps quiet" || true
	tr -d '\r' <"$work/console"
	status=$(tr -d '\r' <"$work/console" | sed -n 's/^boot: exit //p')
}

attempts=${BOOT_ATTEMPTS:-3}
for ((attempt = 1; attempt <= attempts; attempt++)); do
	boot
	[ -z "$status" ] || exit "$status"
	echo "boot.sh: Linux $version died, attempt $attempt of $attempts" >&2
done
exit 125
