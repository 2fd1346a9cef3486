/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_matrix.h - a VM's sender x receiver matrix on the screen.
 *
 * What does not fit is put together: a cell is then the sum of a square of vCPUs.
 */
#ifndef KVM_IPI_CLI_TOP_MATRIX_H
#define KVM_IPI_CLI_TOP_MATRIX_H

#include "cli/screen.h"
#include "output/live_view.h"

/* vm: NULL: it has left. */
void top_matrix(struct screen *s, const struct live_view *v, const struct live_view_vm *vm);

#endif
