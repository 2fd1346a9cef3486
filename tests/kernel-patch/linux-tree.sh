#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# linux-tree.sh TREE DIR: a minimal kernel of the tree, as the lab boots it, without touching the tree.
#
# Debian has no package of Linux 7.1, so what its image and headers packages are for the other
# releases is built here: DIR/build is the headers (a build folder), and DIR/image is laid out as
# the image package is, boot/vmlinuz-VERSION and lib/modules/VERSION. Patched modules then come from
# build-modules.sh --kernel VERSION --source TREE --headers DIR/build, as for any other kernel.
#
# With --prepare only as much as is needed to compile modules: seconds instead of minutes; such
# modules cannot be loaded. Prints the version (as uname -r) as its last line.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
me=${0##*/}

die() {
	printf '%s: %s\n' "$me" "$1" >&2
	exit 1
}

prepare=
[ "${1:-}" != --prepare ] || { prepare=1; shift; }
[ $# = 2 ] || { echo "usage: $me [--prepare] TREE DIR" >&2; exit 2; }
[ -f "$1/arch/x86/kvm/lapic.c" ] || die "$1: no tree of Linux"
tree=$(cd "$1" && pwd)
mkdir -p "$2/build"
dir=$(cd "$2" && pwd)
release=$(awk -F' *= *' '/^VERSION *=/ { v = $2 } /^PATCHLEVEL *=/ { print v "." $2; exit }' \
	"$tree/Makefile")
fragment=$here/linux-$release.config
[ -f "$fragment" ] || die "no configuration for Linux $release: ${fragment##*/} is missing"
[ ! -f "$tree/.config" ] || die "$tree was built in: make mrproper there, or name a clean copy"

run() {
	make -C "$tree" O="$dir/build" LOCALVERSION=-kvm-ipi -j"${JOBS:-2}" "$@" >>"$dir/log" 2>&1 || {
		tail -n 20 "$dir/log" >&2
		die "make $* failed (log: $dir/log)"
	}
}

# Options that a newer or older tree does not have are dropped by Kconfig, silently.
configure() {
	local wanted got=$dir/build/.config missing
	wanted=$(grep '^CONFIG_' "$fragment")
	command -v pahole >/dev/null || wanted=$(grep -v _BTF <<<"$wanted")
	echo "$wanted" >"$dir/fragment"
	run KCONFIG_ALLCONFIG="$dir/fragment" allnoconfig
	missing=$(grep -v -x -F -f "$got" "$dir/fragment" || true)
	[ -z "$missing" ] || echo "$me: this tree has not: $(paste -sd ' ' <<<"$missing")" >&2
}

: >"$dir/log"
configure
if [ -n "$prepare" ]; then
	run modules_prepare
else
	run bzImage modules
	rm -rf "$dir/image"
	run INSTALL_MOD_PATH="$dir/image" INSTALL_MOD_STRIP=1 modules_install
fi
version=$(cat "$dir/build/include/config/kernel.release")
if [ -z "$prepare" ]; then
	install -D -m 644 "$dir/build/arch/x86/boot/bzImage" "$dir/image/boot/vmlinuz-$version"
fi
echo "$version"
