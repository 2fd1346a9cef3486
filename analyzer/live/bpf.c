// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf.c - the two BPF backends of live.h: open, attach, read, measure.
 *
 * What differs between them is in a table: the object, and what has to be there. Programs that only
 * the latency needs are left out where the kernel lacks what they attach to.
 */
#include "live/backend.h"
#include "live/bpf_objects.h"
#include "live/bpf_offsets.h"
#include "live/bpf_read.h"
#include "live/format.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define LOG_SIZE 65536

struct bpf_kind {
	struct bpf_object_file (*object)(void);
	/* What has to be there beside BTF; 0 or -errno with its line. */
	int (*look)(const struct bpf_types *types, struct err *err);
	bool needs_types;
};

/* Programs that only the latency needs, and what they are attached to. */
static const struct {
	const char *program, *function;
} latency_programs[] = {
	{ "on_delivery", "kvm_irq_delivery_to_apic" },
	{ "on_eoi", NULL },
	{ "on_scheduled_in", "kvm_arch_vcpu_load" },
};

static int look_for_track(const struct bpf_types *types, struct err *err)
{
	const char *tracefs = live_tracefs();
	char *format;
	int ret;

	if (!tracefs)
		return err_set(err, -ENOENT, "no tracefs is mounted at /sys/kernel/tracing");
	format = format_of_track(tracefs);
	if (!format && errno == ENOENT)
		return err_set(err, -ENOENT, "this kernel has no kvm:kvm_ipi_track");
	if (!format)
		return err_set(err, -errno, "cannot read %s/events/kvm/kvm_ipi_track/format: %s",
			       tracefs, strerror(errno));
	ret = format_check_track(format, err);
	free(format);
	return ret;
}

static int look_for_functions(const struct bpf_types *types, struct err *err)
{
	static const char *const functions[] = {
		"kvm_irq_delivery_to_apic",
		"kvm_irq_delivery_to_apic_fast",
		"__apic_accept_irq",
		"kvm_arch_destroy_vm",
	};

	for (u32 i = 0; i < ARRAY_SIZE(functions); i++)
		if (!bpf_types_function(types, functions[i]))
			return err_set(err, -ENOENT,
				       "kvm.ko has no function %s() here: its delivery is not "
				       "known to this program",
				       functions[i]);
	return 0;
}

static const struct bpf_kind kind_track = { bpf_object_track, look_for_track, false };
static const struct bpf_kind kind_join = { bpf_object_join, look_for_functions, true };

static struct bpf_map *find_map(struct bpf_state *s, const char *suffix)
{
	struct bpf_map *map;

	/* Sections have the object's name before them: "track.rodata". */
	bpf_object__for_each_map(map, s->object)
	{
		const char *name = bpf_map__name(map), *dot = strchr(name, '.');

		if (!strcmp(dot ? dot : name, suffix))
			return map;
	}
	return NULL;
}

/* The message of a failed load: the verifier's last line says most. */
static int load_failed(struct err *err, int code, const char *log)
{
	const char *end = log + strlen(log), *line;

	while (end > log && end[-1] == '\n')
		end--;
	/* "processed N insns ..." is no reason. */
	for (line = end; line > log && line[-1] != '\n'; line--)
		;
	if (!strncmp(line, "processed ", 10) && line > log) {
		end = line - 1;
		for (line = end; line > log && line[-1] != '\n'; line--)
			;
	}
	return err_set(err, code, "the kernel refuses the BPF program: %s%s%.*s", strerror(-code),
		       *log ? ": " : "", (int)(end - line), line);
}

/* Which programs to load; -ENOENT: no latency on this kernel, with the reason as a remark. */
static int choose_programs(struct bpf_state *s, const struct bpf_types *types, bool latency,
			   struct live_facts *facts)
{
	for (u32 i = 0; i < ARRAY_SIZE(latency_programs); i++) {
		const char *function = latency_programs[i].function;
		struct bpf_program *p = bpf_object__find_program_by_name(
			s->object, latency_programs[i].program);

		if (p && latency && function && !bpf_types_function(types, function)) {
			latency = false;
			err_set(&facts->remark, 0, "no latency: kvm.ko has no %s()", function);
		}
	}
	for (u32 i = 0; i < ARRAY_SIZE(latency_programs) && !latency; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(
			s->object, latency_programs[i].program);

		if (p)
			bpf_program__set_autoload(p, false);
	}
	facts->latency = latency;
	return latency ? 0 : -ENOENT;
}

static int set_up_maps(struct bpf_state *s, const struct live_offsets *at, u32 entries,
		       struct err *err)
{
	struct bpf_map *rodata = find_map(s, ".rodata"), *ipis = find_map(s, "ipis");
	struct bpf_map *latency = find_map(s, "latency");
	size_t size = 0;
	void *value = rodata ? (void *)bpf_map__initial_value(rodata, &size) : NULL;

