#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# install.sh GROUP...: install the packages of these groups (see ./packages) that are missing.
#
# With apt as root, or through sudo when that asks for no password; elsewhere, or when apt cannot,
# it prints what is missing and fails. A machine that has everything is left alone, without network.
set -eu

list=$(dirname "$0")/packages
groups=$(echo "$*" | tr ' ' '|')

have() {
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q ' installed$'
}

wanted=$(awk -v g="^($groups)$" '!/^#/ && $1 ~ g { print $2 }' "$list")
[ -n "$wanted" ] || { echo "install.sh: no package for: $*" >&2; exit 2; }

if ! command -v dpkg-query >/dev/null; then
	echo "This is no Debian: install the equivalents of these packages yourself, if you have not:"
	# shellcheck disable=SC2086 # one line
	echo $wanted
	exit 0
fi

missing=
for p in $wanted; do
	have "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif sudo -n true 2>/dev/null; then
	as_root="sudo -n"
else
	echo "These packages are missing; install them as root, then try again:" >&2
	echo "  apt-get install$missing" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "Installing:$missing"
apt() {
	# shellcheck disable=SC2086 # as_root is a command or nothing
	$as_root apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >/dev/null
}
# shellcheck disable=SC2086 # a list
apt --no-install-recommends install $missing 2>/dev/null || {
	apt update
	apt --no-install-recommends install $missing
}
