#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Heatmaps as pictures: what is hot in the truth is hot in them, what is nothing is blank; names are
# text; gnuplot may be missing, killed or broken, and then nothing is left behind.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" "$MKTRACE" gnuplot xmllint pngtopnm
K=$(realpath "$KVM_IPI")
C=$PWD/tests/data/captures
E=$C/612-e-asym16

# truth FILE.edges: "SRC DST COUNT", all vectors together.
truth() {
	awk -F '\t' '{ n[$3 " " $4] += $7 } END { for (k in n) print k, n[k] }' "$1" | sort -n -k1,1 -k2,2
}

# SVG: a cell is a rectangle with the colour of its count, at its row and column.
"$K" heatmap -o "$T/e.svg" "$E.dat"
ok "SVG is XML" xmllint --noout "$T/e.svg"
# "ROW COL RED GREEN BLUE" of each cell; they are the rectangles that are as wide as high. The first is
# that of row 0 and column 1: nobody sends to itself.
sed -n "s/.*<polygon fill = 'rgb( *\([0-9]*\), *\([0-9]*\), *\([0-9]*\))' points = '\([^']*\)'.*/\1 \2 \3 \4/p" \
	"$T/e.svg" | awk '{
		split($4, a, ","); split($5, b, ","); split($6, c, ",")
		w = b[1] - a[1]; h = b[2] - c[2]
		if (w < 20 || w - h > 1 || h - w > 1) next
		if (!n++) { x0 = a[1] - w; y0 = c[2] }
		print int((c[2] - y0) / h + 0.5), int((a[1] - x0) / w + 0.5), $1, $2, $3
	}' | sort -n -k1,1 -k2,2 >"$T/cells"
truth "$E.edges" >"$T/truth"
is "SVG: a cell for each pair that talks, and no other" \
	"$(awk '{ print $1, $2 }' "$T/cells")" "$(awk '{ print $1, $2 }' "$T/truth")"
is "SVG: the darkest cell is the hottest pair" \
	"$(sort -n -k5,5 -k3,3 "$T/cells" | awk '$3 + $4 + $5 < 100 { print $1, $2 }')" \
	"$(sort -n -r -k3,3 "$T/truth" | awk 'NR == 1 { print $1, $2 }')"
is "SVG: more IPIs are never lighter" "$(paste -d ' ' "$T/truth" "$T/cells" |
	awk '{ print $3, 2126 * $6 + 7152 * $7 + 722 * $8 }' | sort -n -k1,1 |
	awk '{ if (NR > 1 && $1 > n && $2 > least) print; if ($1 > n) { n = $1; least = $2 } }')" ""
is "SVG: axes have titles" "$(sed -n 's|.*<text>\(.*\)</text>.*|\1|p' "$T/e.svg" |
	grep -cx 'sending vCPU\|receiving vCPU\|IPIs')" 3

# PNG: size and the colours of two cells, at places that the script names.
"$K" heatmap --script -o "$T/e.png" "$E.dat"
pngtopnm "$T/e.png" >"$T/e.ppm"
width=$(head -n 2 "$T/e.ppm" | awk 'NR == 2 { print $1 }')
height=$(head -n 2 "$T/e.ppm" | awk 'NR == 2 { print $2 }')
is "PNG: as large as the script says" "$width,$height" "$(sed -n 's/^set terminal.* size \([0-9,]*\) .*/\1/p' "$T/e.gnuplot")"
# pixel ROW COL: of the cell's upper left quarter, where no number stands.
pixel() {
	place=$(awk -v row="$1" -v col="$2" -v w="$width" -v h="$height" '
		/^set [lrtb]margin at screen/ { at[$2] = $5 }
		END {
			x = (at["lmargin"] + (at["rmargin"] - at["lmargin"]) * (col + 0.2) / 16) * w
			y = (1 - at["tmargin"] + (at["tmargin"] - at["bmargin"]) * (row + 0.2) / 16) * h
			print 3 * (int(y) * w + int(x))
		}' "$T/e.gnuplot")
	tail -c $((3 * width * height)) "$T/e.ppm" | od -An -tu1 -j "$place" -N 3 | xargs
}
is "PNG: the hottest cell has the darkest colour" "$(pixel 14 1)" "0 24 72"
is "PNG: nothing is blank" "$(pixel 3 3)" "255 255 255"
ok "PNG: a few IPIs are not blank" test "$(pixel 1 13)" != "255 255 255"

# The script alone makes the same picture; without the data it cannot.
mkdir "$T/own"
mv "$T/e.gnuplot" "$T/e.data" "$T/own"
(cd "$T/own" && gnuplot e.gnuplot 2>/dev/null)
same "--script: gnuplot makes the same picture of it" "$T/own/e.png" "$T/e.png"
cp "$E.dat" "$T/trace.dat"
cp "$E.dat" "$T/trace.data"
"$K" heatmap --script -o "$T/trace.png" "$T/trace.dat"
same "--script: a recording of the picture's name stays" "$T/trace.dat" "$E.dat"
cp "$E.dat" "$T/trace.data"
refused "--script does not write onto an input" 2 "$K" heatmap --script -o "$T/trace.png" "$T/trace.data"
same "--script: the input stays" "$T/trace.data" "$E.dat"
refused "--script wants a file" 2 "$K" heatmap --script --format png "$E.dat"

"$K" heatmap -o "$T/e.pdf" "$E.dat"
is "PDF is one" "$(head -c 5 "$T/e.pdf")" "%PDF-"
"$K" heatmap --format png "$E.dat" >"$T/out.png"
same "standard output has the same bytes" "$T/out.png" "$T/e.png"

# Several VMs
mkdir "$T/many"
"$K" heatmap -o "$T/many/x.svg" "$C/612-d-three-vms-samepid.dat"
is "several VMs: a file each" "$(cd "$T/many" && echo *)" "x-242-6.svg x-242-7.svg x-243-5.svg"
"$K" heatmap --panels -o "$T/many/all.svg" "$C/612-d-three-vms-samepid.dat"
is "--panels: one picture" "$(grep -c '<text>VM 24[23]/[567]: ' "$T/many/all.svg")" 3
"$MKTRACE" --events 20000 --vcpus 8 --vms 40 "$T/40.dat"
"$K" heatmap --panels -o "$T/40.svg" "$T/40.dat"
is "40 panels" "$(grep -c '<text>sending vCPU' "$T/40.svg")" 40

# By CPU and by time; other values
"$K" heatmap --by cpu --value runnable -o "$T/cpu.svg" "$C/612-c-two-vms-8.dat" --vm 209
ok "by CPU: says so" grep -q '<text>CPU where the receiver was last' "$T/cpu.svg"
ok "runnable: up to 100 %" grep -q '<text>receivers that were runnable, % of IPIs' "$T/cpu.svg"
# Latency: the hottest cell is the pair with the largest 99th percentile that the latency command has.
"$K" heatmap --value latency --script --vm 177 -o "$T/lat.svg" "$C/612-g-three-vms-yield.dat"
is "latency: the hottest pair" "$(awk '!/^#/ && NF { for (c = 1; c <= NF; c++) if ($c != "NaN" && $c > most) {
		most = $c; at = NR - 3 "," c - 1 } } END { print at "," most * 1000 }' "$T/lat.data")" \
	"$("$K" latency --format csv --vm 177 "$C/612-g-three-vms-yield.dat" |
		awk -F, '$3 == "pair" && $8 == "acknowledged" { print $4 "," $5 "," $15 }' | sort -t, -k3,3nr | head -n 1)"
