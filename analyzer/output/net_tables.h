/* SPDX-License-Identifier: GPL-2.0-only */
/* net_tables.h - the metrics of graphs as text, CSV and JSON: what graph --metrics prints. */
#ifndef KVM_IPI_NET_TABLES_H
#define KVM_IPI_NET_TABLES_H

#include <stdio.h>

#include "output/net.h"
#include "util/json.h"

/* entries: vCPUs to show of each VM, the heaviest; 0: all. */
void net_text(const struct net *n, u32 entries, FILE *out);
void net_csv_header(FILE *out);
void net_csv(const struct net *n, FILE *out);
/* The VM's object, without its head (json_vm_head()). */
void net_json(const struct net *n, struct json *j);

/* Sent minus received, as parts of both, in thousandths: 1000 only sends. */
s64 net_asymmetry(const struct net_node *v);

#endif
