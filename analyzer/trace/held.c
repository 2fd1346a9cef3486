// SPDX-License-Identifier: GPL-2.0-only
/* held.c - see held.h. */
#include "trace/held.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

int held_init(struct held *h, u32 wanted, const struct ordered *list, u32 nr)
{
	*h = (struct held){ .wanted = wanted, .list = list, .nr_list = nr };
	h->event = malloc(HELD_MAX * sizeof(*h->event));
	return h->event ? 0 : -ENOMEM;
}

void held_release(struct held *h)
{
	free(h->event);
	free(h->open);
	free(h->placed);
}

struct event *held_at(const struct held *h, u64 seq)
{
	return &h->event[seq % HELD_MAX];
}

void held_add(struct held *h, const struct event *ev)
{
	*held_at(h, h->next++) = *ev;
}

int held_flush(struct held *h)
{
	u32 nr = h->nr_out;
	int ret = 0;

	h->nr_out = 0;
	for (u32 i = 0; i < h->nr_list && !ret && nr; i++)
		ret = h->list[i].ops->records(h->list[i].self, h->out, nr);
	return ret;
}

int held_pass(struct held *h, const struct event *ev)
{
	if (ev->kind != EV_GAP && !(h->wanted & EV_BIT(ev->kind)))
		return 0;
	h->out[h->nr_out++] = *ev;
	return h->nr_out == HELD_OUT ? held_flush(h) : 0;
}

int held_open_thread(struct held *h, s32 pid, u64 seq)
{
	struct held_open *grown;

	for (u32 i = 0; i < h->nr_open; i++)
		if (h->open[i].pid == pid)
			return 0;
	grown = rows_grown(h->open, &h->room_open, h->nr_open, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	h->open = grown;
	h->open[h->nr_open++] = (struct held_open){ pid, seq };
	return 0;
}

void held_close_thread(struct held *h, s32 pid)
{
	u32 kept = 0;

	for (u32 i = 0; i < h->nr_open; i++)
		if (h->open[i].pid != pid)
			h->open[kept++] = h->open[i];
	h->nr_open = kept;
}

void held_close_all(struct held *h)
{
	h->nr_open = 0;
}

int held_place(struct held *h, u64 seq, const struct event *ev)
{
	struct held_placed *grown = rows_grown(h->placed, &h->room_placed, h->nr_placed,
					       sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	h->placed = grown;
	h->placed[h->nr_placed++] = (struct held_placed){ max_of(seq, h->first), *ev };
	return 0;
}

/* The oldest event, and the IPIs that come behind it, in the order in which they were placed. */
static int go_one(struct held *h)
{
	u32 kept = 0;
	int ret = held_pass(h, held_at(h, h->first));

	for (u32 i = 0; i < h->nr_placed && !ret; i++)
		if (h->placed[i].seq == h->first)
			ret = held_pass(h, &h->placed[i].ev);
		else
			h->placed[kept++] = h->placed[i];
	h->nr_placed = kept;
	h->first++;
	return ret;
}

int held_go(struct held *h, bool all)
{
	int ret = 0;

	while (!ret && h->first < h->next) {
		bool full = h->next - h->first == HELD_MAX;

		if (h->nr_open && h->open[0].seq <= h->first && !all && !full)
			break;
		if (full && h->nr_open && h->open[0].seq <= h->first)
			held_close_thread(h, h->open[0].pid);
		ret = go_one(h);
	}
	return ret;
}
