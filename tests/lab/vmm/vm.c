// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM by KVM's ioctls: memory, page tables, vCPUs that start in 64-bit mode, a thread for each.
 *
 * There are no devices. A vCPU leaves to this program only to say that it is through, to have an
 * MSI signalled, or to report an exception, so that what a trace shows of a VM is its IPIs.
 */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

#define PAGE_PRESENT 0x3 /* and writable */
#define PAGE_USER    0x4
#define PAGE_2M	     0x83
#define XAPIC_BASE   0xfee00000u
#define NR_CPUID     100

static int fail(const struct vm *vm, const char *what)
{
	fprintf(stderr, "vm %s: %s: %s\n", vm->name, what, strerror(errno));
	return -1;
}

/* Ring 0: the first GB at LAB_KERNEL, the local APIC's page. Ring 3: the first 2 MB at LAB_USER. */
static void make_page_tables(struct vm *vm)
{
	uint64_t *pml4 = (uint64_t *)(vm->memory + LAB_PAGE_TABLES);
	uint64_t *low = pml4 + 512, *high = pml4 + 1024, *kernel = pml4 + 1536;
	uint64_t *user = pml4 + 2048, *apic = pml4 + 2560;

	pml4[0] = (LAB_PAGE_TABLES + 0x1000) | PAGE_PRESENT | PAGE_USER;
	pml4[511] = (LAB_PAGE_TABLES + 0x2000) | PAGE_PRESENT;
	high[510] = (LAB_PAGE_TABLES + 0x3000) | PAGE_PRESENT;
	low[LAB_USER >> 30] = (LAB_PAGE_TABLES + 0x4000) | PAGE_PRESENT | PAGE_USER;
	low[XAPIC_BASE >> 30] = (LAB_PAGE_TABLES + 0x5000) | PAGE_PRESENT;
	for (uint64_t i = 0; i < 512; i++)
		kernel[i] = i << 21 | PAGE_2M;
	user[0] = PAGE_2M | PAGE_USER;
	apic[(XAPIC_BASE >> 21) & 511] = (XAPIC_BASE & ~0x1fffffu) | PAGE_2M;
}

