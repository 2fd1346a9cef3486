// SPDX-License-Identifier: GPL-2.0-only
/* rounded.c - see rounded.h. */
#include "util/rounded.h"

u64 rounded(u64 n, u64 unit)
{
	return n / unit + (n % unit >= unit - unit / 2);
}
