/* SPDX-License-Identifier: MIT */
/*
 * Conversion between pfn and mfn. Xen gives each domain a list of its mfns by pfn. It
 * shows all domains a read-only table of pfns by mfn, in which only the entries of our own
 * frames are meaningful to us.
 */
#ifndef XEN_P2M_H
#define XEN_P2M_H

#include "xen/public.h"

#include "arch/x86/types.h"

extern unsigned long *p2m_list; /* nr_pages entries */
extern unsigned long p2m_pages; /* its length */

static inline mfn_t pfn_to_mfn(pfn_t pfn)
{
	return MFN(p2m_list[pfn.v]);
}

/* The mfn must be one of ours. */
static inline pfn_t mfn_to_pfn(mfn_t mfn)
{
	return PFN(machine_to_phys_mapping[mfn.v]);
}

/* For entries that may map foreign frames, such as the shared info page. */
static inline bool mfn_is_ours(mfn_t mfn)
{
	pfn_t pfn = mfn_to_pfn(mfn);

	return pfn.v < p2m_pages && p2m_list[pfn.v] == mfn.v;
}

#endif
