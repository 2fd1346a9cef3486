#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The pictures of examples/pictures are what the commands in its README make: as large, with the same texts, and,
# as fonts may differ by version, nearly the same to look at. UPDATE=1 makes them anew.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

need "$KVM_IPI" gnuplot dot chromium pngtopnm pnmquant pnmpsnr
dir=examples/pictures
mkdir "$T/bin" "$T/made"
ln -s "$(realpath "$KVM_IPI")" "$T/bin/kvm-ipi"
PATH=$T/bin:$PATH
made=$T/made
[ -z "$UPDATE" ] || made=$dir

# A browser knows pages by a full address, and wants a home of its own.
sed -n 's/^    //p' $dir/README.md | sed "s|$dir/|$made/|g
	s|^chromium |timeout 900 chromium --disable-gpu --no-first-run --user-data-dir=$T/profile |
	s|\\([^ ]*page.html#\\)|file://$PWD/\\1|; s|file://$PWD//|file:///|" >"$T/commands"
ok "there are commands" test "$(wc -l <"$T/commands")" -gt 8
while IFS= read -r command; do
	ok "$(echo "$command" | cut -c 1-100)" sh -c "$command 2>'$T/err'"
done <"$T/commands"
is "every picture has its command, and every command its picture" "$(cd "$made" && ls -- *.png *.svg)" \
	"$(cd $dir && ls -- *.png *.svg)"
is "every picture is shown" "$(sed -n 's/^!\[.*\](\(.*\))$/\1/p' $dir/README.md | sort)" \
	"$(cd $dir && printf '%s\n' *.png *.svg | sort)"
is "they are small" "$(find $dir -size +100k)" ""

# texts FILE.svg
texts() {
	sed -n 's/.*<text[^>]*>\(.*\)<\/text>.*/\1/p' "$1" | sort
}

for f in "$dir"/*.png; do
	name=$(basename "$f")
	pngtopnm "$f" >"$T/old.ppm"
	pngtopnm "$made/$name" >"$T/new.ppm"
	is "$name: as large" "$(sed -n 2p "$T/new.ppm" | head -c 20)" "$(sed -n 2p "$T/old.ppm" | head -c 20)"
	# In dB; nothing that is far off, for each of the channels.
	pnmpsnr "$T/old.ppm" "$T/new.ppm" >"$T/psnr" 2>&1
	is "$name: looks the same" "$(awk '/no difference/ { n++ } / dB/ && $(NF - 1) >= 20 { n++ } END { print n + 0 }' \
		"$T/psnr")" 3
done
for f in "$dir"/*.svg; do
	texts "$f" >"$T/want"
	texts "$made/$(basename "$f")" >"$T/got"
	same "$(basename "$f"): the same texts" "$T/got" "$T/want"
	ok "$(basename "$f"): there are any" test -s "$T/want"
done

done_testing
