/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policies.h - who a spinning vCPU yields to: the rules that are compared, a row each.
 *
 * Adding one is its function and its row in policies.c, and its place in the list below; everything
 * that counts, compares and prints policies goes over the rows.
 */
#ifndef KVM_IPI_POLICIES_H
#define KVM_IPI_POLICIES_H

#include "analysis/yield/policy.h"

struct policy {
	const char *name;
	bool relaxed; /* with the series' second, relaxed round */
	u32 (*pick)(const struct policy_view *v, const struct policy *self);
	enum ack_rule rule; /* which hints it uses */
};

/* The rows, the kernel's own first. */
enum {
	POLICY_STOCK,
	POLICY_ANY_PENDING,
	POLICY_V2,
	POLICY_V2_RELAXED,
	POLICY_V3,
	POLICY_V3_RELAXED,
	POLICY_FIRST,
	POLICY_ORACLE,
	NR_POLICIES
};
extern const struct policy policies[NR_POLICIES];

/* The row of a policy by its name, which has "+relaxed" (or "-relaxed") where it is; or NR_POLICIES. */
int policy_of_name(const char *name);

/*
 * The open vCPUs that a kernel's search by that policy lets pass, of its second round if relaxed,
 * where the spinner's confirmed receiver is that slot (or POLICY_NONE).
 */
void policy_rule(const struct policy_view *v, int policy, bool relaxed, u32 hint, u64 *accept);

/* Whether that receiver is tried before a search: ready, and not blocking without an event. */
static inline bool policy_tries_first(const struct policy_view *v, u32 hint)
{
	return hint != POLICY_NONE && vcpu_bit(v->open, hint);
}

/* The kernel's own rule;
 which generation of kernels is the view's order. */
static inline u32 policy_stock(const struct policy_view *v)
{
	return policy_scan(v, v->stock, NULL);
}

#endif
