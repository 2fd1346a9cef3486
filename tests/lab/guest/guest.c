// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest: no operating system, just vCPUs that carry out the operations of the book (book.h)
 * and count every ICR write and every interrupt handler that ran.
 *
 * All vCPUs go through the list of operations together, with a barrier after each: so a change of
 * an APIC register is in force before the next send, and the vectors of two operations do not mix.
 * A sender waits for the handlers of each send before the next (unless the operation is `loose`),
 * so that no interrupt is merged with an earlier one and the handlers' counts are exact, too.
 *
 * Halted vCPUs are woken at a barrier by a broadcast with a shorthand: never tracked, by contract.
 */
#include "apic.h"
#include "guest.h"

/* Which vCPU is this? The stack tells: APIC ids change under way. */
static uint32_t my_number(void)
{
	uintptr_t sp;

	__asm__ volatile("mov %%rsp, %0" : "=r"(sp));
	return (sp - LAB_KERNEL - LAB_STACKS) / LAB_STACK_SIZE;
}

static int in_x2apic(uint32_t me)
{
	return book->config.x2apic_mask >> me & 1;
}

static void apic_write(uint32_t me, enum apic_register reg, uint32_t value)
{
	if (in_x2apic(me))
		wrmsr(MSR_X2APIC + (reg >> 4), value);
	else
		xapic_write(reg, value);
}

void icr_write(uint32_t me, uint32_t icr, uint32_t dest)
{
	if (in_x2apic(me)) {
		wrmsr(MSR_X2APIC + (APIC_ICR >> 4), (uint64_t)dest << 32 | icr);
	} else {
		xapic_write(APIC_ICR2, dest << 24);
		xapic_write(APIC_ICR, icr);
	}
}

/* The logical id of a vCPU: flat in xAPIC mode, fixed by its APIC id in x2APIC mode. */
uint32_t logical_id(uint32_t cpu)
{
	if (in_x2apic(cpu))
		return (cpu >> 4) << 16 | 1u << (cpu & 15);
	return 1u << cpu;
}

/*
 * No CPU takes an external interrupt while interrupts are off. QEMU's emulation of SVM can: after
 * it has injected one, the vector is still noted as an exception (helper_vmrun()), and where the
 * main loop is left before the handler's first instruction, it is delivered once more.
 */
static int is_doubled(uint64_t vector, uint64_t flags)
{
	return vector >= 32 && !(flags & FLAGS_IF);
}

/* Called from interrupt_common in entry.S. */
void guest_interrupt(uint64_t vector, uint64_t rip, uint64_t flags);
void guest_interrupt(uint64_t vector, uint64_t rip, uint64_t flags)
{
	uint32_t me = my_number();

	if (vector < 32 && vector != LAB_NMI) {
		book->panic_rip = rip;
		outl(LAB_PORT_PANIC, vector);
	}
	if (is_doubled(vector, flags)) {
		book->doubled[me]++;
		return;
	}
	book->received[me][vector]++;
	if (vector != LAB_NMI)
		apic_write(me, APIC_EOI, 0);
	call_serve(me, vector);
}

static void delay_us(uint32_t us)
{
	uint64_t end = rdtsc() + (uint64_t)us * book->config.tsc_khz / 1000;

	while (rdtsc() < end)
		;
}

uint32_t relax(uint32_t turn, uint32_t towards)
{
	const struct lab_config *config = &book->config;
	uint32_t polls = config->polls;

	if (!polls)
		polls = config->wait == LAB_WAIT_HV || config->wait == LAB_WAIT_YIELD ? 64 : 1;
	if (turn % polls != polls - 1)
		return 0;
	switch (config->wait) {
	case LAB_WAIT_SPIN: break;
	case LAB_WAIT_PAUSE: __asm__ volatile("pause"); break;
	case LAB_WAIT_HV: hv_hypercall(config->vmmcall, HV_LONG_SPIN_WAIT, turn, 0); break;
	case LAB_WAIT_YIELD:
		kvm_hypercall(config->vmmcall, KVM_HC_SCHED_YIELD, towards, 0, 0, 0);
		break;
	}
	return 1;
}

/* As long as that, in the way that this VM waits: an emulator's other CPU may run at each PAUSE. */
static void wait_us(uint32_t us, uint32_t towards)
{
	uint64_t end = rdtsc() + (uint64_t)us * book->config.tsc_khz / 1000;

	for (uint32_t turn = 0; rdtsc() < end; turn++)
		relax(turn, towards);
}

/* Handlers that have to run for a send, and what their counts were before it. */
struct expectation {
	uint32_t mask, vector;
	int all;
	uint32_t before[LAB_MAX_VCPUS];
};

