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
	bool relaxed;		/* with the series' second, relaxed round */
	u32 (*pick)(const struct policy_view *v, const struct policy *self);
	enum ack_rule rule;	/* which hints it uses */
};

/* The rows, the kernel's own first. */
enum { POLICY_STOCK, POLICY_ANY_PENDING, POLICY_V2, POLICY_V2_RELAXED, POLICY_V3, POLICY_V3_RELAXED,
       POLICY_FIRST, POLICY_ORACLE, NR_POLICIES };
extern const struct policy policies[NR_POLICIES];

/* The kernel's own rule; which generation of kernels is the view's order. */
static inline u32 policy_stock(const struct policy_view *v)
{
	return policy_scan(v, v->stock, NULL);
}

#endif
