// SPDX-License-Identifier: LGPL-2.1-only
/*
 * plugin_kvm_ipi.c - how libtraceevent's programs (trace-cmd, KernelShark, perf) print
 * kvm_ipi_track.
 *
 * The line is the kernel's own, with names beside the numbers:
 *
 *   vm 4242/3 (web) vcpu 0 -> 5 vec 0xfd (reschedule) fast dst guest cpu 7
 *
 * Options, for trace-cmd as -O kvm_ipi:OPTION=VALUE:
 *   guest=linux|none         whose names the vectors get; a trace does not tell what the guests are
 *   vms=PID[/ID]=NAME,...    names of VMs
 *
 * Fields are looked up by name in each record, and one that is missing or cut off prints as "?".
 * Nothing is kept between records, so the same code serves any number of open traces; next to what
 * printing a line costs in libtraceevent, the lookup is not worth a cache.
 */
#include <event-parse.h>
#include <trace-seq.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/vectors.h"

/* Everything else is hidden: it must not meet the symbols of other plugins. */
#define EXPORTED __attribute__((visibility("default")))

#define NAME	 "kvm_ipi"

enum { OPTION_GUEST, OPTION_VMS };

/* The API wants them global, and writes to them. A value that is not NULL makes a text option. */
EXPORTED struct tep_plugin_option TEP_PLUGIN_OPTIONS[] = {
	[OPTION_GUEST] = {
		.name = (char *)"guest",
		.plugin_alias = (char *)NAME,
		.description = (char *)"Whose names the vectors get: linux (the default) or none",
		.value = "linux",
	},
	[OPTION_VMS] = {
		.name = (char *)"vms",
		.plugin_alias = (char *)NAME,
		.description = (char *)"Names of VMs: PID[/ID]=NAME,...",
		.value = "",
	},
	{ .name = NULL },
};

EXPORTED const char TEP_PLUGIN_ALIAS[] = NAME;

/* Exported, so it needs a declaration of its own. */
EXPORTED int TEP_PLUGIN_LOADER(struct tep_handle *tep);
EXPORTED int TEP_PLUGIN_UNLOADER(struct tep_handle *tep);

/* A number of the record, if it has it. */
struct number {
	bool known;
	long long value;
};

static const char *option(int which)
{
	const char *value = TEP_PLUGIN_OPTIONS[which].value;

	return value ? value : "";
}

static struct number get(struct tep_event *event, struct tep_record *record, const char *name)
{
	struct number n = { false, 0 };
	struct tep_format_field *field = tep_find_field(event, name);
	unsigned long long raw;

	if (!field || field->offset < 0 || field->size <= 0 || record->size < 0 ||
	    (long long)field->offset + field->size > record->size ||
	    tep_read_number_field(field, record->data, &raw))
		return n;

	n.known = true;
	n.value = (long long)raw;
	/* libtraceevent does not extend the sign. */
	if ((field->flags & TEP_FIELD_IS_SIGNED) && field->size < 8) {
		unsigned int shift = 64 - 8 * (unsigned int)field->size;

		n.value = (long long)(raw << shift) >> shift;
	}
	return n;
}

static void print_number(struct trace_seq *s, struct number n)
{
	if (n.known)
		trace_seq_printf(s, "%lld", n.value);
	else
		trace_seq_putc(s, '?');
}

/* As __print_symbolic() does: an unknown value prints as a number. */
static void print_symbol(struct trace_seq *s, struct number n, const char *const *names, int nr)
{
	if (!n.known)
		trace_seq_putc(s, '?');
	else if (n.value >= 0 && n.value < nr)
		trace_seq_puts(s, names[n.value]);
	else
		trace_seq_printf(s, "0x%llx", (unsigned long long)n.value);
}

/*
 * The name of a VM in the list PID[/ID]=NAME,...: the first entry that fits. Returns its length, 0
 * if there is none; *name is not terminated.
 */
static int find_label(const char *list, struct number pid, struct number id, const char **name)
{
	const char *entry, *end;

	for (entry = list; *entry; entry = *end ? end + 1 : end) {
		char *rest;
		bool fits;

		end = entry + strcspn(entry, ",");
		fits = pid.known && strtoll(entry, &rest, 10) == pid.value;
		if (!fits || rest == entry)
			continue;
		if (*rest == '/')
			fits = id.known && strtoll(rest + 1, &rest, 10) == id.value;
		if (fits && *rest == '=' && rest < end) {
			*name = rest + 1;
			return (int)(end - *name);
		}
	}
	return 0;
}

static void print_vm(struct trace_seq *s, struct number pid, struct number id)
{
	const char *label;
	int len = find_label(option(OPTION_VMS), pid, id, &label);

	trace_seq_puts(s, "vm ");
	print_number(s, pid);
	trace_seq_putc(s, '/');
	print_number(s, id);
	if (len)
		trace_seq_printf(s, " (%.*s)", len, label);
}

static void print_vector(struct trace_seq *s, struct number vector)
{
	const struct vector_names *names = vector_names_builtin(option(OPTION_GUEST));
	const char *name;

	trace_seq_puts(s, " vec ");
	if (!vector.known) {
		trace_seq_putc(s, '?');
		return;
	}
	trace_seq_printf(s, "0x%llx", (unsigned long long)vector.value);
	name = names && vector.value >= 0 && vector.value < NR_VECTORS
		       ? vector_name(names, (unsigned int)vector.value)
		       : NULL;
	if (name)
		trace_seq_printf(s, " (%s)", name);
}

static int print_ipi(struct trace_seq *s, struct tep_record *record, struct tep_event *event,
		     void *context)
{
	static const char *const paths[] = { "fast", "slow", "avic" };
	static const char *const states[] = { "guest", "host", "preempted", "halted", "woken" };

	print_vm(s, get(event, record, "vm_pid"), get(event, record, "vm_id"));
	trace_seq_puts(s, " vcpu ");
	print_number(s, get(event, record, "src_vcpu_id"));
	trace_seq_puts(s, " -> ");
	print_number(s, get(event, record, "dst_vcpu_id"));
	print_vector(s, get(event, record, "vector"));
	trace_seq_putc(s, ' ');
	print_symbol(s, get(event, record, "path"), paths, 3);
	trace_seq_puts(s, " dst ");
	print_symbol(s, get(event, record, "dst_state"), states, 5);
	trace_seq_puts(s, " cpu ");
	print_number(s, get(event, record, "dst_cpu"));
	return 0;
}

int TEP_PLUGIN_LOADER(struct tep_handle *tep)
{
	const char *guest = option(OPTION_GUEST);

	if (!vector_names_builtin(guest))
		fprintf(stderr, "plugin_kvm_ipi: no vector names for guest '%s': linux or none\n",
			guest);
	tep_plugin_add_options(NAME, TEP_PLUGIN_OPTIONS);
	tep_register_event_handler(tep, -1, "kvm", "kvm_ipi_track", print_ipi, NULL);
	return 0;
}

int TEP_PLUGIN_UNLOADER(struct tep_handle *tep)
{
	tep_unregister_event_handler(tep, -1, "kvm", "kvm_ipi_track", print_ipi, NULL);
	tep_plugin_remove_options(TEP_PLUGIN_OPTIONS);
	return 0;
}