static void expect(struct expectation *e, const struct lab_op *op, uint32_t me, uint32_t dst,
		   uint32_t vector)
{
	e->mask = op->recv_mask;
	if (op->recv_how == LAB_RECV_TO)
		e->mask = 1u << dst;
	if (op->recv_how == LAB_RECV_OTHERS)
		e->mask = ((1u << book->config.nr_vcpus) - 1) & ~(1u << me);
	e->all = op->recv_how != LAB_RECV_ONE && !op->loose;
	e->vector = vector;
	for (uint32_t i = 0; i < book->config.nr_vcpus; i++)
		e->before[i] = book->received[i][vector];
}

/* The first vCPU whose handler is still awaited, or LAB_NOBODY. */
static uint32_t awaited(const struct expectation *e)
{
	uint32_t missing = LAB_NOBODY;

	for (uint32_t i = 0; i < book->config.nr_vcpus; i++) {
		if (!(e->mask >> i & 1))
			continue;
		if (book->received[i][e->vector] == e->before[i])
			missing = missing == LAB_NOBODY ? i : missing;
		else if (!e->all)
			return LAB_NOBODY;
	}
	return missing;
}

static void await(const struct expectation *e, uint32_t nr, uint32_t me)
{
	uint64_t end = rdtsc() + (uint64_t)book->config.timeout_ms * book->config.tsc_khz;
	uint32_t cpu, turn = 0;

	while ((cpu = awaited(e)) != LAB_NOBODY) {
		relax(turn++, cpu);
		if (rdtsc() > end) {
			book->timeouts[nr][me]++;
			break;
		}
	}
	book->spins[nr][me] += turn;
}

/* A generator with a fixed seed for each sender and operation: the same draws in every run. */
uint32_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

static void signal_once(uint32_t nr, uint32_t me, uint32_t dst, uint32_t vector)
{
	const struct lab_op *op = &book->ops[nr];
	int vmmcall = book->config.vmmcall;
	uint32_t icr = (op->icr & ~0xffu) | vector;
	uint32_t dest = op->to;

	switch (op->verb) {
	case LAB_SEND:
		if (op->to_how != LAB_TO_RAW)
			dest = icr & ICR_LOGICAL ? logical_id(dst) : dst;
		icr_write(me, icr, dest);
		break;
	case LAB_PV_SEND: kvm_hypercall(vmmcall, KVM_HC_SEND_IPI, dest, 0, 0, vector); break;
	case LAB_HV_SEND: hv_hypercall(vmmcall, HV_SEND_IPI, vector, dest); break;
	case LAB_MSI_SEND: outl(LAB_PORT_MSI, nr); break;
	}
}

static void send_to(uint32_t nr, uint32_t me, uint32_t dst, uint32_t offset)
{
	const struct lab_op *op = &book->ops[nr];
	uint32_t vector = (op->icr & 0xff) + offset;
	struct expectation e;

	wait_us(book->config.gap_us, dst);
	cpu_work_before_send(me);
	expect(&e, op, me, dst, op->span > 1 ? vector : lab_vector(op));
	signal_once(nr, me, dst, vector);
	book->sent[nr][me][dst][offset]++;
	if (!op->loose)
		await(&e, nr, me);
}

/* The receiver of the i-th send. */
uint32_t addressee(const struct lab_op *op, uint32_t me, uint32_t i, uint64_t *seed)
{
	uint32_t n = book->config.nr_vcpus;

	switch (op->to_how) {
	case LAB_TO_OFFSET: return (me + n + op->to) % n;
	case LAB_TO_EACH: return (me + 1 + i % (n - 1)) % n;
	case LAB_TO_ANY: return (me + 1 + draw(seed) % (n - 1)) % n;
	default: return op->single;
	}
}

static void carry_out_send(uint32_t nr, uint32_t me)
{
	const struct lab_op *op = &book->ops[nr];
	uint32_t count = op->count * (op->to_how == LAB_TO_EACH ? book->config.nr_vcpus - 1 : 1);
	uint64_t seed = nr * 64 + me + 1 + book->config.seed * 1000003ull;
	struct expectation e;

	expect(&e, op, me, op->single, lab_vector(op));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t dst = addressee(op, me, i, &seed);

		send_to(nr, me, dst, op->span > 1 ? draw(&seed) % op->span : 0);
	}
	/* Merged interrupts: wait until the last of them is handled, where it is known by whom. */
	if (op->loose && op->span == 1 && op->to_how == LAB_TO_RAW)
		await(&e, nr, me);
}

