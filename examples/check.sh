#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh [--update]: does README.md print what the program prints, and do the traces equal their
# truth files? In each ```console block, every line that begins with "$ " is run, in the folder
# above this one; what follows it in the block has to be its output. --update rewrites the page.
#
# Environment: KVM_IPI (build/kvm-ipi). In TAP.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.." || exit 1
KVM_IPI=$(readlink -f "${KVM_IPI:-build/kvm-ipi}")
page=$here/README.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
nr=0 bad=0

[ -x "$KVM_IPI" ] || {
	echo "Bail out! there is no $KVM_IPI: make"
	exit 1
}
# The page says kvm-ipi, as somebody who installed it would.
mkdir "$scratch/bin"
ln -s "$KVM_IPI" "$scratch/bin/kvm-ipi"
PATH=$scratch/bin:$PATH

verdict() {
	nr=$((nr + 1))
	echo "$1 $nr - $2"
	[ "$1" = ok ] || bad=1
}

# The page as it should be: every command's output renewed.
renew() {
	local line in_block=
	while IFS= read -r line; do
		case $line in
		'```console') in_block=1 ;;
		'```') in_block= ;;
		'$ '*)
			printf '%s\n' "$line"
			[ -z "$in_block" ] || bash -c "${line#\$ }" 2>&1
			continue ;;
		*) [ -z "$in_block" ] || continue ;;
		esac
		printf '%s\n' "$line"
	done <"$page"
}

# The edges that the guests know, and those that the program finds, in one form.
truth() {
	awk -F'\t' '{ n[$1 "," $2 "," $3 "," $4 "," $5] += $7 }
		END { for (e in n) print e "," n[e] }' "$1" | LC_ALL=C sort
}

found() {
	kvm-ipi graph --format csv "$1" | grep -v -e '^#' -e '^vm_pid' | cut -d, -f1-6 |
		LC_ALL=C sort
}

renew >"$scratch/page"
if [ "${1:-}" = --update ]; then
	cp "$scratch/page" "$page"
	exit 0
fi
commands=$(grep -c '^\$ ' "$page")
if [ "$commands" -gt 0 ] && diff -u "$page" "$scratch/page" >"$scratch/diff"; then
	verdict ok "README.md: $commands commands print what it says"
else
	verdict 'not ok' "README.md: $commands commands; examples/check.sh --update renews it"
	sed 's/^/# /' "$scratch/diff"
fi
# A lossy trace has fewer, and one of stock events knows no VMs: the lab compares those.
for name in pairs three-vms; do
	if diff <(truth "examples/$name.edges") <(found "examples/$name.dat") >"$scratch/diff"; then
		verdict ok "$name.dat equals what its guests sent"
	else
		verdict 'not ok' "$name.dat equals what its guests sent"
		sed 's/^/# /' "$scratch/diff"
	fi
done
echo "1..$nr"
exit "$bad"
