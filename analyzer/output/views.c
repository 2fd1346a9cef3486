// SPDX-License-Identifier: GPL-2.0-only
/* views.c - the words that every writer shares. */
#include "output/views.h"

#include <stdio.h>

const char *const view_state_names[VIEW_STATES + 1] = {
	"guest", "host", "preempted", "halted", "woken", "unknown",
};

const enum view_state view_state_order[VIEW_STATES + 1] = {
	VIEW_GUEST, VIEW_HOST, VIEW_PREEMPTED, VIEW_WOKEN, VIEW_HALTED, VIEW_STATES,
};

const char *vm_view_label(const struct vm_view *vm, char buf[VIEW_VM_LABEL])
{
	char pid[12] = "?", id[12] = "?";

	if (vm->have_pid)
		snprintf(pid, sizeof(pid), "%d", vm->pid);
	if (vm->have_id)
		snprintf(id, sizeof(id), "%u", vm->id);
	snprintf(buf, VIEW_VM_LABEL, "%s/%s", pid, id);
	return buf;
}

bool view_lossy(const struct input_view *in, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		if (in[i].gaps || (in[i].overrun_known && in[i].overrun) || in[i].skipped ||
		    in[i].salvaged)
			return true;
	return false;
}

bool view_is_from(const struct graph_view *g, const char *source)
{
	return g->source && !strcmp(g->source, source);
}

bool view_from_stock(const struct graph_view *g)
{
	return view_is_from(g, "stock");
}
