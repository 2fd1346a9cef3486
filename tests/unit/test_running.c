// SPDX-License-Identifier: GPL-2.0-only
/* test_running.c - who runs which vCPU, by debugfs and by names of threads. */
#include "record/running.h"

#include "tree.h"

#include <unistd.h>

START_TEST(thread_names)
{
	ck_assert_int_eq(vcpu_in_thread_name("CPU 3/KVM"), 3);
	ck_assert_int_eq(vcpu_in_thread_name("CPU 127/KVM"), 127);
	ck_assert_int_eq(vcpu_in_thread_name("fc_vcpu 0"), 0);
	ck_assert_int_eq(vcpu_in_thread_name("vcpu12"), 12);
	ck_assert_int_eq(vcpu_in_thread_name("kvm-vcpu-2"), 2);
	ck_assert_int_eq(vcpu_in_thread_name("CPU 3/TCG"), -1);
	ck_assert_int_eq(vcpu_in_thread_name("CPU x/KVM"), -1);
	ck_assert_int_eq(vcpu_in_thread_name("vcpu"), -1);
	ck_assert_int_eq(vcpu_in_thread_name("vcpu1x"), -1);
	ck_assert_int_eq(vcpu_in_thread_name("qemu-system-x86"), -1);
}
END_TEST

/* The name in a command line of these words, as a string of its own. */
static const char *named(char buf[64], const char *words, size_t len)
{
	size_t n;
	const char *name = vm_name_in(words, len, &n);

	if (!name)
		return NULL;
	snprintf(buf, 64, "%.*s", (int)n, name);
	return buf;
}

#define WORDS(s) (s), sizeof(s)

START_TEST(command_lines)
{
	char b[64];

	ck_assert_str_eq(named(b, WORDS("qemu\0-name\0web")), "web");
	ck_assert_str_eq(named(b, WORDS("qemu\0-name\0guest=web,debug-threads=on\0-m\0"
					"1")),
			 "web");
	ck_assert_str_eq(named(b, WORDS("lkvm\0run\0--name\0web")), "web");
	ck_assert_str_eq(named(b, WORDS("firecracker\0--id=web")), "web");
	ck_assert_ptr_null(named(b, WORDS("qemu\0-m\0"
					  "1")));
	ck_assert_ptr_null(named(b, WORDS("qemu\0-name")));
	ck_assert_ptr_null(named(b, WORDS("qemu\0-names\0web")));
	ck_assert_ptr_null(named(b, "", 0));
}
END_TEST

START_TEST(by_debugfs)
{
	struct running r, again;
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/sys/kernel/debug/kvm/exits", "5\n");
	tree_write(&t, "/sys/kernel/debug/kvm/500-12/vcpu0/pid", "510\n");
	tree_write(&t, "/sys/kernel/debug/kvm/500-9/vcpu1/pid", "512\n");
	tree_write(&t, "/sys/kernel/debug/kvm/500-9/vcpu0/pid", "511\n");
	tree_write_bytes(&t, "/proc/500/cmdline", "qemu\0-name\0a\nb", 14);
	tree_write(&t, "/proc/500/comm", "qemu\n");
	/* an older kernel: no file pid, but threads with names */
	tree_mkdir(&t, "/sys/kernel/debug/kvm/77-4/vcpu0");
	tree_write(&t, "/proc/77/comm", "qemu-system-x86\n");
	tree_write(&t, "/proc/77/task/77/comm", "qemu-system-x86\n");
	tree_write(&t, "/proc/77/task/80/comm", "CPU 0/KVM\n");
	ck_assert_int_eq(running_scan(&r, &t.host), 0);
	ck_assert_uint_eq(r.nr_vms, 3);
	ck_assert_uint_eq(r.nr_vcpus, 4);
	ck_assert(r.from_debugfs);
	ck_assert_int_eq(r.vm[0].pid, 77);
	ck_assert_str_eq(r.vm[0].name, "qemu-system-x86");
	ck_assert_int_eq(r.vcpu[0].tid, 80);
	ck_assert_int_eq(r.vm[1].fd, 9);
	ck_assert_str_eq(r.vm[1].name, "a?b");
	ck_assert_uint_eq(r.vcpu[1].vm, 1);
	ck_assert_int_eq(r.vcpu[1].tid, 511);
	ck_assert_int_eq(r.vcpu[2].tid, 512);
	ck_assert_int_eq(r.vm[2].fd, 12);
	ck_assert_int_eq(r.vcpu[3].tid, 510);
	ck_assert_int_eq(running_scan(&again, &t.host), 0);
	ck_assert(running_equal(&r, &again));
	again.vcpu[3].tid++;
	ck_assert(!running_equal(&r, &again));
	running_release(&again);
	running_release(&r);
	tree_release(&t);
}
END_TEST

START_TEST(by_threads)
{
	struct running r;
	struct tree t;
	char path[HOST_PATH_MAX];

	tree_init(&t);
	ck_assert_int_eq(running_scan(&r, &t.host), 0);
	ck_assert_uint_eq(r.nr_vms, 0);
	running_release(&r);
	tree_mkdir(&t, "/proc/33/fd");
	tree_write(&t, "/proc/33/comm", "fc\n");
	tree_write(&t, "/proc/33/task/35/comm", "fc_vcpu 0\n");
	tree_mkdir(&t, "/proc/34/fd");
	tree_write(&t, "/proc/34/task/34/comm", "fc_vcpu 0\n");
	ck_assert_int_eq(symlink("anon_inode:kvm-vm", host_path(&t.host, path, "/proc/33/fd/8")),
			 0);
	ck_assert_int_eq(symlink("/dev/null", host_path(&t.host, path, "/proc/34/fd/8")), 0);
	ck_assert_int_eq(running_scan(&r, &t.host), 0);
	ck_assert_uint_eq(r.nr_vms, 1);
	ck_assert_int_eq(r.vm[0].pid, 33);
	ck_assert_int_eq(r.vm[0].fd, -1);
	ck_assert_uint_eq(r.nr_vcpus, 1);
	ck_assert_int_eq(r.vcpu[0].tid, 35);
	running_release(&r);
	tree_release(&t);
}
END_TEST

UNIT_SUITE(running, thread_names, command_lines, by_debugfs, by_threads)
