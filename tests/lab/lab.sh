#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lab.sh [MACHINE...]: build everything that the lab consists of, boot each machine of ./captures
# (all of them, or those named), and leave its traces and truth files in $LAB/out/MACHINE/.
#
# A machine is an emulated PC with two CPUs whose kernel is a distribution's, with KVM modules that
# are its own (NAME-stock) or have the series applied. Inside, machine/init records what ./captures
# says. Nothing is installed but what tests/deps/packages lists, nothing needs root but that.
#
# Environment: LAB (build/lab) where all of it goes; KVM_IPI (build/kvm-ipi), which records, too;
# LAB_ACCEL (auto) tcg or kvm; LAB_SERIES, a folder that stands for kernel-patch/ (mutate.sh uses it);
# LAB_TIMEOUT (600) seconds for a machine; LAB_ATTEMPTS (3) to boot it; LAB_CAPTURES (./captures).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
mkdir -p "$LAB"
LAB=$(cd "$LAB" && pwd)
LAB_SERIES=${LAB_SERIES:-$top/kernel-patch}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
KVM_IPI=${KVM_IPI:-$top/build/kvm-ipi}
# shellcheck source-path=SCRIPTDIR source=kernels.bash
. "$here/kernels.bash"

# The guest and the VMM, built afresh when a source is newer.
build_programs() {
	make -s -C "$here" OUT="$LAB/programs"
}

# The patched modules of kernel $2 for release $1. A mark tells for which series they were built.
build_modules() {
	local release=$1 kernel=$2 dir=$LAB/modules/$1 mark log=$LAB/modules-$1.log without=()
	[[ " ${vendors[*]} " == *intel* ]] || without=(-- CONFIG_KVM_INTEL=)
	mark=$(echo "${without[@]}" | cat - "$LAB_SERIES/build-modules.sh" \
		"$LAB_SERIES/linux-$release"/*.patch | sha256sum)
	[ "$(cat "$dir/series" 2>/dev/null)" != "$kernel $mark" ] || return 0
	mkdir -p "$dir"
	rm -f "$dir/series"
	nice "$LAB_SERIES/build-modules.sh" -k "$kernel" -d "$dir" "${without[@]}" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "the modules for $kernel do not build"
	}
	echo "$kernel $mark" >"$dir/series"
}

build_helper() {
	local kernel=$1 dir=$LAB/helper/$1 headers
	headers=$(headers_of "$kernel")
	[ "$dir/lab_helper.ko" -nt "$here/helper/lab_helper.c" ] && return 0
	mkdir -p "$dir"
	cp "$here/helper/Makefile" "$here/helper/lab_helper.c" "$dir/"
	# Nobody needs its types, and without them no pahole is needed.
	make -C "$headers" M="$dir" CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$dir/log" 2>&1 || {
		tail -n 20 "$dir/log" >&2
		die "the helper module for $kernel does not build"
	}
}

# The modules that $1... need, each after those it needs itself: folder $modules, in $order.
add_modules() {
	local name file
	for name in "$@"; do
		[ ! -f "$to/$name.ko" ] || continue
		file=$(find "$image/lib/modules" \( -name "$name.ko*" -o -name "${name//_/-}.ko*" \) |
			head -n 1)
		[ -n "$file" ] || continue
		case $file in
		*.xz) xz -dc "$file" >"$to/$name.ko" ;;
		*) cp "$file" "$to/$name.ko" ;;
		esac
		# shellcheck disable=SC2046 # a list
		add_modules $(modinfo -F depends "$to/$name.ko" | tr ',' ' ')
		echo "$name" >>"$to/order"
	done
}

# Programs of this machine with the libraries that they are linked to, into $root.
add_programs() {
	local file library
	for file in "$@"; do
		install -D "$file" "$root/bin/${file##*/}"
		# Nothing to say about the vmm: it is static.
		{ ldd "$file" 2>/dev/null || true; } | sed -n 's|^[^/]*\(/[^ ]*\) (.*|\1|p' |
			while read -r library; do
				install -D "$library" "$root$library"
			done
	done
}

# A Linux guest: the same kernel, with linux/load as its init, and QEMU to run it.
add_linux() {
	local dir=$root/lab/linux
	mkdir -p "$dir/bios" "$LAB/linux"
	gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static -pthread -o "$LAB/linux/init" \
		"$here/linux/load.c"
	(cd "$LAB/linux" && echo init | cpio -o -H newc -R 0:0 --quiet) >"$dir/initramfs"
	cp "$LAB/images/$1/boot/vmlinuz-$1" "$dir/vmlinuz"
	cp -L /usr/share/seabios/bios-256k.bin /usr/share/qemu/kvmvapic.bin \
		/usr/share/qemu/linuxboot_dma.bin "$dir/bios/"
	cp "$here/machine/run-linux" "$root/lab/"
	add_programs "$(command -v qemu-system-x86_64)"
}

