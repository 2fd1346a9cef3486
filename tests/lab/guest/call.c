// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls: what a kernel does with most of its IPIs. The sender writes a request into the receiver's
 * mailbox, sends, and waits in a loop with PAUSE until the handler has taken the request. Measured
 * by the TSC: the time from the send to the handler, and that from the send until the sender goes
 * on. A well chosen directed yield shortens the first one; the second one is what it is for.
 *
 * Several senders use one vector, as kernels do. Interrupts to one receiver are merged, so handlers
 * run less often than calls are made; but each request is taken exactly once, and that is counted.
 */
#include "apic.h"
#include "guest.h"

static void request(uint32_t nr, uint32_t me, uint32_t dst)
{
	const struct lab_op *op = &book->ops[nr];

	book->request[dst][me][0] = op->icr & 0xff;
	book->sent[nr][me][dst][0]++;
	/* In x2APIC mode the write of the ICR does not wait for earlier ones. */
	__asm__ volatile("mfence" : : : "memory");
	icr_write(me, op->icr, op->icr & ICR_LOGICAL ? logical_id(dst) : dst);
}

/* The TSC at which the handler took it. */
static uint64_t await_taken(uint32_t nr, uint32_t me, uint32_t dst)
{
	uint64_t end = rdtsc() + (uint64_t)book->config.timeout_ms * book->config.tsc_khz;
	uint32_t turn = 0;

	while (book->request[dst][me][0]) {
		if (!relax(turn++, dst))
			continue;
		book->pauses[me]++;
		if (rdtsc() > end) {
			book->timeouts[nr][me]++;
			break;
		}
	}
	book->spins[nr][me] += turn;
	return book->taken[dst][me];
}

static void note(uint32_t me, uint64_t sent, uint64_t taken)
{
	uint32_t i = book->nr_calls[me];

	if (i == LAB_MAX_CALLS)
		return;
	book->calls[me][i].wait = rdtsc() - sent;
	book->calls[me][i].ack = taken - sent;
	book->nr_calls[me] = i + 1;
}

static void call_one(uint32_t nr, uint32_t me, uint32_t dst)
{
	uint64_t sent = rdtsc();

	request(nr, me, dst);
	note(me, sent, await_taken(nr, me, dst));
}

static void call_all(uint32_t nr, uint32_t me)
{
	uint32_t n = book->config.nr_vcpus;
	uint64_t sent = rdtsc(), taken, last = 0;

	for (uint32_t i = 1; i < n; i++)
		request(nr, me, (me + i) % n);
	for (uint32_t i = 1; i < n; i++) {
		taken = await_taken(nr, me, (me + i) % n);
		if (taken > last)
			last = taken;
	}
	note(me, sent, last);
}

void call_carry_out(uint32_t nr, uint32_t me)
{
	const struct lab_op *op = &book->ops[nr];
	uint32_t count = op->count * (op->to_how == LAB_TO_EACH ? book->config.nr_vcpus - 1 : 1);
	uint64_t seed = nr * 64 + me + 1 + book->config.seed * 1000003ull;

	if (!book->begin[me])
		book->begin[me] = rdtsc();
	for (uint32_t i = 0; i < count; i++) {
		cpu_work_before_send(me);
		if (op->to_how == LAB_TO_ALL)
			call_all(nr, me);
		else
			call_one(nr, me, addressee(op, me, i, &seed));
	}
	book->end[me] = rdtsc();
}

void call_serve(uint32_t me, uint32_t vector)
{
	for (uint32_t from = 0; from < book->config.nr_vcpus; from++) {
		if (book->request[me][from][0] != vector)
			continue;
		book->taken[me][from] = rdtsc();
		book->served[me]++;
		book->request[me][from][0] = 0;
	}
}
