/* SPDX-License-Identifier: MIT */
#ifndef XEN_SMP_H
#define XEN_SMP_H

/* Binds this CPU's port for kicks; from then on platform_kick() may name it. */
void take_kicks(void);

#endif
