#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# build-modules.sh: what it refuses, and that it then leaves no module. Needs no network and no
# kernel: headers and sources are made up. kernel-check builds real ones.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/../t/lib.sh"

script=kernel-patch/build-modules.sh
need make patch xz

# stops NAME STATUS TEXT ARGUMENT...: it exits with the status, says TEXT, and built nothing.
stops() {
	name=$1 status=$2 text=$3
	shift 3
	got=0
	"$script" "$@" >"$T/out" 2>"$T/err" || got=$?
	if [ "$got" = "$status" ] && grep -qF -- "$text" "$T/err" &&
		! find "$T" -name '*.ko' | grep -q .; then
		tap 0 "$name"
	else
		tap 1 "$name"
		echo "# exit $got, want $status and '$text'"
		sed 's/^/# /' "$T/err"
	fi
}

# headers VERSION SUBLEVEL: a build folder of kernel VERSION, which is Linux 6.12.SUBLEVEL.
headers() {
	mkdir -p "$T/headers/include/generated"
	echo "#define UTS_RELEASE \"$1\"" >"$T/headers/include/generated/utsrelease.h"
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = %s\nEXTRAVERSION =\n' "$2" \
		>"$T/headers/Makefile"
}

# source SUBLEVEL: a tree with the folders that are asked for, and none of their contents.
source_tree() {
	rm -rf "$T/tree"
	for d in arch/x86/kvm arch/x86/include virt include/trace Documentation/virt/kvm \
		Documentation/admin-guide tools/testing/selftests/kvm include/linux; do
		mkdir -p "$T/tree/$d"
	done
	touch "$T/tree/include/linux/kvm_host.h" "$T/tree/include/linux/kvm_types.h"
	: >"$T/tree/Documentation/admin-guide/kernel-parameters.txt"
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = %s\nEXTRAVERSION =\n' "$1" \
		>"$T/tree/Makefile"
}

ok "--help" sh -c "$script --help | grep -q -- --kernel"
stops "an unknown option" 2 "what is '--frob'" --frob
stops "an option without its value" 2 "--kernel needs a value" --kernel
stops "no number of patches" 2 "takes a number" --patches three
stops "no kernel version" 2 "no kernel version" --kernel ../../etc
stops "a kernel without a series" 1 "there is no series for Linux 5.10" --kernel 5.10.0-30-amd64
stops "and the ones that there are" 1 "linux-6.1 linux-6.12 linux-7.1" --kernel 5.10.0-30-amd64
stops "policies for a kernel without" 1 "there are no policies for Linux 6.1" \
	--with-policies --kernel 6.1.0-1-x
stops "and the ones that there are" 1 "there are for: linux-6.12 linux-7.1" -p --kernel 6.1.0-1-x
stops "a key without a certificate" 2 "--sign needs a key and a certificate" --sign key
stops "a key that is not there" 1 "cannot read $T/key.pem" --kernel 6.12.1-x \
	--dir "$T/build" --sign "$T/key.pem" "$T/cert.pem"
stops "a folder with blanks" 1 "no blanks" --kernel 6.12.1-x --dir "$T/a b"

headers 6.12.5-other 5
stops "headers of another kernel" 1 "these headers are for 6.12.5-other" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers"
headers 6.12.5-this 5
stops "no headers at all" 1 "no build folder" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T"
stops "headers of no package, and no source" 1 "--source" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers"
stops "a source that is not there" 1 "no such source" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers" --source "$T/nothing"
stops "a folder that is no kernel" 1 "no kernel tree" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers" --source "$T"
source_tree 4
stops "the source of another version" 1 "the source is Linux 6.12.4, kernel 6.12.5-this is 6.12.5" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers" --source "$T/tree"
source_tree 5
stops "a source that the series does not fit" 1 "does not apply to this source" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers" --source "$T/tree"
(cd "$T" && tar -cJf tree.tar.xz tree)
stops "the same as an archive" 1 "does not apply to this source" \
	--kernel 6.12.5-this --dir "$T/build" --headers "$T/headers" --source "$T/tree.tar.xz"

done_testing
