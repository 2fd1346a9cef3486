# SPDX-License-Identifier: GPL-2.0-only
# reach.awk -v name=NAME: of one function in the output of objdump -dr --no-show-raw-insn, what
# can run while its static branches are off. In a module's file they are no-ops, and the code behind
# them is reached through the jump table alone; so that is what plain control flow reaches.
#
# Prints "instructions N", then "to SYMBOL" for each call or jump that leaves the function, sorted.

/^[0-9a-f]+ <.*>:$/ {
	inside = $2 == "<" name ">:"
	next
}
!inside { next }

# A relocation belongs to the instruction before it.
/^\t\t\t[0-9a-f]+: R_X86_64_/ {
	symbol = $3
	sub(/[-+]0x[0-9a-f]+$/, "", symbol)
	target[last] = symbol
	next
}

/^ *[0-9a-f]+:\t/ {
	address = $1
	sub(/:$/, "", address)
	if (last != "")
		following[last] = address
	else
		entry = address
	last = address
	# Prefixes that objdump prints as words.
	i = 2
	while ($i ~ /^(lock|rep|repz|bnd|notrack|cs|ds)$/)
		i++
	opcode[address] = $i
	operand[address] = $(i + 1)
	# <NAME+0xOFFSET>: where the operand points to.
	place[address] = $(i + 2)
	gsub(/^<|(\+0x[0-9a-f]+)?>$/, "", place[address])
}

END {
	if (entry == "") {
		print "there is no function " name >"/dev/stderr"
		exit 1
	}
	todo[nr = 1] = entry
	while (nr > 0) {
		at = todo[nr--]
		while (at != "" && !(at in seen)) {
			seen[at] = 1
			count++
			if (opcode[at] ~ /^(call|j)/ && at in target)
				print "to " target[at] | "sort"
			else if (opcode[at] ~ /^j/ && place[at] == name)
				todo[++nr] = operand[at]
			else if (opcode[at] ~ /^(call|j)/)
				print "to " (place[at] != "" ? place[at] : "an address in a register") | "sort"
			if (opcode[at] ~ /^(jmp|ret|ud2)/ || target[at] == "__stack_chk_fail")
				break
			at = following[at]
		}
	}
	print "instructions " count
	close("sort")
}
