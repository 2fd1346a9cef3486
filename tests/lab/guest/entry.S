/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's first instructions and its interrupt entries. The VMM starts every vCPU here, in
 * 64-bit mode with paging on and interrupts off: rdi = number of the vCPU, rsp = its stack.
 */
	.text
	.globl	start
start:
	lgdt	gdt_pointer(%rip)
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

	.section .rodata
	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* 8: 64-bit code */
	.quad	0x00cf93000000ffff	/* 16: data */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.quad	gdt

	.section .note.GNU-stack, "", @progbits
