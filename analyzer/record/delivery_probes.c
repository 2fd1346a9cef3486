// SPDX-License-Identifier: GPL-2.0-only
/*
 * delivery_probes.c - see delivery_probes.h.
 *
 * __apic_accept_irq() is called by every way of delivery; kvm_apic_set_irq() above it is inlined in
 * the fast path. From 6.18 on a write of an x2APIC's ICR enters the fast path's function
 * itself, so there `deliver` is on that one, too; 7.1 has renamed both. Arguments are in the
 * registers of x86-64's calling convention, which holds as long as the compiler gives the function
 * no suffix.
 */
#include "record/delivery_probes.h"
#include "record/btf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ACCEPT	    "__apic_accept_irq"
#define RETURNS_MIN 64	 /* threads that can be inside without a return being missed */
#define RETURNS_MAX 4096 /* the kernel's own limit */

/* The functions of a kernel, newest names first. */
struct functions {
	const char *deliver, *fast;
};

static const struct functions known[] = {
	{ "__kvm_irq_delivery_to_apic", "__kvm_irq_delivery_to_apic_fast" },
	{ "kvm_irq_delivery_to_apic", "kvm_irq_delivery_to_apic_fast" },
};
static const char direct[] = "kvm_x2apic_icr_write_fast"; /* enters the fast path's by itself */

/* kvm's own types, and the kernel's, where those are that both use. */
struct types {
	struct btf kvm, kernel;
};

static s64 offset(const struct types *t, const char *type, const char *member, struct err *err)
{
	s64 off = btf_member_offset(&t->kvm, type, member);

	if (off == -ENOENT)
		off = btf_member_offset(&t->kernel, type, member);
	if (off < 0)
		err_set(err, -ENOENT, "kvm's BTF has no %s in struct %s", member, type);
	return off;
}

/* Both, or the kernel's alone where kvm is built in. */
static int open_types(struct types *t, const struct host *h, struct err *err)
{
	bool module = !host_look(h, "/sys/kernel/btf/kvm");
	int ret = btf_open(&t->kernel, h, "vmlinux");

	if (ret)
		return err_set(err, -ENOENT,
			       "no probes without the kernel's BTF (%s/sys/kernel/btf/vmlinux)",
			       h->root);
	if (module)
		ret = btf_open(&t->kvm, h, "kvm");
	if (ret || (!module && !btf_has_struct(&t->kernel, "kvm_lapic")))
		return err_set(err, -ENOENT,
			       "no probes without kvm's BTF: load kvm; "
			       "if %s/sys/kernel/btf/kvm is missing then, it was built without",
			       h->root);
	return 0;
}

static void close_types(struct types *t)
{
	btf_release(&t->kvm);
	btf_release(&t->kernel);
}

/* A text with a line for each function, in which the name stands between blanks or at a line's
 * ends. */
static bool has_function(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p += len)
		if ((p == text || p[-1] == ' ' || p[-1] == '\n') && strchr(" \t\n", p[len]))
			return true;
	return false;
}

/*
 * The names of all functions, to be freed. Where kallsyms is hidden the functions that can be
 * traced are as good.
 */
static char *read_functions(const struct host *h, const struct tracer *t)
{
	const struct host here = { t->dir };
	size_t len = 0;
	char *text = host_slurp(h, "/proc/kallsyms", &len);

	if (text && len)
		return text;
	free(text);
	return host_slurp(&here, "/available_filter_functions", &len);
}

static int choose_functions(struct functions *f, bool *twice, const char *text, struct err *err)
{
	*f = (struct functions){ 0 };
	*twice = false;
	if (!has_function(text, ACCEPT))
		return err_set(err, -ENOENT,
			       "no probes: this kernel has no function " ACCEPT
			       "() (inlined, or kvm is not loaded)");
	for (size_t i = 0; i < ARRAY_SIZE(known) && !f->deliver; i++)
		if (has_function(text, known[i].deliver) && has_function(text, known[i].fast))
			*f = known[i];
	*twice = has_function(text, direct);
	return f->deliver ? 0
			  : err_set(err, -ENOENT,
				    "no probes: this kernel has no functions %s() and %s() "
				    "(inlined, or of other names)",
				    known[1].deliver, known[1].fast);
}

static void add(struct delivery_probes *d, const char *group, const char *event, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));

/* fmt: the probe's type, %s for the group and event, its function and fields. */
static void add(struct delivery_probes *d, const char *group, const char *event, const char *fmt,
		...)
{
	struct delivery_probe *p = &d->probe[d->nr++];
	char rest[PROBE_LINE_MAX];
	va_list ap;
	char *blank;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	blank = strchr(rest, ' ');
	p->event = event;
	snprintf(p->line, sizeof(p->line), "%.*s:%s/%s%.*s", (int)(blank - rest), rest, group,
		 event, PROBE_LINE_MAX - 64, blank);
}

