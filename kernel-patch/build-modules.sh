#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# build-modules.sh - kvm, kvm-amd and kvm-intel with kvm:kvm_ipi_track, for a kernel of Debian.
#
# A tracepoint is not worth a kernel build, so nothing but the modules is built: the source package
# that belongs to the kernel gives KVM, the series in linux-X.Y/ patches it, and the kernel's
# headers package gives everything else. Headers that are not installed are unpacked beside the
# source, so that this needs no root, and no machine has to boot the kernel it builds for.
#
# The versions of all packages follow from the kernel's: Debian's headers package carries the
# version of the source package that it was built from. Where they differ, modules would load and
# then corrupt memory, so every mismatch ends the script.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
me=${0##*/}

usage() {
	cat <<-END
	usage: $me [options] [-- MAKE-ARGUMENT...]

	Builds kvm, kvm-amd and kvm-intel with the tracepoint kvm:kvm_ipi_track.

	  -k, --kernel VERSION  for this kernel, as in uname -r (default: the running one)
	  -d, --dir DIR         build here (default: build/modules/VERSION)
	  -s, --source SOURCE   the kernel's source: a linux-source package, its tar archive or a
	                        tree (default: fetch the package that matches the kernel)
	  -H, --headers DIR     the kernel's build folder (default: the installed headers, else
	                        fetch them)
	  -p, --with-policies   also apply the second series, linux-X.Y/policies: policies of
	                        directed yield, for experiments
	  -n, --patches N       apply only the first N patches (those of the policies come last)
	  -S, --sign KEY CERT   sign the modules: a private key and its certificate, both PEM
	  -i, --install         also install into updates/kvm-ipi/ below the kernel's modules
	  -h, --help            this text

	What follows -- goes to make, for example W=1 C=1. INSTALL_MOD_PATH is honoured.
	END
}

die() {
	printf '%s: %s\n' "$me" "$1" >&2
	shift
	[ $# = 0 ] || printf '  %s\n' "$@" >&2
	exit 1
}

say() {
	printf '== %s\n' "$*"
}

misused() {
	printf '%s: %s; try --help\n' "$me" "$1" >&2
	exit 2
}

kernel=$(uname -r)
dir='' source='' headers='' patches='' install='' policies='' key='' certificate=''
while [ $# -gt 0 ]; do
	case $1 in
	-k | --kernel | -d | --dir | -s | --source | -H | --headers | -n | --patches)
		[ -n "${2:-}" ] || misused "$1 needs a value" ;;&
	-k | --kernel) kernel=$2; shift ;;
	-d | --dir) dir=$2; shift ;;
	-s | --source) source=$2; shift ;;
	-H | --headers) headers=$2; shift ;;
	-n | --patches) patches=$2; shift ;;
	-p | --with-policies) policies=1 ;;
	-S | --sign)
		[ $# -gt 2 ] || misused "$1 needs a key and a certificate"
		key=$2 certificate=$3
		shift 2 ;;
	-i | --install) install=1 ;;
	-h | --help) usage; exit 0 ;;
	--) shift; break ;;
	*) misused "what is '$1'?" ;;
	esac
	shift
done
make_arguments=("$@")
case $patches in
*[!0-9]*) misused "--patches takes a number" ;;
esac
# It becomes a folder's name and part of package names.
[[ $kernel =~ ^[0-9]+\.[0-9]+[A-Za-z0-9.+~_-]*$ ]] || misused "'$kernel' is no kernel version"

release=$(sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$kernel")
series=$here/linux-$release
[ -d "$series" ] || die "there is no series for Linux $release (kernel $kernel)" \
	"there is one for: $(cd "$here" && echo linux-*/ | tr -d /)"

[ -z "$policies" ] || [ -d "$series/policies" ] || die "there are no policies for Linux $release" \
	"there are for: $(cd "$here" && echo linux-*/policies | sed 's|/policies||g')"
for file in "$key" "$certificate"; do
	[ -z "$file" ] || [ -r "$file" ] || die "cannot read $file"
done

dir=${dir:-$here/../build/modules/$kernel}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# Kbuild splits its paths at blanks and colons.
case $dir in
*[[:space:]:]*) die "the build folder's path must have no blanks and no colons: $dir" ;;
esac

