#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel-check.sh [RELEASE...]: each patch of each series against its kernel (default: all).
#
#   applies      in order, without fuzz
#   checkpatch   no error; what else it says is explained in the series' README
#   builds       after each patch that touches KVM, with W=1 and sparse, and no warning is new
#   frames       the two delivery functions grow by 32 bytes at most
#   off          with the tracepoint off, no call is reached that was not there before, and hardly
#                an instruction that the counting and recording alone do not need
#   selftest     compiles against the kernel's own headers, without a warning
#
# 6.1 and 6.12 are fetched as Debian's packages. There is no package of 7.1: name a tree in
# LINUX_7_1, and it is checked as far as a tree without a configuration allows.
#
# Everything is built below build/kernel-check/, where packages stay for the next time.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"
set -uo pipefail

need make patch xz perl objdump readelf awk sparse rst2html
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
repo=$PWD

# The patches of a series that touch KVM itself; the rest is documentation and the selftest.
kernel_patches() {
	grep -l '^+++ b/arch/x86/kvm/' "$series"/0*.patch | grep -vc /0000-
}

# A tree for checkpatch and the selftest: more of the source than the modules need.
members=(arch/x86 arch/Kconfig include scripts tools usr virt Makefile Kbuild Kconfig MAINTAINERS
	Documentation/virt/kvm Documentation/admin-guide/kernel-parameters.txt)

unpack_tree() {
	rm -rf "$tree"
	mkdir -p "$tree"
	if [ -n "$given" ]; then
		tar -c -C "$given" "${members[@]}" | tar -x -C "$tree"
	else
		dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/linux-source-$release.tar.xz" |
			xz -dc -T0 | tar -x -C "$tree" --strip-components=1 --wildcards \
			--no-wildcards-match-slash "${members[@]/#/*/}"
	fi
	# checkpatch wants to see the top of a kernel tree.
	(cd "$tree" && touch COPYING CREDITS README && mkdir -p drivers fs init ipc kernel lib)
}

check_applies() {
	local p out
	for p in "$series"/0*.patch; do
		[[ $p != */0000-* ]] || continue
		out=$(patch -d "$tree" -p1 --fuzz=0 --no-backup-if-mismatch <"$p" 2>&1)
		tap $? "$release: ${p##*/} applies without fuzz"
		grep -q offset <<<"$out" && echo "# with offsets: another revision of the base"
	done
}

check_checkpatch() {
	local p out kind nr
	for p in "$series"/0*.patch; do
		[[ $p != */0000-* ]] || continue
		nr=$(basename "$p" | cut -c 3-4)
		out=$(cd "$tree" && perl scripts/checkpatch.pl --strict --no-signoff --show-types \
			"$p")
		grep -q '^total: 0 errors' <<<"$out"
		tap $? "$release: ${p##*/}: checkpatch finds no error"
		grep -oE '^(WARNING|CHECK):[A-Z_]+' <<<"$out" | cut -d: -f2 | sort -u >"$T/kinds"
		while read -r kind; do
			ok "$release: ${p##*/}: $kind is explained" \
				grep -q "^| \`$kind\` | [^|]*${nr##0}[^|]* |" "$series/README.md"
		done <"$T/kinds"
	done
}

# Build with the first $1 patches into $dir/$1.
build() {
	mkdir -p "$dir/$1" "$dir/packages"
	ln -sfn "$dir/packages" "$dir/$1/packages"
	kernel-patch/build-modules.sh --kernel "$kernel" --dir "$dir/$1" --patches "$1" -- \
		W=1 C=1 KCFLAGS=-fstack-usage >"$dir/$1.log" 2>&1
}

# What compiler and sparse said, without places: lines move.
warnings() {
	grep -E ': (warning|error):' "$dir/$1/build.log" |
		sed -E "s|$dir/$1/||; s/:[0-9]+(:[0-9]+)?:/:/" | sort
}

