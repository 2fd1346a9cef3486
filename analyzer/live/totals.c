// SPDX-License-Identifier: GPL-2.0-only
/* totals.c - see totals.h. */
#include "live/totals.h"

#include <errno.h>
#include <stdlib.h>

void totals_init(struct totals *t, bool vm_ids)
{
	*t = (struct totals){ .vm_ids = vm_ids };
}

void totals_release(struct totals *t)
{
	for (u32 i = 0; i < t->nr_vms; i++) {
		free(t->vm[i].seen);
		for (u32 s = 0; s < NR_LIVE_STAGES; s++)
			hist_release(&t->vm[i].stage[s]);
	}
	free(t->vm);
	free(t->pair);
	free(t->row);
	free(t->bucket);
	free(t->order);
	rows_index_release(&t->vms);
	rows_index_release(&t->pairs);
	rows_index_release(&t->rows);
	rows_index_release(&t->buckets);
	totals_init(t, t->vm_ids);
}

static s64 find_vm(struct totals *t, u64 key, s32 pid)
{
	struct totals_vm *vm = rows_grown(t->vm, &t->room_vms, t->nr_vms, sizeof(*vm));
	s64 at = vm ? rows_index_add(&t->vms, key, 0) : -ENOMEM;

	if (vm)
		t->vm = vm;
	if (at < 0 || at < t->nr_vms)
		return at;
	vm[at] = (struct totals_vm){ .key = key, .pid = pid, .hottest = TOTALS_NO_PAIR };
	t->nr_vms++;
	vm[at].id = t->vm_ids ? (u32)key : t->nr_vms;
	for (u32 s = 0; s < NR_LIVE_STAGES; s++)
		hist_init(&vm[at].stage[s], LIVE_BITS);
	return at;
}

