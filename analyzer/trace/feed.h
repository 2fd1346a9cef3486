/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * feed.h - IPIs of an ordered run for order-free analyses: filtered, counted and handed on in
 * batches, as an unordered run does.
 */
#ifndef KVM_IPI_FEED_H
#define KVM_IPI_FEED_H

#include "trace/trace.h"

#define FEED_BATCH 128

struct feed {
	struct trace *t;
	struct filter *filter;
	const struct analysis *list;
	u32 nr_list;
	struct ipi_event ev[FEED_BATCH];
	u32 nr;
};

/* Hands on what has gathered. 0 or -errno, as below. */
int feed_flush(struct feed *f);
int feed_ipi(struct feed *f, const struct ipi_event *ipi);

/* An ordered analysis over a struct feed: takes the IPIs of kvm_ipi_track. */
extern const struct ordered_ops feed_ops;

#endif
