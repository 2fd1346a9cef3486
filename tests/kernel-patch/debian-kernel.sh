#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian-kernel.sh RELEASE: the cloud kernel of Linux RELEASE (6.12) whose source package the
# archive has, as uname -r would print it. The archive keeps several ABIs and fewer sources; only
# where a headers package and linux-source-RELEASE have one version do they belong together.
set -eu

release=${1:?usage: debian-kernel.sh RELEASE}

field() {
	apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n "s/^$1: //p"
}

source=$(field Version "linux-source-$release")
if [ -z "$source" ] && [ "$(id -u)" = 0 ]; then
	apt-get -qq update >&2 || true
	source=$(field Version "linux-source-$release")
fi
[ -n "$source" ] || {
	echo "debian-kernel.sh: apt knows no linux-source-$release: is -security in its sources?" >&2
	exit 1
}

pattern=$(echo "$release" | sed 's/\./\\./g')
for package in $(apt-cache pkgnames "linux-headers-$release" | sort -rV |
	grep -E "^linux-headers-$pattern\..*-cloud-amd64$"); do
	[ "$(field Version "$package")" = "$source" ] || continue
	echo "${package#linux-headers-}"
	exit 0
done
echo "debian-kernel.sh: no cloud kernel of version $source" >&2
exit 1
