// SPDX-License-Identifier: GPL-2.0-only
/* yield_options.c - see yield_options.h. */
#include "cli/yield_options.h"

#include "decode/yield_probes.h"

#include <errno.h>
#include <stdlib.h>

static const char *const search_choices[] = { "auto", "two-passes", "loop-index", "loop", NULL };

#define DEFAULT_WINDOW_NS 50000000	/* ipi_window_ns of the series */
#define WINDOW_MAX_NS	  3600000000000 /* an hour */

const struct option_row yield_rows[] = {
	{ "window", 'w', OPT_TEXT, offsetof(struct yield_opts, window), "TIME",
	  "how long a hint is believed: 50ms, 500us, or ns\n(default: 50ms)" },
	{ "yield-target", 0, OPT_TEXT, offsetof(struct yield_opts, target), "SYSTEM:EVENT:FIELD",
	  "a probe at yield_to(): the field holds the target's\nthread id" },
	{ "yield-result", 0, OPT_TEXT, offsetof(struct yield_opts, result), "SYSTEM:EVENT:FIELD",
	  "a probe at its return: the field holds the value" },
	{ "no-probes", 0, OPT_FLAG, offsetof(struct yield_opts, no_probes), NULL,
	  "as if the trace had none, which are found where\none event fits each" },
	{ "kernel-policy", 0, OPT_TEXT, offsetof(struct yield_opts, policy), "POLICY",
	  "which policy that kernel ran: stock (default),\nany-pending, ipi-v2, ipi-v3, either with "
	  "+relaxed,\nor ipi-first; the replay is checked against it" },
	{ "kernel", 0, OPT_TEXT, offsetof(struct yield_opts, kernel), "VERSION",
	  "the host's kernel, if the trace does not name it" },
	{ "search", 0, OPT_CHOICE, offsetof(struct yield_opts, search), "ORDER",
	  "how that kernel searches: auto (by its version),\ntwo-passes (up to 6.12), loop-index (6.13 "
	  "to 6.18\nwithout the stable fix) or loop",
	  .choices = search_choices },
	{ "exit-delay", 0, OPT_NUMBER, offsetof(struct yield_opts, exit_delay), "NS",
	  "from a PAUSE exit to its search (default: 4000)", .max = 1000000000 },
	{ "hypercall-delay", 0, OPT_NUMBER, offsetof(struct yield_opts, hypercall_delay), "NS",
	  "from a long-spin-wait hypercall to its search\n(default: 2000)", .max = 1000000000 },
	{ "end-delay", 0, OPT_NUMBER, offsetof(struct yield_opts, end_delay), "NS",
	  "from the spinner's return to the end of its search\n(default: 6000)",
	  .max = 1000000000 },
	{ 0 },
};

static int parse_window(const char *text, u64 *ns)
{
	*ns = DEFAULT_WINDOW_NS;
	if (!text)
		return 0;
	return span_parse(text, true, ns) || *ns > WINDOW_MAX_NS ? -EINVAL : 0;
}

static int usage_probe(const char *name, const char *text, struct probe *p)
{
	int ret = text ? probe_parse(p, text) : 0;

	if (ret == -ENOMEM)
		return complain_memory();
	if (!ret)
		return 0;
	complain("--%s %s: SYSTEM:EVENT:FIELD is meant, like kprobes:ytp:pid", name, text);
	return -EINVAL;
}

/* Probes that need not be named. 0 or -ENOMEM. */
static int find_probes(struct yield_run *y, const struct session *s)
{
	int ret = yield_probes_find(&s->rec.trace.in[0].c, &y->target, &y->result);

	if (ret < 0)
		return complain_memory();
	y->opt.probed = ret == YIELD_PROBES_FOUND;
	y->several_probes = ret == YIELD_PROBES_SEVERAL;
	if (y->opt.probed)
		snprintf(y->probes, sizeof(y->probes), "%s:%s:%s and %s:%s:%s", y->target.system,
			 y->target.event, y->target.field, y->result.system, y->result.event,
			 y->result.field);
	return 0;
}

static int take_policy(struct yield_run *y, const struct yield_opts *o)
{
	y->opt.kernel_policy = o->policy ? policy_of_name(o->policy) : POLICY_STOCK;
	y->opt.policy_given = o->policy;
	if (y->opt.kernel_policy != NR_POLICIES && y->opt.kernel_policy != POLICY_ORACLE)
		return 0;
	complain(
		"--kernel-policy %s: stock, any-pending, ipi-v2, ipi-v3, ipi-first, or ipi-v2 or ipi-v3 "
		"with +relaxed behind it",
		o->policy);
	return -EINVAL;
}

int yield_check(struct yield_run *y, const struct yield_opts *o, const struct session *s)
{

	int code;

	y->opt = (struct replay_options){
		.probed = o->target,
		.exit_delay_ns = o->exit_delay,
		.hypercall_delay_ns = o->hypercall_delay,
		.end_delay_ns = o->end_delay,
		.order = o->search ? (enum scan_order)(o->search - 1) : NR_SCAN_ORDERS,
	};
	if (parse_window(o->window, &y->opt.window_ns)) {
		complain("--window %s: a time of at most an hour is meant, like 50ms or 500us",
			 o->window);
		return -EINVAL;
	}
	if (!o->target != !o->result) {
		complain("--yield-target and --yield-result go together");
		return -EINVAL;
	}
	if (o->kernel && policy_order_of(o->kernel) == NR_SCAN_ORDERS) {
		complain("--kernel %s: a version is meant, like 6.12.8", o->kernel);
		return -EINVAL;
	}
	if (o->kernel && !o->search)
		y->opt.order = policy_order_of(o->kernel);
	if (o->target && o->no_probes) {
		complain("--no-probes and --yield-target exclude each other");
		return -EINVAL;
	}
	y->left_out = o->no_probes;
	code = take_policy(y, o);
	if (!code && !o->target)
		return o->no_probes ? 0 : find_probes(y, s);
	if (!code)
		code = usage_probe("yield-target", o->target, &y->target);
	return code ? code : usage_probe("yield-result", o->result, &y->result);
}

int yield_check_probes(const struct yield_opts *o, const struct session *s, u32 kinds)
{
	if (!o->target || (kinds & EV_BIT(EV_PROBE_TARGET) && kinds & EV_BIT(EV_PROBE_RESULT)))
		return 0;
	complain("%s: no event %s or no event %s", s->files.s[0], o->target, o->result);
	return -ENODATA;
}
