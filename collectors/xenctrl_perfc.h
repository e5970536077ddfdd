/* SPDX-License-Identifier: MIT */
/*
 * Xen's counters read in domain 0, by Xen's own library. The library must have the version of the
 * running Xen, so it is not linked but loaded by the version that Linux reports (/sys/hypervisor).
 */
#ifndef PVMMU_XENCTRL_PERFC_H
#define PVMMU_XENCTRL_PERFC_H

#include <jansson.h>

struct dom0_perfc;

/* NULL with *error: what is missing, and what provides it. */
struct dom0_perfc *dom0_perfc_open(char **error);
void dom0_perfc_close(struct dom0_perfc *p); /* may be NULL */

/* Reads the counters. dom0_perfc_between() reports failures. */
void dom0_perfc_begin(struct dom0_perfc *p);
void dom0_perfc_end(struct dom0_perfc *p);

/* The counts between the two readings, as in perfc.h; NULL with *error. */
json_t *dom0_perfc_between(struct dom0_perfc *p, char **error);

#endif
