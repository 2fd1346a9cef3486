#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The page: the guests' own counts are in it, nothing in it leads out, and a browser sorts, reorders,
# chooses a VM and shows a cell when it is asked to, and asks nobody for anything.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" jq chromium
C=tests/data/captures
E=$C/612-e-asym16
D=$C/612-d-three-vms-samepid

"$KVM_IPI" html -o "$T/e.html" "$E.dat"
"$KVM_IPI" html -o "$T/d.html" "$D.dat"

# pairs FILE VM: "SRC DST COUNT" of the VM's table of pairs.
pairs() {
	awk -v id="id=\"vm-$2\"" '/<section/ { on = index($0, id) } on && /class="sortable pairs"/ { table = 1 }
		/<\/section>/ { table = 0 } on && table' "$1" | grep -o '<tr><td>[0-9]*<[^d]*d>[0-9]*<[^d]*d>[0-9]*' |
		sed 's/<[^>]*>/ /g' | awk '{ print $1, $2, $3 }' | sort -n -k1,1 -k2,2
}

# truth FILE.edges PID ID
truth() {
	awk -F '\t' -v pid="$2" -v id="$3" '$1 == pid && $2 == id { n[$3 " " $4] += $7 }
		END { for (k in n) print k, n[k] }' "$1" | sort -n -k1,1 -k2,2
}

pairs "$T/e.html" 300-10 >"$T/got"
truth "$E.edges" 300 10 >"$T/want"
same "every pair and its count, as the guest counted" "$T/got" "$T/want"
for vm in "242 6" "242 7" "243 5"; do
	# shellcheck disable=SC2086 # two words
	truth "$D.edges" $vm >"$T/want"
	pairs "$T/d.html" "${vm% *}-${vm#* }" >"$T/got"
	same "VM $vm: pairs" "$T/got" "$T/want"
done
truth "$E.edges" 300 10 | awk '{ print $1 " → " $2 ": " $3 }' | sort >"$T/want"
sed -n '/class="cells"/,/<\/g>/p' "$T/e.html" | sed -n 's|.*<title>\(.*\)</title></rect>|\1|p' | sort >"$T/got"
same "every cell of the matrix" "$T/got" "$T/want"

# Yields and latencies: the figures of the commands that have them.
G=$C/612-g-three-vms-yield.dat
set -- --yield-target kprobes:ytp:pid --yield-result kprobes:yto:ret
"$KVM_IPI" html "$@" -o "$T/g.html" "$G"
"$KVM_IPI" yield --format json "$@" "$G" >"$T/yield.json"
# rows CLASS: the cells of the tables of that class of all VMs, VM after VM.
rows() {
	awk -v class="class=\"sortable $1\"" 'index($0, class) { on = 1; next } /<\/tbody>/ { on = 0 } on' "$T/g.html" |
		sed 's/<tr><td[^>]*>//; s/<td[^>]*>/ /g'
}
rows hints | awk '{ print $1 * 1000000, $2, $3, $7 }' >"$T/got"
jq -r '.vms[] | .hints[] | "\(.window_ns) \(.recorded) \(.overwritten) \(.open)"' "$T/yield.json" >"$T/want"
same "hints, as yield counts them" "$T/got" "$T/want"
rows policies | sed 's/ relaxed/+/' | awk '{ print $1, $2, $4, $6 }' >"$T/got"
jq -r '.vms[] | .replay.policies[] | "\(.policy)\(if .relaxed then "+" else "" end) \(.picks) \(.hits) \(.missed)"' \
	"$T/yield.json" >"$T/want"
same "policies" "$T/got" "$T/want"
is "replay accuracy" "$(grep -o 'own choice in [0-9.]*&nbsp;% of [0-9]*' "$T/g.html" | sed 's/&nbsp;//')" \
	"$(jq -r '.vms[].replay | (.agree * 1000 / .observed + 0.5 | floor) as $n |
		"own choice in \($n / 10 | floor).\($n % 10)% of \(.observed)"' "$T/yield.json")"
is "a chart of hints for each VM, and one of hits where a spin could be helped" \
	"$(grep -c '<svg class="chart"' "$T/g.html")" \
	"$(jq '[.vms[].replay.policies[] | select(.policy == "oracle" and .hits > 0)] | length + 3' "$T/yield.json")"
is "the sweep's last point" "$(grep -o 'ipi-first), 500 ms: [0-9.]*' "$T/g.html" | sed 's/.* //')" \
	"$(rows sweep | awk '$1 == 500 && $4 + $5 { printf "%.1f\n", 100 * $4 / ($4 + $5) }')"
"$KVM_IPI" latency --format csv "$G" | awk -F, '$3 == "vm" { printf "%d %.0f %.0f\n", $10, $11 / 100, $16 / 100 }' |
	sort >"$T/want"
rows stages | sed 's/its receiver //' | awk '{ printf "%d %.0f %.0f\n", $2, $3 * 10, $8 * 10 }' | sort >"$T/got"
is "latencies: as many, from the fastest to the slowest" \
	"$(paste -d ' ' "$T/got" "$T/want" | awk '$1 != $4 || $2 - $5 > 1 || $5 - $2 > 1 || $3 - $6 > 1 || $6 - $3 > 1')" ""
is "latencies: there are any" "$(wc -l <"$T/got")" 12
refused "a probe that is not there" 3 "$KVM_IPI" html --yield-target a:b:c --yield-result a:d:e -o "$T/x.html" "$G"
is "IPIs alone: hints, no latencies" "$(grep -c 'class="sortable hints"\|class="latency"' "$T/e.html")" 1
"$KVM_IPI" html -o "$T/stock.html" $C/612s-g-three-vms-yield.dat
is "stock events: each VM's latencies" "$(grep -c 'class="latency"' "$T/stock.html")" 3

