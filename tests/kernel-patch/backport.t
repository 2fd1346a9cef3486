#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The series for 6.12 and 6.1 differ from the one for 7.1 only where a list gives the reason.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

need comm

# shellcheck disable=SC2317 # called by ok
differences() {
	tests/kernel-patch/backport.sh "$1" "$2" >"$T/$2.differ" &&
		grep -v -e '^#' -e '^$' "$1/linux-$2/differences" | diff - "$T/$2.differ"
}

# shellcheck disable=SC2317
differs_more() {
	! differences "$@"
}

for release in 6.12 6.1; do
	ok "$release: differs from 7.1 as its list says" differences kernel-patch "$release"
	ok "$release: and the list is not empty" grep -q "^$release +" "kernel-patch/linux-$release/differences"
	is "$release: each patch that differs has a reason" \
		"$(grep -A1 '^[^#].*\.patch$' "kernel-patch/linux-$release/differences" | grep -c '^# ')" \
		"$(grep -c '^[^#].*\.patch$' "kernel-patch/linux-$release/differences")"
	is "$release: the same number of patches" \
		"$(find "kernel-patch/linux-$release" -maxdepth 1 -name '0*.patch' | wc -l)" \
		"$(find kernel-patch/linux-7.1 -maxdepth 1 -name '0*.patch' | wc -l)"
done

# What the comparison must find: a condition that one backport lost, a line that only the source got.
cp -r kernel-patch "$T/series"
sed -i 's/^+\(.*\)nr_acceptors == 1 \&\& /+\1/' "$T/series/linux-6.12"/0002-*.patch
ok "6.12: a lost condition is found" differs_more "$T/series" 6.12
rm -r "$T/series"
cp -r kernel-patch "$T/series"
sed -i 's/^+\(.*\)KVM_IPI_DST_HOST	1$/&\n+#define KVM_IPI_DST_NEW	5/' "$T/series/linux-7.1"/0002-*.patch
ok "6.1: a line of the source alone is found" differs_more "$T/series" 6.1

done_testing