# What a Debian package says about itself: field FIELD of package PACKAGE[=VERSION].
field() {
	apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n "s/^$1: //p"
}

# Fetch package $1 at version $2 into $dir/packages, unless it is there, and set $package to it.
fetch() {
	package=$dir/packages/$1_$2.deb
	[ ! -f "$package" ] || return 0
	say "fetching $1 $2"
	mkdir -p "$dir/packages/new"
	# As root, apt would drop its rights and then lack those to this folder.
	(cd "$dir/packages/new" && apt-get -qq -o APT::Sandbox::User=root download "$1=$2") ||
		die "cannot fetch $1 $2" "$3"
	mv "$dir/packages/new/"*.deb "$package"
	rmdir "$dir/packages/new"
}

# pahole writes the types (BTF) that Debian's kernels want of a module.
need_tools() {
	local missing=()
	for tool in make patch xz strip modinfo pahole "$@"; do
		[ -n "$tool" ] || continue
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} = 0 ] || "$here/../tests/deps/install.sh" modules ||
		die "missing: ${missing[*]}"
}

# The compiler that the headers ask for, by name and version.
compiler() {
	sed -n 's/^CC = .*\(gcc-[0-9]*\)$/\1/p' "$headers/.kernelvariables" 2>/dev/null
}

# Set $headers to a build folder of $kernel, and $version to its package's, if it has one.
find_headers() {
	version=
	if [ -n "$headers" ]; then
		headers=$(cd "$headers" && pwd)
	elif [ -f "/usr/src/linux-headers-$kernel/Makefile" ]; then
		headers=/usr/src/linux-headers-$kernel
		version=$(dpkg-query -W -f '${Version}' "linux-headers-$kernel" 2>/dev/null || true)
	elif [ -f "/lib/modules/$kernel/build/Makefile" ]; then
		headers=/lib/modules/$kernel/build
	else
		fetch_headers
	fi
	local found
	found=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' \
		"$headers/include/generated/utsrelease.h" 2>/dev/null) ||
		die "$headers is no build folder of a kernel"
	[ "$found" = "$kernel" ] || die "these headers are for $found, not for $kernel: $headers"
}

# The headers package names the two others that it lives on; unpacked side by side, only the one
# absolute path in the small Makefile has to follow.
fetch_headers() {
	local name=linux-headers-$kernel root=$dir/headers depends common kbuild kbuild_version
	version=$(field Version "$name")
	if [ -z "$version" ] && [ "$(id -u)" = 0 ]; then
		apt-get -qq update || true
		version=$(field Version "$name")
	fi
	[ -n "$version" ] || die "no package $name: neither installed nor in the archive" \
		"is $kernel a kernel of Debian, is its suite (also -security) in the sources of apt," \
		"and are the lists fresh (apt-get update)?"
	depends=$(field Depends "$name" | tr ',' '\n' | sed 's/^ *//; s/ .*//')
	common=$(grep -E '^linux-headers-.*-common$' <<<"$depends")
	kbuild=$(grep -E '^linux-kbuild-' <<<"$depends")
	kbuild_version=$(field Version "$kbuild")
	rm -rf "$root"
	mkdir -p "$root"
	fetch "$name" "$version" 'is the network there?'
	dpkg-deb -x "$package" "$root"
	fetch "$common" "$version" 'is the network there?'
	dpkg-deb -x "$package" "$root"
	fetch "$kbuild" "$kbuild_version" 'is the network there?'
	dpkg-deb -x "$package" "$root"
	headers=$root/usr/src/linux-headers-$kernel
	sed -i "s|^include /usr/src/|include $root/usr/src/|" "$headers/Makefile"
	rm -f "$root/lib/modules/$kernel/build" "$root/lib/modules/$kernel/source"
}

# A running kernel can be older than the package of the same name: updates keep the name while the
# ABI is thought to be the same, and the modules' layout of KVM's structures is no part of that ABI.
check_running() {
	[ "$kernel" = "$(uname -r)" ] && [ -n "$version" ] || return 0
	local running
	running=$(uname -v | sed -n 's/.* Debian \([^ ]*\) .*/\1/p')
	[ -z "$running" ] || [ "$running" = "$version" ] ||
		die "the running $kernel is of package version $running, the headers are $version" \
			"boot the installed kernel, or install the headers of the running one"
}

