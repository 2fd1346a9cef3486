// SPDX-License-Identifier: GPL-2.0-only
/* test_tracer.c - a tracefs that is ordinary files: what is seen, made and removed. */
#include "record/tracer.h"

#include "tree.h"

START_TEST(what_is_there)
{
	struct tracer tr;
	struct tree t;

	tree_init(&t);
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tr.state, TRACER_ABSENT);
	ck_assert(!tracer_has(&tr, "kvm:kvm_entry"));
	/* a mount point without a mount */
	tree_mkdir(&t, "/sys/kernel/tracing");
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tr.state, TRACER_ABSENT);
	tree_tracefs(&t, "kvm:kvm_entry", NULL);
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tr.state, TRACER_READY);
	ck_assert(tr.instances && tr.probes && tr.writable);
	ck_assert(tracer_has(&tr, "kvm:kvm_entry"));
	ck_assert(!tracer_has(&tr, "kvm:kvm_exit"));
	ck_assert(!tracer_has(&tr, "kvm_entry"));
	ck_assert(!tracer_has(&tr, "kvm:"));
	tree_release(&t);
}
END_TEST

START_TEST(older_place)
{
	struct tracer tr;
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/sys/kernel/debug/tracing/available_events", "");
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tr.state, TRACER_READY);
	ck_assert_ptr_nonnull(strstr(tr.dir, "/sys/kernel/debug/tracing"));
	ck_assert(!tr.instances && !tr.probes);
	tree_release(&t);
}
END_TEST

#define INSTANCE "/sys/kernel/tracing/instances/mine"

START_TEST(begin_and_end)
{
	struct tracer_loss loss;
	struct tracer tr;
	struct tree t;
	struct err err;
	char *text;

	tree_init(&t);
	tree_tracefs(&t, NULL);
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tracer_begin(&tr, "mine", &err), 0);
	ck_assert(tree_has(&t, INSTANCE));
	ck_assert_int_eq(tracer_loss(&tr, &loss), -ENOENT);
	tree_write(&t, INSTANCE "/tracing_on", "1\n");
	tree_write(&t, INSTANCE "/trace_marker", "");
	tree_write(
		&t, INSTANCE "/per_cpu/cpu0/stats",
		"entries: 7\noverrun: 3\ncommit overrun: 2\nbytes: 9\ndropped events: 1\nread events: 5\n");
	ck_assert(tracer_is_on(&tr));
	ck_assert_int_eq(tracer_mark(&tr, "kvm-ipi: a line"), 0);
	text = tree_read(&t, INSTANCE "/trace_marker");
	ck_assert_str_eq(text, "kvm-ipi: a line");
	free(text);
	ck_assert_int_eq(tracer_loss(&tr, &loss), 0);
	ck_assert_uint_eq(loss.overrun, 3);
	ck_assert_uint_eq(loss.dropped, 3);
	ck_assert_uint_eq(loss.entries, 7);
	ck_assert_uint_eq(loss.cpus, 1);
	ck_assert_int_eq(tracer_add_probe(&tr, "kvm_ipi/spin", "p:kvm_ipi/spin f", &err), 0);
	text = tree_read(&t, "/sys/kernel/tracing/kprobe_events");
	ck_assert_str_eq(text, "p:kvm_ipi/spin f");
	free(text);
	/* Files in the folder: rmdir fails, as with a buffer that is held open, and it is said. */
	err.msg[0] = 0;
	ck_assert_int_eq(tracer_end(&tr, &err), -EBUSY);
	ck_assert_ptr_nonnull(strstr(err.msg, "instances/mine"));
	text = tree_read(&t, "/sys/kernel/tracing/kprobe_events");
	ck_assert_ptr_nonnull(strstr(text, "-:kvm_ipi/spin"));
	free(text);
	tree_release(&t);
}
END_TEST

START_TEST(removed_by_another)
{
	struct tracer tr;
	struct tree t;
	struct err err;
	char path[HOST_PATH_MAX];

	tree_init(&t);
	tree_tracefs(&t, NULL);
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(tracer_begin(&tr, "mine", &err), 0);
	ck_assert_int_eq(remove(host_path(&t.host, path, INSTANCE)), 0);
	ck_assert_int_eq(tracer_end(&tr, &err), 0);
	ck_assert_int_eq(tracer_begin(&tr, "mine", &err), 0);
	ck_assert_int_eq(tracer_end(&tr, &err), 0);
	ck_assert(!tree_has(&t, INSTANCE));
	tree_release(&t);
}
END_TEST

START_TEST(failures)
{
	struct tracer tr;
	struct tree t;
	struct err err = { "" };
	char path[HOST_PATH_MAX];

	tree_init(&t);
	tree_tracefs(&t, NULL);
	tracer_find(&tr, &t.host);
	ck_assert_int_eq(remove(host_path(&t.host, path, "/sys/kernel/tracing/kprobe_events")), 0);
	ck_assert_int_lt(tracer_add_probe(&tr, "kvm_ipi/spin", "p:kvm_ipi/spin f", &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "kvm_ipi/spin"));
	ck_assert_int_eq(remove(host_path(&t.host, path, "/sys/kernel/tracing/instances")), 0);
	ck_assert_int_lt(tracer_begin(&tr, "mine", &err), 0);
	ck_assert_ptr_null(tr.instance);
	ck_assert_int_eq(tracer_end(&tr, &err), 0);
	tree_release(&t);
}
END_TEST

UNIT_SUITE(tracer, what_is_there, older_place, begin_and_end, removed_by_another, failures)
