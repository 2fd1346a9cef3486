// SPDX-License-Identifier: GPL-2.0-only
/* names.c - see names.h. A few dozen names at most: a list. */
#include "model/names.h"
#include "util/clean.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdlib.h>

int vm_parse(const char *text, struct vm *vm)
{
	const char *p = text;
	u64 pid, id = 0;

	*vm = (struct vm){ .have_pid = *p != '?' };
	if (!vm->have_pid) {
		pid = 0;
		if (*++p != '/')
			return -EINVAL;
	} else if (number_parse(p, &p, &pid) || pid > INT32_MAX) {
		return -EINVAL;
	}
	if (*p == '/') {
		if (number_parse(p + 1, &p, &id) || id > UINT32_MAX)
			return -EINVAL;
		vm->have_id = true;
	}
	vm->pid = (s32)pid;
	vm->id = (u32)id;
	return *p ? -EINVAL : 0;
}

void vm_names_release(struct vm_names *names)
{
	for (size_t i = 0; i < names->nr; i++)
		free(names->n[i].name);
	free(names->n);
	*names = (struct vm_names){ 0 };
}

int vm_names_add(struct vm_names *names, const struct vm *vm, const char *name)
{
	struct vm_name *grown = realloc(names->n, (names->nr + 1) * sizeof(*grown));
	char *copy = strdup(name);

	if (grown)
		names->n = grown;
	if (!grown || !copy) {
		free(copy);
		return -ENOMEM;
	}
	/* Names may come from a trace, that is from strangers, and go to terminals. */
	text_clean(copy);
	grown[names->nr++] = (struct vm_name){ *vm, copy };
	return 0;
}

const char *vm_names_find(const struct vm_names *names, const struct vm *vm)
{
	const char *of_process = NULL;

	for (size_t i = names->nr; i-- > 0;) {
		const struct vm_name *n = &names->n[i];

		if (n->vm.have_pid != vm->have_pid || n->vm.pid != vm->pid)
			continue;
		if (n->vm.have_id && vm->have_id && n->vm.id == vm->id)
			return n->name;
		if (!n->vm.have_id && !of_process)
			of_process = n->name;
	}
	return of_process;
}

bool vm_names_have(const struct vm_names *names, const char *name)
{
	for (size_t i = 0; i < names->nr; i++)
		if (!strcmp(names->n[i].name, name))
			return true;
	return false;
}

int vm_names_parse_line(struct vm_names *names, const char *line)
{
	char who[64], name[256];
	struct vm vm;
	size_t len;

	line += strspn(line, " \t\r\n");
	if (!*line || *line == '#')
		return 0;
	len = strcspn(line, " \t\r\n");
	if (len >= sizeof(who))
		return -EINVAL;
	memcpy(who, line, len);
	who[len] = 0;
	line += len + strspn(line + len, " \t");
	len = strcspn(line, "\r\n");
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!len || len >= sizeof(name))
		return -EINVAL;
	memcpy(name, line, len);
	name[len] = 0;
	return vm_parse(who, &vm) ?: vm_names_add(names, &vm, name);
}