/* (struct kvm *, struct kvm_lapic *src, struct kvm_lapic_irq *, ...) */
static int add_deliver(struct delivery_probes *d, const char *group, const struct types *t,
		       const char *function, struct err *err)
{
	s64 pid = offset(t, "kvm", "userspace_pid", err);
	s64 vcpu = offset(t, "kvm_lapic", "vcpu", err);
	s64 id = offset(t, "kvm_vcpu", "vcpu_id", err);
	s64 vector = offset(t, "kvm_lapic_irq", "vector", err);
	s64 mode = offset(t, "kvm_lapic_irq", "delivery_mode", err);
	s64 shorthand = offset(t, "kvm_lapic_irq", "shorthand", err);

	if (err->msg[0])
		return -ENOENT;
	add(d, group, "deliver",
	    "p %s kvm=%%di:x64 pid=+%lld(%%di):s32 srcp=%%si:x64 src=+%lld(+%lld(%%si)):s32 "
	    "vec=+%lld(%%dx):u32 dm=+%lld(%%dx):u16 sh=+%lld(%%dx):u32",
	    function, (long long)pid, (long long)id, (long long)vcpu, (long long)vector,
	    (long long)mode, (long long)shorthand);
	return 0;
}

/* (struct kvm_lapic *, int delivery_mode, int vector, ...) */
static int add_accept(struct delivery_probes *d, const char *group, const struct types *t,
		      struct err *err)
{
	s64 vcpu = offset(t, "kvm_lapic", "vcpu", err);
	s64 id = offset(t, "kvm_vcpu", "vcpu_id", err);
	s64 preempted = offset(t, "kvm_vcpu", "preempted", err);
	s64 ready = offset(t, "kvm_vcpu", "ready", err);
	s64 mode = offset(t, "kvm_vcpu", "mode", err);
	s64 cpu = offset(t, "kvm_vcpu", "cpu", err);
	s64 wait = offset(t, "kvm_vcpu", "wait", err);
	s64 task = offset(t, "rcuwait", "task", err);

	if (err->msg[0])
		return -ENOENT;
	add(d, group, "accept",
	    "p " ACCEPT " dst=+%lld(+%lld(%%di)):s32 vec=%%dx:u32 dm=%%si:u32 "
	    "preempted=+%lld(+%lld(%%di)):u8 ready=+%lld(+%lld(%%di)):u8 mode=+%lld(+%lld(%%di)):s32 "
	    "cpu=+%lld(+%lld(%%di)):s32 wait=+%lld(+%lld(%%di)):x64",
	    (long long)id, (long long)vcpu, (long long)preempted, (long long)vcpu, (long long)ready,
	    (long long)vcpu, (long long)mode, (long long)vcpu, (long long)cpu, (long long)vcpu,
	    (long long)(wait + task), (long long)vcpu);
	return 0;
}

static void add_returns(struct delivery_probes *d, const char *group, const struct functions *f)
{
	long slots = 2 * sysconf(_SC_NPROCESSORS_ONLN);

	slots = min_of(max_of(slots, (long)RETURNS_MIN), (long)RETURNS_MAX);
	add(d, group, "accepted", "r%ld " ACCEPT " ret=$retval:s32", slots);
	add(d, group, "fast", "r%ld %s ret=$retval:u8", slots, f->fast);
	add(d, group, "delivered", "r%ld %s ret=$retval:s32", slots, f->deliver);
}

/* What forbids probes, whatever the functions are. */
static int find_obstacle(const struct host *h, const struct tracer *t, struct err *err)
{
	char text[HOST_TEXT_MAX];

	if (!host_line(h, text, "/sys/kernel/security/lockdown") &&
	    strstr(text, "[confidentiality]"))
		return err_set(err, -ENOENT,
			       "no probes: the kernel is locked down for confidentiality");
	if (t->state == TRACER_READY && !t->probes)
		return err_set(
			err, -ENOENT,
			"no probes can be made here: %s/kprobe_events is missing or not writable",
			t->dir);
	return 0;
}

int delivery_probes_make(struct delivery_probes *d, const char *group, const struct host *h,
			 const struct tracer *t, struct err *err)
{
	struct functions f;
	struct types types = { 0 };
	char *text;
	bool twice;
	int ret = find_obstacle(h, t, err);

	*d = (struct delivery_probes){ 0 };
	if (ret)
		return ret;
	err->msg[0] = 0;
	text = read_functions(h, t);
	if (!text)
		return err_set(err, -ENOENT,
			       "no probes: which functions there are cannot be read "
			       "from %s/proc/kallsyms",
			       h->root);
	ret = choose_functions(&f, &twice, text, err) ?: open_types(&types, h, err) ?:
	      add_deliver(d, group, &types, f.deliver, err);
	if (!ret && twice)
		ret = add_deliver(d, group, &types, f.fast, err);
	if (!ret)
		ret = add_accept(d, group, &types, err);
	if (!ret)
		add_returns(d, group, &f);
	close_types(&types);
	free(text);
	return ret;
}
