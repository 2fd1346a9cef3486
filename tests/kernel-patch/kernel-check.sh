#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel-check.sh [RELEASE...]: each patch of each series against its kernel (default: all).
#
#   applies      in order, without fuzz, and the policies after them
#   checkpatch   no error; what else it says is explained in the series' README
#   builds       after each patch that touches KVM, with W=1 and sparse, and no warning is new
#   frames       the two delivery functions grow by 32 bytes at most
#   off          with the tracepoint off, no call is reached that was not there before, and hardly
#                an instruction that the counting and recording alone do not need
#   line         the record of a vCPU's last IPI has a cache line of its own (pahole)
#   policies     build after each patch, without a new warning, and kvm.ko has all of them
#   selftest     compiles against the kernel's own headers, without a warning
#
# 6.1 and 6.12 are fetched as Debian's packages. There is no package of 7.1: name a tree in
# LINUX_7_1. It is configured and prepared as linux-tree.sh does, so modules are compiled, but not
# linked against a kernel.
#
# Everything is built below build/kernel-check/, where packages stay for the next time.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"
set -uo pipefail

need make patch xz perl objdump readelf awk sparse rst2html pahole openssl
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
repo=$PWD

# How many patches of a folder touch KVM itself: the first ones; then come documentation and selftest.
kernel_patches() {
	grep -l -E '^\+\+\+ b/(arch/x86|virt)/kvm/' "$1"/0*.patch | grep -vc /0000-
}

# All patches, in the order in which they are applied.
all_patches() {
	find "$series" -maxdepth 2 -name '0*.patch' ! -name '0000-*' | sort
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
	for p in $(all_patches); do
		out=$(patch -d "$tree" -p1 --fuzz=0 --no-backup-if-mismatch <"$p" 2>&1)
		tap $? "$release: ${p#"$series"/} applies without fuzz"
		grep -q offset <<<"$out" && echo "# with offsets: another revision of the base"
	done
}

