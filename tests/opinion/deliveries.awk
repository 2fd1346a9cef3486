# SPDX-License-Identifier: GPL-2.0-only
# `trace-cmd report -N -l` of probes on deliveries to one line for each directed IPI:
# kvm's address (or -), pid, sender, receiver, vector, path, receiver's state and CPU, with tabs; then,
# where kvm_ipi_track was recorded, too, its record of the same delivery: pid/VM, sender,
# receiver, vector, path, state, CPU, or seven dashes. A record outside of any such line: "only-track".
#
# A stack for each thread and nothing else: no loss, no kernel whose functions call each other twice.
# The fourth column after the thread shows an interrupt's context (h, H or s).
function value(name,    i) {
	for (i = 1; i <= NF; i++)
		if (index($i, name "=") == 1)
			return substr($i, length(name) + 2)
	return ""
}
function hex(s,    i, v) {
	v = 0
	for (i = 3; i <= length(s); i++)
		v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return v
}
function state() {
	if (value("preempted") != 0)
		return "preempted"
	if (value("wait") !~ /^(0x)?0$/)
		return value("ready") != 0 ? "woken" : "halted"
	return value("mode") == 1 ? "guest" : "host"
}
{
	if (!match($0, /-[0-9]+ +[0-9]+[^ ]+ +[0-9.]+: [a-z_]+: /))
		next
	split(substr($0, RSTART + 1, RLENGTH - 1), head, " ")
	thread = head[1]
	flags = head[2]
	sub(/^[0-9]+/, "", flags)
	event = head[4]
	sub(/:$/, "", event)
	if (substr(flags, 3, 1) ~ /[hHs]/)
		next
	at = thread " " depth[thread]
}
event == "deliver" {
	at = thread " " ++depth[thread]
	vcpu[at] = value("srcp") !~ /^(0x)?0$/
	plain[at] = value("dm") == 0 && value("sh") == 0
	who[at] = (value("kvm") == "" ? "-" : value("kvm")) "\t" value("pid") "\t" value("src")
	src[at] = value("src")
	vec[at] = value("vec")
	track[at] = ""
	accepted[at] = fast[at] = 0
}
event == "accept" && depth[thread] {
	asked[at] = value("dst")
	found[at] = state() "\t" value("cpu")
}
event == "accepted" && depth[thread] && value("ret") > 0 {
	accepted[at]++
	dst[at] = asked[at]
	how[at] = found[at]
}
event == "fast" && depth[thread] { fast[at] = value("ret") != 0 }
# vm PID/ID vcpu SRC -> DST vec 0xVV PATH dst STATE cpu CPU
event == "kvm_ipi_track" {
	tracked = 1
	record = $0
	sub(/.*kvm_ipi_track: +/, "", record)
	split(record, w, " ")
	record = w[2] "\t" w[4] "\t" w[6] "\t" hex(w[8]) "\t" w[9] "\t" w[11] "\t" w[13]
	if (depth[thread])
		track[at] = record
	else
		print "only-track\t" record
}
event == "delivered" && depth[thread] {
	depth[thread]--
	if (vcpu[at] && plain[at] && accepted[at] == 1 && dst[at] != src[at]) {
		line = who[at] "\t" dst[at] "\t" vec[at] "\t" (fast[at] ? "fast" : "slow") "\t" how[at]
		if (tracked)
			line = line "\t" (track[at] == "" ? "-\t-\t-\t-\t-\t-\t-" : track[at])
		print line
	} else if (track[at] != "") {
		print "only-track\t" track[at]
	}
}
