// SPDX-License-Identifier: GPL-2.0-only
/* matching.c - see matching.h. VMs are few: each is looked for among all. */
#include "analysis/compare/matching.h"
#include "model/names.h"

struct sides {
	const struct match_vm *before, *after;
	u32 nr_before, nr_after;
	struct match *m;
};

bool match_is(const struct match_vm *vm, const char *word)
{
	struct vm want = { 0 };

	if (vm->name && !strcmp(vm->name, word))
		return true;
	if (vm_parse(word, &want))
		return false;
	return want.have_pid == (vm->vm.have_pid && want.have_pid) &&
	       (!want.have_pid || want.pid == vm->vm.pid) &&
	       (!want.have_id || (vm->vm.have_id && want.id == vm->vm.id));
}

static bool is_taken(const struct sides *s, u32 before)
{
	for (u32 i = 0; i < s->nr_after; i++)
		if (s->m[i].how != MATCH_NOT && s->m[i].to == before)
			return true;
	return false;
}

static void take(const struct sides *s, u32 before, u32 after, enum match_how how)
{
	if (s->m[after].how == MATCH_NOT && !is_taken(s, before))
		s->m[after] = (struct match){ before, how };
}

static void match_rule(const struct sides *s, const struct match_rule *rule)
{
	for (u32 i = 0; i < s->nr_before; i++)
		for (u32 k = 0; k < s->nr_after; k++)
			if (match_is(&s->before[i], rule->before) &&
			    match_is(&s->after[k], rule->after))
				take(s, i, k, MATCH_RULE);
}

static void match_names(const struct sides *s)
{
	for (u32 i = 0; i < s->nr_before; i++)
		for (u32 k = 0; k < s->nr_after; k++)
			if (s->before[i].name && s->after[k].name &&
			    !strcmp(s->before[i].name, s->after[k].name))
				take(s, i, k, MATCH_NAME);
}

/* Names that differ say that the VMs do. */
static bool may_be(const struct match_vm *a, const struct match_vm *b)
{
	return !a->name || !b->name || !strcmp(a->name, b->name);
}

/* The VM after with the same pid and id; nr_after: there is none. */
static u32 find_ids(const struct sides *s, const struct match_vm *vm)
{
	u32 k = 0;

	while (k < s->nr_after && vm_compare(&vm->vm, &s->after[k].vm))
		k++;
	return k;
}

static void match_ids(const struct sides *s)
{
	bool same = s->nr_before == s->nr_after;

	for (u32 i = 0; i < s->nr_before && same; i++) {
		u32 k = find_ids(s, &s->before[i]);

		same = k < s->nr_after && may_be(&s->before[i], &s->after[k]);
	}
	for (u32 i = 0; i < s->nr_before && same; i++)
		take(s, i, find_ids(s, &s->before[i]), MATCH_IDS);
}

void match_vms(const struct match_vm *before, u32 nr_before, const struct match_vm *after,
	       u32 nr_after, const struct match_rule *rule, u32 nr_rules, struct match *m)
{
	const struct sides s = { before, after, nr_before, nr_after, m };

	for (u32 k = 0; k < nr_after; k++)
		m[k] = (struct match){ 0 };
	for (u32 i = 0; i < nr_rules; i++)
		match_rule(&s, &rule[i]);
	match_names(&s);
	if (nr_before == 1 && nr_after == 1)
		take(&s, 0, 0, MATCH_ALONE);
	match_ids(&s);
}
