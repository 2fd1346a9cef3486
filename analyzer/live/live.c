// SPDX-License-Identifier: GPL-2.0-only
/* live.c - see live.h: which backend. */
#include "live/live.h"

#include <errno.h>
#include <stdio.h>

#define REASON_MAX 150 /* of a backend: three of them make a line */

const struct live_ops *const live_backends[] = {
	&live_tracepoint,
	&live_fentry,
	&live_histogram,
	NULL,
};

static const struct live_ops *find_backend(const char *name)
{
	for (u32 i = 0; live_backends[i]; i++)
		if (!strcmp(live_backends[i]->name, name))
			return live_backends[i];
	return NULL;
}

static int try_backend(struct live *l, const struct live_ops *ops, const struct live_options *o,
		       struct err *err)
{
	int ret;

	*l = (struct live){ .ops = ops };
	ret = ops->open(&l->state, o, &l->facts, err);
	if (ret)
		l->ops = NULL;
	return ret;
}

/* "NAME: REASON" after those that are there already. */
static void add_reason(struct err *all, const char *name, const struct err *one)
{
	size_t len = strlen(all->msg);

	snprintf(all->msg + len, sizeof(all->msg) - len, "%s%s: %.*s", len ? "; " : "", name,
		 REASON_MAX, one->msg);
}

int live_open(struct live *l, const struct live_options *o, struct err *err)
{
	struct err all = { "" };
	int ret, result = -ENOENT;

	*l = (struct live){ 0 };
	if (o->backend) {
		const struct live_ops *ops = find_backend(o->backend);

		if (!ops)
			return err_set(err, -EINVAL,
				       "no backend '%s': expected tracepoint, fentry or histogram",
				       o->backend);
		return try_backend(l, ops, o, err);
	}
	for (u32 i = 0; live_backends[i]; i++) {
		struct err one = { "" };

		ret = try_backend(l, live_backends[i], o, &one);
		if (!ret)
			return 0;
		add_reason(&all, live_backends[i]->name, &one);
		if (result == -ENOENT)
			result = ret;
	}
	return err_set(err, result, "%s", all.msg);
}

int live_read(struct live *l, struct live_counts *counts, struct err *err)
{
	counts->nr_rows = counts->nr_buckets = 0;
	return l->ops->read(l->state, counts, err);
}

void live_forget(struct live *l, const struct live_counts *counts, u64 vm)
{
	if (l->ops->forget)
		l->ops->forget(l->state, counts, vm);
}

int live_close(struct live *l, struct err *err)
{
	int ret = l->ops ? l->ops->close(l->state, err) : 0;

	*l = (struct live){ 0 };
	return ret;
}
