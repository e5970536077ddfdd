/* SPDX-License-Identifier: MIT */
/* Where a further CPU starts, and its parameters. For C and assembler. */
#ifndef NATIVE_TRAMPOLINE_H
#define NATIVE_TRAMPOLINE_H

/* Any page below 640 KiB that the firmware does not need any more. */
#define TRAMPOLINE_PAGE	      8
#define TRAMPOLINE_PARAMETERS 0xf00 /* offset in it */

#define PARAMETER_ROOT	    0
#define PARAMETER_STACK_TOP 8
#define PARAMETER_ENTRY	    16
#define PARAMETER_PER_CPU   24 /* per_cpu.h */

#ifndef __ASSEMBLER__
#include "lib/types.h"

struct start_parameters {
	u64 root, stack_top, entry, per_cpu;
};

_Static_assert(offsetof(struct start_parameters, root) == PARAMETER_ROOT &&
		       offsetof(struct start_parameters, stack_top) == PARAMETER_STACK_TOP &&
		       offsetof(struct start_parameters, entry) == PARAMETER_ENTRY &&
		       offsetof(struct start_parameters, per_cpu) == PARAMETER_PER_CPU,
	       "trampoline.S");
#endif

#endif