# VERSION.PATCHLEVEL.SUBLEVEL of the kernel Makefile on standard input.
makefile_version() {
	awk -F' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) *=/ { v = v s $2; s = "." }
		/^EXTRAVERSION *=/ { print v; exit }'
}

# What the modules are made of, and what the documentation and selftest patches change.
members=(arch/x86/kvm arch/x86/include virt include/trace include/linux/kvm_host.h
	include/linux/kvm_types.h Makefile
	Documentation/virt/kvm Documentation/admin-guide/kernel-parameters.txt
	tools/testing/selftests/kvm)

# Unpack the tar archive on standard input into $tree.
unpack() {
	mkdir -p "$tree"
	tar -x -C "$tree" --strip-components=1 --no-same-owner --wildcards --no-wildcards-match-slash \
		"${members[@]/#/*/}" || die "cannot unpack the source: $source"
}

get_source() {
	local package_version
	rm -rf "$tree"
	if [ -z "$source" ]; then
		[ -n "$version" ] || die "these headers come from no package" \
			"name the source that they were made of: --source"
		fetch "linux-source-$release" "$version" \
			"the archive has: $(apt-cache madison "linux-source-$release" | awk -F'|' \
			'{ gsub(/ /, "", $2); printf "%s ", $2 }'); update the kernel, or use --source"
		source=$package
	fi
	[ -e "$source" ] || die "no such source: $source"
	say "unpacking ${source##*/}"
	case $source in
	*.deb)
		package_version=$(dpkg-deb -f "$source" Version)
		[ -z "$version" ] || [ "$version" = "$package_version" ] ||
			die "${source##*/} is version $package_version, kernel $kernel is of $version"
		dpkg-deb --fsys-tarfile "$source" |
			tar -xO "./usr/src/linux-source-$release.tar.xz" | xz -dc -T0 | unpack ;;
	*.tar.xz) xz -dc -T0 "$source" | unpack ;;
	*)
		[ -d "$source/arch/x86/kvm" ] || die "no kernel tree: $source"
		mkdir -p "$tree"
		tar -c -C "$source" --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
			"${members[@]}" | tar -x -C "$tree" || die "cannot copy the source: $source" ;;
	esac
}

# The source must be that of the headers, to the last number.
check_source() {
	local common want have
	common=$(sed -n 's/^include \(.*\/Makefile\)$/\1/p' "$headers/Makefile" | head -n 1)
	want=$(makefile_version <"${common:-$headers/Makefile}")
	have=$(makefile_version <"$tree/Makefile")
	[ "$want" = "$have" ] || die "the source is Linux $have, kernel $kernel is $want"
}

apply_series() {
	local nr=0 p all=("$series"/[0-9]*.patch)
	[ -z "$policies" ] || all+=("$series"/policies/[0-9]*.patch)
	for p in "${all[@]}"; do
		case $p in
		*/0000-*) continue ;;
		esac
		[ -z "$patches" ] || [ "$nr" -lt "$patches" ] || break
		nr=$((nr + 1))
		say "applying $(basename "$p")"
		patch -d "$tree" -p1 -s --fuzz=0 --no-backup-if-mismatch <"$p" ||
			die "$(basename "$p") does not apply to this source"
	done
}

# KVM expects to be built inside the kernel's tree. Outside, three of its paths have to be told:
# the series changes asm/kvm_host.h, so the tree's headers come before the installed ones
# (and the policies change linux/kvm_host.h); the common half is in the tree; and so is what
# define_trace.h includes again.
prepare() {
	local makefile=$tree/arch/x86/kvm/Makefile
	# shellcheck disable=SC2016 # for make to expand
	sed -i -E -e 's|\$\(srctree\)/virt/kvm|$(src)/../../../virt/kvm|' \
		-e 's|\$\(srctree\)/arch/x86/kvm|$(src)|' "$makefile"
	# shellcheck disable=SC2016
	sed -i '1a LINUXINCLUDE := -I$(src)/../include -I$(src)/../../../include $(LINUXINCLUDE)\
ccflags-y += -I$(src)/../../../include/trace' "$makefile"
}

