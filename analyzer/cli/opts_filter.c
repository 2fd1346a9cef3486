// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts_filter.c - the words of the filters (lists, times, VMs) to a struct filter; see opts.h.
 */
#include "cli/opts.h"
#include "model/vectors.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static int parse_list(struct ranges *set, const char *name, const char *text, u32 max,
		      struct err *err)
{
	int ret = text ? ranges_parse(set, text, max) : 0;

	if (ret == -ENOMEM)
		return err_set(err, ret, "out of memory");
	return ret ? err_set(err, ret, "--%s %s: a list of numbers up to %u is meant, like 0-3,7",
			     name, text, max)
		   : 0;
}

/* "[+]TICKS"; what is missing is the default. */
static int parse_ticks(const char *text, size_t len, u64 first_ts, u64 missing, u64 *ticks)
{
	bool relative = len && *text == '+';
	const char *p = text + relative;

	*ticks = missing;
	if (!len)
		return 0;
	if (number_parse(p, &p, ticks) || p != text + len ||
	    __builtin_add_overflow(*ticks, relative ? first_ts : 0, ticks))
		return -EINVAL;
	return 0;
}

/* "[+]SECONDS[.FRACTION]" to ns; what is missing is the default. */
static int parse_time(const char *text, size_t len, u64 first_ts, u64 missing, u64 *ns)
{
	u64 unit = 1000000000, seconds, fraction = 0;
	bool relative = len && *text == '+';
	const char *p = text + relative, *stop = text + len;

	if (!len) {
		*ns = missing;
		return 0;
	}
	if (number_parse(p, &p, &seconds) || seconds > UINT64_MAX / 1000000000 - 1)
		return -EINVAL;
	if (*p == '.')
		for (p++; p < stop && isdigit((unsigned char)*p) && unit > 1; p++) {
			unit /= 10;
			fraction += (u64)(*p - '0') * unit;
		}
	*ns = seconds * 1000000000 + fraction + (relative ? first_ts : 0);
	return p == stop ? 0 : -EINVAL;
}

bool opts_time_relative(const struct opts *opts)
{
	return opts->time && strchr(opts->time, '+');
}

int opts_time(const struct opts *opts, struct filter *f, u64 first_ts, bool ticks, struct err *err)
{
	int (*parse)(const char *text, size_t len, u64 first_ts, u64 missing,
		     u64 *to) = ticks ? parse_ticks : parse_time;
	const char *text = opts->time, *comma;

	if (!text)
		return 0;
	comma = strchr(text, ',');
	f->have_time = true;
	if (!comma || parse(text, (size_t)(comma - text), first_ts, 0, &f->from) ||
	    parse(comma + 1, strlen(comma + 1), first_ts, UINT64_MAX, &f->to))
		return err_set(err, -EINVAL, "--time %s: expected START,STOP in %s", text,
			       ticks ? "ticks of the clock, like 1000,2000 or +0,+500"
				     : "seconds, like 12.5,13 or +0.1,+0.2");
	if (f->from > f->to)
		return err_set(err, -EINVAL, "--time %s: the end is before the start", text);
	return 0;
}

int opts_filter(const struct opts *opts, struct filter *f, struct err *err)
{
	int ret = parse_list(&f->vcpus, "vcpu", opts->vcpus, UINT32_MAX, err);

	if (!ret)
		ret = parse_list(&f->vectors, "vector", opts->vectors, NR_VECTORS - 1, err);
	if (!ret)
		ret = parse_list(&f->cpus, "cpu", opts->cpus, UINT32_MAX, err);
	for (u32 i = 0; i < opts->vms.nr && !ret; i++)
		if (filter_add_vm(f, opts->vms.s[i]))
			ret = err_set(err, -ENOMEM, "out of memory");
	return ret;
}