check_checkpatch() {
	local p out kind nr
	for p in $(all_patches); do
		nr=$(basename "$p" | cut -c 3-4)
		nr=${nr##0}
		[[ $p != */policies/* ]] || nr="policies $nr"
		out=$(cd "$tree" && perl scripts/checkpatch.pl --strict --no-signoff --show-types \
			"$p")
		grep -q '^total: 0 errors' <<<"$out"
		tap $? "$release: ${p#"$series"/}: checkpatch finds no error"
		grep -oE '^(WARNING|CHECK):[A-Z_]+' <<<"$out" | cut -d: -f2 | sort -u >"$T/kinds"
		while read -r kind; do
			ok "$release: ${p#"$series"/}: $kind is explained" \
				grep -q -E "^\| \`$kind\` \| ([^|]*, )?$nr(,[^|]*)? \|" "$series/README.md"
		done <"$T/kinds"
	done
}

# The tree is built once without patches, and again after each patch, in one place: kbuild compiles
# what the patch touches. What is looked at later is kept in $dir/NAME.
build_unpatched() {
	mkdir -p "$dir/work" "$dir/packages"
	ln -sfn "$dir/packages" "$dir/work/packages"
	kernel-patch/build-modules.sh --kernel "$kernel" --dir "$dir/work" --patches 0 \
		"${from[@]}" -- "${make[@]}" W=1 C=1 >"$dir/work.log" 2>&1
}

# The build folder that build_unpatched() used.
headers() {
	local headers=$dir/work/headers/usr/src/linux-headers-$kernel
	[ -z "$given" ] || headers=$dir/linux/build
	[ -d "$headers" ] || headers=/usr/src/linux-headers-$kernel
	echo "$headers"
}

rebuild() {
	make -C "$(headers)" M="$dir/work/source/arch/x86/kvm" -j"$(nproc)" "${make[@]}" \
		W=1 C=1 modules >"$dir/work/build.log" 2>&1
}

keep() {
	rm -rf "${dir:?}/$1"
	mkdir "$dir/$1"
	cp "$dir/work/source/arch/x86/kvm"/*.su "$dir/work/source/arch/x86/kvm"/kvm*.ko "$dir/$1/"
}

# What compiler and sparse said in build $1, without places: lines move.
warnings() {
	grep -E ': (warning|error):' "$dir/$1/build.log" |
		sed -E "s|$dir/$1/||; s/:[0-9]+(:[0-9]+)?:/:/" | sort -u
}

# nothing_new WHAT BUILD: no warning that the unpatched source has not.
nothing_new() {
	warnings "$2" >"$T/warnings"
	is "$release: $1: W=1 and sparse say nothing new" "$(comm -13 "$T/warnings.0" "$T/warnings")" ""
}

# Apply the patch and build.
build_patch() {
	local name=${1#"$series"/}
	patch -d "$dir/work/source" -p1 -s --fuzz=0 --no-backup-if-mismatch <"$1" && rebuild
	tap $? "$release: $name: the modules build"
	nothing_new "$name" work
}

frame() {
	cat "$dir/$1"/*.su | awk -F'[:\t]' -v f="$2" '$(NF - 2) == f { print $(NF - 1) }'
}

# off $1 $2: what is reached from function $2 with static branches off.
off() {
	objdump -dr --no-show-raw-insn "$dir/$1/kvm.ko" |
		awk -v name="$2" -f tests/kernel-patch/reach.awk
}

check_build() {
	local nr n=0 p
	nr=$(kernel_patches "$series")
	warnings work >"$T/warnings.0"
	keep 0
	for p in "$series"/0*.patch; do
		[[ $p != */0000-* && $n -lt $nr ]] || continue
		n=$((n + 1))
		build_patch "$p"
		keep "$n"
	done
	build_untraced
	tap $? "$release: the same builds without the tracing"
	check_off "$nr"
	check_line "$nr"
}

# The costs while it is off; the second patch has the tracepoint and nothing else.
check_off() {
	local f n names=(kvm_irq_delivery_to_apic_fast kvm_irq_delivery_to_apic)
	[ "$release" != 7.1 ] || names=("${names[@]/#/__}")
	for f in "${names[@]}"; do
		check_function "$f" "$1"
	done
	n=$(branches 2/kvm.ko)
	is "$release: static branches on the tracepoint: to sample and to trace, at both sites" "$n" 4
	n=$(branches "$1/kvm-amd.ko")
	is "$release: and in kvm-amd, with AVIC: to sample and to trace, once or inlined twice" \
		"$((n == 2 || n == 4))" 1
}

branches() {
	readelf -rW "$dir/$1" | awk '/^Relocation section/ { s = $3 }
		s ~ /__jump_table/ && /__tracepoint_kvm_ipi_track/' | wc -l
}

# The record of the last IPI begins a cache line, and nothing else is in that.
check_line() {
	pahole -C kvm_vcpu_arch "$dir/$1/kvm.ko" >"$dir/kvm_vcpu_arch" 2>/dev/null
	awk '/^\t} ipi / { at = $(NF - 2); size = $(NF - 1); found = 1 }
		/\/\* size: / { total = $3 + 0 }
		END { exit !(found && at % 64 == 0 && total - at == 64 && size <= 64) }' \
		"$dir/kvm_vcpu_arch"
	tap $? "$release: pahole: the record of the last IPI is alone in a cache line"
	sed -n '/last_receiver/,/} ipi /s/^/#/p' "$dir/kvm_vcpu_arch"
}

# Each patch of the policies but the last that has code, which check_script() builds.
check_policies() {
	local p n=0 last
	[ -d "$series/policies" ] || return
	last=$(kernel_patches "$series/policies")
	# Documentation and selftest, for the later patches to apply.
	for p in "$series"/0*.patch; do
		[[ $p == */0000-* ]] || grep -q -E '^\+\+\+ b/(arch/x86|virt)/kvm/' "$p" ||
			patch -d "$dir/work/source" -p1 -s <"$p"
	done
	for p in "$series"/policies/0*.patch; do
		n=$((n + 1))
		[ "$n" -ge "$last" ] || build_patch "$p"
	done
}

# The script itself, with all that it has.
check_script() {
	local options=() p=$dir/all/kvm.ko
	[ ! -d "$series/policies" ] || options=(--with-policies)
	if [ -x "$(headers)/scripts/sign-file" ]; then
		openssl req -new -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=kernel-check/ \
			-keyout "$T/key.pem" -out "$T/cert.pem" 2>"$T/openssl"
		options+=(--sign "$T/key.pem" "$T/cert.pem")
	fi
	mkdir -p "$dir/all"
	ln -sfn "$dir/packages" "$dir/all/packages"
	kernel-patch/build-modules.sh --kernel "$kernel" --dir "$dir/all" "${options[@]}" \
		"${from[@]}" -- "${make[@]}" W=1 C=1 >"$dir/all.log" 2>&1
	tap $? "$release: build-modules.sh: all patches"
	nothing_new "all patches" all
	if [[ ${options[*]} == *--sign* ]]; then
		is "$release: build-modules.sh --sign" "$(modinfo -F signer "$p")" kernel-check
	else
		skip "$release: build-modules.sh --sign" "this build folder has no scripts/sign-file"
	fi
	[ -d "$series/policies" ] || return
	for n in stock any-pending ipi-v3 ipi-v3+relaxed ipi-first on_spin_searches on_spin_chances \
		on_spin_picks on_spin_picks_awaited on_spin_picks_with_hint on_spin_picks_of_hint; do
		strings -n 4 "$p" | grep -xF -- "$n" >/dev/null || echo "$n"
	done >"$T/absent"
	is "$release: kvm.ko has all policies and counters" "$(cat "$T/absent")" ""
	ok "$release: and the parameter" sh -c "modinfo -p '$p' | grep -q ^directed_yield_policy"
}

# Into $dir/untraced, what all patches build, less the tracing: the seed's counting and recording.
build_untraced() {
	local files=(lapic.c irq_comm.c) src=$dir/work/source/arch/x86/kvm status
	[ -f "$src/irq_comm.c" ] || files=(lapic.c)
	(cd "$src" && cp "${files[@]}" "$T/") &&
		# The comment, the sampling, the variable and the tracepoint of each site.
		perl -0pi -e 's/\n[^\n]*\n\s*if \(trace_kvm_ipi_track_enabled[^;]*;//g;
			s/\n\s*trace_kvm_ipi_track\([^;]*;//g; s/\n\s*int ipi_state = [^;]*;//g' \
			"${files[@]/#/$src/}" &&
		! grep -q 'ipi_state\|trace_kvm_ipi_track' "${files[@]/#/$src/}" &&
		rebuild && keep untraced
	status=$?
	cp "${files[@]/#/$T/}" "$src/"
	return "$status"
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

# Set what the modules are built from: a tree that was named, or the packages.
choose_kernel() {
	make=(KCFLAGS=-fstack-usage)
	from=() given='' deb=''
	if [ "$release" = 7.1 ]; then
		given=${LINUX_7_1:-}
		kernel=$(tests/kernel-patch/linux-tree.sh --prepare "$given" "$dir/linux") || return 1
		from=(--source "$given" --headers "$dir/linux/build")
		# There is no kernel to link with, so no symbol is known.
		make+=(KBUILD_MODPOST_WARN=1)
	else
		kernel=$(tests/kernel-patch/debian-kernel.sh "$release") || return 1
	fi
	echo "# $release: $kernel"
}

check_release() {
	release=$1
	series=$repo/kernel-patch/linux-$release
	dir=$BUILD/kernel-check/$release
	tree=$dir/tree
	mkdir -p "$dir"
	[ "$release" != 7.1 ] || [ -n "${LINUX_7_1:-}" ] || {
		skip "7.1: all of it" "no public package: name a tree in LINUX_7_1"
		return
	}
	choose_kernel || {
		tap 1 "$release: there is a kernel to build for"
		return
	}
	build_unpatched
	tap $? "$release: kvm, kvm-amd and kvm-intel build without patches"
	[ -n "$given" ] ||
		deb=$(find "$dir/packages" -name "linux-source-$release*.deb" | sort -V | tail -n 1)
	unpack_tree
	check_applies
	check_checkpatch
	check_selftest
	ok "$release: the documentation is proper reStructuredText" \
		rst2html --report=2 --halt=2 "$tree/Documentation/virt/kvm/x86/ipi-tracking.rst" /dev/null
	check_build
	check_policies
	check_script
}

for r in "${@:-6.1 6.12 7.1}"; do
	# shellcheck disable=SC2086 # the default is a list
	for release in $r; do
		check_release "$release"
	done
done
done_testing
