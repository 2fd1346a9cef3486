/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's first instructions, its interrupt entries, and the way into ring 3 and back. The VMM
 * starts every vCPU here, in 64-bit mode with paging on and interrupts off: rdi = number of the
 * vCPU, rsp = its stack.
 */
	.text
	.globl	start
start:
	call	guest_main
1:	hlt
	jmp	1b

/*
 * 256 entries of 16 bytes: each pushes its vector. Exceptions with an error code are pushed one
 * word deeper; that is of no matter, for the guest does not come back from an exception.
 */
	.globl	interrupt_entries
	.balign	16
interrupt_entries:
	vector = 0
	.rept	256
	.balign	16
	pushq	$vector
	jmp	interrupt_common
	vector = vector + 1
	.endr

interrupt_common:
	.irp	r, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11, rbx, rbp
	pushq	%\r
	.endr
	movq	88(%rsp), %rdi		/* the vector */
	movq	96(%rsp), %rsi		/* rip, where there is no error code */
	movq	112(%rsp), %rdx		/* flags, likewise */
	movq	%rsp, %rbp
	andq	$-16, %rsp
	cld
	call	guest_interrupt
	movq	%rbp, %rsp
	.irp	r, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
	popq	%\r
	.endr
	addq	$8, %rsp
	iretq

/*
 * run_user(rdi = turns, rsi = where the stack for interrupts in ring 3 is kept, rdx = user_loop for
 * ring 3). Returns when the loop is through. Data segments are null in ring 3: it uses no memory.
 */
	.globl	run_user
run_user:
	pushfq
	.irp	r, rbx, rbp, r12, r13, r14, r15
	pushq	%\r
	.endr
	movq	%rsp, %rax
	andq	$-16, %rsp		/* as the CPU does before it pushes */
	pushq	%rax
	pushq	%rax
	movq	%rsp, (%rsi)
	pushq	$0x1b			/* ss */
	pushq	$0			/* rsp: none */
	pushq	$0x202			/* interrupts are enabled */
	pushq	$0x23			/* cs */
	pushq	%rdx
	iretq

/* From ring 3, with interrupts off, on the stack that run_user() left: back to its caller. */
	.globl	syscall_entry
syscall_entry:
	addq	$40, %rsp
	popq	%rsp
	.irp	r, r15, r14, r13, r12, rbp, rbx
	popq	%\r
	.endr
	popfq
	ret

	.globl	kernel_loop
	.balign	64
kernel_loop:
1:	decq	%rdi
	jnz	1b
	ret

	.globl	user_loop
	.balign	64
user_loop:
1:	decq	%rdi
	jnz	1b
	int	$0x1f			/* LAB_SYSCALL */
	ud2

	.section .note.GNU-stack, "", @progbits
