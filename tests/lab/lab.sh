#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lab.sh [MACHINE...]: build all parts of the lab, boot each machine of ./captures (or those named),
# and leave its traces, truth files and console in $LAB_OUT/MACHINE/.
#
# A machine is an emulated PC with one or two CPUs. Its kernel is a distribution's, or built from the tree that
# LINUX_7_1 names; its KVM modules are the kernel's own (NAME-stock), or have the series applied. Inside, machine/init records
# what ./captures lists.
#
# The emulation is deterministic: QEMU counts instructions (icount) and takes its clock from that
# count, so a boot does not depend on the host's speed or load, and a failure happens again. For
# that reason there is no second attempt. Kernels are built and machines run LAB_JOBS at a time.
#
# Environment: LAB (build/lab); LAB_OUT ($LAB/out); KVM_IPI (build/kvm-ipi), installed in the
# machines; LAB_ACCEL (icount), or tcg-threads (one host thread for each emulated CPU), or kvm;
# LAB_SEED (1): shifts in virtual time at which the captures begin; LAB_JOBS (2); LAB_SERIES, in place
# of kernel-patch/ (mutate.sh uses it); LAB_TIMEOUT (3000) host seconds for a boot; LAB_ATTEMPTS (1);
# LAB_LAST_WORDS (25) lines of a dead machine's console; LAB_CAPTURES (./captures); LAB_QEMU
# (qemu-system-x86_64).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
mkdir -p "$LAB"
LAB=$(cd "$LAB" && pwd)
LAB_OUT=${LAB_OUT:-$LAB/out}
LAB_SEED=${LAB_SEED:-1}
LAB_SERIES=${LAB_SERIES:-$top/kernel-patch}
LAB_CAPTURES=${LAB_CAPTURES:-$here/captures}
KVM_IPI=${KVM_IPI:-$top/build/kvm-ipi}
LAB_QEMU=${LAB_QEMU:-qemu-system-x86_64}
# shellcheck source-path=SCRIPTDIR source=kernels.bash
. "$here/kernels.bash"

# The guest and the VMM, built afresh when a source is newer.
build_programs() {
	make -s -C "$here" OUT="$LAB/programs"
}

# Which modules machine $1 loads: 6.12, or 6.12-policy for those with selectable policies.
modules_of() {
	case $1 in
	*-policy*) echo "${1%%-*}-policy" ;;
	*) echo "${1%%-*}" ;;
	esac
}

