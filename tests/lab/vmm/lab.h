/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab's virtual machine monitor:
 *
 *	vmm [-o DIR] [-n FILE] [-w SECONDS] [-r READY -s START] NAME=WORKLOAD[,option=value...]...
 *	vmm [-n FILE] -k
 *
 * Each argument is a VM; all VMs of one call live in this one process. A VM's workload file (see
 * workload.c for its language) is parsed into the operations of guest/book.h, the guest carries
 * them out, and DIR gets NAME.truth.txt, NAME.edges and their like (truth.c) from the guest's book.
 * The exit code is 0 only if each handler ran as often as the workload says.
 *
 * -r and -s start several processes together, in a fixed order: READY is made when the VMs and the
 * vCPUs' threads exist, and the vCPUs run when START exists. So the numbers of VMs and threads do
 * not depend on which process is faster.
 *
 * -w keeps the VMs for some seconds after they end, for a recorder that looks for VMs.
 *
 * -k makes a VM that never runs, and waits. As long as it exists, creating and ending others
 * turns no static branch of KVM on or off: patching code that another CPU executes is what
 * emulators with several threads are not reliable at.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "../guest/book.h"

/* What the workload says about an operation beyond what the guest has to know. */
struct claim {
	enum { UNTRACKED, FAST, SLOW } path;
	int lookalike; /* -1, or the vCPU that stock events show as acceptor */
	char name[80];
	char receivers[24]; /* the column, for messages */
};

/* Receivers' states at the moment of sending: bounds in percent of the VM's tracked IPIs. */
struct state_bound {
	char state[12];
	int min, max;
};

struct workload {
	char file[64];
	struct lab_config config;
	struct lab_op ops[LAB_MAX_OPS];
	struct claim claims[LAB_MAX_OPS];
	struct state_bound bounds[8];
	int nr_bounds;
	int pin;	 /* -1: anywhere; -2: vCPU i on CPU i; n: all on CPU n */
	bool own_thread; /* a thread of its own creates the VM */
};

/* Closed until the vCPUs may run. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open;
};

struct vm;

struct vcpu {
	struct vm *vm;
	int id, fd;
	struct kvm_run *run;
	pthread_t thread;
	pid_t tid;
	bool failed;
};

struct vm {
	char name[7]; /* so short that "vmNAME-vcpuN" is a thread name */
	struct workload workload;
	int fd, vm_id;
	pid_t pid; /* the thread that created it */
	uint8_t *memory;
	struct vcpu vcpus[LAB_MAX_VCPUS];
	struct gate *gate;
	double seconds;
};

/* workload.c: 0, or -1 after a message that names file and line. */
int workload_read(struct workload *w, const char *spec);

/* options.c: one KEY=VALUE; 0 or -1. What two options exclude, or NULL. */
int option_set(struct workload *w, char *word);
const char *options_conflict(const struct workload *w);

/* 0, or -1 if the word is no number from min to max; its position in a list that ends with NULL. */
int word_long(const char *word, long min, long max, long *value);
int word_number(uint32_t *field, const char *word, long min, long max);
int word_choice(const char *word, const char *const *list);

/* vm.c: 0, or -1 after a message. number_file: the count of VMs that this kernel has made. */
int vm_create(struct vm *vm, const char *guest, const char *number_file);
int vm_start(struct vm *vm, struct gate *gate); /* the vCPUs wait at the gate */
void gate_open(struct gate *gate);
int vm_wait(struct vm *vm);
int vm_keep(struct vm *vm, const char *number_file); /* with one vCPU; it must not be started */

static inline struct lab_book *vm_book(const struct vm *vm)
{
	return (struct lab_book *)(vm->memory + LAB_BOOK);
}

/* truth.c: write the truth files; the number of disagreements between workload and book, or -1. */
int truth_write(const struct vm *vm, const char *dir);

/* measure.c: the line of NAME.measured; nothing if the guest made no calls. */
void measure_write(FILE *f, const struct vm *vm);

/* counters.c: the line of NAME.counters, if KVM has these counters. */
bool counters_exist(const struct vm *vm);
void counters_write(FILE *f, const struct vm *vm);

#endif
