// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only program of the Linux guest: its init. Makes vCPUs interrupt each other, in the ways that
 * programs do, for some seconds; then prints what the guest's kernel counted, and ends the machine.
 *
 *	futexes		two threads wake each other: reschedule IPIs
 *	mprotect	on memory that threads of other CPUs have in use: TLB shootdowns, function
 *calls membarrier	function calls to all CPUs that run a thread of the process
 *	pipes		two processes pass a byte back and forth: reschedule IPIs
 */
#include <fcntl.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_BY_DEFAULT 4
#define PAGE		   4096

/* What the threads share; one of each kind of load. */
struct load {
	atomic_int turn; /* futex: whose turn it is */
	atomic_bool stop;
	char *page;
	int nr_cpus;
};

struct worker {
	struct load *load;
	int nr;
};

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *ping_pong(void *arg)
{
	const struct worker *w = arg;
	struct timespec tick = { 0, 10000000 };

	run_on(w->nr % w->load->nr_cpus);
	while (!atomic_load(&w->load->stop)) {
		if (atomic_load(&w->load->turn) != w->nr) {
			syscall(SYS_futex, &w->load->turn, FUTEX_WAIT, !w->nr, &tick, NULL, 0);
			continue;
		}
		atomic_store(&w->load->turn, !w->nr);
		syscall(SYS_futex, &w->load->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
	return NULL;
}

static void *change_memory(void *arg)
{
	const struct worker *w = arg;

	run_on(w->nr % w->load->nr_cpus);
	for (unsigned int i = 0; !atomic_load(&w->load->stop); i++) {
		char *page = w->load->page + PAGE * w->nr;

		mprotect(page, PAGE, PROT_READ);
		mprotect(page, PAGE, PROT_READ | PROT_WRITE);
		*page = i;
		if (i % 8 == 0)
			syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		usleep(200);
	}
	return NULL;
}

/* One byte, back and forth between two processes on two CPUs. */
static void pass_byte(int in, int out, int cpu, time_t end)
{
	char byte = 0;

	run_on(cpu);
	while (time(NULL) < end && read(in, &byte, 1) == 1 && write(out, &byte, 1) == 1)
		;
}

static pid_t start_pipes(int nr_cpus, time_t end)
{
	int there[2], back[2];
	pid_t pid;

	if (pipe(there) || pipe(back))
		return -1;
	pid = fork();
	if (pid)
		return pid;
	if (fork()) {
		close(there[0]);
		close(back[1]);
		if (write(there[1], "x", 1) == 1)
			pass_byte(back[0], there[1], 1 % nr_cpus, end);
	} else {
		close(there[1]);
		close(back[0]);
		pass_byte(there[0], back[1], 2 % nr_cpus, end);
	}
	_exit(0);
}

static void print_interrupts(const char *when)
{
	FILE *f = fopen("/proc/interrupts", "r");
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "RES:") || strstr(line, "CAL:") || strstr(line, "TLB:"))
			printf("guest: %s %s", when, line);
	if (f)
		fclose(f);
}

static void run_load(int seconds)
{
	struct load load = { .nr_cpus = sysconf(_SC_NPROCESSORS_ONLN) };
	struct worker workers[6];
	pthread_t threads[6];

	load.page = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	if (load.page == MAP_FAILED)
		return;
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	start_pipes(load.nr_cpus, time(NULL) + seconds);
	for (int i = 0; i < 6; i++) {
		workers[i] = (struct worker){ &load, i < 2 ? i : i - 2 };
		pthread_create(&threads[i], NULL, i < 2 ? ping_pong : change_memory, &workers[i]);
	}
	sleep(seconds);
	atomic_store(&load.stop, true);
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
}

/* The kernel found no /dev/console to give to its init: the file system holds this program only. */
static void set_up(void)
{
	int console;

	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/console", O_RDWR);
	if (console >= 0) {
		dup2(console, STDOUT_FILENO);
		dup2(console, STDERR_FILENO);
	}
}

int main(void)
{
	const char *seconds = getenv("seconds"); /* from the kernel's command line */

	set_up();
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("guest: up, %ld vCPUs\n", sysconf(_SC_NPROCESSORS_ONLN));
	print_interrupts("before");
	run_load(seconds ? atoi(seconds) : SECONDS_BY_DEFAULT);
	print_interrupts("after");
	printf("guest: done\n");
	sync();
	reboot(RB_AUTOBOOT);
	return 1;
}
