// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_chunk.c - a compressed section: the first byte chooses the codec and the page size, the rest
 * is {count, {compressed, uncompressed, frame}...}. Read as a whole and in pieces, which must
 * agree.
 */
#include "fuzz.h"
#include "input/pieces.h"
#include "input/stream.h"

#include <stdlib.h>
#include <unistd.h>

static void read_all(const struct container *c, const struct section *section,
		     struct stream_totals *t)
{
	static struct batch b;
	struct unpacker u = { 0 };
	struct stream s;

	if (!stream_init(&s, c, section, &u, STREAM_BUFFER_MIN))
		while (stream_next(&s, &b) > 0)
			;
	stream_totals_add(t, &s.totals);
	stream_release(&s);
	unpacker_release(&u);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct buffer buffer = { .page_size = 4096 };
	struct section section = { .packed = true };
	struct container c = {
		.buffers = &buffer, .nr_buffers = 1, .sections = &section, .nr_sections = 1
	};
	struct stream_totals whole, parts;
	struct pieces queue;
	struct piece piece;

	if (size < 2)
		return 0;
	c.codec = data[0] & 1 ? CODEC_ZLIB : CODEC_ZSTD;
	buffer.page_size = 64u << (data[0] >> 1 & 7);
	c.fd = fuzz_file(data + 1, size - 1);
	if (c.fd < 0)
		return 0;
	c.file_size = section.size = size - 1;
	stream_totals_init(&whole);
	stream_totals_init(&parts);
	read_all(&c, &section, &whole);
	if (!pieces_init(&queue, 1)) {
		pieces_add(&queue, &c, 0);
		while (pieces_next(&queue, &piece) > 0)
			read_all(&c, &piece.section, &parts);
		parts.damaged += queue.damaged[0];
		if (whole.records != parts.records || whole.damaged != parts.damaged ||
		    whole.gaps != parts.gaps)
			abort();
	}
	pieces_release(&queue);
	close(c.fd);
	return 0;
}