frame() {
	cat "$dir/$1"/source/arch/x86/kvm/*.su |
		awk -F'[:\t]' -v f="$2" '$(NF - 2) == f { print $(NF - 1) }'
}

# off $1 $2: what is reached from function $2 with static branches off.
off() {
	objdump -dr --no-show-raw-insn "$dir/$1/source/arch/x86/kvm/kvm.ko" |
		awk -v name="$2" -f tests/kernel-patch/reach.awk
}

check_build() {
	local nr n
	nr=$(kernel_patches)
	for ((n = 0; n <= nr; n++)); do
		build "$n"
		tap $? "$release: kvm, kvm-amd and kvm-intel build with $n patches"
		warnings "$n" >"$T/warnings.$n"
		ok "$release: with $n patches, W=1 and sparse say nothing new: $(wc -l \
			<"$T/warnings.$n") before and after" \
			diff "$T/warnings.0" "$T/warnings.$n"
	done
	build_untraced "$nr"
	tap $? "$release: the same builds without the tracing"
	# The second patch has the tracepoint and nothing else.
	for f in kvm_irq_delivery_to_apic_fast kvm_irq_delivery_to_apic; do
		check_function "$f" "$nr"
	done
	n=$(readelf -rW "$dir/2/source/arch/x86/kvm/kvm.ko" |
		awk '/^Relocation section/ { s = $3 }
			s ~ /__jump_table/ && /__tracepoint_kvm_ipi_track/' | wc -l)
	is "$release: static branches on the tracepoint: to sample and to trace, at both sites" "$n" 4
}

# In $dir/untraced, what all patches build, less the tracing: the seed's counting and recording.
build_untraced() {
	local headers=$dir/$1/headers/usr/src/linux-headers-$kernel
	[ -d "$headers" ] || headers=/usr/src/linux-headers-$kernel
	rm -rf "$dir/untraced"
	mkdir "$dir/untraced"
	cp -a "$dir/$1/source" "$dir/untraced/"
	(
		cd "$dir/untraced/source/arch/x86/kvm" || exit 1
		# The comment, the sampling, the variable and the tracepoint of each site.
		perl -0pi -e 's/\n[^\n]*\n\s*if \(trace_kvm_ipi_track_enabled[^;]*;//g;
			s/\n\s*trace_kvm_ipi_track\([^;]*;//g; s/\n\s*int ipi_state = [^;]*;//g' \
			lapic.c irq_comm.c
		! grep -q 'ipi_state\|trace_kvm_ipi_track' lapic.c irq_comm.c || exit 1
		make -C "$headers" M="$PWD" -j"$(nproc)" KCFLAGS=-fstack-usage modules
	) >"$dir/untraced.log" 2>&1
}

# instructions FILE: how many off() counted.
instructions() {
	sed -n 's/^instructions //p' "$1"
}

check_function() {
	local f=$1 nr=$2 before after untraced
	before=$(frame 0 "$f")
	after=$(frame "$nr" "$f")
	untraced=$(frame untraced "$f")
	ok "$release: $f: frame of $before bytes, $after after, $untraced without the tracing" \
		test "$after" -le "$((before + 32))"
	off 0 "$f" >"$T/off.0"
	off 2 "$f" >"$T/off.2"
	off "$nr" "$f" >"$T/off.nr"
	off untraced "$f" >"$T/off.untraced"
	grep '^to ' "$T/off.0" >"$T/before"
	ok "$release: $f: off, the tracepoint leads to no call" \
		sh -c "grep '^to ' '$T/off.2' | diff '$T/before' - && test -s '$T/before'"
	# With the recording, one call more: the function, or what the compiler left of it.
	grep '^to ' "$T/off.nr" | diff "$T/before" - | sed -n 's/^[<>] //p' >"$T/more"
	ok "$release: $f: with all patches, what records is reached: $(paste -sd ' ' "$T/more")" \
		grep -qxE 'to (kvm_track_ipi_communication|ktime_get_mono_fast_ns)' "$T/more"
	is "$release: $f: and nothing else" "$(wc -l <"$T/more")" 1
	before=$(instructions "$T/off.0")
	after=$(instructions "$T/off.nr")
	untraced=$(instructions "$T/off.untraced")
	ok "$release: $f: off, $before instructions, $after after, $untraced without the tracing" \
		test "$after" -le "$((untraced + 16))"
}

check_selftest() {
	local arch=x86 folder=x86_64
	[ -d "$tree/tools/testing/selftests/kvm/x86" ] && folder=x86
	[ "$release" = 6.1 ] && arch=x86_64
	make -s -C "$tree" ARCH=x86 headers >"$dir/headers.log" 2>&1
	make -s -C "$tree/tools/testing/selftests/kvm" ARCH=$arch OUTPUT="$dir/selftests" \
		EXTRA_CFLAGS='-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
			-Wno-missing-field-initializers' \
		"$dir/selftests/$folder/ipi_track_test" >"$dir/selftest.log" 2>&1
	tap $? "$release: the selftest compiles"
	ok "$release: the selftest compiles without a warning" \
		sh -c "! grep 'ipi_track_test.c.*warning' '$dir/selftest.log'"
}

check_release() {
	release=$1
	series=$repo/kernel-patch/linux-$release
	dir=$BUILD/kernel-check/$release
	tree=$dir/tree
	given='' deb=''
	mkdir -p "$dir"
	if [ "$release" = 7.1 ]; then
		given=${LINUX_7_1:-}
		[ -n "$given" ] || {
			skip "7.1: all of it" "no public package: name a tree in LINUX_7_1"
			return
		}
	else
		kernel=$(tests/kernel-patch/debian-kernel.sh "$release") || {
			tap 1 "$release: there is a kernel to build for"
			return
		}
		echo "# $release: $kernel"
		check_build
		deb=$(find "$dir/packages" -name "linux-source-$release*.deb" | sort -V | tail -n 1)
	fi
	unpack_tree
	check_applies
	check_checkpatch
	[ -z "$given" ] || skip "7.1: builds, frames, disassembly" "a tree has no configuration"
	check_selftest
	ok "$release: the documentation is proper reStructuredText" \
		rst2html --report=2 --halt=2 "$tree/Documentation/virt/kvm/x86/ipi-tracking.rst" /dev/null
}

for r in "${@:-6.1 6.12 7.1}"; do
	# shellcheck disable=SC2086 # the default is a list
	for release in $r; do
		check_release "$release"
	done
done
done_testing
