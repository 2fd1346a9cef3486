// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_run.c - a recording from its beginning to its end, with a tracefs of ordinary files and a
 * script for trace-cmd that does with them what the real one does.
 */
#include "record/run.h"

#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* $1..: record -d --no-filter -B NAME -b KB ... -o FILE. The instance is removed, as by the real
 * one. */
static const char recorder[] = "#!/bin/sh\n"
			       "PATH=/usr/bin:/bin\n"
			       "root=${0%/bin/*}\n"
			       "dir=$root/sys/kernel/tracing/instances/$5\n"
			       "for out; do :; done\n"
			       "end() {\n"
			       "	cp $dir/trace_marker $root/marks; rm -r $dir\n"
			       "	printf '\\027\\010\\104tracing6' >$out; exit 1\n"
			       "}\n"
			       "trap end INT\n"
			       "echo \"$*\" >$root/arguments\n"
			       "mkdir -p $dir/per_cpu/cpu0\n"
			       "echo 'overrun: 12' >$dir/per_cpu/cpu0/stats\n"
			       ": >$dir/trace_marker\n"
			       "echo 1 >$dir/tracing_on\n"
			       "while :; do sleep 0.01; done\n";

struct bed {
	struct tree t;
	struct tracer tr;
	struct plan plan;
	char output[HOST_PATH_MAX];
	struct run_job job;
	struct run_result res;
	struct err err;
};

static void bed_init(struct bed *b, const char *script)
{
	char path[HOST_PATH_MAX];

	*b = (struct bed){ 0 };
	tree_init(&b->t);
	tree_tracefs(&b->t, EVENT_TRACK, "kvm:kvm_apic_accept_irq", "kvm:kvm_inj_virq",
		     "kvm:kvm_entry", "kvm:kvm_exit", "sched:sched_switch", "sched:sched_wakeup",
		     NULL);
	tree_btf(&b->t, 2432);
	tree_write(&b->t, "/bin/trace-cmd", script);
	chmod(host_path(&b->t.host, path, "/bin/trace-cmd"), 0755);
	snprintf(path, sizeof(path), "%s/bin:/usr/bin:/bin", b->t.root);
	setenv("PATH", path, 1);
	tree_write(&b->t, "/sys/devices/system/cpu/online", "0\n");
	tree_write(&b->t, "/sys/kernel/debug/kvm/500-9/vcpu0/pid", "511\n");
	tracer_find(&b->tr, &b->t.host);
	plan_make(&b->plan, preset_find("yield-truth"), &b->t.host, &b->tr, 64);
	ck_assert_str_eq(b->plan.why_not.msg, "");
	b->job = (struct run_job){ .plan = &b->plan,
				   .host = &b->t.host,
				   .output = host_path(&b->t.host, b->output, "/out.dat") };
}

/*
 * Nothing is left, and the first probe that was made was the last one to be removed (a file that is
 * not the kernel's keeps the beginning of the latest line).
 */
static void bed_release(struct bed *b)
{
	char *probes = tree_read(&b->t, "/sys/kernel/tracing/kprobe_events");
	char path[HOST_PATH_MAX];

	ck_assert_str_eq(b->res.leftover, "");
	ck_assert_int_eq(rmdir(host_path(&b->t.host, path, "/sys/kernel/tracing/instances")), 0);
	ck_assert_int_eq(strncmp(probes, "-:kvm_ipi/spin", 14), 0);
	free(probes);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no process either */
	tree_release(&b->t);
}

START_TEST(with_a_command)
{
	char *command[] = { "sh", "-c", "exit 3", NULL }, *text;
	struct bed b;

	bed_init(&b, recorder);
	b.job.command = command;
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), 0);
	ck_assert_int_eq(WEXITSTATUS(b.res.command_status), 3);
	ck_assert(!b.res.interrupted);
	ck_assert(b.res.have_loss);
	ck_assert_uint_eq(b.res.loss.overrun, 12);
	ck_assert_uint_eq(b.res.vms, 1);
	ck_assert_uint_eq(b.res.vcpus, 1);
	text = tree_read(&b.t, "/arguments");
	ck_assert_ptr_nonnull(strstr(text, "record -d --no-filter -B kvm-ipi-"));
	ck_assert_ptr_nonnull(strstr(text, " -b 64 -e " EVENT_TRACK));
	ck_assert_ptr_nonnull(strstr(text, "-e kvm_ipi:yield_to_ret -o "));
	free(text);
	text = tree_read(&b.t, "/marks");
	ck_assert_ptr_nonnull(strstr(text, "kvm-ipi: "));
	free(text);
	bed_release(&b);
}
END_TEST

/*
 * A child that interrupts this process, as Ctrl-C does, when a file has some content: an event, not
 * a time, so that a busy machine changes nothing.
 */
static void interrupt_when(const struct bed *b, const char *file, int sig)
{
	char path[HOST_PATH_MAX];
	pid_t parent = getpid();
	struct stat st;

	host_path(&b->t.host, path, "%s", file);
	if (!fork()) {
		if (!fork()) {
			while (stat(path, &st) || !st.st_size)
				usleep(1000);
			kill(parent, sig);
		}
		_exit(0);
	}
	wait(NULL);
}

/* The recording has begun when it says so. */
static void interrupt_when_begun(struct bed *b, int sig)
{
	char path[HOST_PATH_MAX];

	b->job.say = fopen(host_path(&b->t.host, path, "/said"), "w");
	ck_assert_ptr_nonnull(b->job.say);
	setvbuf(b->job.say, NULL, _IONBF, 0);
	interrupt_when(b, "/said", sig);
}

