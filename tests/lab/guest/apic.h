/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instructions that the guest needs and C has no words for: MSRs, the local APIC in both of its
 * modes, ports, and hypercalls.
 */
#ifndef LAB_APIC_H
#define LAB_APIC_H

#include "book.h"

#define MSR_APIC_BASE	   0x1b
#define MSR_X2APIC	   0x800
#define MSR_HV_GUEST_OS_ID 0x40000000
#define APIC_BASE_X2APIC   (1u << 10)
#define XAPIC		   0xfee00000u
#define FLAGS_IF	   (1u << 9)

enum apic_register {
	APIC_ID = 0x020,
	APIC_EOI = 0x0b0,
	APIC_LDR = 0x0d0,
	APIC_SPIV = 0x0f0,
	APIC_ICR = 0x300,
	APIC_ICR2 = 0x310,
};

#define APIC_SPIV_ENABLED  0x1ff
#define APIC_SPIV_DISABLED 0x0ff
#define ICR_LOGICAL	   0x00800
#define ICR_ALL_EX_SELF	   0xc4000

#define KVM_HC_SEND_IPI	   10
#define KVM_HC_SCHED_YIELD 11
#define HV_LONG_SPIN_WAIT  0x10008 /* fast call */
#define HV_SEND_IPI	   0x1000b

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline void outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void xapic_write(enum apic_register reg, uint32_t value)
{
	__asm__ volatile("movl %0, (%1)" : : "a"(value), "r"((uint64_t)XAPIC + reg) : "memory");
}

static inline uint64_t kvm_hypercall(int vmmcall, uint64_t nr, uint64_t a0, uint64_t a1,
				     uint64_t a2, uint64_t a3)
{
	if (vmmcall)
		__asm__ volatile("vmmcall"
				 : "+a"(nr)
				 : "b"(a0), "c"(a1), "d"(a2), "S"(a3)
				 : "memory");
	else
		__asm__ volatile("vmcall"
				 : "+a"(nr)
				 : "b"(a0), "c"(a1), "d"(a2), "S"(a3)
				 : "memory");
	return nr;
}

static inline uint64_t hv_hypercall(int vmmcall, uint64_t control, uint64_t in, uint64_t out)
{
	register uint64_t r8 __asm__("r8") = out;
	uint64_t status;

	if (vmmcall)
		__asm__ volatile("vmmcall"
				 : "=a"(status), "+c"(control), "+d"(in), "+r"(r8)
				 :
				 : "memory");
	else
		__asm__ volatile("vmcall"
				 : "=a"(status), "+c"(control), "+d"(in), "+r"(r8)
				 :
				 : "memory");
	return status;
}

#endif
