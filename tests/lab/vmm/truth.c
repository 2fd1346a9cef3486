// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the guest's book to the truth files. For a VM called NAME:
 *
 *	NAME.truth.txt	the book: each operation, its ICR, sends counted, handlers that ran
 *	NAME.edges	vm_pid vm_id src dst vector path count, for what the workload calls tracked
 *	NAME.lookalikes	the same columns, for what the stock events cannot tell from a tracked one
 *	NAME.states	vm_pid vm_id state min% max%, the claims about receivers' states
 *	NAME.measured	what calls took (measure.c)
 *	NAME.counters	what KVM counted (counters.c)
 *
 * The book is checked against the workload first: each handler has to have run exactly as often as
 * the sends to it, where the workload does not say otherwise. So a claim in a workload file that is
 * wrong about the receivers fails here, without any trace.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"

/* Sends of one operation by one sender to one receiver (LAB_NOBODY included), all vectors. */
static uint32_t sent(const struct lab_book *book, uint32_t nr, uint32_t src, uint32_t dst)
{
	uint32_t n = 0;

	for (uint32_t v = 0; v < LAB_MAX_SPAN; v++)
		n += book->sent[nr][src][dst][v];
	return n;
}

static uint32_t sent_by_all(const struct lab_book *book, uint32_t nr, uint32_t dst)
{
	uint32_t n = 0;

	for (uint32_t src = 0; src < LAB_MAX_VCPUS; src++)
		n += sent(book, nr, src, dst);
	return n;
}

static uint32_t sent_from(const struct lab_book *book, uint32_t nr, uint32_t src)
{
	uint32_t n = 0;

	for (uint32_t dst = 0; dst <= LAB_NOBODY; dst++)
		n += sent(book, nr, src, dst);
	return n;
}

static uint32_t sent_in_all(const struct lab_book *book, uint32_t nr)
{
	uint32_t n = 0;

	for (uint32_t src = 0; src < LAB_MAX_VCPUS; src++)
		n += sent_from(book, nr, src);
	return n;
}

/* Handler runs of an operation's vectors on one vCPU. */
static uint32_t handled(const struct lab_book *book, const struct lab_op *op, uint32_t cpu)
{
	uint32_t n = 0;

	for (uint32_t v = 0; v < op->span; v++)
		n += book->received[cpu][(lab_vector(op) + v) & 0xff];
	return n;
}

/* What the handlers of one vCPU have to have counted; at most, where interrupts may be merged. */
static uint32_t owed(const struct lab_book *book, uint32_t nr, uint32_t cpu)
{
	const struct lab_op *op = &book->ops[nr];

	if (op->recv_how == LAB_RECV_TO)
		return sent_by_all(book, nr, cpu);
	if (op->recv_how == LAB_RECV_OTHERS)
		return sent_in_all(book, nr) - sent_from(book, nr, cpu);
	if (op->recv_how == LAB_RECV_ALL && op->recv_mask >> cpu & 1)
		return sent_in_all(book, nr);
	return 0;
}

static int differs(const struct vm *vm, uint32_t nr, uint32_t cpu, uint32_t want, uint32_t got)
{
	fprintf(stderr, "vm %s: \"%s\": vcpu %u handled %u interrupts, the workload says %s%u\n",
		vm->name, vm->workload.claims[nr].name, cpu, got,
		vm->workload.ops[nr].loose ? "1 to " : "", want);
	return 1;
}

/* Lowest priority and the like: one of several has the handler; only the sum is known. */
static int check_one_of(const struct vm *vm, uint32_t nr)
{
	const struct lab_book *book = vm_book(vm);
	const struct lab_op *op = &book->ops[nr];
	uint32_t inside = 0, outside = 0;

	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++)
		*(op->recv_mask >> cpu & 1 ? &inside : &outside) += handled(book, op, cpu);
	if (inside == sent_in_all(book, nr) && !outside)
		return 0;
	fprintf(stderr, "vm %s: \"%s\": %u sends, handled %u times by %s, %u by others\n", vm->name,
		vm->workload.claims[nr].name, sent_in_all(book, nr), inside,
		vm->workload.claims[nr].receivers, outside);
	return 1;
}