static int see_vcpu(struct totals_vm *vm, u32 id)
{
	u64 bit = 1ull << id % 64;
	u64 *seen;

	if (id >= TOTALS_VCPUS)
		return 0;
	seen = rows_zeroed(vm->seen, &vm->seen_words, id / 64, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	vm->seen = seen;
	vm->vcpus += !(seen[id / 64] & bit);
	seen[id / 64] |= bit;
	return 0;
}

static s64 find_pair(struct totals *t, const struct live_key *key)
{
	struct totals_pair *pair = rows_grown(t->pair, &t->room_pairs, t->nr_pairs, sizeof(*pair));
	s64 vm = find_vm(t, key->vm, key->vm_pid), at;

	if (!pair || vm < 0)
		return -ENOMEM;
	t->pair = pair;
	at = rows_index_add(&t->pairs, (u64)vm, (u64)key->src << 32 | key->dst);
	if (at < 0 || at < t->nr_pairs)
		return at;
	pair[at] = (struct totals_pair){ (u32)vm, key->src, key->dst, 0, 0 };
	t->nr_pairs++;
	if (see_vcpu(&t->vm[vm], key->src) || see_vcpu(&t->vm[vm], key->dst))
		return -ENOMEM;
	return at;
}

static s64 find_row(struct totals *t, const struct live_key *key)
{
	struct totals_row *row = rows_grown(t->row, &t->room_rows, t->nr_rows, sizeof(*row));
	s64 pair = row ? find_pair(t, key) : -ENOMEM, at;

	if (row)
		t->row = row;
	if (pair < 0)
		return pair;
	at = rows_index_add(&t->rows, (u64)pair,
			    (u64)key->vector << 16 | (u64)key->path << 8 | key->state);
	if (at < 0 || at < t->nr_rows)
		return at;
	row[at] = (struct totals_row){ .key = *key, .pair = (u32)pair, .place = UINT32_MAX };
	t->nr_rows++;
	return at;
}

/* The sum of an entry: what is new in it. A smaller one is of an entry that was made anew. */
static u64 take_sum(u64 *before, u64 *now, u64 sum)
{
	u64 fresh = sum - *now;

	if (sum < *now) {
		*before += *now;
		fresh = sum;
	}
	*now = sum;
	return fresh;
}

static void count_new(struct totals *t, const struct totals_row *r, u64 fresh)
{
	struct totals_pair *pair = &t->pair[r->pair];
	struct totals_vm *vm = &t->vm[pair->vm];
	u32 path = min_of(r->key.path, (u8)NR_LIVE_PATHS);
	u32 state = min_of(r->key.state, (u8)NR_LIVE_STATES);

	pair->ipis += fresh;
	pair->new_ipis += fresh;
	vm->ipis += fresh;
	vm->new_ipis += fresh;
	vm->path[path] += fresh;
	vm->state[state] += fresh;
	vm->new_state[state] += fresh;
	t->ipis += fresh;
	t->new_ipis += fresh;
}

/*
 * The row of the i-th entry. A map is read in the order of its hash, so an entry mostly follows the
 * one that it followed before; expected: where it would then be in the last order.
 */
static s64 expect_row(struct totals *t, const struct live_key *key, u32 *expected)
{
	s64 at;

	if (*expected < t->nr_order) {
		at = t->order[*expected];
		if (!memcmp(&t->row[at].key, key, sizeof(*key))) {
			++*expected;
			return at;
		}
	}
	at = find_row(t, key);
	if (at >= 0 && t->row[at].place != UINT32_MAX)
		*expected = t->row[at].place + 1;
	return at;
}

static int take_rows(struct totals *t, const struct live_counts *c)
{
	u32 expected = 0, *order = malloc((c->nr_rows + 1) * sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (u32 i = 0; i < c->nr_rows; i++) {
		s64 at = expect_row(t, &c->row[i].key, &expected);
		u64 fresh;

		if (at < 0) {
			free(order);
			return -ENOMEM;
		}
		order[i] = (u32)at;
		fresh = take_sum(&t->row[at].before, &t->row[at].now, c->row[i].count);
		if (fresh)
			count_new(t, &t->row[at], fresh);
	}
	for (u32 i = 0; i < c->nr_rows; i++)
		t->row[order[i]].place = i;
	free(t->order);
	t->order = order;
	t->nr_order = c->nr_rows;
	return 0;
}

static int take_bucket(struct totals *t, const struct live_bucket_key *key, u64 sum)
{
	s64 vm = rows_index_find(&t->vms, key->vm, 0), at;
	struct totals_bucket *b;
	u64 fresh;

	b = rows_grown(t->bucket, &t->room_buckets, t->nr_buckets, sizeof(*b));
	if (!b)
		return -ENOMEM;
	t->bucket = b;
	/* Read before its VM's first IPI was: it comes with the next reading. */
	if (vm < 0 || key->stage >= NR_LIVE_STAGES)
		return 0;
	at = rows_index_add(&t->buckets, (u64)vm,
			    (u64)key->bucket << 16 | (u64)key->stage << 8 | key->state);
	if (at < 0)
		return -ENOMEM;
	if (at == t->nr_buckets) {
		b[at] = (struct totals_bucket){ (u32)vm, key->bucket, key->stage, key->state, 0 };
		t->nr_buckets++;
	}
	fresh = sum > b[at].count ? sum - b[at].count : 0;
	b[at].count += fresh;
	return fresh ? hist_add_bucket(&t->vm[vm].stage[key->stage], key->bucket, fresh) : 0;
}

static void begin_interval(struct totals *t)
{
	t->new_ipis = 0;
	for (u32 i = 0; i < t->nr_pairs; i++)
		t->pair[i].new_ipis = 0;
	for (u32 i = 0; i < t->nr_vms; i++) {
		struct totals_vm *vm = &t->vm[i];

		vm->new_ipis = 0;
		memset(vm->new_state, 0, sizeof(vm->new_state));
		vm->hottest = TOTALS_NO_PAIR;
		for (u32 s = 0; s < NR_LIVE_STAGES; s++)
			hist_release(&vm->stage[s]);
	}
}

/* The pair with the most IPIs; of equal ones the first by sender and receiver. */
static bool is_hotter(const struct totals_pair *a, const struct totals_pair *b)
{
	if (a->new_ipis != b->new_ipis)
		return a->new_ipis > b->new_ipis;
	return a->src != b->src ? a->src < b->src : a->dst < b->dst;
}

static void end_interval(struct totals *t)
{
	for (u32 i = 0; i < t->nr_pairs; i++) {
		struct totals_vm *vm = &t->vm[t->pair[i].vm];

		if (t->pair[i].new_ipis && (vm->hottest == TOTALS_NO_PAIR ||
					    is_hotter(&t->pair[i], &t->pair[vm->hottest])))
			vm->hottest = i;
	}
	for (u32 i = 0; i < t->nr_vms; i++) {
		struct totals_vm *vm = &t->vm[i];

		vm->trend[vm->trend_at] = vm->new_ipis;
		vm->trend_at = (vm->trend_at + 1) % TOTALS_TREND;
		vm->intervals = min_of(vm->intervals + 1, (u32)TOTALS_TREND);
		vm->quiet = vm->new_ipis ? 0 : vm->quiet + 1;
	}
}

int totals_update(struct totals *t, const struct live_counts *c)
{
	begin_interval(t);
	if (take_rows(t, c))
		return -ENOMEM;
	for (u32 i = 0; i < c->nr_buckets; i++)
		if (take_bucket(t, &c->bucket[i].key, c->bucket[i].count))
			return -ENOMEM;
	end_interval(t);
	return 0;
}

int totals_latency(const struct totals *t, u32 vm, u32 stage, u32 state, struct hist *h)
{
	hist_init(h, LIVE_BITS);
	for (u32 i = 0; i < t->nr_buckets; i++) {
		const struct totals_bucket *b = &t->bucket[i];

		if (b->vm != vm || b->stage != stage ||
		    (state != TOTALS_STATES && b->state != state))
			continue;
		if (hist_add_bucket(h, b->bucket, b->count))
			return -ENOMEM;
	}
	return 0;
}
