// SPDX-License-Identifier: GPL-2.0-only
/* episodes.c - see episodes.h. */
#include "analysis/yield/episodes.h"

#include <errno.h>
#include <stdlib.h>

#define LENGTH_BITS 7
#define SPINS_BITS  4

int episodes_init(struct episodes *e, const struct vcpus *vcpus, const struct acks *acks)
{
	size_t words = 0, at = 0;

	*e = (struct episodes){ .vcpus = vcpus, .acks = acks };
	for (u32 i = 0; i < vcpus->nr_vms; i++)
		words += ((size_t)vcpus->vm[i].nr + 1) * vcpus->vm[i].words;
	e->vm = calloc((size_t)vcpus->nr_vms + 1, sizeof(*e->vm));
	e->at = calloc((size_t)vcpus->nr + 1, sizeof(*e->at));
	e->masks = calloc(words + 1, sizeof(*e->masks));
	if (!e->vm || !e->at || !e->masks)
		return -ENOMEM;
	for (u32 i = 0; i < vcpus->nr_vms; i++) {
		const struct vcpu_vm *vm = &vcpus->vm[i];

		hist_init(&e->vm[i].length, LENGTH_BITS);
		hist_init(&e->vm[i].spins, SPINS_BITS);
		e->vm[i].open = e->masks + at;
		at += vm->words;
		for (u32 n = 0; n < vm->nr; n++, at += vm->words)
			e->at[vm->first + n].set = e->masks + at;
	}
	return 0;
}

void episodes_release(struct episodes *e)
{
	for (u32 i = 0; e->vm && i < e->vcpus->nr_vms; i++) {
		hist_release(&e->vm[i].length);
		hist_release(&e->vm[i].spins);
		rows_index_release(&e->vm[i].shares);
		free(e->vm[i].share);
	}
	free(e->vm);
	free(e->at);
	free(e->masks);
	*e = (struct episodes){ 0 };
}

static struct episodes_vm *vm_at(const struct episodes *e, u32 n)
{
	return &e->vm[e->vcpus->vcpu[n].group];
}

static u32 slot_at(const struct episodes *e, u32 n)
{
	return e->vcpus->vcpu[n].slot;
}

/*
 * The mode of those that could have been yielded to: kernel, if one was, since no rule skips that
 * one; unknown where none was preempted, or the guest's modes cannot be told apart.
 */
static enum episode_mode mode_of(const struct policy_view *v)
{
	u64 *const *m = v->vm->mask;
	u64 kernel = 0, user = 0;

	for (u32 w = 0; w < v->words; w++) {
		u64 can = v->awaited[w] & m[VCPU_READY][w] & v->yields[w] & m[VCPU_PREEMPTED][w];

		kernel |= can & ~m[VCPU_USER][w];
		user |= can & m[VCPU_USER][w];
	}
	if (!v->vm->half)
		return EPISODE_UNKNOWN;
	return kernel ? EPISODE_KERNEL : user ? EPISODE_USER : EPISODE_UNKNOWN;
}

/* The first spin at which an awaited vCPU could have been yielded to: the episode's trial. */
static void try_policies(struct episode *ep, u32 hits, const struct policy_view *v)
{
	ep->helpable = true;
	ep->hits = hits;
	ep->mode = mode_of(v);
	ep->awaited = ep->candidates = 0;
	for (u32 w = 0; w < v->words; w++) {
		ep->candidates += (u32)__builtin_popcountll(v->stock[w]);
		ep->awaited += (u32)__builtin_popcountll(v->stock[w] & v->awaited[w]);
	}
}

void episodes_spin(struct episodes *e, u32 n, u64 ts, const u32 *pick, const struct policy_view *v)
{
	struct episodes_vm *vm = vm_at(e, n);
	struct episode *ep = &e->at[n];
	u32 hits = 0;

	if (!vcpu_bit(vm->open, slot_at(e, n))) {
		*ep = (struct episode){ .set = ep->set, .ts = ts };
		vcpu_set(vm->open, slot_at(e, n), true);
		vm->count++;
		memcpy(ep->set, v->awaited, v->words * sizeof(*ep->set));
	}
	ep->spins++;
	for (int i = 0; i < NR_POLICIES; i++)
		if (pick[i] != POLICY_NONE && vcpu_bit(v->awaited, pick[i]))
			hits |= 1u << i;
	if (!ep->helpable && pick[POLICY_ORACLE] != POLICY_NONE)
		try_policies(ep, hits, v);
	for (u32 left = hits & ~ep->any; left; left &= left - 1)
		ep->first_hit[__builtin_ctz(left)] = ep->spins;
	ep->any |= hits;
}

