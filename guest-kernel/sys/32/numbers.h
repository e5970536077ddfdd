/* SPDX-License-Identifier: MIT */
#ifndef SYS_32_NUMBERS_H
#define SYS_32_NUMBERS_H

#include "lib/types.h"

/* Whether the call with i386's number takes and gives times of 32 bits. */
bool syscall_is_narrow(unsigned nr);

#endif
