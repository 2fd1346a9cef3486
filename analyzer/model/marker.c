// SPDX-License-Identifier: GPL-2.0-only
/*
 * marker.c - see marker.h. Other people's lines in the same trace are none of ours: no complaints.
 */
#include "model/marker.h"
#include "model/names.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdio.h>

#define LINE_LEN 512

/* Steps over the word, and the blank behind it. */
static bool word(const char **p, const char *want)
{
	size_t len = strlen(want);

	if (strncmp(*p, want, len) || (*p)[len] != ' ')
		return false;
	*p += len + 1;
	return true;
}

/* The VM up to the next blank. */
static bool take_vm(const char **p, struct vm *vm)
{
	char text[64];
	size_t len = strcspn(*p, " ");

	if (!(*p)[len] || len >= sizeof(text))
		return false;
	memcpy(text, *p, len);
	text[len] = 0;
	*p += len + 1;
	return !vm_parse(text, vm) && vm->have_pid;
}

static int parse_vm(const char *p, struct marker *m)
{
	const char *end = strrchr(p, '"');
	size_t len;

	if (!word(&p, "name") || *p != '"' || end <= p || end[1])
		return -EINVAL;
	len = (size_t)(end - p) - 1;
	if (!len || len >= sizeof(m->name) || memchr(p + 1, '"', len))
		return -EINVAL;
	memcpy(m->name, p + 1, len);
	m->name[len] = 0;
	return 0;
}

static int parse_vcpu(const char *p, struct marker *m)
{
	u64 vcpu, tid;

	if (number_parse(p, &p, &vcpu) || vcpu >= UINT32_MAX || *p++ != ' ' || !word(&p, "tid") ||
	    number_parse(p, &p, &tid) || tid > INT32_MAX || *p)
		return -EINVAL;
	m->vcpu = (u32)vcpu;
	m->tid = (s32)tid;
	return 0;
}

/* One word of small letters, digits, + and -. */
static int parse_policy(const char *p, struct marker *m)
{
	size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789+-");

	m->kind = MARKER_POLICY;
	if (!len || p[len] || len >= sizeof(m->name))
		return -EINVAL;
	memcpy(m->name, p, len + 1);
	return 0;
}

int marker_parse(const char *text, size_t len, struct marker *m)
{
	char line[LINE_LEN];
	const char *p = line;

	*m = (struct marker){ 0 };
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, text, len);
	line[len] = 0;
	line[strcspn(line, "\n")] = 0;
	if (!word(&p, "kvm-ipi:"))
		return -EINVAL;
	if (word(&p, "cpu")) {
		m->kind = MARKER_CPU;
		return topology_parse(p, &m->cpu, &m->levels);
	}
	if (word(&p, "directed_yield_policy"))
		return parse_policy(p, m);
	m->kind = word(&p, "vcpu") ? MARKER_VCPU : MARKER_VM;
	if ((m->kind == MARKER_VM && !word(&p, "vm")) || !take_vm(&p, &m->vm))
		return -EINVAL;
	/* A thread runs in one VM; a name may be of all VMs of a process. */
	if (m->kind == MARKER_VCPU)
		return m->vm.have_id ? parse_vcpu(p, m) : -EINVAL;
	return parse_vm(p, m);
}