	if (!value || size != sizeof(*at) || !ipis || !latency)
		return err_set(err, -EINVAL, "the BPF object and its reader do not fit");
	memcpy(value, at, sizeof(*at));
	if (bpf_map__set_max_entries(ipis, entries) ||
	    bpf_map__set_max_entries(latency, max_of(entries, (u32)LIVE_ENTRIES_DEFAULT)))
		return err_set(err, -EINVAL, "%u entries are refused", entries);
	return 0;
}

static int load(struct bpf_state *s, struct err *err)
{
	int ret = bpf_object__load(s->object);

	if (ret)
		return load_failed(err, ret, s->log);
	s->ipis = bpf_map__fd(find_map(s, "ipis"));
	s->latency = bpf_map__fd(find_map(s, "latency"));
	s->counters = find_map(s, ".bss") ? bpf_map__fd(find_map(s, ".bss")) : -1;
	return s->counters < 0 ? err_set(err, -EINVAL, "the BPF object has no counters") : 0;
}

static int attach(struct bpf_state *s, struct err *err)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, s->object)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(p))
			continue;
		if (s->nr_links == BPF_PROGRAMS_MAX)
			return err_set(err, -E2BIG, "too many BPF programs");
		link = bpf_program__attach(p);
		if (!link)
			return err_set(err, -errno, "cannot attach to %s: %s",
				       bpf_program__section_name(p), strerror(errno));
		s->program[s->nr_links] = bpf_program__fd(p);
		s->link[s->nr_links++] = link;
	}
	return 0;
}

static int close_bpf(void *state, struct err *err)
{
	struct bpf_state *s = state;

	for (u32 i = 0; i < s->nr_links; i++)
		bpf_link__destroy(s->link[i]);
	if (s->stats >= 0)
		close(s->stats);
	bpf_object__close(s->object);
	free(s->log);
	free(s);
	return 0;
}

static int open_object(struct bpf_state *s, const struct bpf_kind *kind, struct err *err)
{
	struct bpf_object_file file = kind->object();
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "kvm_ipi");

	s->log = calloc(1, LOG_SIZE);
	if (!s->log)
		return err_set(err, -ENOMEM, "out of memory");
	opts.kernel_log_buf = s->log;
	opts.kernel_log_size = LOG_SIZE;
	libbpf_set_print(NULL);
	s->object = bpf_object__open_mem(file.start, file.len, &opts);
	return s->object ? 0
			 : err_set(err, -errno, "cannot read the BPF object: %s", strerror(errno));
}

static int prepare(struct bpf_state *s, const struct bpf_kind *kind, const struct live_options *o,
		   struct live_facts *facts, struct err *err)
{
	struct live_offsets at = { 0 };
	struct bpf_types types;
	struct err none = { "" };
	int no_types = bpf_types_open(&types, &none), ret = 0;

	if (!no_types)
		no_types = bpf_types_offsets(&types, &at, &none);
	if (no_types && kind->needs_types)
		ret = err_set(err, no_types, "%s", none.msg);
	else
		ret = kind->look(&types, err);
	if (!ret)
		ret = open_object(s, kind, err);
	if (!ret) {
		bool possible = !no_types && (kind->needs_types || at.kvm_vm_id);

		if (o->latency && !possible)
			err_set(&facts->remark, 0, "no latency: %s",
				no_types ? none.msg : "struct kvm has no vm_id");
		at.want_latency = !choose_programs(s, &types, o->latency && possible, facts);
		facts->vm_ids = !kind->needs_types || at.kvm_vm_id;
		ret = set_up_maps(s, &at, o->entries, err);
	}
	bpf_types_release(&types);
	return ret;
}

static int open_bpf(void **state, const struct bpf_kind *kind, const struct live_options *o,
		    struct live_facts *facts, struct err *err)
{
	struct bpf_state *s;
	int ret;

	if (!live_capable(LIVE_CAP_SYS_ADMIN))
		return err_set(err, -EPERM, "needs CAP_SYS_ADMIN");
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	s->stats = -1;
	ret = prepare(s, kind, o, facts, err);
	if (!ret)
		ret = load(s, err);
	if (!ret && !o->try_only) {
		facts->cost = bpf_read_cost_on(s);
		ret = attach(s, err);
	}
	if (ret)
		close_bpf(s, NULL);
	else
		*state = s;
	return ret;
}

static int open_tracepoint(void **state, const struct live_options *o, struct live_facts *facts,
			   struct err *err)
{
	return open_bpf(state, &kind_track, o, facts, err);
}

static int open_fentry(void **state, const struct live_options *o, struct live_facts *facts,
		       struct err *err)
{
	return open_bpf(state, &kind_join, o, facts, err);
}

const struct live_ops live_tracepoint = {
	.name = "tracepoint",
	.what = "BPF on kvm:kvm_ipi_track",
	.open = open_tracepoint,
	.read = bpf_read,
	.forget = bpf_forget,
	.close = close_bpf,
};

const struct live_ops live_fentry = {
	.name = "fentry",
	.what = "BPF on functions of kvm.ko",
	.open = open_fentry,
	.read = bpf_read,
	.forget = bpf_forget,
	.close = close_bpf,
};
