// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-ctf: the IPIs of a trace.dat as a CTF 1.8 trace, so that babeltrace2 can be given the same
 * events.
 *
 *   bench-ctf FILE DIRECTORY
 *
 * DIRECTORY is there and empty. One stream, in the order of time, in packets of 64 KiB; an event
 * has the header {u16 id, u64 time} and the tracepoint's fields, all of them packed. Only files
 * whose event has the usual layout.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/track.h"
#include "input/merge.h"

#define PACKET	    (64 * 1024)
#define PACKET_HEAD 36 /* magic, stream; times, sizes */
#define EVENT_SIZE  33 /* id, time, fields */
#define FIELDS_AT   8  /* behind the common fields of a record */
#define FIELDS_SIZE 23

static const char metadata[] =
	"/* CTF 1.8 */\n"
	"typealias integer { size = 8; align = 8; signed = false; } := u8;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := u16;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := u32;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := s32;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := u64;\n"
	"trace { major = 1; minor = 8; byte_order = le;\n"
	"\tpacket.header := struct { u32 magic; u32 stream_id; }; };\n"
	"clock { name = trace; freq = 1000000000; };\n"
	"typealias integer { size = 64; align = 8; signed = false; map = clock.trace.value; } := ns;\n"
	"stream { id = 0;\n"
	"\tevent.header := struct { u16 id; ns timestamp; };\n"
	"\tpacket.context := struct { ns timestamp_begin; ns timestamp_end;\n"
	"\t\tu64 content_size; u32 packet_size; }; };\n"
	"event { name = \"kvm_ipi_track\"; id = 0; stream_id = 0;\n"
	"\tfields := struct { u32 vm_id; s32 vm_pid; u32 src_vcpu_id; u32 dst_vcpu_id; s32 dst_cpu;\n"
	"\t\tu8 vector; u8 path; u8 dst_state; }; };\n";

struct packet {
	u8 data[PACKET];
	u32 len;
	u64 first, last;
};

static void put(struct packet *p, u64 v, u32 size)
{
	memcpy(p->data + p->len, &v, size);
	p->len += size;
}

/* Packets are filled up: their size, in bits, is always the same. Begins the next one. */
static bool flush(struct packet *p, FILE *out)
{
	u32 len = p->len;

	if (len == PACKET_HEAD)
		return true;
	memset(p->data + len, 0, PACKET - len);
	p->len = 0;
	put(p, 0xc1fc1fc1, 4);
	put(p, 0, 4);
	put(p, p->first, 8);
	put(p, p->last, 8);
	put(p, len * 8ull, 8);
	put(p, PACKET * 8, 4);
	return fwrite(p->data, 1, PACKET, out) == PACKET;
}

static bool add(struct packet *p, const struct merged *m, FILE *out)
{
	if (p->len + EVENT_SIZE > PACKET && !flush(p, out))
		return false;
	if (p->len == PACKET_HEAD)
		p->first = m->ts;
	put(p, 0, 2);
	put(p, m->ts, 8);
	memcpy(p->data + p->len, m->payload + FIELDS_AT, FIELDS_SIZE);
	p->len += FIELDS_SIZE;
	p->last = m->ts;
	return true;
}

static int write_stream(const struct container *c, const struct track *t, FILE *out)
{
	struct packet *p = calloc(1, sizeof(*p));
	struct merged m[MERGE_BATCH];
	struct merge merge = { 0 };
	u32 failed;
	s64 nr = -1;
	bool ok = p;

	for (u32 n = 0; n < c->nr_sections && ok; n++)
		ok = !merge_add(&merge, c, &c->sections[n], 0);
	ok = ok && !merge_start(&merge);
	if (ok)
		p->len = PACKET_HEAD;
	while (ok && (nr = merge_next(&merge, m, &failed)) > 0)
		for (s64 i = 0; i < nr && ok; i++)
			if (m[i].payload && m[i].len >= t->min_len &&
			    load16(m[i].payload) == t->format.id)
				ok = add(p, &m[i], out);
	ok = ok && !nr && flush(p, out);
	merge_release(&merge);
	free(p);
	return ok ? 0 : -1;
}

static FILE *create(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "w");
}

int main(int argc, char **argv)
{
	struct err err = { "" };
	struct container c;
	struct track t;
	FILE *meta, *stream;
	int fd, ret;

	if (argc != 3) {
		fprintf(stderr, "usage: bench-ctf FILE DIRECTORY\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || container_open(&c, fd, argv[1], &err) || track_init(&t, &c, &err) ||
	    !t.usual) {
		fprintf(stderr, "bench-ctf: cannot use %s: %s\n", argv[1], err.msg);
		return 1;
	}
	meta = create(argv[2], "metadata");
	stream = create(argv[2], "stream");
	ret = !meta || !stream || fputs(metadata, meta) < 0 || write_stream(&c, &t, stream);
	ret |= meta && fclose(meta);
	ret |= stream && fclose(stream);
	container_close(&c);
	return ret ? 1 : 0;
}
