// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - see run.h.
 *
 * trace-cmd runs without a command and is ended by SIGINT, which works where tracing is restricted,
 * too, and leaves us between the end of the user's command and the end of the recording: the last
 * markers, and statistics that stand still. It gets a process group of its own, so that ^C reaches
 * the user's command and us, and trace-cmd when we are done. Signals come through a signalfd: no
 * handler, no global.
 *
 * trace-cmd's exit status is of no use: where it may not write set_ftrace_filter it ends with 1
 * after a good recording. What counts is the file.
 */
#define _GNU_SOURCE
#include "record/run.h"
#include "record/cost.h"
#include "record/markers.h"
#include "record/recorded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEGIN_TRIES   3000 /* of 20 ms: an emulated machine needs five seconds */
#define PAUSE_MS      20
#define TRACE_CMD_MIN "2.8.1" /* the first that has --no-filter */
/* How often new VMs are looked for; a look takes less than a millisecond a VM. */
#define LOOK_MS	 1000
#define GRACE_MS 5000 /* from a command's SIGTERM to its SIGKILL */

struct recording {
	struct tracer *t;
	const struct run_job *job;
	struct run_result *r;
	sigset_t before;
	int signals; /* signalfd */
	FILE *log;   /* what trace-cmd printed: a file without a name, or NULL */
	pid_t recorder, command;
	bool begun, said_cost;
	u64 begun_ms;
	int killed_by;		/* a signal that was the recorder's end; 0 */
	struct stat old_output; /* st_ino 0: there was none */
	struct running running; /* the VMs of the latest markers */
};

void run_instance_name(char name[32])
{
	snprintf(name, 32, "kvm-ipi-%d", getpid());
}

static int catch_signals(struct recording *rec, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &rec->before);
	rec->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return rec->signals < 0 ? err_set(err, -errno, "signalfd: %s", strerror(errno)) : 0;
}

/*
 * In the new process. The recorder has a group of its own, and ends by itself should we be killed.
 */
static void prepare(const struct recording *rec, bool recorder)
{
	if (recorder) {
		/*
		 * A shell's background process ignores it, and trace-cmd takes some time to mind
		 * it.
		 */
		signal(SIGINT, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGINT);
		setpgid(0, 0);
		if (rec->log) {
			dup2(fileno(rec->log), STDOUT_FILENO);
			dup2(fileno(rec->log), STDERR_FILENO);
		}
	}
	sigprocmask(SIG_SETMASK, &rec->before, NULL);
}

/* A program in a process of its own; why it could not be run comes back through a pipe. */
static int run_start(const struct recording *rec, char *const *argv, bool recorder, pid_t *pid,
		     struct err *err)
{
	int fds[2], code = 0;

	if (pipe2(fds, O_CLOEXEC))
		return err_set(err, -errno, "pipe: %s", strerror(errno));
	*pid = fork();
	if (!*pid) {
		prepare(rec, recorder);
		execvp(argv[0], argv);
		code = errno;
		if (write(fds[1], &code, sizeof(code)) < 0)
			code = 0;
		_Exit(127);
	}
	if (*pid < 0)
		code = errno;
	close(fds[1]);
	if (*pid > 0 && read(fds[0], &code, sizeof(code)) == sizeof(code))
		waitpid(*pid, NULL, 0);
	close(fds[0]);
	if (code)
		*pid = 0;
	return code ? err_set(err, -code, "cannot run %s: %s", argv[0], strerror(code)) : 0;
}

static int start_recorder(struct recording *rec, struct err *err)
{
	const char *argv[PLAN_ARGS_MAX];
	char size[24], name[32], path[HOST_PATH_MAX];

	run_instance_name(name);
	plan_command(rec->job->plan, name, rec->job->output, size, argv);
	/* It may be where PATH does not lead: the plan knows it from there. */
	if (program_find(argv[0], path))
		argv[0] = path;
	rec->log = rec->job->verbose ? NULL : tmpfile();
	return run_start(rec, (char *const *)argv, true, &rec->recorder, err);
}

