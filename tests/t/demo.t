#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make demo leaves what it says, and make install and uninstall put and take what they should.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" make jq
# Not below a make of its own: its flags and its job server are not for these.
unset MAKEFLAGS MAKELEVEL MFLAGS

make -s demo-run BUILD="$BUILD" DEMO="$T/demo" DEMO_TRACE=tests/data/captures/612-l-lossy.dat >"$T/out" 2>&1
is "make demo" $? 0
ok "it shows the report" grep -q '^VM 172/2' "$T/out"
ok "it says what to open" grep -q "^Open $T/demo/page.html" "$T/out"
for f in page.html heatmap.png timeline.png graph.svg window.png latency.png report.txt report.json matrix.txt graph.csv; do
	ok "it leaves $f" test -s "$T/demo/$f"
	ok "it names $f" grep -q "$T/demo/$f " "$T/out"
done
is "its JSON is the schema's" "$(jq -r .schema "$T/demo/report.json")" kvm-ipi.report/1

d=$T/root
is "the plugin stays below another prefix" "$(make -n install BUILD="$BUILD" prefix=/opt/x | grep -c "'/opt/x/lib/traceevent/plugins/'")" 1
ok "make install" make -s install BUILD="$BUILD" DESTDIR="$d" prefix=/opt/x plugindir=/opt/plugins
is "the installed program runs" "$("$d/opt/x/bin/kvm-ipi" --version)" "$("$KVM_IPI" --version)"
ok "the plugin is there" test -f "$d/opt/plugins/plugin_kvm_ipi.so"
ok "the man page is there" test -f "$d/opt/x/share/man/man1/kvm-ipi.1"
is "what is installed is nobody else's to write" "$(find "$d" -type f -perm /022)" ""
ok "make uninstall" make -s uninstall BUILD="$BUILD" DESTDIR="$d" prefix=/opt/x plugindir=/opt/plugins
is "nothing is left of it" "$(find "$d" -type f)" ""

done_testing
