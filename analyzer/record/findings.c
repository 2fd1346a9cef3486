// SPDX-License-Identifier: GPL-2.0-only
/*
 * findings.c - see findings.h. One function for each line, in the order in which they stand; each
 * knows one thing about the host.
 */
#include "record/findings.h"
#include "record/btf.h"
#include "record/delivery_probes.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *const level_names[NR_LEVELS] = { "good", "limited", "missing" };

static struct finding *findings_add(struct findings *f, const char *key, enum level level,
				    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void advise(struct finding *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static struct finding *findings_add(struct findings *f, const char *key, enum level level,
				    const char *fmt, ...)
{
	struct finding *line = &f->list[f->nr < FINDINGS_MAX - 1 ? f->nr++ : f->nr];
	va_list ap;

	*line = (struct finding){ .key = key, .level = level };
	va_start(ap, fmt);
	vsnprintf(line->what, sizeof(line->what), fmt, ap);
	va_end(ap);
	return line;
}

static void advise(struct finding *line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line->advice, sizeof(line->advice), fmt, ap);
	va_end(ap);
}

static void check_kernel(struct findings *f, const struct host *h)
{
	struct utsname u;

	if (host_line(h, f->kernel, "/proc/sys/kernel/osrelease") && !uname(&u))
		snprintf(f->kernel, sizeof(f->kernel), "%s", u.release);
	findings_add(f, "kernel", LEVEL_GOOD, "Linux %s", f->kernel);
}

/* "kvm_amd, which is not the kernel's own build (out of tree)" helps to see a patched module. */
static void add_module(struct findings *f, const struct host *h, const char *name,
		       const char *vendor)
{
	char path[64], version[HOST_TEXT_MAX], taint[HOST_TEXT_MAX];
	struct finding *line;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	host_line(h, version, "%s/srcversion", path);
	host_line(h, taint, "%s/taint", path);
	line = findings_add(f, "kvm", LEVEL_GOOD, "%s for %s%s%s%s", name, vendor,
			    version[0] ? ", source " : "", version,
			    strchr(taint, 'O') ? ", not from the kernel's own build" : "");
	if (host_look(h, "/dev/kvm")) {
		line->level = LEVEL_LIMITED;
		advise(line,
		       "there is no /dev/kvm: no VM can be started from here (those of the host still "
		       "show up in a recording)");
	}
}

static void check_kvm(struct findings *f, const struct host *h)
{
	struct finding *line;

	if (!host_look(h, "/sys/module/kvm_intel"))
		add_module(f, h, "kvm_intel", "Intel");
	else if (!host_look(h, "/sys/module/kvm_amd"))
		add_module(f, h, "kvm_amd", "AMD");
	else if (!host_look(h, "/sys/module/kvm")) {
		line = findings_add(f, "kvm", LEVEL_LIMITED,
				    "the module kvm is loaded, kvm_intel and kvm_amd are not");
		advise(line,
		       "another vendor module may do; otherwise: modprobe kvm_intel (or kvm_amd)");
	} else {
		line = findings_add(f, "kvm", LEVEL_MISSING, "KVM is not loaded");
		advise(line,
		       "modprobe kvm_intel (or kvm_amd); it wants virtualization in the firmware's "
		       "settings, or nested virtualization when this is a VM");
	}
}

static void check_tracefs(struct findings *f, const struct tracer *t)
{
	struct finding *line;

	switch (t->state) {
	case TRACER_READY:
		line = findings_add(f, "tracefs", LEVEL_GOOD, "%s", t->dir);
		if (t->instances)
			return;
		line->level = LEVEL_MISSING;
		advise(line,
		       "%s/instances is not writable for this user: run kvm-ipi record as root",
		       t->dir);
		return;
	case TRACER_FORBIDDEN:
		line = findings_add(f, "tracefs", LEVEL_MISSING, "this user may not read %s",
				    t->dir);
		advise(line, "run kvm-ipi check and kvm-ipi record as root (sudo)");
		return;
	case TRACER_ABSENT:
		line = findings_add(f, "tracefs", LEVEL_MISSING, "nothing is mounted at %s",
				    t->dir);
		advise(line,
		       "as root: mount -t tracefs nodev /sys/kernel/tracing; a container needs the "
		       "host's: docker run -v /sys/kernel/tracing:/sys/kernel/tracing");
	}
}

/* BTF is there for every user, and tells whether the module that is loaded has the event. */
static int track_in_btf(const struct host *h)
{
	static const char *const of[] = { "kvm", "vmlinux" };
	int known = -1;

	for (size_t i = 0; i < ARRAY_SIZE(of) && known < 1; i++) {
		struct btf b;

		if (!btf_open(&b, h, of[i]) && known < 1)
			known = btf_has_struct(&b, "trace_event_raw_kvm_ipi_track");
		btf_release(&b);
	}
	/* The kernel's types without the module's say nothing about the module. */
	return known == 0 && host_look(h, "/sys/kernel/btf/kvm") && host_look(h, "/sys/module/kvm")
		       ? -1
		       : known;
}

int track_is_there(const struct host *h, const struct tracer *t)
{
	return t->state == TRACER_READY ? tracer_has(t, EVENT_TRACK) : track_in_btf(h);
}

static void check_track(struct findings *f, const struct host *h, const struct tracer *t)
{
	int has = track_is_there(h, t);
	struct finding *line;

	if (has > 0) {
		findings_add(f, "tracepoint", LEVEL_GOOD, EVENT_TRACK "%s",
			     t->state == TRACER_READY ? "" : " (by the kernel's BTF)");
		return;
	}
	if (has < 0) {
		line = findings_add(f, "tracepoint", LEVEL_MISSING, EVENT_TRACK ": cannot be told");
		advise(line, "load kvm, and look again as root");
		return;
	}
	line = findings_add(f, "tracepoint", LEVEL_LIMITED, "no " EVENT_TRACK " in this kernel");
	advise(line, "probes show the same (see ipi-probes); kernel-patch/ has the tracepoint, "
		     "which costs less and is always there");
}

/* What stands in for the tracepoint. */
static void check_delivery_probes(struct findings *f, const struct host *h, const struct tracer *t)
{
	struct delivery_probes probes;
	struct err why = { "" };
	struct finding *line;

	if (!delivery_probes_make(&probes, PROBE_GROUP, h, t, &why)) {
		line = findings_add(
			f, "ipi-probes", LEVEL_GOOD,
			"%u probes on KVM's delivery show VM, path and receiver's state",
			probes.nr);
		if (t->state != TRACER_READY)
			advise(line, "if this user may make them: look again as root");
		return;
	}
	line = findings_add(f, "ipi-probes", LEVEL_LIMITED, "%s", why.msg);
	advise(line,
	       "where the tracepoint is missing, too, the stock events show the same pairs on most "
	       "hosts: kvm-ipi record stock. They name no VM and no receiver's state");
}

static void check_stock(struct findings *f, const struct tracer *t)
{
	struct finding *line;

	if (t->state != TRACER_READY)
		return;
	if (tracer_has(t, "kvm:kvm_apic_ipi") && tracer_has(t, "kvm:kvm_apic_accept_irq")) {
		findings_add(f, "stock-events", LEVEL_GOOD,
			     "kvm:kvm_apic_ipi, kvm:kvm_apic_accept_irq");
		return;
	}
	line = findings_add(f, "stock-events", LEVEL_MISSING, "no KVM events");
	advise(line, "load kvm; if they are still missing, the kernel was built without them");
}

/* IPIs that the hardware delivers without KVM are in no trace of this kind. */
static void check_hardware(struct findings *f, const struct host *h)
{
	int avic = host_switch(h, "/sys/module/kvm_amd/parameters/avic");
	int apicv = host_switch(h, "/sys/module/kvm_intel/parameters/enable_apicv");
	int ipiv = host_switch(h, "/sys/module/kvm_intel/parameters/enable_ipiv");
	struct finding *line;

	if (avic > 0) {
		line = findings_add(f, "hardware-ipis", LEVEL_LIMITED,
				    "AVIC is on (kvm_amd avic=Y)");
		advise(line,
		       "IPIs to a running vCPU are delivered by the CPU, unseen; to see all of them, "
		       "with no VM running: modprobe -r kvm_amd; modprobe kvm_amd avic=0");
	} else if (ipiv > 0) {
		line = findings_add(f, "hardware-ipis", LEVEL_LIMITED,
				    "IPI virtualization is on (kvm_intel "
				    "enable_ipiv=Y)");
		advise(line,
		       "physical unicast IPIs are delivered by the CPU, unseen; to see all of them, with "
		       "no VM running: modprobe -r kvm_intel; modprobe kvm_intel enable_ipiv=0");
	} else if (apicv > 0) {
		line = findings_add(f, "hardware-ipis", LEVEL_GOOD,
				    "APICv is on, IPI virtualization is not: each "
				    "sender exits");
		advise(line, "there is no EOI to see for latencies; with enable_apicv=0 there is");
	} else if (!avic || !apicv) {
		findings_add(f, "hardware-ipis", LEVEL_GOOD,
			     "AVIC, APICv and IPI virtualization are off");
	} else {
		line = findings_add(f, "hardware-ipis", LEVEL_LIMITED,
				    "neither kvm_intel nor kvm_amd tells");
		advise(line, "if the CPU delivers IPIs by itself, those are in no recording");
	}
}

static void check_guests(struct findings *f, const struct host *h)
{
	s64 poll_ns = host_number(h, "/sys/module/kvm/parameters/halt_poll_ns");
	struct finding *line;

	line = findings_add(f, "pv-ipis", LEVEL_LIMITED,
			    "each guest decides by its CPUID (kvm-pv-ipi)");
	advise(line,
	       "IPIs to several vCPUs at once may come as one hypercall and have no single receiver; "
	       "to see none of these, start the VM with -cpu ...,kvm-pv-ipi=off");
	if (poll_ns < 0)
		return;
	if (!poll_ns) {
		findings_add(f, "halt-polling", LEVEL_GOOD,
			     "off: a halted receiver is seen as halted");
		return;
	}
	line = findings_add(f, "halt-polling", LEVEL_LIMITED, "up to %lld us", poll_ns / 1000);
	advise(line, "while KVM polls, a halted receiver is counted as \"host\"; echo 0 "
		     ">/sys/module/kvm/parameters/halt_poll_ns turns it off");
}

static void check_probes(struct findings *f, const struct host *h, const struct tracer *t)
{
	struct err err = { "" };
	s64 off = plan_pid_offset(h, &err);
	struct finding *line;

	if (off >= 0 && t->probes) {
		findings_add(f, "probes", LEVEL_GOOD,
			     "kprobes can be made; a thread's pid is at offset %lld", off);
		return;
	}
	line = findings_add(f, "probes", LEVEL_LIMITED, "%s",
			    off < 0 ? err.msg
			    : t->state != TRACER_READY
				    ? "cannot be told without tracefs"
				    : "kprobe_events is missing or not writable");
	advise(line,
	       "kvm-ipi record yield-truth is not possible here; yield works, with its confidence "
	       "printed");
}

static void check_lockdown(struct findings *f, const struct host *h)
{
	char text[HOST_TEXT_MAX];
	struct finding *line;

	if (host_line(h, text, "/sys/kernel/security/lockdown") || strstr(text, "[none]") ||
	    !strstr(text, "[confidentiality]"))
		return;
	line = findings_add(f, "lockdown", LEVEL_MISSING,
			    "the kernel is locked down for confidentiality");
	advise(line, "no tracing is possible until it boots without lockdown=confidentiality");
}

static void check_tool(struct findings *f, const char *name, enum level without, const char *advice)
{
	char path[HOST_PATH_MAX];
	struct finding *line;

	if (program_find(name, path)) {
		findings_add(f, name, LEVEL_GOOD, "%.250s", path);
		return;
	}
	line = findings_add(f, name, without, "not installed");
	advise(line, "%s", advice);
}

void findings_make(struct findings *f, const struct host *h)
{
	struct tracer t;

	*f = (struct findings){ 0 };
	tracer_find(&t, h);
	check_kernel(f, h);
	check_kvm(f, h);
	check_tracefs(f, &t);
	check_lockdown(f, h);
	check_track(f, h, &t);
	check_delivery_probes(f, h, &t);
	check_stock(f, &t);
	check_hardware(f, h);
	check_guests(f, h);
	check_probes(f, h, &t);
	check_tool(f, "trace-cmd", LEVEL_MISSING,
		   "nothing can be recorded without it: install the package "
		   "trace-cmd");
	check_tool(f, "gnuplot", LEVEL_LIMITED,
		   "no pictures without it; install gnuplot-nox, here or where "
		   "the trace is read");
	for (u32 i = 0; i < NR_PRESETS; i++) {
		struct plan plan;

		plan_make(&plan, &presets[i], h, &t, 0);
		f->why_not[i] = plan.why_not;
		f->can_record |= !plan.why_not.msg[0];
	}
}
