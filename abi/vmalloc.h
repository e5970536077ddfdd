/* SPDX-License-Identifier: MIT */
/*
 * The device /dev/vmalloc: operations of the kernel's vmalloc for a workload. One write()
 * of one struct is one operation. It returns the size of the struct, or fails with ENOMEM,
 * EINVAL, or EIO if memory did not hold what was written to it. Each open file holds areas
 * of its own; closing it frees them.
 */
#ifndef PVMMU_ABI_VMALLOC_H
#define PVMMU_ABI_VMALLOC_H

#include <stdint.h>

enum pvmmu_vmalloc_op {
	/*
	 * Allocates an area of pages[0] pages and, if pages[1] is not 0, one of pages[1]; writes
	 * to each page of both, and frees them.
	 */
	PVMMU_VMALLOC_CYCLE,
	/* Allocates pages[1] areas of pages[0] pages and keeps them. */
	PVMMU_VMALLOC_HOLD,
	/* Frees every second one of these areas. */
	PVMMU_VMALLOC_THIN,
};

#define PVMMU_VMALLOC_MAX_PAGES 65536u

struct pvmmu_vmalloc {
	uint32_t op;
	uint32_t pages[2];
};

#endif
