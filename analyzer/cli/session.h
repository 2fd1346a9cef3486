/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - one run of a reading command: its options made ready, its traces open, its answer
 * written.
 */
#ifndef KVM_IPI_SESSION_H
#define KVM_IPI_SESSION_H

#include "trace/passes.h"
#include "cli/opts.h"
#include "cli/user_files.h"

/* What the options mean, ready for use. */
struct session {
	struct texts files; /* at least one */
	struct recording rec;
	struct progress progress;
	int format; /* index into the command's formats */
	bool color;
	/*
	 * Set before session_run(): coverage will be shown; its kinds of IPIs cost two ordered
	 * runs.
	 */
	bool want_coverage;
};

/*
 * argv to an opened session: parses, checks, opens the inputs. Prints what there is to print.
 * Returns as command.h says. Release it in either case.
 */
int session_begin(struct session *s, const struct command *cmd, int argc, char **argv,
		  struct opts *opts);
void session_end(struct session *s, struct opts *opts);

/*
 * The second half of it, for a command that reads several recordings with the same options: s is
 * all zero but for its files. And the end of such a one, which leaves the options alone.
 */
int session_open(struct session *s, const struct opts *opts);
void session_close(struct session *s);
/* Releases what the options hold. */
void session_forget(struct opts *opts);

/*
 * A command that is about time: -ENODATA and its line where the clock does not count ns,
 * else 0. And an option that is: -EINVAL.
 */
int session_need_ns(const struct session *s, const char *command);
int session_option_needs_ns(const struct session *s, const char *option);

/*
 * The same IPIs once more for order-free analyses that need what only the whole trace told. After a
 * session_run() that went well, and with its filters; not for a stock source. 0 or -errno.
 */
int session_run_again(struct session *s, const struct opts *opts, const struct analysis *list,
		      u32 nr);

/*
 * Refuses an output that is one of the inputs, by what the names lead to: 0 or -EINVAL with its
 * line.
 */
int session_check_output(const struct session *s, const struct opts *opts, const char *output,
			 struct err *err);

/* Runs the analyses; 0 when there is something to show, else -errno, after its message. */
int session_run(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr);

/* Finds out who is who: fills s->rec.threads. 0 or -errno, after its message. */
int session_threads(struct session *s);

/*
 * Like session_run(), in the order of time, up to what only the analyses know: what passed the
 * filters. They set s->rec.trace.counted, and session_check() goes on. IPIs are those of
 * kvm_ipi_track, or of the stock events where there are none or --source says so (s->rec.stock);
 * kinds: what the files describe of what was wanted. Each 0 or -errno, after its message.
 */
int session_run_ordered(struct session *s, const struct opts *opts, const struct ordered_job *job,
			u32 *kinds);
int session_check(struct session *s, const struct opts *opts);

/*
 * The same analyses and a job's ordered ones in two readings: the threads, then everything. Where
 * that cannot be done, or there turn out to be no tracked IPIs, *done is false, and session_run()
 * and session_run_ordered() can be called as if this had not been. 0 or -errno.
 */
int session_run_together(struct session *s, const struct opts *opts, const struct analysis *list,
			 u32 nr, const struct ordered_job *job, u32 *kinds, bool *done);

/* session_run(), and s->rec.threads in the same reading, for a source of tracked IPIs. *done: as
 * above.
 */
int session_run_threads(struct session *s, const struct opts *opts, const struct analysis *list,
			u32 nr, bool *done);

/* Opens the output, lets put() write to it, makes it appear. 0 or -errno, after its message. */
int session_write(const struct opts *opts, int (*put)(void *ctx, FILE *out), void *ctx);

#endif
