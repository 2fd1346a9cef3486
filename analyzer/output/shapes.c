// SPDX-License-Identifier: GPL-2.0-only
/* shapes.c - the words that every writer shares. */
#include "output/shapes.h"

#include <stdio.h>

const char *const shape_state_names[SHAPE_STATES + 1] = {
	"guest", "host", "preempted", "halted", "woken", "unknown",
};

const char *shape_vm_label(const struct shape_vm *vm, char buf[SHAPE_VM_LABEL])
{
	char pid[12] = "?", id[12] = "?";

	if (vm->have_pid)
		snprintf(pid, sizeof(pid), "%d", vm->pid);
	if (vm->have_id)
		snprintf(id, sizeof(id), "%u", vm->id);
	snprintf(buf, SHAPE_VM_LABEL, "%s/%s", pid, id);
	return buf;
}

bool shape_lossy(const struct shape_input *in, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		if (in[i].gaps || (in[i].overrun_known && in[i].overrun) || in[i].skipped ||
		    in[i].salvaged)
			return true;
	return false;
}
