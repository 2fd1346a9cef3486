#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# examples.sh: renew examples/ from a finished lab and lab-linux (LAB, build/lab): the traces under
# their names there, with the truth files. The page has to be renewed, too: examples/check.sh --update.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
out=${LAB:-$top/build/lab}/out

# take MACHINE/CAPTURE NAME
take() {
	size=$(stat -c %s "$out/$1.dat")
	if [ "$size" -gt 500000 ]; then
		echo "$1.dat has $size bytes, more than an example should: run the lab again" >&2
		exit 1
	fi
	rm -f "$top/examples/$2".*
	for file in "$out/$1.dat" "$out/$1.edges" "$out/$1".truth-*.txt "$out/$1.linux.txt"; do
		[ -s "$file" ] || continue
		suffix=${file#"$out/$1"} suffix=${suffix#.linux}
		cp "$file" "$top/examples/$2$suffix"
	done
}

mkdir -p "$top/examples"
take 6.12/pairs pairs
take 6.12/replay three-vms
take 6.12/lossy lossy
take 6.12-stock/kinds unpatched
take 6.12-linux/linux-pv linux
cp "$out/6.12-stock/kinds.lookalikes" "$top/examples/unpatched.lookalikes"