static int check_op(const struct vm *vm, uint32_t nr)
{
	const struct lab_book *book = vm_book(vm);
	const struct lab_op *op = &book->ops[nr];
	int bad = 0;

	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		if (book->timeouts[nr][cpu]) {
			fprintf(stderr, "vm %s: \"%s\": vcpu %u waited in vain, %u times\n",
				vm->name, vm->workload.claims[nr].name, cpu,
				book->timeouts[nr][cpu]);
			bad++;
		}
	}
	if (op->recv_how == LAB_RECV_ONE)
		return bad + check_one_of(vm, nr);
	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		uint32_t want = owed(book, nr, cpu), got = handled(book, op, cpu);

		if (op->loose ? got > want || (want && !got) : got != want)
			bad += differs(vm, nr, cpu, want, got);
	}
	return bad;
}

static void write_op(FILE *f, const struct vm *vm, uint32_t nr)
{
	static const char *const paths[] = { "-", "fast", "slow" };
	const struct lab_book *book = vm_book(vm);
	const struct lab_op *op = &book->ops[nr];
	const struct claim *claim = &vm->workload.claims[nr];
	bool is_send = op->verb <= LAB_MSI_SEND;
	uint32_t n = sent_in_all(book, nr), spins = 0;

	fprintf(f, "%u %d 0x%02x 0x%05x ", nr, op->from, is_send ? lab_vector(op) : 0, op->icr);
	fprintf(f, "%#x %u %u %u %s [", op->to, op->count, n, claim->path == UNTRACKED ? 0 : n,
		paths[claim->path]);
	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		fprintf(f, "%s%u", cpu ? " " : "", is_send ? handled(book, op, cpu) : 0);
		spins += book->spins[nr][cpu];
	}
	fprintf(f, "] %u %s\n", spins, claim->name);
}

static void write_truth(FILE *f, const struct vm *vm)
{
	static const char *const waits[] = { "spin", "pause", "hv", "yield" };
	static const char *const idles[] = { "halt", "wait", "busy", "work" };
	const struct lab_book *book = vm_book(vm);
	const struct lab_config *c = &vm->workload.config;
	uint32_t tracked = 0, releases = 0, all = (1u << c->nr_vcpus) - 1;

	fprintf(f, "# vm %s pid %d vmid %d vcpus %u workload %s %s%s wait %s idle %s, ran %.3f s\n",
		vm->name, vm->pid, vm->vm_id, c->nr_vcpus, vm->workload.file,
		c->x2apic_mask == all ? "x2apic"
		: c->x2apic_mask      ? "mixed"
				      : "xapic",
		c->hyperv ? " hv" : "", waits[c->wait], idles[c->idle], vm->seconds);
	fprintf(f, "# tids:");
	for (uint32_t cpu = 0; cpu < c->nr_vcpus; cpu++)
		fprintf(f, " %u=%d", cpu, vm->vcpus[cpu].tid);
	fprintf(f, "\n# op src vec icr dest count sent expect_tracked path recv_per_cpu spins "
		   "name\n");
	for (uint32_t nr = 0; nr < c->nr_ops; nr++) {
		write_op(f, vm, nr);
		if (vm->workload.claims[nr].path != UNTRACKED)
			tracked += sent_in_all(book, nr);
	}
	for (uint32_t cpu = 0; cpu < c->nr_vcpus; cpu++)
		releases += book->releases[cpu];
	fprintf(f, "# total expected tracked %u; release broadcasts %u\n", tracked, releases);
}

static uint32_t tracked_by(const struct vm *vm, int path, uint32_t src, uint32_t dst,
			   uint32_t vector)
{
	const struct lab_book *book = vm_book(vm);
	uint32_t n = 0;

	for (uint32_t nr = 0; nr < book->config.nr_ops; nr++) {
		uint32_t offset = vector - (book->ops[nr].icr & 0xff);

		if ((int)vm->workload.claims[nr].path == path && offset < book->ops[nr].span)
			n += book->sent[nr][src][dst][offset];
	}
	return n;
}

