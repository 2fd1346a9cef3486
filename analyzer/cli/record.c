// SPDX-License-Identifier: GPL-2.0-only
/*
 * record.c - kvm-ipi record: the right events for a question, by one command, which it shows.
 *
 * trace-cmd does the recording; this chooses the events that the kernel has, makes the probes and
 * describes the host in the trace. --dry-run shows all of that and does none of it.
 */
#include "cli/commands.h"
#include "record/cost.h"
#include "record/delivery_probes.h"
#include "record/findings.h"
#include "record/run.h"
#include "util/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_OUTPUT "trace.dat"
#define BUFFER_MAX_KB  (64ULL << 20)

struct record {
	struct opts opts; /* of which output, quiet and verbose are used */
	const char *root;
	u64 buffer_kb;
	bool dry_run;
	char **command; /* NULL: until Ctrl-C */
	const struct preset *preset;
	struct host host;
	struct tracer tracer;
	struct plan plan;
};

static int unknown_preset(const char *word)
{
	struct nearest n;

	nearest_init(&n, word);
	for (u32 i = 0; i < NR_PRESETS; i++)
		nearest_offer(&n, presets[i].name);
	if (n.best)
		complain("no preset '%s'; did you mean %s?", word, n.best);
	else
		complain(
			"no preset '%s'; kvm-ipi record --help lists them; a command goes behind --",
			word);
	return -EINVAL;
}

static bool probes_are_there(const struct record *r)
{
	struct delivery_probes probes;
	struct err why;

	return !delivery_probes_make(&probes, PROBE_GROUP, &r->host, &r->tracer, &why);
}

/* 0, or -errno after its line. */
static int choose_preset(struct record *r, const struct texts *rest)
{
	const char *word = rest->nr ? rest->s[0] : NULL;

	if (rest->nr > 1) {
		bool preset = preset_find(rest->s[0]);

		complain("a command goes behind --: kvm-ipi record %s%s-- %s ...",
			 preset ? rest->s[0] : "", preset ? " " : "", rest->s[preset]);
		return -EINVAL;
	}
	if (!word) /* the graph, by the best source that there is */
		word = track_is_there(&r->host, &r->tracer) ? "graph"
		       : probes_are_there(r)		    ? "probes"
							    : "stock";
	r->preset = preset_find(word);
	return r->preset ? 0 : unknown_preset(word);
}

static void show_probes(const struct record *r, FILE *out)
{
	for (u32 i = 0; i < r->plan.nr_probes; i++)
		fprintf(out, "echo '%s' >>%s/kprobe_events\n", r->plan.probe[i].line,
			r->tracer.dir);
}

static void show_command(const struct record *r, FILE *out)
{
	const char *argv[PLAN_ARGS_MAX];
	char size[24], name[32];

	run_instance_name(name);
	plan_command(&r->plan, name, r->opts.output, size, argv);
	print_words(argv, out);
}

/* Everything that would be done, as a shell would. */
static int dry_run(const struct record *r)
{
	const struct plan *p = &r->plan;

	printf("# preset %s: %s\n", r->preset->name, r->preset->summary);
	if (!p->known)
		printf("# which of these events the kernel has cannot be told from here\n");
	for (u32 i = 0; i < p->nr_left_out; i++)
		printf("# left out, this kernel has no %s\n", p->left_out[i]);
	if (p->delivery_probes)
		printf("# without " EVENT_TRACK
		       ": IPIs come from probes (kvm-ipi --source probes)\n");
	if (p->joins)
		printf("# without " EVENT_TRACK
		       ": pairs come from stock events (kvm-ipi --source stock)\n");
	show_probes(r, stdout);
	show_command(r, stdout);
	if (r->command) {
		printf("# while it records: ");
		print_words((const char *const *)r->command, stdout);
	}
	for (u32 i = p->nr_probes; i--;)
		if (!i || strcmp(p->probe[i].name, p->probe[i - 1].name))
			printf("echo '-:%s' >>%s/kprobe_events\n", p->probe[i].name, r->tracer.dir);
	printf("# then: %s\n", r->preset->next);
	if (!p->why_not.msg[0])
		return 0;
	printf("# not possible here and now: %s\n", p->why_not.msg);
	return -ENODATA;
}

static void report_command(const struct record *r, int status)
{
	if (WIFSIGNALED(status))
		complain("%s was ended by signal %d", r->command[0], WTERMSIG(status));
	else if (WEXITSTATUS(status))
		complain("%s ended with status %d", r->command[0], WEXITSTATUS(status));
}

static void report_end(const struct record *r, const struct run_result *res)
{
	unsigned long long lost = res->loss.overrun + res->loss.dropped;

	if (r->command && res->command_status && !res->interrupted)
		report_command(r, res->command_status);
	if (!res->have_loss)
		complain("whether records were lost is not known: %s report tells", "kvm-ipi");
	else if (lost)
		complain("%llu records were lost: try --buffer %llu, or fewer events", lost,
			 4 * r->plan.buffer_kb);
	if (res->leftover[0])
		complain("%s", res->leftover);
	if (r->opts.quiet)
		return;
	cost_say(&r->plan, res->records_per_s, stderr);
	if (!res->vms)
		complain("no VM was seen while it recorded: there may be nothing in it");
	if (res->have_loss && !lost)
		complain("no records were lost");
	complain("%u VM%s and %u vCPU%s named in %s; read it with: %s%s%s", res->vms,
		 res->vms == 1 ? "" : "s", res->vcpus, res->vcpus == 1 ? "" : "s", r->opts.output,
		 r->preset->next, strcmp(r->opts.output, DEFAULT_OUTPUT) ? " " : "",
		 strcmp(r->opts.output, DEFAULT_OUTPUT) ? r->opts.output : "");
}