# The series for release $1: with patches of the lab's own, where it needs some.
series_for() {
	local own=$here/linux-$1 copy=$LAB/series-$1
	if [ -d "$own" ]; then
		rm -rf "$copy"
		mkdir -p "$copy"
		cp -r "$LAB_SERIES/build-modules.sh" "$LAB_SERIES/linux-$1" "$copy/"
		cp "$own"/*.patch "$copy/linux-$1/"
		echo "$copy"
	else
		echo "$LAB_SERIES"
	fi
}

# The patched modules $1 (modules_of) of kernel $2. A mark tells for which series they were built.
build_modules() {
	local release=${1%-policy} kernel=$2 dir=$LAB/modules/$1 mark log=$LAB/modules-$1.log options=() tree
	local series
	series=$(series_for "$release")
	tree=$(tree_of "$release")
	[ -z "$tree" ] || options=(--source "$tree" --headers "$(headers_of "$kernel")")
	[ "$release" = "$1" ] || options+=(--with-policies)
	[[ " ${vendors[*]} " == *intel* ]] || options+=(-- CONFIG_KVM_INTEL=)
	mark=$(echo "${options[@]}" | cat - "$series/build-modules.sh" "$LAB/linux-$release/mark" \
		"$series/linux-$release"/{.,policies}/*.patch 2>/dev/null | sha256sum)
	[ "$(cat "$dir/series" 2>/dev/null)" != "$kernel $mark" ] || return 0
	mkdir -p "$dir"
	rm -f "$dir/series"
	nice "$series/build-modules.sh" -k "$kernel" -d "$dir" "${options[@]}" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "the modules for $kernel do not build"
	}
	echo "$kernel $mark" >"$dir/series"
}

build_helper() {
	local kernel=$1 dir=$LAB/helper/$1 headers
	headers=$(headers_of "$kernel")
	[ "$dir/lab_helper.ko" -nt "$here/helper/lab_helper.c" ] &&
		[ "$dir/lab_helper.ko" -nt "$headers/Module.symvers" ] && return 0
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

# The file system of machine $1 with kernel $2.
build_initramfs() {
	local machine=$1 kernel=$2 root=$LAB/machines/$1/root to image=$LAB/images/$2
	rm -rf "$root"
	to=$root/lab/modules
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc} "$root"/lab/modules
	cp "$here/machine/init" "$root/init"
	cp "$here/machine/"{run-vms,experiment,top} "$LAB/programs/guest.bin" "$root/lab/"
	cp "$LAB_CAPTURES" "$root/lab/captures"
	cp -r "$here/workloads" "$root/lab/"
	: >"$root/lab/empty"
	add_programs "$(command -v trace-cmd)" "$LAB/programs/vmm" "$KVM_IPI" "$(command -v bpftool || echo /usr/sbin/bpftool)"
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
	*) cp "$LAB/modules/$(modules_of "$machine")"/kvm*.ko "$to/" ;;
	esac
	[ -z "${LAB_LINUX:-}" ] || add_linux "$kernel"
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) \
		>"$LAB/machines/$machine/initramfs"
}

# What executes the machine's instructions, and what KVM finds there.
#
# icount: one thread executes all CPUs and counts their instructions; each is 2 ns of virtual time,
# and time in which all CPUs are idle is skipped. Whatever else could differ from one boot to the
# next is fixed or taken away: random numbers, the date, the layout of the kernel, and SeaBIOS, which
# reads the disk and waits for it in the host's time (qboot does not).
choose_accel() {
	vendors=(kvm-amd) words='' # what QEMU emulates
	case ${LAB_ACCEL:-icount} in
	icount)
		accel=(-accel "tcg,thread=single" -icount "shift=1,sleep=off" -cpu "max,-rdrand,-rdseed"
			-rtc "base=2026-01-01T00:00:00,clock=vm" -seed "$LAB_SEED" -bios qboot.rom)
		words='nokaslr norandmaps random.trust_bootloader=off' ;;
	tcg-threads) accel=(-accel "tcg,thread=multi" -cpu max) ;;
	kvm)
		if [ ! -w /dev/kvm ] || ! grep -q -w -E 'svm|vmx' /proc/cpuinfo ||
			! cat /sys/module/kvm_{amd,intel}/parameters/nested 2>/dev/null | grep -q '^[1Yy]'; then
			die "LAB_ACCEL=kvm, but this machine cannot nest hardware virtualization"
		fi
		accel=(-accel kvm -cpu host) vendors=(kvm-amd kvm-intel) ;;
	*) die "LAB_ACCEL=$LAB_ACCEL: expected icount, tcg-threads or kvm" ;;
	esac
}

cpus_of() {
	awk -v name="$1" '$1 == "machine" && $2 == name { print $3 }' "$LAB_CAPTURES"
}

# How long the turns of emulated CPUs are, or nothing.
turn_of() {
	awk -v name="$1" '$1 == "machine" && $2 == name {
		for (i = 4; i <= NF; i++) if (sub(/^turn_ns=/, "", $i)) print $i }' "$LAB_CAPTURES"
}

# QEMU hangs with short turns of emulated CPUs before 8.1.
check_qemu() {
	local version
	[ -n "$(turn_of "$1")" ] || return 0
	version=$("$LAB_QEMU" --version | sed -n 's/^QEMU emulator version \([0-9]*\.[0-9]*\).*/\1/p')
	[ "${version%.*}" -gt 8 ] || [[ $version = 8.[1-9]* ]] ||
		die "$1 needs QEMU 8.1 or later, $LAB_QEMU is ${version:-unknown}: set LAB_QEMU"
}

