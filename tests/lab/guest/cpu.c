// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables, and the work that vCPUs do between sends: a loop in ring 0 or ring 3.
 *
 * Whether KVM may yield to a preempted vCPU depends on the mode in which it was preempted, so a
 * guest that never leaves ring 0 measures only half of what real guests do. Work in ring 3 is a
 * call: run_user() (entry.S) keeps the kernel's stack in the TSS, the loop ends with a software
 * interrupt, and that one returns to run_user()'s caller. Interrupts in between use the same stack
 * from there on.
 */
#include "apic.h"
#include "guest.h"

#define SELECTOR_TSS(cpu) (0x28 + 16 * (cpu))

/* A task state segment by its words: 1 and 2 are the stack for interrupts in ring 3. */
struct tss {
	uint32_t words[26];
};

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* The tables are common: each vCPU writes the same values, and its own TSS. */
static struct gate {
	uint16_t offset_low, selector, flags, offset_middle;
	uint32_t offset_high, reserved;
} idt[256];

static uint64_t gdt[5 + 2 * LAB_MAX_VCPUS] = {
	0,
	0x00af9b000000ffff, /* 0x08: code, ring 0 */
	0x00cf93000000ffff, /* 0x10: data, ring 0 */
	0x00cff3000000ffff, /* 0x18: data, ring 3 */
	0x00affb000000ffff, /* 0x20: code, ring 3 */
};
static struct tss tss[LAB_MAX_VCPUS];
static uint64_t seeds[LAB_MAX_VCPUS];

/* entry.S */
extern char interrupt_entries[], syscall_entry[], user_loop[];
void kernel_loop(uint64_t turns);
void run_user(uint64_t turns, uint32_t *kernel_stack, uint64_t rip);

static void set_gate(int vector, uintptr_t entry, uint16_t flags)
{
	idt[vector] = (struct gate){ entry, 0x08, flags, entry >> 16, entry >> 32, 0 };
}

static void load_tables(uint32_t me)
{
	struct table_pointer p = { sizeof(gdt) - 1, (uintptr_t)gdt };
	uint16_t selector = SELECTOR_TSS(me);

	__asm__ volatile("lgdt %0; ltr %1" : : "m"(p), "r"(selector));
	p = (struct table_pointer){ sizeof(idt) - 1, (uintptr_t)idt };
	__asm__ volatile("lidt %0" : : "m"(p));
}

void cpu_set_up(uint32_t me)
{
	uint64_t base = (uintptr_t)&tss[me], *descriptor = &gdt[SELECTOR_TSS(me) / 8];

	descriptor[0] = (sizeof(tss[me]) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
			(base >> 24 & 0xff) << 56;
	descriptor[1] = base >> 32;
	for (int i = 0; i < 256; i++)
		set_gate(i, (uintptr_t)interrupt_entries + 16 * i, 0x8e00);
	set_gate(LAB_SYSCALL, (uintptr_t)syscall_entry, 0xee00);
	load_tables(me);
	seeds[me] = book->config.seed * 1000003ull + me * 7919 + 1;
}

void cpu_work(uint32_t me, uint32_t turns)
{
	if (!turns)
		return;
	book->worked[me] += turns;
	if (book->config.ring == 3)
		run_user(turns, &tss[me].words[1], (uintptr_t)user_loop - LAB_KERNEL + LAB_USER);
	else
		kernel_loop(turns);
}

void cpu_work_before_send(uint32_t me)
{
	const struct lab_config *config = &book->config;
	uint32_t turns = config->work;

	if (config->jitter)
		turns += draw(&seeds[me]) % (2 * config->jitter + 1) - config->jitter;
	cpu_work(me, turns);
}
