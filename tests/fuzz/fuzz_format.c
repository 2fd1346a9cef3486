// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_format.c - an event's format text, through libtraceevent, and a record of that event behind
 * it (after a NUL byte).
 */
#include "decode/events.h"
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *end = memchr(data, 0, size);
	size_t len = end ? (size_t)(end - data) : size;
	size_t rest = end ? size - len - 1 : 0;
	char *text = malloc(len + 1);
	u8 *payload = malloc(rest + 1);
	struct events_decoder *d = malloc(sizeof(*d));
	struct format_text format = { .system = "kvm", .text = text, .len = len };
	struct container c = { .formats = &format, .nr_formats = 1 };
	struct merged m = { .payload = payload, .len = (u32)rest };
	struct event ev;
	struct err err;

	if (text && payload && d) {
		memcpy(text, data, len);
		text[len] = 0;
		if (rest)
			memcpy(payload, data + len + 1, rest);
		if (!events_init(d, &c, 0, ~0u, NULL, NULL, &err))
			events_decode(d, &m, &ev);
	}
	free(text);
	free(payload);
	free(d);
	return 0;
}
