/* SPDX-License-Identifier: MIT */
#ifndef XEN_SMP_H
#define XEN_SMP_H

/* Binds this CPU's port for kicks. Afterwards platform_kick() may be called for this CPU. */
void take_kicks(void);

#endif
