// SPDX-License-Identifier: GPL-2.0-only
/* filter.c - see filter.h. Without filters no event is touched here. */
#include "analysis/filter.h"

#include <errno.h>
#include <stdlib.h>

void filter_release(struct filter *f)
{
	for (size_t i = 0; i < f->nr_vm; i++)
		free(f->vm[i].name);
	free(f->vm);
	free(f->kept);
	ranges_release(&f->vcpus);
	ranges_release(&f->vectors);
	ranges_release(&f->cpus);
	*f = (struct filter){ 0 };
}

int filter_add_vm(struct filter *f, const char *text)
{
	struct vm_choice *grown = realloc(f->vm, (f->nr_vm + 1) * sizeof(*grown));
	struct vm_choice *c;

	if (!grown)
		return -ENOMEM;
	f->vm = grown;
	c = &grown[f->nr_vm];
	*c = (struct vm_choice){ 0 };
	if (vm_parse(text, &c->vm)) {
		c->name = strdup(text);
		if (!c->name)
			return -ENOMEM;
	}
	f->nr_vm++;
	return 0;
}

bool filter_active(const struct filter *f)
{
	return f->nr_vm || f->vcpus.nr || f->vectors.nr || f->cpus.nr || f->have_time;
}

bool filter_has_vm(const struct filter *f, const struct vm *vm)
{
	const char *name = vm_names_find(f->names, vm);

	for (size_t i = 0; i < f->nr_vm; i++) {
		const struct vm_choice *c = &f->vm[i];

		if (c->name) {
			if (name && !strcmp(name, c->name))
				return true;
		} else if (vm->have_pid == c->vm.have_pid && vm->pid == c->vm.pid &&
			   (!c->vm.have_id || (vm->have_id && vm->id == c->vm.id))) {
			return true;
		}
	}
	return false;
}

static int decide_vms(struct filter *f, const struct vms *vms)
{
	u8 *grown;

	if (f->nr_kept == vms->nr)
		return 0;
	grown = realloc(f->kept, vms->nr);
	if (!grown)
		return -ENOMEM;
	f->kept = grown;
	for (; f->nr_kept < vms->nr; f->nr_kept++)
		grown[f->nr_kept] = filter_has_vm(f, &vms->vm[f->nr_kept]);
	return 0;
}

static bool filter_passes(const struct filter *f, const struct ipi_event *ev)
{
	if (f->nr_vm && !f->kept[ev->vm])
		return false;
	if (f->vcpus.nr && !ranges_have(&f->vcpus, ev->src) && !ranges_have(&f->vcpus, ev->dst))
		return false;
	if (f->vectors.nr && !ranges_have(&f->vectors, ev->vector))
		return false;
	if (f->cpus.nr && !ranges_have(&f->cpus, ev->cpu))
		return false;
	return !f->have_time || (ev->ts >= f->from && ev->ts <= f->to);
}

s64 filter_apply(struct filter *f, const struct vms *vms, struct ipi_event *ev, u32 nr)
{
	u32 kept = 0;

	if (f->nr_vm && decide_vms(f, vms))
		return -ENOMEM;
	for (u32 i = 0; i < nr; i++)
		if (filter_passes(f, &ev[i]))
			ev[kept++] = ev[i];
	return kept;
}