static void write_edges(FILE *f, const struct vm *vm)
{
	uint32_t n = vm->workload.config.nr_vcpus;

	for (uint32_t src = 0; src < n; src++)
		for (uint32_t dst = 0; dst < n; dst++)
			for (uint32_t vector = 0; vector < 256; vector++)
				for (int path = FAST; path <= SLOW; path++) {
					uint32_t count = tracked_by(vm, path, src, dst, vector);

					if (count)
						fprintf(f, "%d\t%d\t%u\t%u\t%u\t%s\t%u\n", vm->pid,
							vm->vm_id, src, dst, vector,
							path == FAST ? "fast" : "slow", count);
				}
}

static void write_lookalikes(FILE *f, const struct vm *vm)
{
	const struct lab_book *book = vm_book(vm);

	for (uint32_t nr = 0; nr < book->config.nr_ops; nr++) {
		const struct lab_op *op = &book->ops[nr];
		int lookalike = vm->workload.claims[nr].lookalike;

		if (lookalike >= 0)
			fprintf(f, "%d\t%d\t%d\t%d\t%u\t-\t%u\n", vm->pid, vm->vm_id, op->from,
				lookalike, lab_vector(op), sent_in_all(book, nr));
	}
}

static void write_states(FILE *f, const struct vm *vm)
{
	for (int i = 0; i < vm->workload.nr_bounds; i++) {
		const struct state_bound *b = &vm->workload.bounds[i];

		fprintf(f, "%d\t%d\t%s\t%d\t%d\n", vm->pid, vm->vm_id, b->state, b->min, b->max);
	}
}

static int write_file(const struct vm *vm, const char *dir, const char *suffix,
		      void (*write)(FILE *, const struct vm *))
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, vm->name, suffix);
	f = fopen(path, "w");
	if (f)
		write(f, vm);
	if (!f || ferror(f) || fclose(f)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* Each request of a call is taken by its receiver's handler, exactly once. */
static int check_calls(const struct vm *vm)
{
	const struct lab_book *book = vm_book(vm);
	int bad = 0;

	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++) {
		uint32_t made = 0;

		for (uint32_t nr = 0; nr < book->config.nr_ops; nr++)
			if (book->ops[nr].verb == LAB_CALL)
				made += sent_by_all(book, nr, cpu);
		if (book->served[cpu] == made)
			continue;
		fprintf(stderr, "vm %s: vcpu %u took %u requests of %u\n", vm->name, cpu,
			book->served[cpu], made);
		bad++;
	}
	return bad;
}

/* The guest counts these once: guest.c says why they exist. */
static void tell_doubled(const struct vm *vm)
{
	const struct lab_book *book = vm_book(vm);
	uint32_t n = 0;

	for (uint32_t cpu = 0; cpu < book->config.nr_vcpus; cpu++)
		n += book->doubled[cpu];
	if (n)
		fprintf(stderr, "vm %s: the emulator delivered %u interrupts again\n", vm->name, n);
}

int truth_write(const struct vm *vm, const char *dir)
{
	int bad = 0;

	if (write_file(vm, dir, "truth.txt", write_truth) ||
	    write_file(vm, dir, "edges", write_edges) ||
	    write_file(vm, dir, "lookalikes", write_lookalikes) ||
	    write_file(vm, dir, "states", write_states) ||
	    write_file(vm, dir, "measured", measure_write) ||
	    (counters_exist(vm) && write_file(vm, dir, "counters", counters_write)))
		return -1;
	for (uint32_t nr = 0; nr < vm->workload.config.nr_ops; nr++)
		if (vm->workload.ops[nr].verb <= LAB_MSI_SEND)
			bad += check_op(vm, nr);
	tell_doubled(vm);
	return bad + check_calls(vm);
}
