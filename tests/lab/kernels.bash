# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which kernels the lab boots, and where their parts come from. To be sourced; wants $LAB.
#
# No version is written down anywhere: for a release (6.12) the archive has one linux-source-6.12
# and images of several versions; the one of the source's own version is taken. Images and headers
# are unpacked, not installed: this machine's own kernel is none of the lab's business.
#
# A release that no distribution has (7.1) is built from the tree that LINUX_7_1 names.

die() {
	printf 'lab: %s\n' "$1" >&2
	exit 1
}

version_of() {
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Version: //p'
}

# Fresh lists are wanted only where the present ones do not know the package.
know_package() {
	[ -z "$(version_of "$1")" ] || return 0
	if [ "$(id -u)" = 0 ]; then
		apt-get -qq update >/dev/null 2>&1 || true
	else
		sudo -n apt-get -qq update >/dev/null 2>&1 || true
	fi
	[ -n "$(version_of "$1")" ]
}

# The tree that was named for a release: LINUX_7_1 for 7.1.
tree_of() {
	local variable=LINUX_${1//./_}
	echo "${!variable:-}"
}

# A kernel of tree $2, laid out as packages of it would be; prints its version. Built when another tree is named, or
# its configuration has changed; a change in the tree itself is not seen: remove $LAB/linux-$1 then.
build_tree() {
	local release=$1 tree=$2 dir=$LAB/linux-$1 mark kernel
	local scripts=${BASH_SOURCE[0]%/*}/../kernel-patch
	mark=$(realpath "$tree" | cat - "$scripts"/linux-{tree.sh,"$release.config"} | sha256sum)
	(
		flock 9
		[ "$(cat "$dir/mark" 2>/dev/null)" != "$mark" ] || exit 0
		rm -rf "$dir"
		nice "$scripts/linux-tree.sh" "$tree" "$dir" >"$LAB/linux-$release.version" || exit 1
		echo "$mark" >"$dir/mark"
	) 9>"$LAB/lock-linux-$release" || return 1
	kernel=$(tail -n 1 "$LAB/linux-$release.version")
	mkdir -p "$LAB/images" "$LAB/headers/usr/src"
	ln -sfn "$dir/image" "$LAB/images/$kernel"
	ln -sfn "$dir/build" "$LAB/headers/usr/src/linux-headers-$kernel"
	echo "$kernel"
}

# The newest version of the source that has an image: as in uname -r. An image can be late.
kernel_of() {
	local release=$1 version versions images image tree
	tree=$(tree_of "$release")
	if [ -n "$tree" ]; then
		build_tree "$release" "$tree"
		return
	fi
	know_package "linux-source-$release" ||
		die "no linux-source-$release: is the security suite in the sources of apt? Or name a tree in LINUX_${release//./_}"
	images="^linux-image-${release}[.0-9].*-cloud-amd64-unsigned\$"
	images=$(apt-cache search --names-only "$images" | cut -d' ' -f1)
	# One call for all of them: each call reads the whole list of packages.
	# shellcheck disable=SC2086 # a list
	images=$(apt-cache show --no-all-versions $images 2>/dev/null |
		awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print $2, name }')
	versions=$(apt-cache madison "linux-source-$release" | awk -F' *[|] *' '{ print $2 }')
	for version in $versions; do
		image=$(awk -v v="$version" '$1 == v { print $2; exit }' <<<"$images")
		[ -n "$image" ] || continue
		image=${image#linux-image-}
		echo "${image%-unsigned}"
		return
	done
	die "the archive has no cloud image of the version of linux-source-$release"
}

# fetch_package NAME ROOT: unpack a package into a folder.
fetch_package() {
	local file
	mkdir -p "$LAB/packages" "$2"
	file=$(find "$LAB/packages" -name "$1_*.deb" | head -n 1)
	if [ -z "$file" ]; then
		# As root, apt would drop its rights and then lack those to this folder.
		(cd "$LAB/packages" && apt-get -qq -o APT::Sandbox::User=root download "$1") ||
			die "cannot fetch $1"
		file=$(find "$LAB/packages" -name "$1_*.deb" | head -n 1)
	fi
	dpkg-deb -x "$file" "$2"
}

fetch_image() {
	[ -f "$LAB/images/$1/boot/vmlinuz-$1" ] ||
		fetch_package "linux-image-$1-unsigned" "$LAB/images/$1"
}

# Where the headers of a kernel are: installed, or unpacked by build-modules.sh or below.
headers_of() {
	local name=usr/src/linux-headers-$1 dir
	for dir in "/$name" "$LAB/modules"/*/headers/"$name" "$LAB/headers/$name"; do
		if [ -f "$dir/Makefile" ]; then
			echo "$dir"
			return
		fi
	done
}

# For a machine whose modules are not built here, the helper still is.
fetch_headers() {
	local kernel=$1 root=$LAB/headers depends package
	[ -z "$(headers_of "$kernel")" ] || return 0
	fetch_package "linux-headers-$kernel" "$root"
	depends=$(apt-cache show --no-all-versions "linux-headers-$kernel" |
		sed -n 's/^Depends: //p' | tr ',' '\n' | sed 's/^ *//; s/ .*//')
	grep -E '^linux-(headers-.*-common|kbuild-.*)$' <<<"$depends" | while read -r package; do
		fetch_package "$package" "$root"
	done
	sed -i "s|^include /usr/src/|include $root/usr/src/|" \
		"$root/usr/src/linux-headers-$kernel/Makefile"
}
