// SPDX-License-Identifier: GPL-2.0-only
/*
 * mktrace: writes a trace.dat file with planted kvm_ipi_track events, and the truth beside it.
 *
 *   mktrace --events 10000 --vms 2 --vcpus 4 --format v7 --compress zstd trace.dat
 *
 * gives trace.dat, trace.dat.edges and trace.dat.truth.json. The way of the data: options ->
 * stream of items -> payload -> ring-buffer pages of a CPU of a buffer -> container; and every
 * item that is stored is counted in the truth.
 */
#include <stdlib.h>

#include "container.h"
#include "host.h"
#include "payload.h"
#include "truth.h"

/* Which buffer a record goes to. From its number, so that the stream does not depend on it. */
static unsigned int choose_buffer(const struct options *o, const struct item *it)
{
	u64 hash = (it->number + 1) * 0x9e3779b97f4a7c15ull >> 32;
	bool track = it->kind == KIND_TRACK || it->kind == KIND_DISCARDED;

	if (!o->instances)
		return 0;
	if (o->place == PLACE_SPLIT && !track)
		return 0;
	if (o->place == PLACE_SPREAD)
		return hash % nr_buffers(o);
	return 1 + hash % o->instances;
}

static struct page_writer *make_writers(const struct options *o)
{
	u64 i, n = nr_buffers(o) * o->cpus;
	struct page_writer *w = calloc(n, sizeof(*w));

	if (!w)
		die("out of memory");
	for (i = 0; i < n; i++)
		page_writer_init(&w[i], o, buffer_page_size(o, i / o->cpus), o->seed * 7919 + i);
	return w;
}

/* A host's recording instead of the stream; one buffer holds it. */
static void fill_host(struct container *c, struct stream *s, struct truth *t,
		      const struct layout *layout)
{
	const struct options *o = c->o;
	struct host *h = host_new(o, s->edges);
	struct host_record r;
	u8 payload[MAX_PAYLOAD];
	u64 i;

	for (i = 0; i < o->events; i++) {
		u32 len;

		host_next(h, &r);
		len = r.kind == HOST_TRACK ? payload_fill(payload, &r.item, layout, o)
					   : host_payload(payload, &r, o->big_endian);
		page_add(&c->writers[r.item.cpu], r.item.ns, payload, len);
		if (r.kind == HOST_TRACK)
			truth_add(t, &r.item);
	}
	host_truth(h);
	host_free(h);
}

static void fill_pages(struct container *c, struct stream *s, struct truth *t)
{
	const struct options *o = c->o;
	u8 payload[MAX_PAYLOAD];
	struct layout layout;
	struct item it;
	u64 i;

	layout_track(&layout, o, &c->track_format);
	if (o->host)
		fill_host(c, s, t, &layout);
	while (!o->host && stream_next(s, &it)) {
		struct page_writer *w = &c->writers[choose_buffer(o, &it) * o->cpus + it.cpu];
		u32 len = payload_fill(payload, &it, &layout, o);

		if (it.kind == KIND_DISCARDED)
			page_add_discarded(w, it.ns, payload, len);
		else
			page_add(w, it.ns, payload, len);
		truth_add(t, &it);
	}
	c->writers[0].store.hole = o->hole;
	for (i = 0; i < nr_buffers(o) * o->cpus; i++)
		page_finish(&c->writers[i]);
}

int main(int argc, char **argv)
{
	struct options o;
	struct stream stream;
	struct truth truth;
	struct container c = { .o = &o };
	u64 i;

	options_parse(&o, argc, argv);
	stream_init(&stream, &o);
	truth_init(&truth, &o, stream.edges);
	c.writers = make_writers(&o);
	fill_pages(&c, &stream, &truth);
	container_write(&c);
	truth.writers = c.writers;
	truth.nr_writers = nr_buffers(&o) * o.cpus;
	truth_write(&truth);

	for (i = 0; i < truth.nr_writers; i++)
		page_writer_release(&c.writers[i]);
	free(c.writers);
	buf_release(&c.track_format);
	truth_release(&truth);
	stream_release(&stream);
	return 0;
}