void episodes_send(struct episodes *e, u32 n, u32 dst)
{
	if (!vcpu_bit(vm_at(e, n)->open, slot_at(e, n)) ||
	    e->vcpus->vcpu[dst].group != e->vcpus->vcpu[n].group)
		return;
	if (vcpu_bit(e->acks->vcpu[n].awaits, slot_at(e, dst)))
		vcpu_set(e->at[n].set, slot_at(e, dst), true);
}

static int add_share(struct episodes_vm *vm, u32 awaited, u32 candidates)
{
	u32 nr = vm->shares.nr;
	struct episode_share *grown = rows_grown(vm->share, &vm->share_room, nr, sizeof(*grown));
	s64 at;

	if (!grown)
		return -ENOMEM;
	vm->share = grown;
	at = rows_index_add(&vm->shares, awaited, candidates);
	if (at < 0)
		return -ENOMEM;
	if (at == nr)
		vm->share[at] = (struct episode_share){ awaited, candidates, 0 };
	vm->share[at].nr++;
	return 0;
}

static int count_helpable(struct episodes_vm *vm, const struct episode *ep, u64 ns)
{
	vm->helpable++;
	vm->helpable_ns += ns;
	vm->of[ep->mode]++;
	for (int i = 0; i < NR_POLICIES; i++) {
		struct episode_policy *p = &vm->policy[i];

		p->hits[ep->mode] += ep->hits >> i & 1;
		p->any += ep->any >> i & 1;
		p->spins_to_hit += ep->any >> i & 1 ? ep->first_hit[i] : 0;
	}
	return add_share(vm, ep->awaited, ep->candidates);
}

/* The last one that vCPU n waited for has answered. */
static int close_episode(struct episodes *e, u32 n, u64 ts)
{
	struct episodes_vm *vm = vm_at(e, n);
	const struct episode *ep = &e->at[n];
	u64 ns = ts - ep->ts;

	vcpu_set(vm->open, slot_at(e, n), false);
	vm->complete++;
	vm->ns += ns;
	vm->yields += ep->yields;
	if (hist_add(&vm->length, ns, 1) || hist_add(&vm->spins, ep->spins, 1))
		return -ENOMEM;
	return ep->helpable ? count_helpable(vm, ep, ns) : 0;
}

/* Whether vCPU n still waits, now that slot may have answered. */
static bool still_waits(struct episodes *e, u32 n, u32 slot, u32 words)
{
	u64 *set = e->at[n].set, any = 0;

	if (!vcpu_bit(e->acks->vcpu[n].awaits, slot))
		vcpu_set(set, slot, false);
	for (u32 w = 0; w < words; w++)
		any |= set[w];
	return any;
}

int episodes_eoi(struct episodes *e, u32 n, u64 ts)
{
	const struct vcpu_vm *vm = &e->vcpus->vm[e->vcpus->vcpu[n].group];
	const u64 *open = vm_at(e, n)->open;
	u32 slot = slot_at(e, n);

	for (u32 w = 0; w < vm->words; w++)
		for (u64 left = open[w]; left; left &= left - 1) {
			u32 waiter = vm->first + w * 64 + (u32)__builtin_ctzll(left);

			if (!vcpu_bit(e->at[waiter].set, slot) ||
			    still_waits(e, waiter, slot, vm->words))
				continue;
			if (close_episode(e, waiter, ts))
				return -ENOMEM;
		}
	return 0;
}

void episodes_yield(struct episodes *e, u32 n)
{
	if (vcpu_bit(vm_at(e, n)->open, slot_at(e, n)))
		e->at[n].yields++;
}

void episodes_cut(struct episodes *e)
{
	for (u32 i = 0; i < e->vcpus->nr_vms; i++)
		memset(e->vm[i].open, 0, e->vcpus->vm[i].words * sizeof(u64));
}

u64 episodes_hits(const struct episodes_vm *vm, int policy)
{
	u64 hits = 0;

	for (int m = 0; m < NR_EPISODE_MODES; m++)
		hits += vm->policy[policy].hits[m];
	return hits;
}