# The machine's file system: machine $1 with kernel $2 (release $3).
build_initramfs() {
	local machine=$1 kernel=$2 release=$3 root=$LAB/machines/$1/root to image=$LAB/images/$2
	rm -rf "$root"
	to=$root/lab/modules
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc} "$root"/lab/modules
	cp "$here/machine/init" "$root/init"
	cp "$here/machine/run-vms" "$LAB/programs/guest.bin" "$root/lab/"
	cp "$LAB_CAPTURES" "$root/lab/captures"
	cp -r "$here/workloads" "$root/lab/"
	: >"$root/lab/empty"
	add_programs "$(command -v trace-cmd)" "$LAB/programs/vmm" "$KVM_IPI"
	cp "$(command -v busybox)" "$root/bin/busybox"
	"$root/bin/busybox" --list | while read -r name; do
		[ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
	done
	add_modules virtio_pci virtio_blk
	cp "$LAB/helper/$kernel/lab_helper.ko" "$to/"
	echo lab_helper >>"$to/order"
	add_modules "${vendors[@]}"
	case $machine in
	*-stock) ;;
	*) cp "$LAB/modules/$release"/kvm*.ko "$to/" ;;
	esac
	[ -z "${LAB_LINUX:-}" ] || add_linux "$kernel"
	(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$LAB/machines/$machine/initramfs"
}

# Hardware help is of use only if the emulated machine can virtualize with it, too.
choose_accel() {
	local nested
	nested=$(cat /sys/module/kvm_{amd,intel}/parameters/nested 2>/dev/null | head -n 1 || true)
	accel=(-accel "tcg,thread=multi" -cpu max) vendors=(kvm-amd)	# what it emulates
	case ${LAB_ACCEL:-auto},$nested in
	kvm,* | auto,[1Yy])
		if [ -w /dev/kvm ] && grep -q -w -E 'svm|vmx' /proc/cpuinfo; then
			accel=(-accel kvm -cpu host) vendors=(kvm-amd kvm-intel)
		elif [ "${LAB_ACCEL:-auto}" = kvm ]; then
			die "LAB_ACCEL=kvm, but this machine has no usable hardware virtualization"
		fi ;;
	esac
}

# One boot; 1 if the machine did not come to its end, or a guest not to what its workload says.
boot_once() {
	local machine=$1 kernel=$2 dir=$LAB/machines/$1 out=$LAB/out/$1
	local words='console=ttyS0 panic=-1 mitigations=off tsc=reliable quiet'
	rm -rf "$out" "$dir/disk"
	mkdir -p "$out"
	truncate -s 256M "$dir/disk"
	timeout "${LAB_TIMEOUT:-600}" qemu-system-x86_64 "${accel[@]}" -machine q35 -smp 2 -m 2G \
		-kernel "$LAB/images/$kernel/boot/vmlinuz-$kernel" -initrd "$dir/initramfs" \
		-append "$words lab.machine=$machine" \
		-drive "file=$dir/disk,format=raw,if=virtio" -nic none -display none -no-reboot \
		-serial "file:$dir/console" -monitor none || true
	grep '^lab:' "$dir/console" | sed "s/^lab:/  $machine:/" || true
	grep -q '^lab: done' "$dir/console" || return 1
	tar -x -m -C "$out" -f "$dir/disk"
	rm "$dir/disk"
	! grep -q 'NOT as the workloads say' "$dir/console"
}

# An emulator can fail where hardware would not: a machine may die, or deliver an interrupt twice.
# It gets a second and a third chance, and every failure is printed. What the last one recorded is
# what check.sh sees, and it forgives nothing.
boot() {
	local attempt
	for attempt in 1 2 3; do
		boot_once "$@" && return 0
		if grep -q '^lab: done' "$LAB/machines/$1/console"; then
			echo "  $1: FAILED in attempt $attempt: see above" >&2
		else
			echo "  $1: DIED in attempt $attempt; its last words:" >&2
			tail -n "${LAB_LAST_WORDS:-25}" "$LAB/machines/$1/console" >&2
		fi
		[ "$attempt" -lt "${LAB_ATTEMPTS:-3}" ] || break
	done
	return 1
}

# All for one machine, up to the boot.
prepare() {
	local machine=$1 release=${1%%-*} kernel
	kernel=$(kernel_of "$release")
	fetch_image "$kernel"
	case $machine in
	*-stock) fetch_headers "$kernel" ;;
	*) build_modules "$release" "$kernel" ;;
	esac
	build_helper "$kernel"
	build_initramfs "$machine" "$kernel" "$release"
	echo "$kernel" >"$LAB/machines/$machine/kernel"
}

# Build one machine while the last one runs: an emulated machine waits half of its time.
run_machines() {
	local machine began failed=0
	prepare "$1" || return 1
	while [ $# -gt 0 ]; do
		machine=$1
		shift
		builder=
		if [ $# -gt 0 ]; then
			prepare "$1" &
			builder=$!
		fi
		began=$SECONDS
		echo "$machine: Linux $(cat "$LAB/machines/$machine/kernel"), ${accel[1]%%,*}"
		boot "$machine" "$(cat "$LAB/machines/$machine/kernel")" || failed=1
		echo "$machine: ran $((SECONDS - began)) s"
		[ -z "$builder" ] || wait "$builder" || return 1
	done
	return "$failed"
}

"$top/tests/deps/install.sh" build modules lab
[ -x "$KVM_IPI" ] || die "there is no $KVM_IPI: make"
choose_accel
build_programs
mapfile -t machines < <(awk '$1 == "capture" { print $2 }' "$LAB_CAPTURES" | uniq)
[ $# = 0 ] || machines=("$@")
err=0
run_machines "${machines[@]}" || err=1
echo "lab: $SECONDS s in all; traces and truth in $LAB/out"
exit "$err"