refused "latency by CPU is none" 2 "$K" heatmap --value latency --by cpu "$E.dat"
"$K" heatmap --by time --scale log -o "$T/time.svg" "$E.dat"
ok "by time: the busiest pair is the first row" \
	sh -c "sed -n 's|.*<text>\(.*\)</text>.*|\1|p' '$T/time.svg' | grep -- '->' | head -n 1 | grep -qx '14 -> 1'"
ok "by time: seconds on the axis" grep -q '<text>time since the first record (s)' "$T/time.svg"

# A single pair is a single row, which has its colour.
"$MKTRACE" --events 500 --vcpus 2 --edges 1 "$T/pair.dat"
"$K" heatmap --by time -o "$T/pair.png" "$T/pair.dat"
ok "by time: a single row is drawn" sh -c "pngtopnm '$T/pair.png' | pnmcut -left 200 -top 60 -width 600 -height 100 |
	ppmhist -noheader | awk '\$1 + \$2 + \$3 < 700 { n += \$5 } END { exit n < 10000 }'"

# Large ones are taken together, and it is said.
"$MKTRACE" --events 30000 --vcpus 1024 "$T/1024.dat"
"$K" heatmap -o "$T/1024.svg" "$T/1024.dat"
ok "1024 vCPUs: said" grep -q '1024 x 1024 vCPUs: each cell is 5 x 5 of them' "$T/1024.svg"
ok "1024 vCPUs: below a megabyte" test "$(wc -c <"$T/1024.svg")" -lt 1000000
ok "1024 vCPUs: labels thin out" test "$(grep -c '<text>[0-9]*</text>' "$T/1024.svg")" -lt 70

# Loss is in the picture; names are text, in it and in the script.
printf "173 <script>it's \"\\\\ \$(x) @~^_{}\n" >"$T/names"
"$K" heatmap --panels --script --vm-names "$T/names" -o "$T/l.svg" "$C/612-l-lossy.dat"
"$K" heatmap --script --vm 173 --vm-names "$T/names" -o "$T/l1.svg" "$C/612-l-lossy.dat"
ok "names: SVG is XML" xmllint --noout "$T/l.svg"
is "names: shown as they are, cut before the numbers" "$(xmllint --xpath \
	'string(//*[local-name()="text"][contains(., "173/1")])' "$T/l.svg" | xargs -0 printf %s | tr -d '\n\t')" \
	"VM 173/1 <script>it'…: 553 IPIs in 1.120 s"
ok "names: a string in the script" grep -qF "VM 173/1 <script>it''s" "$T/l1.gnuplot"
ok "loss is said" grep -q 'lower bounds' "$T/l.svg"

# Without gnuplot, with one that is killed, one that fails, one that says nothing
mkdir "$T/bin" "$T/none"
refused "gnuplot is missing" 1 env PATH="$T/none" "$K" heatmap -o "$T/none/x.png" "$E.dat"
PATH=$T/none "$K" heatmap -o "$T/none/x.png" "$E.dat" 2>"$T/err"
ok "gnuplot is missing: its package is named" grep -q gnuplot-nox "$T/err"
for how in 'kill -9 $$' 'echo "line 1: no such thing" >&2; exit 1' 'exit 0' 'head -c 10 >/dev/null; kill -SEGV $$'; do
	printf '#!/bin/sh\n%s\n' "$how" >"$T/bin/gnuplot"
	chmod +x "$T/bin/gnuplot"
	refused "gnuplot: $how" 1 env PATH="$T/bin:$PATH" "$K" heatmap -o "$T/none/x.png" "$E.dat"
done
is "gnuplot failed: nothing is left" "$(ls -A "$T/none")" ""

done_testing
