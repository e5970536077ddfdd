/* SPDX-License-Identifier: MIT */
/* The thread that ages pages (mm/ageing.h). Initially off. */
#ifndef PROC_AGEING_THREAD_H
#define PROC_AGEING_THREAD_H

#include "arch/x86/types.h"

/* Makes the thread, asleep, on the last CPU. With one CPU there is none. All CPUs must run. */
void ageing_init(void);
/*
 * Returns false if there is no such thread. If it is switched off, it has stopped on
 * return; may sleep.
 */
bool ageing_switch(bool on);
bool ageing_is_on(void);

#endif