static void until(int sig)
{
	struct bed b;

	bed_init(&b, recorder);
	interrupt_when_begun(&b, sig);
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), 0);
	ck_assert(b.res.interrupted);
	ck_assert(tree_has(&b.t, "/out.dat"));
	fclose(b.job.say);
	bed_release(&b);
}

START_TEST(until_a_signal)
{
	until(SIGINT);
	until(SIGTERM);
	until(SIGHUP);
}
END_TEST

START_TEST(a_command_that_does_not_end)
{
	char *command[] = { "sleep", "1000", NULL };
	struct bed b;

	bed_init(&b, recorder);
	b.job.command = command;
	interrupt_when_begun(&b, SIGTERM);
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), 0);
	ck_assert(b.res.interrupted);
	fclose(b.job.say);
	bed_release(&b);
}
END_TEST

START_TEST(a_recorder_that_fails)
{
	char path[HOST_PATH_MAX];
	struct bed b;

	bed_init(
		&b,
		"#!/bin/sh\necho '  trace-cmd: No such thing' >&2; rmdir ${0%/bin/*}/sys/kernel/tracing/"
		"instances/$5; exit 1\n");
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -EIO);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "trace-cmd: No such thing"));
	bed_release(&b);
	bed_init(&b, "#!/nowhere/sh\n");
	setenv("PATH", host_path(&b.t.host, path, "/bin"), 1); /* and no other trace-cmd */
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "/bin/trace-cmd: No such file"));
	bed_release(&b);
}
END_TEST

/* One that is killed ends nobody; its reader becomes a child of this process. */
START_TEST(a_recorder_that_is_killed)
{
	static const char script[] = "#!/bin/sh\n"
				     "PATH=/usr/bin:/bin\n"
				     "root=${0%/bin/*}\n"
				     "dir=$root/sys/kernel/tracing/instances/$5\n"
				     "for out; do :; done\n"
				     "sleep 1000 &\n"
				     "echo $! >$root/reader\n"
				     "echo data >$out.$5.cpu0\n"
				     "mkdir -p $dir\n"
				     "echo 1 >$dir/tracing_on\n"
				     "sleep 0.3\n"
				     "rm -r $dir\n"
				     "kill -9 $$\n";
	char name[32], part[64], *text;
	int status = 0;
	struct bed b;
	pid_t reader;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	bed_init(&b, script);
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -EIO);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "ended by signal 9"));
	text = tree_read(&b.t, "/reader");
	reader = atoi(text);
	ck_assert_int_gt(reader, 0);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	run_instance_name(name);
	snprintf(part, sizeof(part), "/out.dat.%s.cpu0", name);
	ck_assert(!tree_has(&b.t, part));
	free(text);
	bed_release(&b);
}
END_TEST

/* It minds no SIGTERM: it is killed, by time or by further signals, and the recording is kept. */
static void kills_command(u32 grace_ms, const int *sig, u32 nr)
{
	char *command[] = { "sh", "-c",
			    "trap '' TERM HUP INT QUIT; echo 1 >$0/deaf; while :; do sleep 1; done",
			    NULL, NULL };
	struct bed b;

	bed_init(&b, recorder);
	command[3] = b.t.root;
	b.job.command = command;
	b.job.grace_ms = grace_ms;
	for (u32 i = 0; i < nr; i++)
		interrupt_when(&b, "/deaf", sig[i]);
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), 0);
	ck_assert(b.res.interrupted);
	ck_assert(tree_has(&b.t, "/out.dat"));
	bed_release(&b);
}

START_TEST(a_command_that_minds_nothing)
{
	static const int sig[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

	kills_command(1, sig, 1);
	kills_command(3600 * 1000, sig, ARRAY_SIZE(sig));
}
END_TEST

/* As from a shell's background: the signal comes before the recorder minds it. */
START_TEST(interrupted_before_it_begins)
{
	static const char script[] = "#!/bin/sh\n"
				     "trap '' INT\n" /* it minds no SIGINT at all */
				     "echo 1 >${0%/bin/*}/started; sleep 1000\n";
	struct bed b;

	ck_assert_ptr_ne(signal(SIGINT, SIG_IGN), SIG_ERR);
	bed_init(&b, script);
	interrupt_when(&b, "/started", SIGTERM);
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -EINTR);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "before the recording had begun"));
	bed_release(&b);
}
END_TEST

START_TEST(a_recorder_that_is_too_old)
{
	struct bed b;

	bed_init(&b, "#!/bin/sh\necho \"trace-cmd: unrecognized option '--no-filter'\" >&2\n"
		     "rmdir ${0%/bin/*}/sys/kernel/tracing/instances/$5; exit 1\n");
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -EIO);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "too old"));
	bed_release(&b);
}
END_TEST

START_TEST(a_command_that_is_not_there)
{
	char *command[] = { "no-such-program-1", NULL };
	struct bed b;

	bed_init(&b, recorder);
	b.job.command = command;
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "cannot run no-such-program-1"));
	bed_release(&b);
}
END_TEST

START_TEST(an_old_file_is_no_recording)
{
	char *command[] = { "true", NULL };
	char script[sizeof(recorder)];
	struct bed b;

	strcpy(script, recorder);
	memcpy(strstr(script, "printf"), "exit 1", 6); /* ends without writing */
	bed_init(&b, script);
	tree_write(&b.t, "/out.dat", "\027\010\104tracing6");
	b.job.command = command;
	ck_assert_int_eq(run_recording(&b.tr, &b.job, &b.res, &b.err), -EIO);
	bed_release(&b);
}
END_TEST

UNIT_SUITE(run, with_a_command, until_a_signal, a_command_that_does_not_end,
	   a_command_that_minds_nothing, a_recorder_that_fails, a_recorder_that_is_killed,
	   interrupted_before_it_begins, a_recorder_that_is_too_old, a_command_that_is_not_there,
	   an_old_file_is_no_recording)