/* The last line that trace-cmd printed and that says something. */
static void recorder_failed(const struct recording *rec, struct err *err)
{
	char text[4096], *line = NULL;
	ssize_t n = rec->log ? pread(fileno(rec->log), text, sizeof(text) - 1, 0) : 0;

	text[max_of(n, (ssize_t)0)] = 0;
	if (strstr(text, "unrecognized option") || strstr(text, "invalid option")) {
		err_set(err, -EIO, "this trace-cmd is too old: " TRACE_CMD_MIN " is needed");
		return;
	}
	if (rec->killed_by) {
		err_set(err, -EIO, "trace-cmd was ended by signal %d", rec->killed_by);
		return;
	}
	if (recorded_disk_full(rec->job->output)) {
		err_set(err, -ENOSPC, "no space left for %s", rec->job->output);
		return;
	}
	for (char *rest = text, *l; (l = strsep(&rest, "\n"));) {
		l += strspn(l, " \t");
		if (*l && strncmp(l, "CPU", 3) &&
		    (!line || strstr(l, "rror") || strstr(line, "trace-cmd:")))
			line = l;
	}
	err_set(err, -EIO, "trace-cmd failed%s%s (-v shows all it prints)", line ? ": " : "",
		line ? line : "");
}

/* Reaps; true when pid has ended, with its status. */
static bool has_ended(pid_t *pid, int *status)
{
	if (*pid <= 0 || waitpid(*pid, status, WNOHANG) != *pid)
		return false;
	*pid = 0;
	return true;
}

/*
 * Its readers are in its group. Killed, it does not end them, and they would go on and hold the
 * buffer; until it is reaped, no other group can have its number.
 */
static void reap_recorder(struct recording *rec)
{
	kill(-rec->recorder, SIGKILL);
	while (waitpid(rec->recorder, NULL, 0) < 0 && errno == EINTR)
		;
	rec->recorder = 0;
}

static bool recorder_has_ended(struct recording *rec)
{
	siginfo_t info = { .si_pid = 0 };

	if (rec->recorder <= 0 ||
	    waitid(P_PID, rec->recorder, &info, WEXITED | WNOHANG | WNOWAIT) || !info.si_pid)
		return false;
	rec->killed_by = info.si_code == CLD_EXITED ? 0 : info.si_status;
	reap_recorder(rec);
	return true;
}