static void carry_out(uint32_t nr, uint32_t me)
{
	const struct lab_op *op = &book->ops[nr];
	int vmmcall = book->config.vmmcall;

	switch (op->verb) {
	case LAB_CALL: call_carry_out(nr, me); break;
	case LAB_LDR: apic_write(me, APIC_LDR, op->icr << 24); break;
	case LAB_APICID: apic_write(me, APIC_ID, op->icr << 24); break;
	case LAB_DISABLE: apic_write(me, APIC_SPIV, APIC_SPIV_DISABLED); break;
	case LAB_ENABLE: apic_write(me, APIC_SPIV, APIC_SPIV_ENABLED); break;
	case LAB_PAUSE:
		for (uint32_t i = 0; i < op->count; i++)
			__asm__ volatile("pause");
		break;
	case LAB_LONG_SPIN:
		for (uint32_t i = 0; i < op->count; i++)
			hv_hypercall(vmmcall, HV_LONG_SPIN_WAIT, i, 0);
		break;
	case LAB_YIELD:
		for (uint32_t i = 0; i < op->count; i++)
			kvm_hypercall(vmmcall, KVM_HC_SCHED_YIELD, op->to, 0, 0, 0);
		break;
	default: carry_out_send(nr, me);
	}
}

/* The check and the halt are one step for interrupts: STI takes effect after the HLT has begun. */
static void halt_until(uint32_t phase)
{
	for (;;) {
		__asm__ volatile("cli" : : : "memory");
		if (book->phase == phase)
			break;
		__asm__ volatile("sti; hlt" : : : "memory");
	}
	__asm__ volatile("sti" : : : "memory");
}

/* Deaf to interrupts for 50 of every 60 us. */
static void work_until(uint32_t phase)
{
	while (book->phase != phase) {
		__asm__ volatile("cli" : : : "memory");
		delay_us(50);
		__asm__ volatile("sti" : : : "memory");
		delay_us(10);
	}
}

static void idle_until(uint32_t phase, uint32_t me, int deaf)
{
	uint32_t turn = 0;

	if (book->config.idle == LAB_IDLE_BUSY)
		work_until(phase);
	while (book->config.idle == LAB_IDLE_WORK && book->phase != phase)
		cpu_work(me, book->config.piece);
	if (book->config.idle == LAB_IDLE_HALT && !deaf)
		halt_until(phase);
	while (book->phase != phase)
		relax(turn++, (me + 1) % book->config.nr_vcpus);
}

/* deaf: this vCPU's APIC is disabled, nothing could wake it. */
static void barrier(uint32_t nr, uint32_t me, int deaf)
{
	uint32_t n = book->config.nr_vcpus;

	if (__atomic_add_fetch(&book->arrived, 1, __ATOMIC_SEQ_CST) < (nr + 1) * n) {
		idle_until(nr + 1, me, deaf);
		return;
	}
	__atomic_store_n(&book->phase, nr + 1, __ATOMIC_SEQ_CST);
	if (book->config.idle == LAB_IDLE_HALT) {
		book->releases[me]++;
		icr_write(me, ICR_ALL_EX_SELF | LAB_RELEASE, 0);
	}
}

static void set_up_apic(uint32_t me)
{
	if (in_x2apic(me))
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	else
		apic_write(me, APIC_LDR, logical_id(me) << 24);
	apic_write(me, APIC_SPIV, APIC_SPIV_ENABLED);
	if (book->config.hyperv)
		wrmsr(MSR_HV_GUEST_OS_ID, 1);
}

/*
 * Before the first operation each vCPU's APIC has to be set up. A halted vCPU could not be woken
 * yet, so this barrier spins.
 */
static void start_together(void)
{
	static uint32_t ready;
	uint32_t polls = book->config.polls ? book->config.polls : 1;

	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	for (uint32_t turn = 1; __atomic_load_n(&ready, __ATOMIC_SEQ_CST) < book->config.nr_vcpus;
	     turn++)
		if (turn % polls == 0)
			__asm__ volatile("pause");
}

void guest_main(uint32_t me);
void guest_main(uint32_t me)
{
	int deaf = 0;

	cpu_set_up(me);
	set_up_apic(me);
	start_together();
	__asm__ volatile("sti" : : : "memory");
	for (uint32_t nr = 0; nr < book->config.nr_ops; nr++) {
		const struct lab_op *op = &book->ops[nr];

		if (op->from == LAB_EVERY || op->from == (int32_t)me) {
			carry_out(nr, me);
			deaf = op->verb == LAB_DISABLE || (deaf && op->verb != LAB_ENABLE);
		}
		barrier(nr, me, deaf);
	}
	outl(LAB_PORT_DONE, me);
}
