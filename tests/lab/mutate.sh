#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mutate.sh [MUTANT...]: would the lab notice a wrong patch? For each condition of the tracepoint, a
# copy of the series in which that one is taken out is built, booted and compared; the comparison
# has to fail. Prints what failed first, and a table for README.md. About two minutes each.
#
# Environment: LAB (build/lab), where a finished `make lab` is: its packages are used again.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
LAB=${LAB:-$top/build/lab}
LAB=$(cd "$LAB" && pwd) || exit 1
mutants=$LAB/mutants

# name | sed for the lines that the series adds | what it does
table='src | s/^([-+ ].*)src && irq/\1irq/ | no vCPU need have sent it
fixed | s/^([-+ ].*)irq->delivery_mode == APIC_DM_FIXED &&/\1/ | any delivery mode
shorthand | s/^([-+ ].*)irq->shorthand == APIC_DEST_NOSHORT &&/\1/ | shorthands, too
one | s/^([-+ ].*)nr_acceptors == 1 && /\1/ | any number of acceptors
some | s/^([-+ ].*)nr_acceptors == 1 && /\1nr_acceptors >= 1 \&\& / | at least one acceptor
self | s/^([-+ ].*) && acceptor != src->vcpu/\1/ | the sender may be the acceptor
path | s/^([-+ ].*)KVM_IPI_PATH_SLOW, ipi_state/\1KVM_IPI_PATH_FAST, ipi_state/ | the slow path says fast
field | s/^([-+ ].*)__field\(u8, path\)/\1__field(u16, path)/ | a field of another size'

prepare() {
	mkdir -p "$mutants/lab/modules/6.12"
	cp -al "$LAB/images" "$LAB/packages" "$mutants/lab/" 2>/dev/null
	cp -al "$LAB/modules/6.12/packages" "$mutants/lab/modules/6.12/" 2>/dev/null
	# The captures that tell kinds of sends apart.
	awk '$1 == "events" || $2 == "6.12" && $3 == "kinds"' "$here/captures" \
		>"$mutants/captures"
}

mutate() {
	local expression=$1 before after
	rm -rf "$mutants/series"
	cp -r "$top/kernel-patch" "$mutants/series"
	ln -sfn "$top/tests" "$mutants/tests"
	before=$(cat "$mutants/series/linux-6.12"/*.patch | sha256sum)
	sed -E -i "$expression" "$mutants/series/linux-6.12"/[0-9]*.patch
	after=$(cat "$mutants/series/linux-6.12"/*.patch | sha256sum)
	[ "$before" != "$after" ]
}

try() {
	local name=$1 expression=$2 what=$3 result
	mutate "$expression" || {
		echo "mutate.sh: nothing in the series matches mutant $name" >&2
		return 1
	}
	export LAB_CAPTURES=$mutants/captures LAB_SERIES=$mutants/series
	export LAB_ATTEMPTS=1 LAB_LAST_WORDS=200
	if LAB=$mutants/lab "$here/lab.sh" 6.12 >"$mutants/$name.log" 2>&1; then
		result=
	elif grep -q 'DIED' "$mutants/$name.log"; then
		result="the machine dies: $(grep -m1 -o -E 'BUG: .*|Oops.*' "$mutants/$name.log"); "
	elif grep -q 'FAILED' "$mutants/$name.log"; then
		result=
	else
		tail -n 5 "$mutants/$name.log" >&2
		return 1
	fi
	if LAB=$mutants/lab "$here/check.sh" >"$mutants/$name.check"; then
		echo "| $name | $what | NOT NOTICED |"
		return 1
	fi
	echo "| $name | $what | ${result}$(grep -m1 'DIFFERS' "$mutants/$name.check") |"
}

prepare
echo '| mutant | what it lets through | first difference |'
echo '|---|---|---|'
bad=0
while IFS='|' read -r name expression what; do
	name=${name// /}
	[ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
	try "$name" "$(sed 's/^ *//; s/ *$//' <<<"$expression")" "${what# }" </dev/null || bad=1
done <<<"$table"
exit "$bad"
