// SPDX-License-Identifier: GPL-2.0-only
/*
 * score_kinds.c - see score_kinds.h. Each policy's verdicts, and the sweep of windows.
 */
#include "analysis/yield/score_kinds.h"

#include <errno.h>
#include <stdlib.h>

void score_kinds_release(struct score_kinds *k)
{
	free(k->kind);
	rows_index_release(&k->index);
}

/* The number of the kind, which is new at its first spin; -ENOMEM. */
static s64 kind_number(struct score_kinds *k, u64 high, u64 low)
{
	struct score_kind *grown = rows_grown(k->kind, &k->room, k->index.nr, sizeof(*grown));
	u32 nr = k->index.nr;
	s64 at;

	if (!grown)
		return -ENOMEM;
	k->kind = grown;
	at = rows_index_add(&k->index, high, low);
	if (at == nr)
		k->kind[at] = (struct score_kind){ .key = { high, low } };
	return at;
}

static bool is_stale(const struct policy_view *v, u32 pick, const struct policy *p)
{
	return p->rule != ACK_NONE && p != &policies[POLICY_ORACLE] && pick == v->hint[p->rule] &&
	       pick != POLICY_NONE;
}

static bool is_overboost(const struct policy_view *v, u32 pick)
{
	return (vcpu_bit(v->vm->mask[VCPU_BLOCKING], pick) && !vcpu_bit(v->awaited, pick)) ||
	       vcpu_bit(v->in_spin, pick);
}

/* What a pick is, whoever picks it. */
enum { IS_PICK = 1, IS_HIT = 2, IS_OVERBOOST = 4, VERDICT_BITS = 3 };

/* The i-th of those that stand in a key beside each other. */
static inline u64 verdict_at(u64 verdicts, int i)
{
	return verdicts >> (VERDICT_BITS * i) & ((1u << VERDICT_BITS) - 1);
}

static u64 judge(const struct policy_view *v, u32 pick)
{
	if (pick == POLICY_NONE)
		return 0;
	return IS_PICK | (vcpu_bit(v->awaited, pick) ? IS_HIT : 0) |
	       (is_overboost(v, pick) ? IS_OVERBOOST : 0);
}

static void score_count(struct score_counts *c, u64 verdict, bool helpable, bool stale, u64 spins)
{
	c->picks += verdict & IS_PICK ? spins : 0;
	c->hits += verdict & IS_HIT ? spins : 0;
	c->missed += helpable && !(verdict & IS_HIT) ? spins : 0;
	c->stale += stale ? spins : 0;
	c->overboost += verdict & IS_OVERBOOST ? spins : 0;
}

/*
 * A kind's key. Low: for each policy the first one that picks the same. High: for each of these
 * what the pick is; then whose pick is stale, and whether an awaited vCPU could have been helped.
 */
#define FIRST_BITS  4
#define STALE_AT    (VERDICT_BITS * NR_POLICIES)
#define HELPABLE_AT (STALE_AT + NR_POLICIES)
_Static_assert(FIRST_BITS *NR_POLICIES <= 64 && NR_POLICIES <= 1 << FIRST_BITS && HELPABLE_AT < 64,
	       "a kind's key holds all policies");

static int first_of(const struct score_kind *k, int policy)
{
	return (int)(k->key[1] >> (FIRST_BITS * policy) & ((1u << FIRST_BITS) - 1));
}

static u64 verdict_of(const struct score_kind *k, int policy)
{
	return verdict_at(k->key[0], first_of(k, policy));
}

