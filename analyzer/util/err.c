// SPDX-License-Identifier: GPL-2.0-only
/*
 * err.c - see err.h. File names come from users and names in a trace from strangers: both are
 * cleaned.
 */
#include "util/err.h"
#include "util/clean.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	text_clean(err->msg);
	return code;
}
