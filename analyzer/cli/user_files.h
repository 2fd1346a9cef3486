/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user_files.h - the small files that users write: names of VMs, names of vectors, a host's
 * topology.
 */
#ifndef KVM_IPI_USER_FILES_H
#define KVM_IPI_USER_FILES_H

#include "model/names.h"
#include "model/topology.h"
#include "trace/recording.h"
#include "util/err.h"

/*
 * Lines "PID NAME" or "PID/ID NAME" into names; no path, no names. 0 or -errno: -EIO and -ENOMEM, or a
 * line is not of that form.
 */
int user_names_load(struct vm_names *names, const char *path, struct err *err);

/* guest: linux, none, a file of lines "VECTOR NAME", or NULL for linux. 0 or -errno, as above. */
int user_vectors_load(struct user_vectors *v, const char *guest, struct err *err);
void user_vectors_release(struct user_vectors *v);

/*
 * The host's CPUs, as topology_add_line() takes them; no path, nothing. A topology of the user's is
 * the only one: what the trace says is not taken. 0 or -errno, as above.
 */
int user_topology_load(struct topology *t, const char *path, struct err *err);

#endif
