// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options of a VM, in a workload's `vm` lines and after its name on the command line:
 *
 *	vcpus=N		2 to 16
 *	apic=MODE	xapic, x2apic, mixed (all but the last one x2apic)
 *	hyperv=0|1	the guest introduces itself as a guest of Hyper-V
 *	pin=WHERE	any, each (vCPU i on CPU i), or a CPU
 *	thread=0|1	a thread of its own creates the VM
 *	wait=HOW	how a sender waits: spin, pause, hv (long spin), yield (hypercalls)
 *	polls=N		looks at memory for each PAUSE (1) or hypercall (64), as a CPU's pause
 *			window lets only long loops exit
 *	idle=HOW	a vCPU with nothing to do: halt, wait (like a sender), busy (deaf to
 *			interrupts for 50 of 60 us), work
 *	work=N		turns of a loop before each send; ±jitter=N, drawn at random
 *	piece=N		turns of the loop for idle=work, between two looks at the barrier
 *	ring=0|3	where that loop runs
 *	gap_us=N	busy time before each send, by the TSC
 *	seed=N		of what is drawn
 *	times=N		multiplies the counts of the operations read so far
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

int word_long(const char *word, long min, long max, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(word, &end, 0);
	return errno || end == word || *end || *value < min || *value > max ? -1 : 0;
}

int word_number(uint32_t *field, const char *word, long min, long max)
{
	long value;

	if (word_long(word, min, max, &value))
		return -1;
	*field = value;
	return 0;
}

int word_choice(const char *word, const char *const *list)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(word, list[i]))
			return i;
	return -1;
}

static int set_choice(uint32_t *field, const char *word, const char *const *list)
{
	int i = word_choice(word, list);

	if (i < 0)
		return -1;
	*field = i;
	return 0;
}

static int set_apic(struct workload *w, const char *word)
{
	static const char *const modes[] = { "xapic", "x2apic", "mixed", NULL };
	uint32_t all = (1u << w->config.nr_vcpus) - 1;

	switch (word_choice(word, modes)) {
	case 0: w->config.x2apic_mask = 0; return 0;
	case 1: w->config.x2apic_mask = all; return 0;
	case 2: w->config.x2apic_mask = all >> 1; return 0;
	}
	return -1;
}

/* Another number of vCPUs changes who "all but the last" are: keep the mode. */
static int set_vcpus(struct workload *w, const char *word)
{
	uint32_t old_all = (1u << w->config.nr_vcpus) - 1, mask = w->config.x2apic_mask;

	if (word_number(&w->config.nr_vcpus, word, 2, LAB_MAX_VCPUS))
		return -1;
	if (mask == old_all)
		set_apic(w, "x2apic");
	else if (mask == old_all >> 1)
		set_apic(w, "mixed");
	return 0;
}

static int set_pin(struct workload *w, const char *word)
{
	long cpu;

	if (!strcmp(word, "any"))
		w->pin = -1;
	else if (!strcmp(word, "each"))
		w->pin = -2;
	else if (word_long(word, 0, 255, &cpu))
		return -1;
	else
		w->pin = cpu;
	return 0;
}

static int set_ring(struct workload *w, const char *word)
{
	if (strcmp(word, "0") && strcmp(word, "3"))
		return -1;
	w->config.ring = *word - '0';
	return 0;
}

static int set_thread(struct workload *w, const char *word)
{
	uint32_t flag;

	if (word_number(&flag, word, 0, 1))
		return -1;
	w->own_thread = flag;
	return 0;
}

/* Only for operations that were read before: an option of the command line. */
static int set_times(struct workload *w, const char *word)
{
	uint32_t times;

	if (word_number(&times, word, 1, 100000))
		return -1;
	for (uint32_t i = 0; i < w->config.nr_ops; i++)
		w->ops[i].count *= times;
	return 0;
}

static int set_wait(struct workload *w, const char *word)
{
	static const char *const waits[] = { "spin", "pause", "hv", "yield", NULL };

	return set_choice(&w->config.wait, word, waits);
}

static int set_idle(struct workload *w, const char *word)
{
	static const char *const idles[] = { "halt", "wait", "busy", "work", NULL };

	return set_choice(&w->config.idle, word, idles);
}

static const struct {
	const char *name;
	int (*set)(struct workload *w, const char *word);
} others[] = {
	{ "vcpus", set_vcpus }, { "apic", set_apic },	  { "pin", set_pin },
	{ "ring", set_ring },	{ "thread", set_thread }, { "times", set_times },
	{ "wait", set_wait },	{ "idle", set_idle },
};

static const struct {
	const char *name;
	size_t offset; /* in struct lab_config */
	long max;
} numbers[] = {
	{ "hyperv", offsetof(struct lab_config, hyperv), 1 },
	{ "gap_us", offsetof(struct lab_config, gap_us), 1000000 },
	{ "work", offsetof(struct lab_config, work), 1000000000 },
	{ "jitter", offsetof(struct lab_config, jitter), 1000000000 },
	{ "piece", offsetof(struct lab_config, piece), 1000000000 },
	{ "polls", offsetof(struct lab_config, polls), 1000000 },
	{ "seed", offsetof(struct lab_config, seed), 1000000 },
};

int option_set(struct workload *w, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return -1;
	*value++ = '\0';
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(word, others[i].name))
			return others[i].set(w, value);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(word, numbers[i].name))
			return word_number((uint32_t *)((char *)&w->config + numbers[i].offset),
					   value, 0, numbers[i].max);
	return -1;
}

/* What the guest could not do: more jitter than work, or idle work without a size. */
const char *options_conflict(const struct workload *w)
{
	if (w->config.jitter > w->config.work)
		return "jitter is more than work";
	if (w->config.idle == LAB_IDLE_WORK && !w->config.piece)
		return "idle=work needs piece=N";
	return NULL;
}
