/* SPDX-License-Identifier: MIT */
/*
 * Xen's counters read in domain 0, by Xen's own library. It has to be of the same version
 * as the Xen that runs, so it is not linked but looked for when it is needed, by the version
 * that Linux tells of that Xen (/sys/hypervisor).
 */
#ifndef PVMMU_XENCTRL_PERFC_H
#define PVMMU_XENCTRL_PERFC_H

#include <jansson.h>

struct dom0_perfc;

/* NULL with *error (malloc'ed): what is missing here, and what provides it. */
struct dom0_perfc *dom0_perfc_open(char **error);
void dom0_perfc_close(struct dom0_perfc *p); /* NULL is fine */

/* Reads them as they are now. What fails is told by dom0_perfc_between(). */
void dom0_perfc_begin(struct dom0_perfc *p);
void dom0_perfc_end(struct dom0_perfc *p);

/* What was counted between these two, as in perfc.h; NULL with *error. */
json_t *dom0_perfc_between(struct dom0_perfc *p, char **error);

#endif
