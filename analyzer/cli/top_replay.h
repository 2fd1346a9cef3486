/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_replay.h - a recording as a backend of `top`: what the screen would have shown.
 *
 * The recording is read once, in any order, and counted by interval and key, so that memory grows
 * with what changed in an interval and not with the events. Each reading is one interval later.
 */
#ifndef KVM_IPI_CLI_TOP_REPLAY_H
#define KVM_IPI_CLI_TOP_REPLAY_H

#include "live/live.h"

/* 0 or -errno with its line; -ENODATA: no IPI in it. */
int top_replay_open(struct live *l, const char *path, u64 interval_ns, struct err *err);
/* Whether the last reading had all of it. */
bool top_replay_ended(const struct live *l);

#endif
