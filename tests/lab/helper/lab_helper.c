// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four things that the lab needs from inside the kernel. Load it before kvm-amd.
 *
 * QEMU's TCG intercepts PAUSE when a nested hypervisor asks for it, but does not advertise the
 * pause filter, so kvm-amd never asks. Claiming the two features makes every PAUSE of a guest an
 * exit, as on hardware with the filter's count at its minimum: kvm_vcpu_on_spin() gets called.
 * On hardware (claim_pause_filter=0) the CPU's own answer stands.
 *
 * claim_nrips=1 says that the CPU reports where the next instruction begins, without which KVM has
 * no fast path for WRMSR to x2APIC registers. TCG does not, so KVM has to be patched as well
 * (linux-7.1/ in the lab).
 *
 * The probe on yield_to() wants the pid of its first argument: where that is within task_struct
 * differs from kernel to kernel, and not every kernel's kprobes know types. The parameter
 * task_pid_offset tells.
 *
 * With icount QEMU changes from one emulated CPU to the next only where a virtual timer expires,
 * every few ms, so a running receiver answers late. A periodic comparator of the HPET is such a
 * timer. turn_ns starts one whose interrupt goes to a masked pin, so that CPUs take turns that
 * often and the kernel does not notice. QEMU before 8.1 hangs with it.
 */
#include <linux/io.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>

static bool claim_pause_filter = true;
module_param(claim_pause_filter, bool, 0444);

static bool claim_nrips;
module_param(claim_nrips, bool, 0444);

static int task_pid_offset = offsetof(struct task_struct, pid);
module_param(task_pid_offset, int, 0444);

static unsigned int turn_ns;
module_param(turn_ns, uint, 0444);

#define HPET_BASE      0xfed00000
#define HPET_FS	       0x004 /* femtoseconds of a tick */
#define HPET_CONFIG    0x010
#define HPET_COUNTER   0x0f0
#define HPET_T2_CONFIG 0x140
#define HPET_T2_CMP    0x148
/* Periodic, its value can be set, 32 bits, enabled, to pin 23 of the I/O APIC. */
#define HPET_T2_BITS (0x008 | 0x040 | 0x100 | 0x004 | 23 << 9)

static int take_turns(void)
{
	void __iomem *hpet = ioremap(HPET_BASE, 0x400);
	u32 fs = hpet ? readl(hpet + HPET_FS) : 0;

	if (!fs)
		return -ENODEV;
	writel(readl(hpet + HPET_CONFIG) | 1, hpet + HPET_CONFIG);
	writel(HPET_T2_BITS, hpet + HPET_T2_CONFIG);
	/* When it is due first, or it waits until the counter wraps; then the period. */
	writel(readl(hpet + HPET_COUNTER) + 100000, hpet + HPET_T2_CMP);
	writel((u32)div_u64((u64)turn_ns * 1000000, fs), hpet + HPET_T2_CMP);
	iounmap(hpet);
	return 0;
}

static int __init lab_helper_init(void)
{
	if (claim_pause_filter) {
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_PAUSEFILTER);
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_PFTHRESHOLD);
	}
	if (claim_nrips)
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_NRIPS);
	return turn_ns ? take_turns() : 0;
}

static void __exit lab_helper_exit(void)
{
}

module_init(lab_helper_init);
module_exit(lab_helper_exit);
MODULE_DESCRIPTION("What the kvm-ipi lab needs from inside the kernel");
MODULE_LICENSE("GPL");