/* A signal other than SIGCHLD within a time (ms); 0: none, or it was SIGCHLD. */
static int next_signal(const struct recording *rec, int timeout_ms)
{
	struct pollfd p = { .fd = rec->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&p, 1, timeout_ms) <= 0)
		return 0;
	while (read(rec->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			return (int)info.ssi_signo;
	return 0;
}

/*
 * It may have much to write: only the third signal of an impatient user ends it by force. One that
 * has not begun has nothing to lose, and gets the second and third after a second each.
 */
static void stop_recorder(struct recording *rec)
{
	int more = 0;

	if (rec->recorder > 0)
		kill(rec->recorder, SIGINT);
	while (rec->recorder > 0 && !recorder_has_ended(rec))
		if (next_signal(rec, LOOK_MS) || !rec->begun)
			kill(rec->recorder, ++more < 2 ? SIGINT : SIGKILL);
}

static int wait_for_begin(struct recording *rec, struct err *err)
{
	for (int i = 0; i < BEGIN_TRIES; i++) {
		rec->begun = tracer_is_on(rec->t);
		rec->begun_ms = cost_now_ms();
		if (rec->begun)
			return 0;
		if (recorder_has_ended(rec)) {
			recorder_failed(rec, err);
			return -EIO;
		}
		if (next_signal(rec, PAUSE_MS))
			return err_set(err, -EINTR, "interrupted before the recording had begun");
	}
	return err_set(err, -ETIMEDOUT, "trace-cmd does not begin to record");
}

static int put_marker(void *ctx, const char *line)
{
	return tracer_mark(ctx, line);
}

/* What cannot be told is not: a recording without names is a recording. */
static void describe_vms(struct recording *rec)
{
	struct running now;

	if (running_scan(&now, rec->job->host) || running_equal(&now, &rec->running)) {
		running_release(&now);
		return;
	}
	markers_of_vms(&now, rec->job->plan->track || rec->job->plan->delivery_probes, put_marker,
		       rec->t);
	rec->r->vms = max_of(rec->r->vms, now.nr_vms);
	rec->r->vcpus = max_of(rec->r->vcpus, now.nr_vcpus);
	running_release(&rec->running);
	rec->running = now;
}

static void describe_cpus(struct recording *rec)
{
	struct cpu_place *place;
	u32 nr;

	if (!topology_scan(&place, &nr, rec->job->host))
		markers_of_cpus(place, nr, put_marker, rec->t);
	free(place);
}

static int start_command(struct recording *rec, struct err *err)
{
	return rec->job->command ? run_start(rec, rec->job->command, false, &rec->command, err) : 0;
}

/* Since it began. The counts stay those of the recording's end, if this is called then. */
static void count_records(struct recording *rec)
{
	u64 ms = cost_now_ms() - rec->begun_ms, records;

	rec->r->have_loss = !tracer_loss(rec->t, &rec->r->loss);
	records = rec->r->loss.entries + rec->r->loss.read + rec->r->loss.overrun;
	rec->r->records_per_s = rec->begun && rec->r->have_loss && ms ? records * 1000 / ms : 0;
}

/* Once, after the first look: early enough to stop it. */
static void say_cost(struct recording *rec)
{
	if (rec->said_cost || !rec->job->say)
		return;
	rec->said_cost = true;
	count_records(rec);
	cost_say(rec->job->plan, rec->r->records_per_s, rec->job->say);
}

/* Until the command ends, a signal comes, or the recorder ends before its time. */
static int wait_for_end(struct recording *rec, struct err *err)
{
	for (;;) {
		int sig = next_signal(rec, LOOK_MS);
		bool again = rec->r->interrupted;

		if (recorder_has_ended(rec)) {
			recorder_failed(rec, err);
			return -EIO;
		}
		if (has_ended(&rec->command, &rec->r->command_status))
			return 0;
		if (!sig) {
			describe_vms(rec);
			say_cost(rec);
			continue;
		}
		rec->r->interrupted = true;
		if (rec->command > 0)
			kill(rec->command, sig);
		if (rec->command <= 0 || sig != SIGINT || again)
			return 0;
	}
}

/*
 * It may have something to put in order. One that does not end is killed after a time, or by the
 * user's next signal; signals that came until then were for it, not for the recorder.
 */
static void stop_command(struct recording *rec)
{
	u64 until = cost_now_ms() + (rec->job->grace_ms ?: GRACE_MS);
	int status;

	if (rec->command <= 0)
		return;
	kill(rec->command, SIGTERM);
	while (!has_ended(&rec->command, &status)) {
		u64 now = cost_now_ms();
		u64 wait = min_of(now < until ? until - now : 0, (u64)LOOK_MS);

		if (now >= until || next_signal(rec, (int)wait))
			kill(rec->command, SIGKILL);
		/* Then it ends at once, unless the kernel holds it. */
		if (now >= until)
			next_signal(rec, PAUSE_MS);
	}
	while (next_signal(rec, 0))
		;
}

static int run_add_probes(struct recording *rec, struct err *err)
{
	const struct plan *p = rec->job->plan;
	int ret = 0;

	for (u32 i = 0; i < p->nr_probes && !ret; i++)
		ret = tracer_add_probe(rec->t, p->probe[i].name, p->probe[i].line, err);
	return ret;
}

static int record(struct recording *rec, struct err *err)
{
	char name[32];
	int ret;

	run_instance_name(name);
	ret = run_add_probes(rec, err) ?: tracer_begin(rec->t, name, err) ?:
	      start_recorder(rec, err) ?: wait_for_begin(rec, err);
	if (ret)
		return ret;
	describe_cpus(rec);
	markers_of_policy(rec->job->host, put_marker, rec->t);
	describe_vms(rec);
	if (rec->job->say)
		fprintf(rec->job->say, "kvm-ipi: recording into %s%s\n", rec->job->output,
			rec->job->command ? "" : "; Ctrl-C ends it");
	ret = start_command(rec, err) ?: wait_for_end(rec, err);
	if (ret)
		return ret;
	/* All of it once more: of a buffer that is too small, the beginning is lost first. */
	describe_cpus(rec);
	markers_of_policy(rec->job->host, put_marker, rec->t);
	describe_vms(rec);
	markers_of_vms(&rec->running, rec->job->plan->track || rec->job->plan->delivery_probes,
		       put_marker, rec->t);
	return 0;
}

int run_recording(struct tracer *t, const struct run_job *job, struct run_result *r,
		  struct err *err)
{
	struct recording rec = { .t = t, .job = job, .r = r, .signals = -1 };
	struct err end = { "" };
	char name[32];
	int ret;

	*r = (struct run_result){ 0 };
	if (stat(job->output, &rec.old_output))
		rec.old_output.st_ino = 0;
	ret = catch_signals(&rec, err) ?: record(&rec, err);
	if (t->instance) {
		tracer_stop(t);
		count_records(&rec);
	}
	stop_command(&rec);
	stop_recorder(&rec);
	if (!ret && !recorded_is_new(job->output, &rec.old_output)) {
		recorder_failed(&rec, err);
		ret = -EIO;
	}
	run_instance_name(name);
	if (ret)
		recorded_remove_parts(job->output, name);
	if (tracer_end(t, &end))
		memcpy(r->leftover, end.msg, sizeof(r->leftover));
	running_release(&rec.running);
	if (rec.signals >= 0) {
		close(rec.signals);
		sigprocmask(SIG_SETMASK, &rec.before, NULL);
	}
	if (rec.log)
		fclose(rec.log);
	return ret;
}
