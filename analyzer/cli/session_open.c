// SPDX-License-Identifier: GPL-2.0-only
/* session_open.c - see session.h: from a command line to an opened trace, and its end. */
#include "cli/session.h"
#include "cli/one_recording.h"
#include "cli/user_files.h"
#include "trace/joined.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same_file(const struct stat *out, const char *path)
{
	struct stat in;
	bool there = path && !(strcmp(path, "-") ? stat(path, &in) : fstat(STDIN_FILENO, &in));

	return there && in.st_dev == out->st_dev && in.st_ino == out->st_ino;
}

int session_check_output(const struct session *s, const struct opts *opts, const char *output,
			 struct err *err)
{
	struct stat out;
	bool same;

	if (!output || !strcmp(output, "-") || stat(output, &out))
		return 0;
	same = is_same_file(&out, opts->vm_names) || is_same_file(&out, opts->guest) ||
	       is_same_file(&out, opts->topology);
	for (u32 i = 0; i < s->files.nr && !same; i++)
		same = is_same_file(&out, s->files.s[i]);
	return same ? err_set(err, -EINVAL, "%s is an input: refusing to write onto it", output)
		    : 0;
}

/* What is wrong in the words alone, and then in the users' files; 0 or -errno. */
static int begin_usage(struct session *s, const struct opts *opts)
{
	struct err err = { "" };
	int ret = opts_filter(opts, &s->rec.filter, &err) ?:
		  session_check_output(s, opts, opts->output, &err) ?:
		  user_vectors_load(&s->rec.vectors, opts->guest, &err) ?:
		  user_names_load(&s->rec.names, opts->vm_names, &err) ?:
		  user_topology_load(&s->rec.topology, opts->topology, &err);

	s->rec.filter.names = &s->rec.names;
	if (ret == -EIO || ret == -ENOMEM)
		return complain_io(&err);
	return ret ? complain_usage(&err) : 0;
}

static const char default_input[] = "trace.dat";

static int begin_files(struct session *s, struct opts *opts, struct texts *rest)
{
	int ret = 0;

	for (u32 i = 0; i < opts->inputs.nr && !ret; i++)
		ret = texts_add(&s->files, opts->inputs.s[i]);
	for (u32 i = 0; i < rest->nr && !ret; i++)
		ret = texts_add(&s->files, rest->s[i]);
	if (!s->files.nr && !ret)
		ret = texts_add(&s->files, (char *)default_input);
	return ret;
}

/* --time needs the trace where it counts from its first record; 0 or -errno. */
static int begin_time(struct session *s, const struct opts *opts)
{
	struct err err = { "" };
	u64 first_ts = 0;

	if (opts_time_relative(opts) && trace_first_ts(&s->rec.trace, &first_ts, &err))
		return complain_io(&err);
	return opts_time(opts, &s->rec.filter, first_ts, s->rec.trace.ticks, &err)
		       ? complain_usage(&err)
		       : 0;
}

/* 0, or ret and its line. */
static int need_ns(const struct session *s, const char *what, int ret)
{
	if (!s->rec.trace.ticks)
		return 0;
	complain("%s: the recording's clock, %s, does not count ns; record with: trace-cmd record "
		 "-C local",
		 what, s->rec.trace.ticks);
	return ret;
}

int session_need_ns(const struct session *s, const char *command)
{
	return need_ns(s, command, -ENODATA);
}

int session_option_needs_ns(const struct session *s, const char *option)
{
	return need_ns(s, option, -EINVAL);
}

int session_begin(struct session *s, const struct command *cmd, int argc, char **argv,
		  struct opts *opts)
{
	struct texts rest = { 0 };
	int code;

	*s = (struct session){ 0 };
	opts->sort = -1;
	code = command_parse(cmd, argc, argv, opts, &rest);
	if (!code && begin_files(s, opts, &rest))
		code = complain_memory();
	texts_release(&rest);
	if (!code)
		code = command_format(cmd, opts, &s->format, &s->color);
	return code ?: session_open(s, opts);
}

int session_open(struct session *s, const struct opts *opts)
{
	struct err err = { "" };
	int code = begin_usage(s, opts);

	if (code)
		return code;
	if (s->files.s[0] == default_input && access(default_input, F_OK) && errno == ENOENT) {
		complain("no %s here: name a file, or record one with kvm-ipi record",
			 default_input);
		return -EIO;
	}
	if (trace_open(&s->rec.trace, s->files.s, s->files.nr, opts->salvage, &err))
		return complain_io(&err);
	code = one_recording(&s->rec.trace, opts->together);
	if (code)
		return code;
	progress_init(&s->progress, isatty(STDERR_FILENO) && !opts->quiet ? stderr : NULL);
	s->rec.trace.progress = &s->progress;
	s->rec.trace.names = &s->rec.names;
	s->rec.trace.topology = &s->rec.topology;
	return trace_choose_probes(&s->rec.trace, opts->source == SOURCE_PROBES,
				   opts->source == SOURCE_AUTO, &err)
		       ? complain_io(&err)
		       : begin_time(s, opts);
}

void session_close(struct session *s)
{
	coverage_release(&s->rec.coverage);
	threads_release(&s->rec.threads);
	whois_check_release(&s->rec.check);
	trace_close(&s->rec.trace);
	filter_release(&s->rec.filter);
	vm_names_release(&s->rec.names);
	topology_release(&s->rec.topology);
	user_vectors_release(&s->rec.vectors);
	texts_release(&s->files);
}

void session_forget(struct opts *opts)
{
	texts_release(&opts->inputs);
	texts_release(&opts->vms);
}

void session_end(struct session *s, struct opts *opts)
{
	session_close(s);
	session_forget(opts);
}