static int load_guest(struct vm *vm, const char *file)
{
	int fd = open(file, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fail(vm, file);
	n = read(fd, vm->memory + LAB_CODE, LAB_BOOK - LAB_CODE);
	close(fd);
	return n > 0 ? 0 : fail(vm, file);
}

/*
 * KVM numbers its VMs from 1. The file keeps the count, locked, since VMs of several processes are
 * created at the same time.
 */
static int create_numbered(struct vm *vm, int kvm, const char *number_file)
{
	int fd = open(number_file, O_RDWR | O_CREAT, 0644);
	char text[16] = "";

	if (fd < 0 || flock(fd, LOCK_EX) || pread(fd, text, sizeof(text) - 1, 0) < 0)
		return fail(vm, number_file);
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return fail(vm, "KVM_CREATE_VM");
	vm->vm_id = atoi(text) + 1;
	vm->pid = syscall(SYS_gettid);
	snprintf(text, sizeof(text), "%d\n", vm->vm_id);
	if (pwrite(fd, text, strlen(text), 0) < 0)
		return fail(vm, number_file);
	close(fd);
	return 0;
}

static int add_memory(struct vm *vm)
{
	struct kvm_userspace_memory_region region = { .memory_size = LAB_MEMORY };

	vm->memory = mmap(NULL, LAB_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0);
	if (vm->memory == MAP_FAILED)
		return fail(vm, "memory");
	region.userspace_addr = (uintptr_t)vm->memory;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		return fail(vm, "KVM_SET_USER_MEMORY_REGION");
	return 0;
}

static void set_leaf(struct kvm_cpuid2 *cpuid, uint32_t function, uint32_t eax,
		     const char *signature)
{
	struct kvm_cpuid_entry2 *e = NULL;

	for (uint32_t i = 0; i < cpuid->nent && !e; i++)
		if (cpuid->entries[i].function == function)
			e = &cpuid->entries[i];
	if (!e)
		e = &cpuid->entries[cpuid->nent++];
	*e = (struct kvm_cpuid_entry2){ .function = function, .eax = eax };
	memcpy(&e->ebx, signature, strlen(signature));
}

/* What KVM supports, the vCPU's own APIC id, and Hyper-V's signature where the VM wants it. */
static int set_cpuid(struct vcpu *vcpu, int kvm)
{
	struct kvm_cpuid2 *cpuid;
	int err;

	cpuid = calloc(1, sizeof(*cpuid) + (NR_CPUID + 2) * sizeof(cpuid->entries[0]));
	if (!cpuid)
		return fail(vcpu->vm, "CPUID");
	cpuid->nent = NR_CPUID;
	err = ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
	for (uint32_t i = 0; !err && i < cpuid->nent; i++) {
		struct kvm_cpuid_entry2 *e = &cpuid->entries[i];

		if (e->function == 1)
			e->ebx = (e->ebx & 0xffffff) | vcpu->id << 24;
		if (e->function == 0xb)
			e->edx = vcpu->id;
	}
	if (!err && vcpu->vm->workload.config.hyperv) {
		set_leaf(cpuid, 0x40000000, 0x40000005, "Microsoft Hv");
		set_leaf(cpuid, 0x40000001, 0x31237648, ""); /* "Hv#1" */
	}
	err = err || ioctl(vcpu->fd, KVM_SET_CPUID2, cpuid);
	free(cpuid);
	return err ? fail(vcpu->vm, "CPUID") : 0;
}

static int set_registers(struct vcpu *vcpu)
{
	struct kvm_segment data = { .limit = 0xffffffff,
				    .selector = 16,
				    .type = 3,
				    .present = 1,
				    .s = 1,
				    .db = 1,
				    .g = 1 };
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1
	};
	struct kvm_regs regs = {
		.rip = LAB_KERNEL + LAB_CODE,
		.rflags = 2,
		.rdi = vcpu->id,
		.rsp = LAB_KERNEL + LAB_STACKS + (vcpu->id + 1) * LAB_STACK_SIZE - 16,
	};
	struct kvm_mp_state state = { KVM_MP_STATE_RUNNABLE };
	struct kvm_sregs sregs;

	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs))
		return fail(vcpu->vm, "KVM_GET_SREGS");
	sregs.cr0 = 0x80000011; /* paging, numeric errors, protection */
	sregs.cr3 = LAB_PAGE_TABLES;
	sregs.cr4 = 0x20;   /* PAE */
	sregs.efer = 0x500; /* long mode */
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) || ioctl(vcpu->fd, KVM_SET_REGS, &regs) ||
	    ioctl(vcpu->fd, KVM_SET_MP_STATE, &state))
		return fail(vcpu->vm, "registers");
	return 0;
}

static int create_vcpu(struct vcpu *vcpu, int kvm)
{
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	vcpu->fd = ioctl(vcpu->vm->fd, KVM_CREATE_VCPU, vcpu->id);
	if (size < 0 || vcpu->fd < 0)
		return fail(vcpu->vm, "KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		return fail(vcpu->vm, "kvm_run");
	return set_cpuid(vcpu, kvm) || set_registers(vcpu) ? -1 : 0;
}

static bool is_amd(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid(0, &eax, &ebx, &ecx, &edx) && ebx == signature_AMD_ebx;
}

static void fill_book(struct vm *vm)
{
	struct lab_book *book = vm_book(vm);
	int khz = ioctl(vm->vcpus[0].fd, KVM_GET_TSC_KHZ, 0);

	vm->workload.config.vmmcall = is_amd();
	vm->workload.config.tsc_khz = khz > 0 ? khz : 1000000;
	book->config = vm->workload.config;
	memcpy(book->ops, vm->workload.ops, sizeof(book->ops));
}

int vm_create(struct vm *vm, const char *guest, const char *number_file)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		return fail(vm, "/dev/kvm");
	if (create_numbered(vm, kvm, number_file) || add_memory(vm) || load_guest(vm, guest))
		return -1;
	if (ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0))
		return fail(vm, "KVM_CREATE_IRQCHIP");
	make_page_tables(vm);
	for (uint32_t i = 0; i < vm->workload.config.nr_vcpus; i++) {
		vm->vcpus[i].vm = vm;
		vm->vcpus[i].id = i;
		if (create_vcpu(&vm->vcpus[i], kvm))
			return -1;
	}
	fill_book(vm);
	close(kvm);
	return 0;
}

