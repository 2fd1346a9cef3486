// SPDX-License-Identifier: GPL-2.0-only
/* yield_view.c - see yield_view.h. */
#include "view/yield_view.h"
#include "view/graph_view.h"
#include "view/yield_episodes.h"
#include "view/vm_view.h"

#include <errno.h>
#include <stdlib.h>

/* What a VM's view points to; freed with the VM. */
struct vm_memory {
	struct yield_hint hint[HINT_WINDOWS_MAX];
	struct yield_ack ack;
	struct yield_rule rule[NR_ACK_RULES];
	struct yield_replay replay;
	struct yield_policy policy[NR_POLICIES];
	struct yield_window window[HINT_WINDOWS_MAX];
	struct yield_example example[SCORE_EXAMPLES];
	struct yield_miss miss[SCORE_MISSES];
	struct yield_episodes episodes;
};

/* NR_SCAN_ORDERS: the trace does not say which kernel it is of (trace-cmd split drops its name). */
static enum scan_order order_of(const struct recording *s)
{
	const char *release = s->trace.in[0].c.release;

	return release ? policy_order_of(release) : NR_SCAN_ORDERS;
}

int yield_begin(struct yield_run *y, struct recording *s, struct ordered list[YIELD_ANALYSES])
{
	struct replay_options opt = y->opt;

	y->s = s;
	y->seen = (struct seen){ 0 };
	hints_release(&y->hints);
	replay_release(&y->replay);
	if (opt.order == NR_SCAN_ORDERS)
		opt.order = order_of(s);
	if (opt.order == NR_SCAN_ORDERS)
		opt.order = SCAN_LOOP;
	hints_init(&y->hints, opt.window_ns, &s->filter, &s->trace.vms);
	if (replay_init(&y->replay, &opt, &s->threads, &s->filter, &s->trace.vms))
		return -ENOMEM;
	list[0] = (struct ordered){ &seen_ops, &y->seen };
	list[1] = (struct ordered){ &hints_ops, &y->hints };
	list[2] = (struct ordered){ &replay_ops, &y->replay };
	return YIELD_ANALYSES;
}

int yield_finish(struct yield_run *y)
{
	u64 last_ts = y->s->trace.totals.last_ts;

	if (replay_finish(&y->replay, last_ts))
		return -ENOMEM;
	hints_finish(&y->hints, last_ts);
	y->counted = y->hints.counted + y->replay.score.counted;
	return 0;
}

static struct yield_count build_count(struct score_counts c)
{
	return (struct yield_count){ c.picks, c.hits, c.missed, c.stale, c.overboost };
}

static void build_ack(const struct yield_run *y, struct vm_memory *m, u32 group, u64 ipis)
{
	const struct acks_vm *a = &y->replay.acks.vm[group];

	m->ack = (struct yield_ack){
		.acknowledged = a->acknowledged,
		.unacknowledged = ipis - a->acknowledged,
		.p50_ns = hist_percentile(&a->delay, 50, 100),
		.p99_ns = hist_percentile(&a->delay, 99, 100),
		.error_parts = hist_error_parts(&a->delay),
		.overwritten_unacked = a->overwritten_unacked,
		.rule = m->rule,
		.nr_rules = NR_ACK_RULES,
	};
	for (int i = 0; i < NR_ACK_RULES; i++)
		m->rule[i] = (struct yield_rule){ ack_rule_names[i], a->stale_ns[i],
						  a->lost_early[i] };
}

/* A slot of the VM as the user knows it. */
static u32 vcpu_id_of(const struct yield_run *y, u32 group, u32 slot)
{
	const struct vcpu_vm *vm = &y->replay.vcpus.vm[group];

	return slot < vm->nr ? y->replay.vcpus.vcpu[vm->first + slot].id : YIELD_NOBODY;
}

static void build_policies(struct vm_memory *m, const struct score_vm *v)
{
	for (int i = 0; i < NR_POLICIES; i++) {
		m->policy[i] = (struct yield_policy){
			.policy = policies[i].name,
			.relaxed = policies[i].relaxed,
			.bound = i == POLICY_FIRST || i == POLICY_ORACLE,
			.all = build_count(score_policy(v, i, false)),
			.sure = build_count(score_policy(v, i, true)),
		};
		for (int k = 0; k < NR_POLICIES; k++)
			m->policy[i].same[k] = score_same(v, i, k);
	}
}

static bool have_acks(const struct yield_run *y)
{
	return !y->s->trace.ticks && seen_all(&y->seen, needs_unknown(yield_needs, YIELD_ACKS));
}

