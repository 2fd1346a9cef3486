// SPDX-License-Identifier: GPL-2.0-only
/* tree.c - see tree.h. */
#define _GNU_SOURCE
#include "tree.h"

#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

void tree_init(struct tree *t)
{
	unit_mkdir(t->root);
	t->host.root = t->root;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

void tree_release(struct tree *t)
{
	ck_assert_int_eq(nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void make_parents(char *path)
{
	for (char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
		*c = 0;
		ck_assert(!mkdir(path, 0755) || errno == EEXIST);
		*c = '/';
	}
}

void tree_write_bytes(struct tree *t, const char *path, const void *data, size_t len)
{
	char full[HOST_PATH_MAX];
	FILE *f;

	make_parents(host_path(&t->host, full, "%s", path));
	f = fopen(full, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

void tree_write(struct tree *t, const char *path, const char *text)
{
	tree_write_bytes(t, path, text, strlen(text));
}

void tree_mkdir(struct tree *t, const char *path)
{
	char full[HOST_PATH_MAX];

	make_parents(host_path(&t->host, full, "%s/", path));
}

char *tree_read(struct tree *t, const char *path)
{
	size_t len;

	return host_slurp(&t->host, path, &len);
}

bool tree_has(struct tree *t, const char *path)
{
	return !host_look(&t->host, path);
}

void tree_tracefs(struct tree *t, ...)
{
	const char *event;
	va_list ap;

	tree_write(t, "/sys/kernel/tracing/available_events", "");
	tree_write(t, "/sys/kernel/tracing/kprobe_events", "");
	tree_write(t, "/sys/kernel/tracing/trace_marker", "");
	tree_mkdir(t, "/sys/kernel/tracing/instances");
	va_start(ap, t);
	while ((event = va_arg(ap, const char *))) {
		char path[256];

		snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/format", event);
		for (char *c = path; *c; c++)
			if (*c == ':')
				*c = '/';
		tree_write(t, path, "");
	}
	va_end(ap);
}

/* A file of BTF while it is made. */
struct btf_file {
	u32 types[256], nr_types;
	char strings[1024];
	u32 nr_strings, base;
};

static u32 btf_string(struct btf_file *b, const char *s)
{
	u32 at = b->nr_strings;

	strcpy(b->strings + at, s);
	b->nr_strings += (u32)strlen(s) + 1;
	return b->base + at;
}

static void btf_u32(struct btf_file *b, u32 v)
{
	b->types[b->nr_types++] = v;
}

static void btf_write(struct tree *t, const char *path, const struct btf_file *b)
{
	u32 len = b->nr_types * 4;
	u32 header[6] = { 0x0001eb9f, 24, 0, len, len, b->nr_strings };
	char file[24 + sizeof(b->types) + sizeof(b->strings)];

	memcpy(file, header, 24);
	memcpy(file + 24, b->types, len);
	memcpy(file + 24 + len, b->strings, b->nr_strings);
	tree_write_bytes(t, path, file, 24 + len + b->nr_strings);
}

void tree_btf(struct tree *t, u32 offset)
{
	struct btf_file b = { .nr_strings = 1 };

	/* 1: int; 2: an unnamed struct { int state; int pid; }; 3: task_struct { int flags; that
	 * struct } */
	btf_u32(&b, btf_string(&b, "int"));
	btf_u32(&b, 1 << 24);
	btf_u32(&b, 4);
	btf_u32(&b, 32);
	btf_u32(&b, 0);
	btf_u32(&b, 4 << 24 | 2);
	btf_u32(&b, 8);
	btf_u32(&b, btf_string(&b, "state"));
	btf_u32(&b, 1);
	btf_u32(&b, 0);
	btf_u32(&b, btf_string(&b, "pid"));
	btf_u32(&b, 1);
	btf_u32(&b, 32);
	btf_u32(&b, btf_string(&b, "task_struct"));
	btf_u32(&b, 4 << 24 | 2);
	btf_u32(&b, offset + 4);
	btf_u32(&b, btf_string(&b, "flags"));
	btf_u32(&b, 1);
	btf_u32(&b, 0);
	btf_u32(&b, 0);
	btf_u32(&b, 2);
	btf_u32(&b, (offset - 4) * 8);
	btf_write(t, "/sys/kernel/btf/vmlinux", &b);
}

void tree_btf_structs(struct tree *t, const char *module, ...)
{
	struct btf_file b = { 0 };
	char path[128], *kernel;
	const char *name;
	size_t len;
	va_list ap;

	kernel = host_slurp(&t->host, "/sys/kernel/btf/vmlinux", &len);
	ck_assert_ptr_nonnull(kernel);
	b.base = load32(kernel + 20);
	free(kernel);
	va_start(ap, module);
	while ((name = va_arg(ap, const char *))) {
		btf_u32(&b, btf_string(&b, name));
		btf_u32(&b, 4 << 24);
		btf_u32(&b, 0);
	}
	va_end(ap);
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	btf_write(t, path, &b);
}

/* A struct of ints at these offsets; base: names that vmlinux' strings have, at these offsets. */
static void btf_struct(struct btf_file *b, const char *name, const struct tree_member *m)
{
	u32 nr = 0;

	while (m[nr].name)
		nr++;
	btf_u32(b, btf_string(b, name));
	btf_u32(b, 4 << 24 | nr);
	btf_u32(b, 4096);
	for (u32 i = 0; i < nr; i++) {
		btf_u32(b, m[i].base ? m[i].base : btf_string(b, m[i].name));
		btf_u32(b, 1);
		btf_u32(b, m[i].offset * 8);
	}
}

void tree_btf_kvm(struct tree *t, const char *without)
{
	/* vmlinux has struct rcuwait, and a name that a structure of kvm's has, too. */
	static const char shared[] = "delivery_mode";
	const struct tree_member rcuwait[] = { { "task", 8, 0 }, { 0 } };
	const struct tree_member task[] = { { "pid", 2432, 0 }, { 0 } };
	struct btf_file kernel = { .nr_strings = 1 }, kvm = { 0 };
	u32 mode = btf_string(&kernel, shared);
	const struct tree_member vm[] = { { "userspace_pid", 6944, 0 }, { 0 } };
	const struct tree_member lapic[] = { { "vcpu", 144, 0 }, { 0 } };
	const struct tree_member irq[] = {
		{ "vector", 0, 0 }, { shared, 4, mode }, { "shorthand", 12, 0 }, { 0 }
	};
	const struct tree_member vcpu[] = { { "cpu", 32, 0 },
					    { "vcpu_id", 36, 0 },
					    { "mode", 48, 0 },
					    { "wait", 112, 0 },
					    { "preempted", 291, 0 },
					    { strcmp(without, "ready") ? "ready" : "unready", 292,
					      0 },
					    { 0 } };

	btf_struct(&kernel, "rcuwait", rcuwait);
	btf_struct(&kernel, "task_struct", task);
	btf_write(t, "/sys/kernel/btf/vmlinux", &kernel);
	kvm.base = kernel.nr_strings;
	btf_struct(&kvm, "kvm", vm);
	btf_struct(&kvm, "kvm_lapic", lapic);
	btf_struct(&kvm, "kvm_lapic_irq", irq);
	btf_struct(&kvm, "kvm_vcpu", vcpu);
	btf_write(t, "/sys/kernel/btf/kvm", &kvm);
}