/* One more spin of its kind. */
int score_count_policies(struct score *s, struct score_picks *p, const struct policy_view *v,
			 bool helpable)
{
	struct score_vm *vm = score_vm_of(s, p->vcpu);
	bool acked = acks_hint_acked(s->acks, p->vcpu);
	u64 high = (u64)helpable << HELPABLE_AT | judge(v, p->pick[0]), low = 0;
	s64 kind;

	for (int i = 1; i < NR_POLICIES; i++) {
		int first = 0;

		while (p->pick[first] != p->pick[i])
			first++;
		low |= (u64)first << (FIRST_BITS * i);
		if (first == i)
			high |= judge(v, p->pick[i]) << (VERDICT_BITS * i);
	}
	for (int i = 0; i < NR_POLICIES && unlikely(acked); i++)
		high |= (u64)is_stale(v, p->pick[i], &policies[i]) << (STALE_AT + i);
	kind = kind_number(&vm->kinds, high, low);
	if (kind < 0)
		return (int)kind;
	p->kind = (u32)kind;
	vm->kinds.kind[kind].spins++;
	return 0;
}

void score_sure(struct score *s, const struct score_picks *p)
{
	struct score_vm *vm = score_vm_of(s, p->vcpu);

	if (!p->counts || p->confidence <= HYPOTHESES_SURE)
		return;
	vm->sure++;
	vm->kinds.kind[p->kind].sure++;
}

struct score_counts score_policy(const struct score_vm *vm, int policy, bool sure)
{
	struct score_counts c = { 0 };

	for (u32 i = 0; i < vm->kinds.index.nr; i++) {
		const struct score_kind *k = &vm->kinds.kind[i];

		score_count(&c, verdict_of(k, policy), k->key[0] >> HELPABLE_AT & 1,
			    k->key[0] >> (STALE_AT + policy) & 1, sure ? k->sure : k->spins);
	}
	return c;
}

u64 score_same(const struct score_vm *vm, int a, int b)
{
	u64 same = 0;

	for (u32 i = 0; i < vm->kinds.index.nr; i++) {
		const struct score_kind *k = &vm->kinds.kind[i];

		same += first_of(k, a) == first_of(k, b) ? k->spins : 0;
	}
	return same;
}

/* The first window that is as long as ns; nr_windows: none is. */
static u32 first_window(const struct score *s, u64 ns)
{
	u32 i = 0;

	while (i < s->nr_windows && s->window[i] < ns)
		i++;
	return i;
}

/* The policies that a window is swept for: as a filter and as a priority. */
enum { SWEPT_FILTER, SWEPT_FIRST, NR_SWEPT };
static const int swept[NR_SWEPT] = { POLICY_V3_RELAXED, POLICY_FIRST };
#define SWEPT_BITS (VERDICT_BITS * NR_SWEPT)

/* What the swept policies' picks with that hint are: asked, or known if it is the spin's. */
static u64 sweep_verdicts(const struct score_picks *p, struct policy_view *v, u32 hint, bool known)
{
	u64 verdicts = 0;

	v->hint[ACK_V3] = hint;
	for (int i = 0; i < NR_SWEPT; i++) {
		const struct policy *policy = &policies[swept[i]];

		verdicts |= judge(v, known ? p->pick[swept[i]] : policy->pick(v, policy))
			    << (VERDICT_BITS * i);
	}
	return verdicts;
}

/* The verdicts without the hint of that vCPU, and with it. */
static u64 sweep_hint(const struct score *s, const struct score_picks *p,
		      const struct score_context *c, u32 at)
{
	struct policy_view *v = c->view;
	u32 own = v->hint[ACK_V3], hint;
	u64 verdicts = sweep_verdicts(p, v, POLICY_NONE, c->probed && own == POLICY_NONE);

	if (at == VCPU_NOBODY) {
		verdicts |= verdicts << SWEPT_BITS;
	} else {
		hint = s->vcpus->vcpu[at].slot;
		verdicts |= sweep_verdicts(p, v, hint, c->probed && own == hint) << SWEPT_BITS;
	}
	v->hint[ACK_V3] = own;
	return verdicts;
}

/*
 * A hint is believed from the first window on that is as long as its age, and makes one pick
 * without it and one with it. A kind's key: the verdicts without, with; whether an awaited vCPU
 * could have been helped; that window; and the first one in which the hint, ended by the window
 * alone, was stale. nr_windows: none.
 */
