/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ipis.h - the data part of the KernelShark plugin: every IPI of a trace.dat with its threads and
 * stages.
 *
 * The analyzer reads the file (its own tracepoint, probes or stock events, whichever the file has),
 * so an arrow's times are those of `kvm-ipi latency`. KernelShark and Qt are not needed here, nor
 * known. Times are ns on the trace's clock, before any offset of KernelShark.
 */
#ifndef KVM_IPI_KSHARK_IPIS_H
#define KVM_IPI_KSHARK_IPIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ipi_stage { IPI_ACCEPTED, IPI_INJECTED, IPI_EOI, IPI_RUNNING, NR_IPI_STAGES };

#define IPI_NEVER UINT64_MAX /* the trace has no such stage of this IPI */

struct ipi {
	uint64_t sent;
	uint64_t at[NR_IPI_STAGES]; /* not before sent; IPI_NEVER */
	uint64_t last;		    /* the latest of them */
	int32_t src_pid, dst_pid;   /* threads; 0: unknown */
	uint32_t src, dst;	    /* vcpu_ids */
	uint16_t vector;	    /* 256: unknown */
	uint8_t state; /* the receiver's at the send, as in the tracepoint; 255: unknown */
};

/* Sorted by time of sending. All zero is empty. */
struct ipis {
	struct ipi *ipi;
	size_t nr, room;
	uint64_t longest; /* of last - sent */
};

#define IPIS_MESSAGE 256

/*
 * Reads a file. 0, or -errno with a line of text; a file without IPIs is no error. Takes two runs
 * over the file in the order of time: about 0.5 us of CPU for an event.
 */
int ipis_read(struct ipis *a, const char *path, char message[IPIS_MESSAGE]);
void ipis_release(struct ipis *a);

/* Number of the first IPI that may reach into the time from `from` on; a->nr: there is none. */
size_t ipis_from(const struct ipis *a, uint64_t from);

/* Whether it was under way at some time of [from, to]. */
static inline bool ipi_overlaps(const struct ipi *i, uint64_t from, uint64_t to)
{
	return i->sent <= to && i->last >= from;
}

/* Where its arrow ends: injected, else acknowledged, accepted, sent. */
uint64_t ipi_head(const struct ipi *i);

/* "0 -> 5 0xfd (reschedule), preempted: injected +12.3 us, EOI +15.0 us"; returns text. */
#define IPI_TEXT 192
const char *ipi_text(const struct ipi *i, char text[IPI_TEXT]);
/* "0xfd 12.3 us" */
const char *ipi_label(const struct ipi *i, char text[IPI_TEXT]);

#define NR_STATES 6 /* of the receiver; the last one is unknown */
extern const char *const ipi_state_name[NR_STATES];
/* The number of its state among them. */
unsigned int ipi_state(const struct ipi *i);

#ifdef __cplusplus
}
#endif

#endif
