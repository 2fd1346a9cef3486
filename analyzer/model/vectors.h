/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vectors.h - the names that a guest gives to its interrupt vectors.
 *
 * A trace holds numbers only: which kernel runs in the guest, nobody recorded. So a table of names
 * is always somebody's claim ("--guest linux"), and whoever prints a name prints the number beside
 * it. This table serves the analyzer and the libtraceevent plugin, hence its licence.
 */
#ifndef KVM_IPI_VECTORS_H
#define KVM_IPI_VECTORS_H

#define NR_VECTORS 256

/*
 * Names by vector; NULL where the guest has none. The strings live as long as the table's owner
 * says.
 */
struct vector_names {
	const char *name[NR_VECTORS];
};

/*
 * The built-in table of a guest: "linux", or "none" (no names at all).
 * Returns NULL when there is no such table.
 */
const struct vector_names *vector_names_builtin(const char *guest);

/* The name of a vector, or NULL: unnamed, or no vector at all (256 and more). */
const char *vector_name(const struct vector_names *names, unsigned int vector);

#endif
