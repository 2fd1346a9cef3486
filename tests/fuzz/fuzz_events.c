// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_events.c - events of any kind in any order and of any value, straight to the analyses: who
 * is who, stock events and probes joined, hints, replay, latencies, slices. Files reach these only
 * behind formats and pages; here 16 bytes are an event: kind, CPU, thread, time passed, values.
 */
#include "analysis/latency.h"
#include "analysis/yield/replay.h"
#include "analysis/whois.h"
#include "analysis/yield/hints.h"
#include "decode/deliveries.h"
#include "decode/stock.h"
#include "fuzz.h"

#include <stdlib.h>

#define EVENT_BYTES 16
#define EVENTS_MAX  2048

struct run {
	struct event *ev;
	u32 nr;
	struct vms vms;
	struct thread_map map;
	struct filter filter;
	u32 ipis;
};

/* Small numbers mostly, so that things meet; what the last byte says makes some of them large. */
static void make_event(struct event *ev, const u8 *p, u64 *ts)
{
	u64 delta = load16(p + 4), odd = p[15] & 0x80 ? 1ull << (p[15] & 0x3f) : 0;

	*ts += p[3] & 0x80 ? delta << 12 : delta;
	*ev = (struct event){ .ts = *ts,
			      .kind = 1 + p[0] % (NR_EVENT_KINDS - 1),
			      .cpu = p[1] & 7,
			      .pid = p[2] & 0x3f,
			      .flags = p[3] & 0x18,
			      .input = p[3] & 1 };
	if (ev->kind == EV_TRACK) {
		ev->ipi = (struct ipi_event){
			.ts = *ts,
			.cpu = ev->cpu,
			.src = p[6],
			.dst = p[7] + (u32)odd,
			.vector = p[8] % 16 ? p[8] : IPI_VECTOR_NONE,
			.path = p[9] & 3,
			.state = p[10] & 7,
			.vm_pid = p[11] & 3,
			.have_vm_pid = p[12] & 1,
			.vm_id = p[13] & 3,
			.have_vm_id = p[12] >> 1 & 1,
			.dst_cpu = (s32)p[14] - 1,
			.no_path = p[12] >> 2 & 1,
			.no_state = p[12] >> 3 & 1,
		};
	} else if (ev->kind == EV_DELIVER) {
		ev->deliver.vm = p[11] & 3;
		ev->deliver.vm_pid = p[12] & 3;
		ev->deliver.have_vm_pid = p[12] & 4;
		ev->deliver.src = p[6];
		ev->deliver.from_vcpu = p[9] & 3;
		ev->deliver.vector = p[8] % 16 ? p[8] : IPI_VECTOR_NONE;
		ev->deliver.kind = p[10] & 3 ? STOCK_UNICAST : p[10] % STOCK_NOBODY;
	} else if (ev->kind == EV_DELIVER_ACCEPT) {
		ev->accept.dst = p[7] + (u32)odd;
		ev->accept.cpu = (s32)p[14] - 1;
		ev->accept.vector = p[8];
		ev->accept.state = p[10] & 7;
	} else if (ev->kind == EV_MARK) {
		ev->text.s = (const char *)p;
		ev->text.len = p[15] % EVENT_BYTES;
	} else {
		ev->have = p[14] ? 0xffff : p[13];
		ev->v[0] = p[6] & 0x3f;
		ev->v[1] = (s64)(p[7] | (u64)p[8] << 8);
		ev->v[2] = p[9] + (s64)odd;
		ev->v[3] = p[10];
		ev->v[4] = p[11];
		if (ev->kind == EV_GAP && p[6] & 1)
			ev->v[0] = -1;
	}
}

static int put_stock(void *ctx, const struct stock_ipi *ipi)
{
	struct run *r = ctx;

	r->ipis += ipi->kind < NR_STOCK_KINDS;
	return 0;
}

static void run_stock(struct run *r, bool unbounded)
{
	struct stock s;

	stock_init(&s, put_stock, r);
	s.unbounded = unbounded;
	for (u32 i = 0; i < r->nr; i++)
		stock_add(&s, &r->ev[i]);
	stock_end(&s);
	stock_release(&s);
}

static int put_delivery(void *ctx, const struct stock_ipi *ipi, u64 place)
{
	return put_stock(ctx, ipi);
}

static void run_deliveries(struct run *r, u32 kinds)
{
	struct probe_vms vms = { 0 };
	struct deliveries d;

	deliveries_init(&d, &vms, put_delivery, r);
	d.kinds = kinds;
	for (u32 i = 0; i < r->nr; i++)
		deliveries_add(&d, &r->ev[i], i);
	deliveries_end(&d);
	deliveries_release(&d);
	probe_vms_release(&vms);
}

static void run_whois(struct run *r)
{
	struct whois w;

	whois_init(&w, &r->map, &r->vms, NULL);
	w.in_order = true;
	whois_ops.records(&w, r->ev, r->nr);
	whois_thread_name(&w, 3, "CPU 1/KVM");
	whois_finish(&w);
	whois_release(&w);
}

static void run_replay(struct run *r, u64 end)
{
	struct replay_options opt = { .probed = r->nr & 1,
				      .order = r->nr / 2 % NR_SCAN_ORDERS,
				      .window_ns = 50000000 };
	struct hints hints;
	struct replay *replay = calloc(1, sizeof(*replay));

	hints_init(&hints, 50000000, &r->filter, &r->vms);
	hints_ops.records(&hints, r->ev, r->nr);
	hints_finish(&hints, end);
	hints_release(&hints);
	if (replay && !replay_init(replay, &opt, &r->map, &r->filter, &r->vms)) {
		replay_ops.records(replay, r->ev, r->nr);
		replay_finish(replay, end);
	}
	if (replay)
		replay_release(replay);
	free(replay);
}

static void run_latency(struct run *r)
{
	struct latency l;

	if (!latency_init(&l, &r->map, 4, &r->filter, &r->vms)) {
		latency_ops.records(&l, r->ev, r->nr);
		latency_finish(&l);
	}
	latency_release(&l);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct run r = { .nr = (u32)min_of(size / EVENT_BYTES, (size_t)EVENTS_MAX) };
	u64 ts = 1000;

	r.ev = calloc(r.nr + 1, sizeof(*r.ev));
	if (!r.ev)
		return 0;
	for (u32 i = 0; i < r.nr; i++) {
		make_event(&r.ev[i], data + i * EVENT_BYTES, &ts);
		if (r.ev[i].kind == EV_TRACK)
			vms_resolve(&r.vms, &r.ev[i].ipi, 1);
	}
	run_whois(&r);
	run_stock(&r, false);
	run_stock(&r, true);
	run_deliveries(&r, PROBES_KINDS);
	run_deliveries(&r, PROBES_KINDS & ~EV_BIT(EV_DELIVERED) & ~EV_BIT(EV_ACCEPTED));
	run_replay(&r, ts);
	run_latency(&r);
	threads_release(&r.map);
	filter_release(&r.filter);
	vms_release(&r.vms);
	free(r.ev);
	return 0;
}