static void build_spins(const struct yield_run *y, struct vm_memory *m, u32 group,
			const struct score_vm *v)
{
	for (u32 i = 0; i < v->nr_examples; i++) {
		const struct score_example *e = &v->example[i];
		const struct vcpu *c = &y->replay.vcpus.vcpu[e->p.vcpu];

		m->example[i] = (struct yield_example){
			.ts_ns = e->spin_ts - y->s->trace.totals.first_ts,
			.ts = e->spin_ts,
			.vcpu = c->id,
			.pid = threads_host_id(&y->s->threads, c->pid),
			.candidates = e->candidates,
			.awaited = vcpu_id_of(y, group, e->awaited),
		};
		for (int k = 0; k < NR_POLICIES; k++)
			m->example[i].pick[k] = vcpu_id_of(y, group, e->p.pick[k]);
	}
	for (u32 i = 0; i < v->nr_misses; i++)
		m->miss[i] = (struct yield_miss){
			v->miss[i].ts,
			y->replay.vcpus.vcpu[v->miss[i].vcpu].id,
			vcpu_id_of(y, group, v->miss[i].pick),
			vcpu_id_of(y, group, v->miss[i].target),
			score_cause_texts[v->miss[i].cause],
		};
}

/* Other IPIs than the tracked ones. */
static bool have_untracked(const struct yield_run *y)
{
	return seen_all(&y->seen, needs_unknown(yield_needs, YIELD_UNTRACKED));
}

static const char *why_unverified(const struct yield_run *y)
{
	if (y->left_out)
		return "probes are left out (--no-probes)";
	if (y->several_probes)
		return "several events could be the probes on yield_to(): name them, --yield-target and "
		       "--yield-result";
	return "no probes on yield_to() in this trace";
}

static int build_replay(const struct yield_run *y, struct vm_memory *m, u32 group)
{
	const struct score *s = &y->replay.score;
	const struct score_vm *v = &s->vm[group];

	_Static_assert(NR_POLICIES <= YIELD_POLICIES_MAX && NR_SCORE_CAUSES == YIELD_CAUSES,
		       "views hold what the analysis has");
	m->replay = (struct yield_replay){
		.probed = y->replay.opt.probed,
		.unverified = y->opt.probed ? NULL : why_unverified(y),
		.probes = y->probes[0] ? y->probes : NULL,
		.kernel_policy = y->kernel_policy,
		.kernel_policy_known = y->opt.policy_given || y->replay.policy_told,
		.order = scan_order_names[y->replay.opt.order],
		.order_assumed = y->opt.order == NR_SCAN_ORDERS && order_of(y->s) == NR_SCAN_ORDERS,
		.spins = v->spins,
		.sure = v->sure,
		.nothing_awaited = v->nothing_awaited,
		.untracked = v->untracked,
		.missing_untracked = have_untracked(y) ? NULL : y->missing[2],
		.helpable = v->helpable,
		.running = v->running,
		.hinted = v->hinted,
		.observed = v->observed,
		.agree = v->agree,
		.agree_blind = v->agree_blind,
		.sure_observed = v->sure_observed,
		.sure_agree = v->sure_agree,
		.failed_tries = v->failed_tries,
		.mismatch = v->mismatch,
		.mismatch_of = v->mismatch_of,
		.lost_opportunity = v->lost_opportunity,
		.waits_open = v->waits_open,
		.policy = m->policy,
		.nr_policies = NR_POLICIES,
		.window = m->window,
		.nr_windows = s->nr_windows,
		.suggested_window_ns = score_suggest(s, v),
		.example = m->example,
		.nr_examples = v->nr_examples,
		.miss = m->miss,
		.nr_misses = v->nr_misses,
		.cause_text = score_cause_texts,
	};
	memcpy(m->replay.cause, v->cause, sizeof(v->cause));
	yield_times_of(&m->replay.wait, &v->wait);
	yield_times_of(&m->replay.candidates, &v->candidates);
	yield_times_of(&m->replay.runs, &v->runs);
	yield_times_of(&m->replay.hint_age, &v->hint_age);
	build_policies(m, v);
	if (have_acks(y)) {
		if (yield_episodes_build(&m->episodes, m->policy, &s->episodes.vm[group]))
			return -ENOMEM;
		m->replay.episodes = &m->episodes;
	}
	build_spins(y, m, group, v);
	for (u32 i = 0; i < s->nr_windows; i++) {
		struct score_window w = score_window(s, v, i);

		m->window[i] = (struct yield_window){ s->window[i], build_count(w.filter),
						      build_count(w.first), w.stale };
	}
	return 0;
}

static void build_hints(const struct yield_run *y, struct vm_memory *m, const struct hints_vm *h)
{
	for (u32 i = 0; i < y->hints.nr_windows; i++) {
		struct hint_row row;

		hints_row(&y->hints, h, i, &row);
		m->hint[i] = (struct yield_hint){
			row.window_ns,	row.recorded, row.overwritten, row.refreshed,
			row.retargeted, row.expired,  row.open,	       row.alive_ns,
		};
	}
}

static bool have_spins(const struct yield_run *y)
{
	return !y->s->trace.ticks && seen_all(&y->seen, needs_unknown(yield_needs, YIELD_REPLAY));
}

