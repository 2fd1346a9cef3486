// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two things that the lab needs from inside the kernel. Load it before kvm-amd.
 *
 * QEMU's TCG intercepts PAUSE when a nested hypervisor asks for it, but does not advertise the
 * pause filter, so kvm-amd never asks. Claiming the two features makes every PAUSE of a guest an
 * exit, as on hardware with the filter's count at its minimum: kvm_vcpu_on_spin() gets called.
 * On hardware (claim_pause_filter=0) the CPU's own answer stands.
 *
 * The probe on yield_to() wants the pid of its first argument: where that is within task_struct
 * differs from kernel to kernel, and not every kernel's kprobes know types. The parameter
 * task_pid_offset tells.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>

static bool claim_pause_filter = true;
module_param(claim_pause_filter, bool, 0444);

static int task_pid_offset = offsetof(struct task_struct, pid);
module_param(task_pid_offset, int, 0444);

static int __init lab_helper_init(void)
{
	if (claim_pause_filter) {
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_PAUSEFILTER);
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_PFTHRESHOLD);
	}
	return 0;
}

static void __exit lab_helper_exit(void)
{
}

module_init(lab_helper_init);
module_exit(lab_helper_exit);
MODULE_DESCRIPTION("What the kvm-ipi lab needs from inside the kernel");
MODULE_LICENSE("GPL");