#define SWEEP_HELPABLE (2 * SWEPT_BITS)
#define SWEEP_WINDOW   (SWEEP_HELPABLE + 1)
#define SWEEP_STALE    (SWEEP_WINDOW + 8)
_Static_assert(HINT_WINDOWS_MAX < 256, "a window's number is 8 bits");

/* Who of the mask could be helped: yield_to() would succeed. */
static bool can_help(const struct policy_view *v, const u64 *mask)
{
	u64 help = 0;

	for (u32 w = 0; w < v->words; w++)
		help |= mask[w] & v->yields[w];
	return help;
}

/* The first window in which the hint was stale, if it could be followed. */
static u32 stale_window(const struct score *s, const struct score_picks *p,
			const struct policy_view *v)
{
	u64 age;
	u32 old, slot;

	if (!acks_hint_acked(s->acks, p->vcpu))
		return s->nr_windows;
	old = acks_confirmed(s->acks, p->vcpu, ACK_NONE, p->ts, UINT64_MAX, &age);
	if (old == VCPU_NOBODY)
		return s->nr_windows;
	slot = s->vcpus->vcpu[old].slot;
	return vcpu_bit(v->yields, slot) && vcpu_bit(v->vm->mask[VCPU_READY], slot)
		       ? first_window(s, age)
		       : s->nr_windows;
}

/*
 * The sweep. A hint is there or not: two searches per policy answer for all windows. Who is awaited
 * is a fact of the guest, not of the window that a policy looks through: the largest one of the
 * sweep.
 */
int score_count_sweep(struct score *s, const struct score_picks *p, const struct score_context *c)
{
	struct score_kinds *sweep = &score_vm_of(s, p->vcpu)->sweep;
	const u64 *awaited = c->view->awaited;
	u64 age = 0, key;
	u32 at = acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, UINT64_MAX, &age);
	u32 window = at == VCPU_NOBODY ? s->nr_windows : first_window(s, age);
	s64 kind;

	c->view->awaited = c->awaited_long;
	key = sweep_hint(s, p, c, at);
	c->view->awaited = awaited;
	key |= (u64)can_help(c->view, c->awaited_long) << SWEEP_HELPABLE;
	key |= (u64)window << SWEEP_WINDOW;
	key |= (u64)stale_window(s, p, c->view) << SWEEP_STALE;
	kind = kind_number(sweep, 0, key);
	if (kind < 0)
		return (int)kind;
	sweep->kind[kind].spins++;
	return 0;
}

struct score_window score_window(const struct score *s, const struct score_vm *vm, u32 i)
{
	struct score_window w = { 0 };

	for (u32 n = 0; n < vm->sweep.index.nr; n++) {
		const struct score_kind *k = &vm->sweep.kind[n];
		u64 key = k->key[1];
		bool with = (key >> SWEEP_WINDOW & 255) <= i, helpable = key >> SWEEP_HELPABLE & 1;
		u64 verdicts = with ? key >> SWEPT_BITS : key;

		score_count(&w.filter, verdict_at(verdicts, SWEPT_FILTER), helpable, false,
			    k->spins);
		score_count(&w.first, verdict_at(verdicts, SWEPT_FIRST), helpable, false, k->spins);
		w.stale += key >> SWEEP_STALE <= i ? k->spins : 0;
	}
	return w;
}

u64 score_suggest(const struct score *s, const struct score_vm *vm)
{
	struct score_window last = score_window(s, vm, s->nr_windows - 1);

	for (u32 i = 0; i < s->nr_windows; i++) {
		struct score_window w = score_window(s, vm, i);

		if (100 * w.filter.hits >= 99 * last.filter.hits &&
		    100 * w.first.hits >= 99 * last.first.hits)
			return s->window[i];
	}
	return s->window[s->nr_windows - 1];
}