build() {
	local log=$dir/build.log
	say "building (log: $log)"
	if ! make -C "$headers" M="$tree/arch/x86/kvm" -j"$(nproc)" \
		"${make_arguments[@]}" modules >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		die "the build failed"
	fi
	for m in kvm kvm-amd kvm-intel; do
		[ -f "$tree/arch/x86/kvm/$m.ko" ] || {
			say "$m.ko: this kernel is configured without it"
			continue
		}
		cp "$tree/arch/x86/kvm/$m.ko" "$dir/"
		# Debug information is nine tenths of the file; the rest has to stay.
		strip --strip-debug "$dir/$m.ko"
	done
	grep -q __tracepoint_kvm_ipi_track "$dir/kvm.ko" || [ -n "$patches" ] ||
		die "kvm.ko was built without the tracepoint"
}

# After strip, which would drop the signature. The hash is the one the kernel is configured for.
sign_modules() {
	local tool=$headers/scripts/sign-file hash m
	[ -x "$tool" ] || die "these headers have no scripts/sign-file"
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"$/\1/p' "$headers/.config")
	for m in "$dir"/kvm*.ko; do
		say "signing ${m##*/}"
		"$tool" "${hash:-sha256}" "$key" "$certificate" "$m" || die "cannot sign ${m##*/}"
	done
}

# kvmgt is built into no module of ours, and struct kvm and struct kvm_vcpu have changed under it.
# Where symbols have versions the kernel refuses to load it; where they have not, nothing does.
warn_of_kvmgt() {
	grep -q '^CONFIG_DRM_I915_GVT_KVMGT=m' "$headers/.config" 2>/dev/null || return 0
	if grep -q '^CONFIG_MODVERSIONS=y' "$headers/.config"; then
		echo "kvmgt (Intel GVT-g) cannot be loaded with them: symbol versions differ."
	else
		echo "Do not load kvmgt (Intel GVT-g) with them: it would corrupt memory, and this kernel"
		echo "has no symbol versions (CONFIG_MODVERSIONS) to refuse it."
	fi
}

# Into updates/, which depmod prefers, and into a folder of our own there: nothing is replaced.
install_modules() {
	local base=${INSTALL_MOD_PATH:-} to
	to=$base/lib/modules/$kernel/updates/kvm-ipi
	say "installing into $to"
	mkdir -p "$to"
	cp "$dir"/kvm*.ko "$to/"
	depmod -b "${base:-/}" "$kernel"
}

# What the modules need beside each other.
needed_modules() {
	local needed
	needed=$(modinfo -F depends "$dir"/kvm*.ko | tr ',' '\n' | grep -v -x -e kvm -e '' | sort -u)
	[ -z "$needed" ] || echo "  modprobe -a $(paste -sd ' ' <<<"$needed")"
}

instructions() {
	local m=$dir
	cat <<-END

	Built for $kernel:
	$(printf '  %s\n' "$dir"/kvm*.ko)

	To load them on a machine that runs it (as root, no VM running; kvm-intel on Intel):
	  modprobe -r kvm_amd kvm_intel kvm
	$(needed_modules)
	  insmod $m/kvm.ko && insmod $m/kvm-amd.ko
	  ls /sys/kernel/tracing/events/kvm/kvm_ipi_track
	To go back:
	  modprobe -r kvm_amd kvm_intel kvm && modprobe kvm_amd
	END
	if [ -n "$install" ]; then
		cat <<-END
		They are installed as well, and modprobe prefers them. To undo that:
		  rm -r ${INSTALL_MOD_PATH:-}/lib/modules/$kernel/updates/kvm-ipi
		  depmod -b ${INSTALL_MOD_PATH:-/} $kernel
		END
	fi
	warn_of_kvmgt
	if [ -n "$key" ]; then
		echo "They are signed. A kernel that enforces signatures wants the certificate enrolled:"
		echo "  openssl x509 -in $certificate -outform DER -out cert.der && mokutil --import cert.der"
	else
		echo "They are not signed: a kernel under lockdown (Secure Boot) refuses them. See --sign."
	fi
}

tree=$dir/source
rm -f "$dir"/kvm*.ko
need_tools
find_headers
need_tools "$(compiler)"
check_running
get_source
check_source
apply_series
prepare
build
[ -z "$key" ] || sign_modules
[ -z "$install" ] || install_modules
instructions