# One boot; 1 if the machine did not come to its end, or a guest not to the counts of its workload.
boot_once() {
	local machine=$1 kernel=$2 dir=$LAB/machines/$1 out=$LAB_OUT/$1 turn
	turn=$(turn_of "$machine")
	local base='console=ttyS0 panic=-1 mitigations=off tsc=reliable quiet'
	rm -rf "$out" "$dir/disk"
	mkdir -p "$out"
	sha256sum <"$dir/initramfs" >"$out/initramfs.sha256"
	truncate -s 256M "$dir/disk"
	timeout "${LAB_TIMEOUT:-3000}" "$LAB_QEMU" "${accel[@]}" -machine q35 \
		-smp "$(cpus_of "$machine")" -m 2G -nodefaults -vga none -display none -no-reboot \
		-kernel "$LAB/images/$kernel/boot/vmlinuz-$kernel" -initrd "$dir/initramfs" \
		-append "$base $words lab.machine=$machine lab.seed=$LAB_SEED${turn:+ lab.turn_ns=$turn}" \
		-drive "file=$dir/disk,format=raw,if=virtio" \
		-serial "file:$out/console" -monitor none </dev/null || true
	grep '^lab:' "$out/console" | sed "s/^lab:/  $machine:/" || true
	grep -q '^lab: done' "$out/console" || return 1
	tar -x -m -C "$out" -f "$dir/disk"
	rm "$dir/disk"
	! grep -q 'NOT as the workloads say' "$out/console"
}

# With tcg-threads an emulated CPU can execute code that another one is patching, and a machine may
# die: LAB_ATTEMPTS is for that mode.
boot() {
	local attempt attempts=${LAB_ATTEMPTS:-1} again
	for ((attempt = 1; attempt <= attempts; attempt++)); do
		boot_once "$@" && return 0
		again="attempt $attempt of $attempts; LAB_SEED=$LAB_SEED LAB_ACCEL=${LAB_ACCEL:-icount}"
		if grep -q '^lab: done' "$LAB_OUT/$1/console"; then
			echo "  $1: FAILED ($again): see above" >&2
		else
			echo "  $1: DIED ($again); the end of its console:" >&2
			tail -n "${LAB_LAST_WORDS:-25}" "$LAB_OUT/$1/console" >&2
		fi
	done
	return 1
}

# Everything that a machine needs. Machines of one release share its modules: one at a time.
prepare() {
	local machine=$1 release=$2 kernel
	kernel=$(kernel_of "$release")
	fetch_image "$kernel"
	case $machine in
	*-stock) fetch_headers "$kernel" ;;
	*) build_modules "$(modules_of "$machine")" "$kernel" ;;
	esac
	build_helper "$kernel"
	build_initramfs "$machine" "$kernel"
	echo "$kernel" >"$LAB/machines/$machine/kernel"
}

run_machine() {
	local machine=$1 release=${1%%-*} lock=$1 kernel began
	[[ $machine = *-stock ]] || lock=$(modules_of "$machine")
	(flock 9; prepare "$machine" "$release") 9>"$LAB/lock-$lock" || return 1
	kernel=$(cat "$LAB/machines/$machine/kernel")
	began=$SECONDS
	echo "$machine: Linux $kernel, $(cpus_of "$machine") CPUs, ${LAB_ACCEL:-icount}"
	boot "$machine" "$kernel" || return 1
	echo "$machine: ran $((SECONDS - began)) s"
}

run_machines() {
	local machine failed=0 running=0
	for machine in "$@"; do
		if [ "$running" -ge "${LAB_JOBS:-2}" ]; then
			wait -n || failed=1
			running=$((running - 1))
		fi
		run_machine "$machine" &
		running=$((running + 1))
	done
	while [ "$running" -gt 0 ]; do
		wait -n || failed=1
		running=$((running - 1))
	done
	return "$failed"
}

"$top/tests/deps/install.sh" build modules lab ${LINUX_7_1:+tree}
[ -x "$KVM_IPI" ] || die "there is no $KVM_IPI: make"
choose_accel
build_programs
mapfile -t machines < <(awk '$1 == "machine" { print $2 }' "$LAB_CAPTURES")
[ $# = 0 ] || machines=("$@")
for machine in "${machines[@]}"; do
	[ -n "$(cpus_of "$machine")" ] || die "no machine $machine in $LAB_CAPTURES"
	check_qemu "$machine"
done
err=0
run_machines "${machines[@]}" || err=1
echo "lab: $SECONDS s in all; traces, truth and consoles in $LAB_OUT"
exit "$err"
