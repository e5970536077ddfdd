/* SPDX-License-Identifier: MIT */
/*
 * The device /dev/vmalloc: what a workload asks of the kernel's vmalloc. One write()
 * of one struct is one operation; it returns the size of the struct, or fails with
 * ENOMEM, EINVAL, or EIO if memory did not hold what was written to it. Each open
 * file holds areas of its own, which closing it frees.
 */
#ifndef PVMMU_ABI_VMALLOC_H
#define PVMMU_ABI_VMALLOC_H

#include <stdint.h>

enum pvmmu_vmalloc_op {
	/* Allocates an area of pages[0] pages, and if pages[1] one of so many, writes to each
	 * page of both, and frees them. */
	PVMMU_VMALLOC_CYCLE,
	/* Allocates pages[1] areas of pages[0] pages and keeps them. */
	PVMMU_VMALLOC_HOLD,
	/* Frees every second one of the areas kept. */
	PVMMU_VMALLOC_THIN,
};

#define PVMMU_VMALLOC_MAX_PAGES 65536u

struct pvmmu_vmalloc {
	uint32_t op;
	uint32_t pages[2];
};

#endif
