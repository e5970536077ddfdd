/* SPDX-License-Identifier: MIT */
/* Xen's own words that several rooms look for. */
#ifndef PVMMU_BENCH_SPEC_XEN_WORDS_H
#define PVMMU_BENCH_SPEC_XEN_WORDS_H

/* The line of Xen's log about page tables of the hypervisor's own for PV guests. */
#define XEN_XPTI "XPTI (64-bit PV only)"

#endif