int vm_keep(struct vm *vm, const char *number_file)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		return fail(vm, "/dev/kvm");
	if (create_numbered(vm, kvm, number_file))
		return -1;
	if (ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0) || ioctl(vm->fd, KVM_CREATE_VCPU, 0) < 0)
		return fail(vm, "the VM that keeps KVM's branches");
	return 0;
}

static int signal_msi(struct vm *vm, uint32_t nr)
{
	const struct lab_op *op = &vm->workload.ops[nr % LAB_MAX_OPS];
	struct kvm_msi msi = {
		.address_lo = XAPIC_BASE | (op->to & 0xff) << 12,
		.data = op->icr & 0x7ff,
	};

	return ioctl(vm->fd, KVM_SIGNAL_MSI, &msi) < 0 ? fail(vm, "KVM_SIGNAL_MSI") : 0;
}

/* 0: go on; 1: the vCPU is through; -1: after a message. */
static int handle_exit(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint32_t value;

	if (run->exit_reason != KVM_EXIT_IO || run->io.direction != KVM_EXIT_IO_OUT) {
		fprintf(stderr, "vm %s vcpu %d: unexpected exit %u\n", vcpu->vm->name, vcpu->id,
			run->exit_reason);
		return -1;
	}
	memcpy(&value, (char *)run + run->io.data_offset, sizeof(value));
	switch (run->io.port) {
	case LAB_PORT_DONE: return 1;
	case LAB_PORT_MSI: return signal_msi(vcpu->vm, value);
	default:
		fprintf(stderr, "vm %s vcpu %d: exception %u near %#llx\n", vcpu->vm->name,
			vcpu->id, value, (unsigned long long)vm_book(vcpu->vm)->panic_rip);
		return -1;
	}
}

static void pin_thread(const struct vcpu *vcpu)
{
	int pin = vcpu->vm->workload.pin;
	cpu_set_t set;

	if (pin == -1)
		return;
	CPU_ZERO(&set);
	CPU_SET(pin == -2 ? vcpu->id % sysconf(_SC_NPROCESSORS_ONLN) : pin, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail(vcpu->vm, "cannot pin a vCPU");
}

void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = true;
	pthread_cond_broadcast(&gate->opened);
	pthread_mutex_unlock(&gate->lock);
}

static void gate_wait(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	while (!gate->open)
		pthread_cond_wait(&gate->opened, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void *run_vcpu(void *arg)
{
	struct vcpu *vcpu = arg;
	char name[32];
	int err = 0;

	vcpu->tid = syscall(SYS_gettid);
	snprintf(name, sizeof(name), "vm%s-vcpu%d", vcpu->vm->name, vcpu->id);
	pthread_setname_np(pthread_self(), name);
	pin_thread(vcpu);
	gate_wait(vcpu->vm->gate);
	while (!err) {
		if (!ioctl(vcpu->fd, KVM_RUN, 0))
			err = handle_exit(vcpu);
		else if (errno != EINTR)
			err = fail(vcpu->vm, "KVM_RUN");
	}
	vcpu->failed = err < 0;
	/* The others would wait for this one for ever. */
	if (vcpu->failed)
		_exit(1);
	return NULL;
}

int vm_start(struct vm *vm, struct gate *gate)
{
	vm->gate = gate;
	for (uint32_t i = 0; i < vm->workload.config.nr_vcpus; i++)
		if (pthread_create(&vm->vcpus[i].thread, NULL, run_vcpu, &vm->vcpus[i]))
			return fail(vm, "thread");
	return 0;
}

int vm_wait(struct vm *vm)
{
	for (uint32_t i = 0; i < vm->workload.config.nr_vcpus; i++)
		if (pthread_join(vm->vcpus[i].thread, NULL))
			return fail(vm, "thread");
	return 0;
}
