/* SPDX-License-Identifier: MIT */
/* The thread that ages pages (mm/ageing.h). It is off until somebody wants it. */
#ifndef PROC_AGEING_THREAD_H
#define PROC_AGEING_THREAD_H

#include "arch/x86/types.h"

/* Makes it, asleep, on the last CPU; with one CPU there is none. All CPUs run. */
void ageing_init(void);
/* False if there is no such thread. Switched off, it has stopped on return; may sleep. */
bool ageing_switch(bool on);
bool ageing_is_on(void);

#endif
