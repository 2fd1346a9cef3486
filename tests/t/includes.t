#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The rooms of the analyzer know each other in one direction only, and each library is known to the
# rooms that need it. The rules are the tables below; every #include "..." and <...> is looked up.
# shellcheck source=tests/t/lib.sh
. "$(dirname "$0")/lib.sh"

# Which of ours a room may include beside itself: a folder with its slash, or one file.
rooms='
util
input		util/
decode		input/ util/
model		decode/ipi_event.h decode/vm_cache.h util/
analysis	decode/event.h decode/ipi_event.h decode/said.h decode/stock_ipi.h model/ util/
analysis/yield	analysis/ decode/event.h decode/ipi_event.h model/ util/
analysis/compare	analysis/ decode/event.h decode/ipi_event.h model/ util/
trace		analysis/ decode/ input/ model/ util/
output		util/
view		analysis/ decode/ live/totals.h model/ output/ trace/ util/
record		analysis/needs.h util/
live		live/bpf/ model/hist.h util/
live/bpf
cli		analysis/ decode/ live/ model/ output/ record/ trace/ view/ util/
'

# Where a library's header may be included (folders).
libraries='
event-parse.h	input decode
tracefs.h	record live
bpf/bpf.h	live
bpf/libbpf.h	live
bpf/btf.h	live
trace-cmd.h	input
zstd.h		input
zlib.h		input
sys/mman.h	util
'

# includes FILE...: "FILE HEADER" for each of ours; system_includes: for each of the system's.
includes() {
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1"
}
system_includes() {
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$1"
}

# allowed HEADER RULE...
allowed() {
	header=$1
	shift
	for rule; do
		case $rule in
		*/)	case $header in "$rule"*) return 0 ;; esac ;;
		*)	[ "$header" = "$rule" ] && return 0 ;;
		esac
	done
	return 1
}

for room in $(find analyzer -mindepth 1 -type d | sort); do
	room=${room#analyzer/}
	may=$(echo "$rooms" | awk -v r="$room" '$1 == r { found = 1; $1 = ""; print } END { exit !found }')
	tap $? "$room/ has a rule"
	wrong=
	nr=0
	for f in analyzer/"$room"/*.[ch]; do
		for h in $(includes "$f"); do
			nr=$((nr + 1))
			# shellcheck disable=SC2086 # a list of rules
			allowed "$h" "$room/" $may || wrong="$wrong $f:$h"
		done
		for h in $(system_includes "$f"); do
			where=$(echo "$libraries" | awk -v h="$h" '$1 == h { $1 = ""; print }')
			[ -z "$where" ] && continue
			case " $where " in *" $room "*) ;; *) wrong="$wrong $f:<$h>" ;; esac
		done
	done
	is "$room/ includes what it may ($nr)" "$wrong" ""
done

is "at the top of analyzer/ is main.c alone" "$(find analyzer -maxdepth 1 -type f)" "analyzer/main.c"
is "main.c includes the commands and util/ alone" \
	"$(includes analyzer/main.c | grep -v '^util/')" "cli/commands.h"

# A header is found by its room's name, wherever it is included from: no "../".
is "no include by a relative path" "$(find analyzer -name '*.[ch]' -exec grep -ln '#[ \t]*include[ \t]*"\.' {} +)" ""

# No circles, neither of modules (X.c and X.h) nor of folders, neither by what they include nor by the
# symbols that they take from each other: each is a list of pairs that tsort can put in an order.
module_includes() {
	find analyzer -name '*.[ch]' | while read -r f; do
		m=${f#analyzer/}
		includes "$f" | sed 's/\.h$//' | awk -v m="${m%.*}" '$1 != m { print m, $1 }'
	done | sort -u
}
module_symbols() {
	find analyzer -name '*.c' | while read -r f; do
		m=${f#analyzer/}
		nm "$BUILD/${f%.c}.o" 2>/dev/null | awk -v m="${m%.c}" '
			NF == 2 && $1 == "U" { print "needs", $2, m }
			NF == 3 && $2 ~ /[A-TV-Z]/ { print "has", $3, m }'
	done | awk '
		$1 == "has" { at[$2] = $3 }
		$1 == "needs" { name[++nr] = $2; by[nr] = $3 }
		END { for (i = 1; i <= nr; i++) if (name[i] in at) print by[i], at[name[i]] }' | sort -u
}
folders() {
	sed 's|/[^ /]* | |; s|/[^/]*$||' | awk '$1 != $2' | sort -u
}
loops() {
	tsort 2>&1 >/dev/null | sed 's/^tsort: //' | grep -v 'contains a loop' | sort -u | tr '\n' ' '
}
module_includes >"$T/includes"
module_symbols >"$T/symbols"
is "no circle of modules by includes ($(wc -l <"$T/includes"))" "$(loops <"$T/includes")" ""
is "no circle of modules by symbols ($(wc -l <"$T/symbols"))" "$(loops <"$T/symbols")" ""
is "no circle of folders by includes ($(folders <"$T/includes" | wc -l))" "$(folders <"$T/includes" | loops)" ""
is "no circle of folders by symbols ($(folders <"$T/symbols" | wc -l))" "$(folders <"$T/symbols" | loops)" ""
ok "the pairs are there" sh -c "grep -q '^cli/session trace/passes' '$T/symbols' &&
	grep -q '^cli/session trace/passes' '$T/includes'"
is "a circle would be noticed" "$(printf 'a/x b/y\nb/z a/x\n' | folders | loops)" "a b "

# Only the commands speak and exit; the guard is a process of its own.
is "no room but cli/ prints to standard error, or exits" \
	"$(find analyzer -mindepth 2 -name '*.c' -not -path 'analyzer/cli/*' -exec \
		grep -nE '\b(exit|_exit|abort|perror|warnx?|errx?|puts)[ ]*\(|\bstderr\b|(^|[^a-z])printf\(' {} + |
		grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)|^analyzer/live/guard.c:[0-9]*:[[:space:]]*_exit\(')" ""

# The plugin takes the vector table, and nothing else of ours; both are LGPL.
if ls plugins/*.c >/dev/null 2>&1; then
	is "plugins/ include the vector table alone" \
		"$(cat plugins/*.c | sed -n 's/^#include "\(.*\)"/\1/p' | sort -u)" "model/vectors.h"
	is "plugins/ are LGPL" "$(head -qn 1 plugins/*.c | sort -u)" "// SPDX-License-Identifier: LGPL-2.1-only"
else
	skip "plugins/ include the vector table alone" "there is no plugin yet"
fi
is "the vector table is LGPL" "$(head -qn 1 analyzer/model/vectors.[ch] | sed 's/.*: //; s/ .*//' | sort -u)" \
	"LGPL-2.1-only"
is "the vector table includes nothing else of ours" \
	"$(cat analyzer/model/vectors.[ch] | sed -n 's/^#include "\(.*\)"/\1/p' | sort -u)" "model/vectors.h"

# The rules would notice.
tap "$(allowed model/vms.h util/; echo $((! $?)))" "the rules: util/ does not let model/vms.h pass"
tap "$(allowed decode/events.h decode/event.h util/; echo $((! $?)))" "the rules: one file is that file"
tap "$(allowed util/err.h decode/event.h util/; echo $?)" "the rules: util/ lets util/err.h pass"
done_testing