# Nothing leads out.
is "no address" "$(grep -oE '[a-z]+://|src=|url\(|@import|<(link|img|iframe|object|embed|base|form)\b' "$T/e.html" "$T/d.html" "$T/g.html")" ""
is "links stay in the page" "$(grep -o 'href="[^"]*"' "$T/d.html" | grep -v '^href="#vm-[0-9-]*"$')" ""
ok "the policy forbids the rest" grep -q "default-src 'none'" "$T/e.html"

# Loss and coverage are above the first table; names are text.
printf '173 <script>alert(1)</script>&"\n' >"$T/names"
"$KVM_IPI" html --vm-names "$T/names" -o "$T/l.html" $C/612-l-lossy.dat
ok "loss is at the top" sh -c "sed '/<table/q' '$T/l.html' | grep -q 'role=\"alert\".*lower bounds'"
ok "loss is said where yields are" sh -c "sed -n '/class=.yield/,\$p' '$T/l.html' | grep -q 'class=.loss.*lower bounds'"
ok "what is covered is at the top" sh -c "sed '/<table/q' '$T/l.html' | grep -q 'are not recorded'"
is "one script, the page's own" "$(grep -o '<script' "$T/l.html" | wc -l)" 1
ok "a name is shown as it is" grep -q '&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;' "$T/l.html"

"$MKTRACE" --events 100000 --vcpus 64 --edges 16128 "$T/64.dat"
"$KVM_IPI" html -o "$T/64.html" "$T/64.dat"
ok "64 vCPUs: below a megabyte ($(wc -c <"$T/64.html"))" test "$(wc -c <"$T/64.html")" -lt 1000000
"$MKTRACE" --events 100000 --vcpus 1000 "$T/1000.dat"
"$KVM_IPI" html -o "$T/1000.html" "$T/1000.dat"
ok "1000 vCPUs: cells and pairs are bounded" test "$(wc -c <"$T/1000.html")" -lt 3000000

# browse URL [FLAGS...]: the page as it is when its script has run, and what the browser asked for.
browse() {
	url=$1
	shift
	rm -rf "$T/profile"
	timeout 900 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$T/profile" \
		--log-net-log="$T/net.json" --dump-dom "$@" "$url" >"$T/dom" 2>"$T/browser.err"
}

# asked: addresses that the page made the browser ask for; its own housekeeping is not the page's.
asked() {
	jq -r '.events[] | .params.url? // empty' "$T/net.json" | grep -E '^(http|ws|ftp)' |
		grep -vE '^https?://[a-z0-9.]*\.(google|googleapis|gvt1)\.com/' | sort -u
}

browse "file://$T/d.html#vm=242-7&sort=dst&cell=4-1&order=sent"
is "the browser's page has all sections" "$(grep -c '<section' "$T/dom")" 3
is "VM choice: one is left" "$(grep -o '<section[^>]*>' "$T/dom" | grep -v hidden)" '<section class="vm" id="vm-242-7">'
pairs "$T/d.html" 242-7 | sort -k2,2nr -k3,3nr -k1,1n >"$T/want"
sed 's|</t[dr]>||g' "$T/dom" | awk '/<section/ { on = index($0, "vm-242-7") } on && /sortable pairs/ { table = 1 }
	/<\/section>/ { table = 0 } on && table' | grep -o '<tr><td>[0-9]*<td>[0-9]*<td>[0-9]*' |
	sed 's/<[^>]*>/ /g' | awk '{ print $1, $2, $3 }' >"$T/got"
same "sort: the pairs go down by receiver, as they were by count" "$T/got" "$T/want"
ok "sort: the column says so" sh -c "grep -q 'aria-sort=\"descending\"><button type=\"button\">dst' '$T/dom'"
is "hover: the cell's exact count" "$(grep -o '<output>[^<]\+' "$T/dom")" \
	"<output>4 → 1: $(truth "$D.edges" 242 7 | awk '$1 == 4 && $2 == 1 { print $3 }') IPIs"
# vCPU 4 sends most, so its row is the first.
is "order: by sent" "$(sed -n '/id="vm-242-7"/,/<\/section>/p' "$T/dom" |
	grep -o '<rect[^>]*><title>4 → 1:' | grep -o ' y="[0-9]*"' | head -n 1)" ' y="0"'
is "nobody was asked for anything" "$(asked)" ""
sed "s/default-src 'none'/default-src */; s|<body>|<body><img src=\"http://canary.invalid/x\">|" "$T/d.html" >"$T/canary.html"
browse "file://$T/canary.html"
is "a page that asks would be seen" "$(asked)" "http://canary.invalid/x"

# Without scripts everything is there; what needs them is not shown.
sed "s/script-src 'unsafe-inline'/script-src 'none'/" "$T/d.html" >"$T/off.html"
browse "file://$T/off.html#vm=242-7"
is "scripts off: all VMs are there" "$(grep -o '<section[^>]*>' "$T/dom" | grep -vc hidden)" 3
ok "scripts off: no page of scripts" sh -c "! grep -q 'html[^>]*class=\"js\"' '$T/dom'"

for width in 1280 400; do
	browse "file://$T/l.html" --window-size="$width,1000" --screenshot="$T/$width.png"
	is "$width pixels wide: a picture" "$(od -An -tu1 -j 18 -N 2 "$T/$width.png" | awk '{ print $1 * 256 + $2 }')" "$width"
done
ok "a name with markup is text in the browser" grep -q '<span class="name">&lt;script&gt;alert(1)' "$T/dom"

done_testing
