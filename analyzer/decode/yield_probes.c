// SPDX-License-Identifier: GPL-2.0-only
/* yield_probes.c - see yield_probes.h. */
#define _GNU_SOURCE /* memmem() */
#include "decode/yield_probes.h"
#include "decode/probes.h"

#include <errno.h>
#include <stdio.h>

#define NAME_MAX_LEN 128

/* Who makes them: target and result. */
static const char *const known[][2] = {
	{ PROBES_GROUP ":yield_to:pid", PROBES_GROUP ":yield_to_ret:ret" },
	{ "kprobes:ytp:pid", "kprobes:yto:ret" },
};

struct role {
	const char *place;    /* the field that probes of this kind have */
	const char *value[3]; /* what the field may be called */
};

static const struct role roles[2] = {
	{ "__probe_ip", { "pid", "target", "p" } },
	{ "__probe_ret_ip", { "ret", "result", "retval" } },
};

/* Whether the file describes the event with both fields. 1, 0, -ENOMEM. */
static int has_fields(const struct container *c, const char *system, const char *event,
		      const char *place, const char *value)
{
	const struct field_want want[2] = { { place, true }, { value, true } };
	struct event_format unused;
	struct field found[2];
	struct err err;
	int ret = formats_resolve(c, system, event, want, 2, found, &unused, &err);

	return ret == -ENOMEM ? ret : !ret;
}

static int take_known(const struct container *c, const char *const text[2], struct probe *p[2])
{
	int ret = 1;

	for (int i = 0; i < 2 && ret > 0; i++) {
		ret = probe_parse(p[i], text[i]);
		if (!ret)
			ret = has_fields(c, p[i]->system, p[i]->event, roles[i].place, p[i]->field);
	}
	for (int i = 0; i < 2 && ret <= 0; i++) {
		probe_release(p[i]);
		*p[i] = (struct probe){ 0 };
	}
	return ret;
}

/* Delivery probes have a field pid, too. */
static bool may_be(const char *system)
{
	static const char *const none[] = { "kvm", "sched", "ftrace", PROBES_GROUP,
					    PROBES_GROUP_OLD };

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		if (!strcmp(system, none[i]))
			return false;
	return true;
}

/* How many events fit the role, two at most; the first one into p. -ENOMEM. */
static int find_role(const struct container *c, const struct role *role, struct probe *p)
{
	char name[NAME_MAX_LEN], text[3 * NAME_MAX_LEN];
	int nr = 0, ret;
	u16 id;

	for (u32 i = 0; i < c->nr_formats && nr < 2; i++) {
		const char *system = c->formats[i].system, *value = NULL;

		if (!may_be(system) ||
		    !memmem(c->formats[i].text, c->formats[i].len, "__probe_", 8) ||
		    !formats_event(c, i, name, sizeof(name), &id))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(role->value) && !value; k++) {
			ret = has_fields(c, system, name, role->place, role->value[k]);
			if (ret < 0)
				return ret;
			value = ret ? role->value[k] : NULL;
		}
		if (!value || nr++)
			continue;
		if (snprintf(text, sizeof(text), "%s:%s:%s", system, name, value) >=
		    (int)sizeof(text))
			continue;
		ret = probe_parse(p, text);
		if (ret == -ENOMEM)
			return ret;
	}
	return nr;
}

int yield_probes_find(const struct container *c, struct probe *target, struct probe *result)
{
	struct probe *p[2] = { target, result };
	int ret, nr[2] = { 0, 0 };

	*target = *result = (struct probe){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		ret = take_known(c, known[i], p);
		if (ret)
			return ret < 0 ? ret : YIELD_PROBES_FOUND;
	}
	for (int i = 0; i < 2; i++)
		nr[i] = find_role(c, &roles[i], p[i]);
	if (nr[0] == 1 && nr[1] == 1 && target->system && result->system)
		return YIELD_PROBES_FOUND;
	for (int i = 0; i < 2; i++) {
		probe_release(p[i]);
		*p[i] = (struct probe){ 0 };
	}
	return nr[0] < 0 || nr[1] < 0 ? -ENOMEM
	       : nr[0] && nr[1]	      ? YIELD_PROBES_SEVERAL
				      : YIELD_PROBES_NONE;
}
