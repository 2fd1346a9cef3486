/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plugin.h - what the two halves of the KernelShark plugin share: plugin.c, which KernelShark's
 * library calls, and draw.cpp, which makes its C++ shapes.
 */
#ifndef KVM_IPI_KSHARK_PLUGIN_H
#define KVM_IPI_KSHARK_PLUGIN_H

#include <libkshark.h>

#include "ipis.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A trace file that is open: all its streams (one for each buffer) have one. IPIs are read when a
 * task is plotted for the first time.
 */
struct view {
	struct view *next;
	char *file;
	int streams; /* how many use it */
	bool read;
	struct ipis ipis;
	void *frame; /* of draw.cpp: what is drawn now; NULL: nothing */
	bool have_selected;
	struct ipi selected; /* the one that was double-clicked */
	void *window;	     /* KernelShark's main window, or NULL */
};

/*
 * The graph of a thread is about to be drawn: adds the arrows between it and the graphs that came
 * before it. add: to KernelShark's times, from the trace's.
 */
void view_draw(struct view *v, struct kshark_cpp_argv *argv, int pid, int64_t add);
/* The view goes; shapes of it may stay for a while. */
void view_forget(struct view *v);

#ifdef __cplusplus
}
#endif

#endif