static int do_record(struct record *r)
{
	struct run_result res;
	struct err err = { "" };
	struct run_job job = {
		.plan = &r->plan,
		.host = &r->host,
		.output = r->opts.output,
		.command = r->command,
		.say = r->opts.quiet ? NULL : stderr,
		.verbose = r->opts.verbose,
	};

	if (r->plan.why_not.msg[0]) {
		complain("%s", r->plan.why_not.msg);
		complain("kvm-ipi check says what can be recorded here");
		return -ENODATA;
	}
	if (!r->opts.quiet) {
		fputs("kvm-ipi: ", stderr);
		show_command(r, stderr);
	}
	if (run_recording(&r->tracer, &job, &res, &err)) {
		complain("%s", err.msg);
		if (res.leftover[0])
			complain("%s", res.leftover);
		return -EIO;
	}
	report_end(r, &res);
	return 0;
}

static int record_begin(struct record *r, const struct texts *rest)
{
	struct stat st;
	int ret;

	if (r->root && !r->dry_run) {
		complain("--root is for --dry-run: only the running kernel can record");
		return -EINVAL;
	}
	if (r->opts.output && !strcmp(r->opts.output, "-")) {
		complain("trace-cmd writes a recording to a file, not to standard output");
		return -EINVAL;
	}
	if (!r->opts.output)
		r->opts.output = DEFAULT_OUTPUT;
	/* trace-cmd would find out at the end. */
	if (!*r->opts.output || (!stat(r->opts.output, &st) && !S_ISREG(st.st_mode))) {
		complain("cannot record into '%s': not a file", r->opts.output);
		return -EINVAL;
	}
	r->host.root = r->root ? r->root : "";
	tracer_find(&r->tracer, &r->host);
	ret = choose_preset(r, rest);
	if (!ret)
		plan_make(&r->plan, r->preset, &r->host, &r->tracer, r->buffer_kb);
	return ret;
}

/* What fingers type that know another recorder; -1, or the exit ret after its line. */
static int foreign_habit(int nr, char **words)
{
	static const char preset[] = "--preset";
	const size_t len = strlen(preset);

	for (int i = 1; i < nr; i++) {
		const char *w = words[i];

		if (!strncmp(w, preset, len) && (!w[len] || w[len] == '=')) {
			const char *value = w[len]	 ? w + len + 1
					    : i + 1 < nr ? words[i + 1]
							 : "PRESET";

			complain("a preset is a word, not an option: kvm-ipi record %s", value);
			return -EINVAL;
		}
		if (!strcmp(w, "-e") || !strcmp(w, "--event")) {
			complain("the preset chooses the events (--dry-run shows them); trace-cmd "
				 "record -e takes any");
			return -EINVAL;
		}
	}
	return 0;
}

static int cmd_record(const struct command *cmd, int argc, char **argv)
{
	struct record *r = calloc(1, sizeof(*r));
	struct texts rest = { 0 };
	int end = 1, ret;

	if (!r)
		return complain_memory();
	while (end < argc && strcmp(argv[end], "--"))
		end++;
	if (end + 1 < argc)
		r->command = argv + end + 1;
	ret = foreign_habit(end, argv);
	if (!ret)
		ret = command_parse(cmd, end, argv, &r->opts, &rest);
	if (!ret)
		ret = record_begin(r, &rest);
	if (!ret)
		ret = r->dry_run ? dry_run(r) : do_record(r);
	texts_release(&rest);
	free(r);
	return ret;
}

static const struct option_row rows[] = {
	{ "output", 'o', OPT_TEXT, offsetof(struct opts, output), "FILE",
	  "record into FILE (default: " DEFAULT_OUTPUT ")" },
	{ "buffer", 'b', OPT_NUMBER, offsetof(struct record, buffer_kb), "KB",
	  "buffer for each CPU (default: by preset and memory)", .min = 8, .max = BUFFER_MAX_KB },
	{ "dry-run", 'n', OPT_FLAG, offsetof(struct record, dry_run), NULL,
	  "print what would be done, and whether it can be" },
	{ "root", 0, OPT_TEXT, offsetof(struct record, root), "DIR",
	  "with --dry-run: for the host whose /proc and /sys are\nbelow DIR" },
	{ "quiet", 'q', OPT_FLAG, offsetof(struct opts, quiet), NULL,
	  "say nothing but what went wrong" },
	{ "verbose", 'v', OPT_FLAG, offsetof(struct opts, verbose), NULL,
	  "let trace-cmd print, too" },
	{ 0 },
};

static const struct option_row *const tables[] = { rows, NULL };
static const char *const words[] = { "graph",  "latency", "yield", "yield-truth",
				     "probes", "stock",	  NULL };

const struct command command_record = {
	.name = "record",
	.usage = "[options] [PRESET] [-- COMMAND...]",
	.run = cmd_record,
	.tables = tables,
	.words = words,
	.summary = "record a trace.dat with the right events, by trace-cmd",
	.help = "Records while COMMAND runs, or until Ctrl-C. PRESET is the question:\n\n"
		"  graph        who sends directed IPIs to whom\n"
		"  latency      from sending to injection, EOI and the receiver running\n"
		"  yield        whom a spinning vCPU waited for, the replay of KVM's choice\n"
		"  yield-truth  the same with KVM's real choices, by probes on yield_to()\n"
		"  probes       the graph by probes, on a kernel without the tracepoint\n"
		"  stock        the graph from events that every kernel has\n\n"
		"All but stock take the IPIs from kvm:kvm_ipi_track, or from probes where the kernel\n"
		"lacks it. Without PRESET: graph; probes where the tracepoint is missing; stock where\n"
		"there can be no probes.",
};
