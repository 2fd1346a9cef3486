// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - see page.h. The innermost loop of the program.
 *
 * The address of a record depends on the length of the one before, which has to be loaded first:
 * that latency would be most of the walk. Traces are runs of equal events, so the walk bets that
 * the next record is as long as the last one: a right bet costs a compare, and the processor goes
 * ahead without waiting for the load.
 */
#include "input/page.h"

#define COMMIT_MASK   ((1u << 27) - 1)
#define MISSED	      (1u << 31)
#define MISSED_STORED (1u << 30)

enum { TYPE_LONG = 0, TYPE_DATA_MAX = 28, TYPE_PADDING, TYPE_EXTEND, TYPE_ABSOLUTE };

#define ABSOLUTE_BITS 59
#define DELTA_BITS    27

bool page_walk_init(struct page_walk *w, const u8 *page, u32 size)
{
	u32 commit = load32(page + 8);
	u32 used = commit & COMMIT_MASK;

	*w = (struct page_walk){
		.page = page, .pos = PAGE_HEADER, .end = PAGE_HEADER + used, .ts = load64(page)
	};
	if (used > size - PAGE_HEADER || used % 4) {
		w->end = PAGE_HEADER;
		return false;
	}
	w->gap = commit & MISSED;
	w->lost = LOST_UNKNOWN;
	if (w->gap && (commit & MISSED_STORED) && w->end + 8 <= size)
		w->lost = load64(page + w->end);
	return true;
}

/*
 * A record that is not plain data, or does not fit. Moves past it; true when it was a (long) data
 * record, which is in *rec then.
 */
static bool walk_other(struct page_walk *w, u32 head, struct rec *rec)
{
	const u8 *p = w->page + w->pos;
	u32 type = head & 31, delta = head >> 5, left = w->end - w->pos;
	u32 array, size;

	if (type == TYPE_PADDING && !delta) {
		w->pos = w->end;
		return false;
	}
	if (left < 8 || (type >= 1 && type <= TYPE_DATA_MAX))
		goto damaged;
	array = load32(p + 4);
	switch (type) {
	case TYPE_EXTEND:
		w->ts += ((u64)array << DELTA_BITS) + delta;
		w->pos += 8;
		return false;
	case TYPE_ABSOLUTE:
		w->ts = (w->ts >> ABSOLUTE_BITS << ABSOLUTE_BITS) | ((u64)array << DELTA_BITS) |
			delta;
		w->pos += 8;
		return false;
	case TYPE_PADDING:
		if (array > left - 4)
			goto damaged;
		w->ts += delta;
		w->pos += 4 + (array + 3) / 4 * 4;
		w->pos = min_of(w->pos, w->end);
		return false;
	}
	/* TYPE_LONG: the length counts itself and is rounded up. */
	if (array < 8 || array > left - 4)
		goto damaged;
	size = (array + 3) / 4 * 4;
	w->ts += delta;
	*rec = (struct rec){ .ts = w->ts, .off = w->pos + 8, .len = array - 4 };
	w->pos = min_of(w->pos + 4 + size, w->end);
	return true;

damaged:
	w->damaged = true;
	w->pos = w->end;
	return false;
}

#define NO_TYPE 32 /* no record's */

/*
 * Data records up to one that is none, or does not fit; rec has room for max. Returns how many; w
 * stands behind the last.
 */
static u32 walk_data(struct page_walk *w, struct rec *rec, u32 max)
{
	const u8 *p = w->page + w->pos, *end = w->page + w->end;
	u32 type = NO_TYPE, step = 4; /* the bet, and how far the next record is then */
	u64 place = 0;		      /* off and len, as they lie in a record */
	struct rec *r = rec;
	u64 ts = w->ts;

	while (r < rec + max) {
		u32 head;

		if (unlikely(p + step > end)) {
			if (p >= end)
				break;
			type = NO_TYPE;
		}
		head = load32(p);
		if (unlikely((head & 31) != type)) {
			type = head & 31;
			step = 4 + 4 * type;
			place = (u64)(p - w->page + 4) | (u64)(step - 4) << 32;
			if (type - 1 >= TYPE_DATA_MAX || p + step > end)
				break;
		}
		ts += head >> 5;
		r->ts = ts;
		memcpy(&r->off, &place, sizeof(place));
		place += step;
		p += step;
		r++;
	}
	w->pos = (u32)(p - w->page);
	w->ts = ts;
	return (u32)(r - rec);
}

bool page_walk_next(struct page_walk *w, struct batch *b)
{
	u32 nr = 0;

	b->page = w->page;
	b->gap = w->gap;
	b->lost = w->lost;
	w->gap = false;
	for (;;) {
		nr += walk_data(w, &b->rec[nr], BATCH_MAX - nr);
		if (w->pos >= w->end || nr == BATCH_MAX)
			break;
		nr += walk_other(w, load32(w->page + w->pos), &b->rec[nr]);
	}
	b->nr = nr;
	return nr || b->gap;
}
