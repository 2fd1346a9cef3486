/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * groups.h - sorts threads into VMs by evidence that two of them belong together.
 *
 * A node is a thread; its slot is the vCPU it runs: no VM has two threads with the same slot. Some
 * nodes have a label, a VM that is known: two labels never meet in a group. Evidence is a weight
 * between two nodes; some of it is wrong (an interrupt of the same vector in another VM), so groups
 * are joined by the sums between them, best friends first, and never against slots or labels.
 */
#ifndef KVM_IPI_GROUPS_H
#define KVM_IPI_GROUPS_H

#include "util/rows.h"

#define GROUP_NONE UINT32_MAX /* no slot, no label */

struct group_vote {
	u32 a, b; /* nodes, a < b */
	u64 weight;
};

struct group_node {
	u32 slot;  /* GROUP_NONE: never joins anything */
	u32 label; /* or GROUP_NONE */
	u32 group; /* the number of one node of its group, the same for all of them */
	u32 next;  /* the group's next node, or GROUP_NONE */
	u32 dense; /* slot, renumbered without holes */
};

struct groups {
	struct group_vote *vote;
	u32 nr_votes, room;
	struct rows_index index; /* by (a, b) */
	struct group_node *node;
	u32 nr;
};

/* All zero is empty. */
void groups_release(struct groups *g);

/* Evidence that a and b belong together; a == b is ignored. 0 or -ENOMEM. */
int groups_vote(struct groups *g, u32 a, u32 b, u32 weight);

/*
 * Begins with a group for each node, those of equal label together; slot and label are filled in by
 * the caller in between: groups_nodes(), then fill node[], then groups_join(). 0 or -ENOMEM.
 */
int groups_nodes(struct groups *g, u32 nr);
int groups_join(struct groups *g);

#endif
