// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_page.c - one ring-buffer page. Beside the sanitizers' checks: every record lies within the
 * data that the page says it has, behind the one before.
 */
#include "fuzz.h"
#include "input/page.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct batch b;
	struct page_walk w;
	u32 page_size = size / 4 * 4, behind = PAGE_HEADER;
	u8 *page;

	if (page_size < PAGE_SIZE_MIN)
		return 0;
	page = malloc(page_size); /* of exactly that size, so that a read beyond it is seen */
	if (!page)
		return 0;
	memcpy(page, data, page_size);
	page_walk_init(&w, page, page_size);
	while (page_walk_next(&w, &b))
		for (u32 i = 0; i < b.nr; i++) {
			if (b.rec[i].off < behind || b.rec[i].len > w.end - b.rec[i].off)
				abort();
			behind = b.rec[i].off + b.rec[i].len;
		}
	free(page);
	return 0;
}