static int yield_view_build_vm(const struct yield_run *y, struct yield_vm *to, u32 number)
{
	static const struct hints_vm no_hints;
	const struct hints_vm *h = number < y->hints.nr_vm ? &y->hints.vm[number] : &no_hints;
	const struct vm *vm = &y->s->trace.vms.vm[number];
	u32 group = number < y->replay.vcpus.nr_group_of ? y->replay.vcpus.group_of[number]
							 : VCPU_NOBODY;
	struct vm_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	*to = (struct yield_vm){
		.head = vm_view_of(vm, &y->s->names),
		.hint = m->hint,
		.nr_hints = y->s->trace.ticks ? 0 : y->hints.nr_windows,
		.same = h->same,
		.of = h->of,
	};
	to->head.vcpus = h->vcpus;
	to->head.ipis = h->ipis;
	memcpy(to->head.state, h->state, sizeof(to->head.state));
	build_hints(y, m, h);
	if (group == VCPU_NOBODY)
		return 0;
	if (!h->ipis)
		to->head.vcpus = y->replay.vcpus.vm[group].nr;
	for (u32 i = 0; i < y->replay.vcpus.vm[group].nr; i++) {
		const struct thread *t = threads_find(
			&y->s->threads,
			y->replay.vcpus.vcpu[y->replay.vcpus.vm[group].first + i].pid);

		to->inferred |= t && t->vm_known == KNOWN_INFERRED;
	}
	if (have_acks(y)) {
		build_ack(y, m, group, h->ipis);
		to->ack = &m->ack;
	}
	if (have_spins(y)) {
		to->replay = &m->replay;
		return build_replay(y, m, group);
	}
	return 0;
}

static bool is_shown(const struct yield_run *y, u32 number)
{
	u32 group = number < y->replay.vcpus.nr_group_of ? y->replay.vcpus.group_of[number]
							 : VCPU_NOBODY;

	if (number < y->hints.nr_vm && y->hints.vm[number].ipis)
		return true;
	return group != VCPU_NOBODY && have_spins(y) && y->replay.score.vm[group].spins;
}

/* Markers may have changed it in the run. */
static void name_kernel_policy(struct yield_run *y)
{
	const struct policy *p = &policies[y->replay.opt.kernel_policy];

	snprintf(y->kernel_policy, sizeof(y->kernel_policy), "%s%s", p->name,
		 p->relaxed ? "+relaxed" : "");
}

/* VMs by pid, then id. */
int yield_view_init(struct yield_run *y)
{
	struct trace *t = &y->s->trace;
	u32 *order = vm_view_order(&t->vms), nr = 0;

	y->in = calloc(t->nr_in, sizeof(*y->in));
	y->vm = calloc((size_t)t->vms.nr + 1, sizeof(*y->vm));
	if (!order || !y->in || !y->vm) {
		free(order);
		return -ENOMEM;
	}
	for (u32 i = 0; i < t->nr_in; i++)
		input_view_of(&y->in[i], &t->in[i]);
	for (u32 i = 0; i < t->vms.nr; i++)
		if (is_shown(y, order[i]))
			order[nr++] = order[i];
	needs_record(yield_needs, YIELD_UNTRACKED, y->missing[2]);
	name_kernel_policy(y);
	y->view = (struct yield_view){
		.in = y->in,
		.nr_in = t->nr_in,
		.source = recording_source(y->s),
		.vm = y->vm,
		.duration_ns = recording_span(y->s),
		.window_ns = y->opt.window_ns,
		.kernel = t->in[0].c.release,
		.command = y->command,
		.missing_ack = have_acks(y) ? NULL
			       : y->s->trace.ticks
				       ? "-C local"
				       : needs_record(yield_needs, YIELD_ACKS, y->missing[0]),
		.missing_replay = have_spins(y) ? NULL
				  : y->s->trace.ticks
					  ? "-C local"
					  : needs_record(yield_needs, YIELD_REPLAY | YIELD_WOKEN,
							 y->missing[1]),
		.missing_woken = seen_missing(&y->seen, yield_needs, YIELD_WOKEN, y->missing[3]),
	};
	for (; y->view.nr_vm < nr; y->view.nr_vm++)
		if (yield_view_build_vm(y, &y->vm[y->view.nr_vm], order[y->view.nr_vm]))
			break;
	free(order);
	return y->view.nr_vm == nr ? 0 : -ENOMEM;
}

void yield_release(struct yield_run *y)
{
	for (u32 i = 0; y->vm && i < y->view.nr_vm; i++)
		free((void *)y->vm[i].hint); /* the first member of its struct vm_memory */
	free(y->vm);
	free(y->in);
	replay_release(&y->replay);
	hints_release(&y->hints);
	probe_release(&y->target);
	probe_release(&y->result);
	*y = (struct yield_run){ 0 };
}
