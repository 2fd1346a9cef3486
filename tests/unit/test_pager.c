// SPDX-License-Identifier: GPL-2.0-only
/* test_pager.c - without a terminal there is no pager; manners.t has one. */
#include "util/pager.h"

#include "unit.h"

#include <unistd.h>

START_TEST(none_without_a_terminal)
{
	FILE *f = tmpfile();
	struct pager p;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(dup2(fileno(f), STDOUT_FILENO), 0);
	setenv("TERM", "xterm", 1);
	setenv("KVM_IPI_PAGER", "false", 1);
	ck_assert_ptr_null(pager_command());
	pager_start(&p, 80);
	ck_assert_int_eq(p.pid, 0);
	puts("text");
	pager_wait(&p);
	fflush(stdout);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_END), 5);
	fclose(f);
}
END_TEST

UNIT_SUITE(pager, none_without_a_terminal)
