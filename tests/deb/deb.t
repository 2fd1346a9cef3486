#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The Debian package: built from the last commit's files, without a complaint of lintian's above a warning,
# and usable when it is unpacked. A minute, so it is not part of make check: make deb-check.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

need dpkg-buildpackage lintian dh
mkdir "$T/kvm-ipi" "$T/root"
git ls-files -z | xargs -0 tar -cf - | tar -xf - -C "$T/kvm-ipi"
is "versions are the same" "$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)" "$(sed -n 's/^VERSION := //p' Makefile)"
(cd "$T/kvm-ipi" && dpkg-buildpackage -us -uc -b) >"$T/log" 2>&1
is "the package is built" $? 0 || tail -n 20 "$T/log"
deb=$(ls "$T"/kvm-ipi_*.deb)
ok "there is a package" test -f "$deb"
lintian --fail-on error "$T"/*.changes >"$T/lintian" 2>&1
is "lintian finds no error" $? 0
sed 's/^/# /' "$T/lintian"
ok "it can be unpacked" dpkg-deb -x "$deb" "$T/root"
plugin=$(pkg-config --variable=libdir libtraceevent)/traceevent/plugins/plugin_kvm_ipi.so
for file in usr/bin/kvm-ipi "${plugin#/}" usr/share/man/man1/kvm-ipi.1.gz usr/share/man/man1/kvm-ipi-record.1.gz \
	usr/share/man/man5/kvm-ipi-formats.5.gz usr/share/bash-completion/completions/kvm-ipi \
	usr/share/doc/kvm-ipi/copyright; do
	ok "it has $file" test -f "$T/root/$file"
done
program=$T/root/usr/bin/kvm-ipi
is "the program runs" "$("$program" --version)" "kvm-ipi $(sed -n 's/^VERSION := //p' Makefile)"
"$program" report tests/data/captures/612-a-xapic.dat >"$T/report"
is "and reads a trace" $? 0
if [ "$(id -u)" = 0 ]; then
	ok "dpkg installs it" dpkg -i "$deb"
	is "which is the program in the path" "$(kvm-ipi --version)" "$("$program" --version)"
	ok "man finds the page" man -w kvm-ipi-record
	ok "dpkg removes it" dpkg -r kvm-ipi
	ok "and leaves nothing" test ! -e /usr/bin/kvm-ipi
else
	skip "installed by dpkg" "only root can"
fi

done_testing
