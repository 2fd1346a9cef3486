// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmm: see lab.h for what it does. Creates the VMs of its arguments one after the other, runs them
 * at the same time, and writes their truth files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

/* No run takes longer, on the slowest emulation: a guest that hangs shall not hang the lab. */
#define WATCHDOG_SECONDS 60

struct options {
	const char *dir, *guest, *number_file;
	const char *ready, *start; /* files, or NULL: see lab.h */
	bool keep;
	double linger; /* seconds that the VMs stay when they are through */
};

struct vms {
	struct vm *vm;
	int nr;
};

static int usage(void)
{
	fprintf(stderr,
		"usage: vmm [-o DIR] [-g GUEST.BIN] [-n NUMBER_FILE] [-w SECONDS] "
		"[-r READY -s START] NAME=WORKLOAD[,option=value...]...\n       vmm [-n NUMBER_FILE] -k\n");
	return 2;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

struct creation {
	struct vm *vm;
	const struct options *options;
	int err;
};

static void *create(void *arg)
{
	struct creation *c = arg;

	c->err = vm_create(c->vm, c->options->guest, c->options->number_file);
	return NULL;
}

/* vm_pid is the id of the thread that creates the VM: try one that is not the process's first. */
static int create_in_thread(struct vm *vm, const struct options *options)
{
	struct creation c = { vm, options, -1 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, create, &c) || pthread_join(thread, NULL))
		return -1;
	return c.err;
}

static int prepare(struct vm *vm, const char *arg, const struct options *options)
{
	const char *spec = strchr(arg, '=');

	if (!spec || spec == arg || (size_t)(spec - arg) >= sizeof(vm->name)) {
		fprintf(stderr, "not NAME=WORKLOAD with a name of 1 to %zu letters: %s\n",
			sizeof(vm->name) - 1, arg);
		return -1;
	}
	memcpy(vm->name, arg, spec - arg);
	if (workload_read(&vm->workload, spec + 1))
		return -1;
	if (vm->workload.own_thread)
		return create_in_thread(vm, options);
	return vm_create(vm, options->guest, options->number_file);
}

/* The barrier tells which operation did not come to its end. */
static void *watch(void *arg)
{
	const struct vms *vms = arg;

	sleep(WATCHDOG_SECONDS);
	for (int i = 0; i < vms->nr; i++) {
		const struct vm *vm = &vms->vm[i];
		const struct workload *w = &vm->workload;
		uint32_t nr = vm_book(vm)->phase;

		if (nr < w->config.nr_ops)
			fprintf(stderr, "vm %s hangs in \"%s\", %u vCPUs are at the barrier\n",
				vm->name, w->claims[nr].name,
				vm_book(vm)->arrived - nr * w->config.nr_vcpus);
	}
	_exit(1);
}

/* Say that everything exists, and wait for the word to begin. */
static int start_together(const struct options *options)
{
	int fd;

	if (!options->ready || !options->start)
		return 0;
	fd = open(options->ready, O_WRONLY | O_CREAT, 0644);
	if (fd < 0) {
		perror(options->ready);
		return -1;
	}
	close(fd);
	while (access(options->start, F_OK))
		usleep(1000);
	return 0;
}

static int run(struct vms *vms, const struct options *options)
{
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
	double start = now();
	pthread_t watchdog;
	int bad = 0;

	if (pthread_create(&watchdog, NULL, watch, vms))
		return 1;
	for (int i = 0; i < vms->nr; i++)
		if (vm_start(&vms->vm[i], &gate))
			return 1;
	if (start_together(options))
		return 1;
	gate_open(&gate);
	for (int i = 0; i < vms->nr; i++) {
		if (vm_wait(&vms->vm[i]))
			return 1;
		vms->vm[i].seconds = now() - start;
	}
	for (int i = 0; i < vms->nr; i++)
		bad += !!truth_write(&vms->vm[i], options->dir);
	usleep((useconds_t)(options->linger * 1e6));
	return !!bad;
}

static int keep(const struct options *options)
{
	struct vm vm = { .name = "keeper" };

	if (vm_keep(&vm, options->number_file))
		return 1;
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { ".", "guest.bin", "/tmp/vm-number", NULL, NULL, false, 0 };
	struct vms vms;
	int opt;

	while ((opt = getopt(argc, argv, "o:g:n:r:s:w:k")) != -1) {
		switch (opt) {
		case 'o': options.dir = optarg; break;
		case 'g': options.guest = optarg; break;
		case 'n': options.number_file = optarg; break;
		case 'r': options.ready = optarg; break;
		case 's': options.start = optarg; break;
		case 'w': options.linger = atof(optarg); break;
		case 'k': options.keep = true; break;
		default: return usage();
		}
	}
	if (options.keep)
		return keep(&options);
	vms.nr = argc - optind;
	if (vms.nr < 1)
		return usage();
	vms.vm = calloc(vms.nr, sizeof(*vms.vm));
	if (!vms.vm)
		return 1;
	for (int i = 0; i < vms.nr; i++)
		if (prepare(&vms.vm[i], argv[optind + i], &options))
			return 1;
	/* The watchdog looks at the VMs until the process ends: nothing is freed. */
	return run(&vms, &options);
}
