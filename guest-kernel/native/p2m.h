/* SPDX-License-Identifier: MIT */
/* Without Xen a frame has one number. See xen/p2m.h for the other case. */
#ifndef NATIVE_P2M_H
#define NATIVE_P2M_H

#include "arch/x86/platform.h"

static inline mfn_t pfn_to_mfn(pfn_t pfn)
{
	return MFN(pfn.v);
}

static inline pfn_t mfn_to_pfn(mfn_t mfn)
{
	return PFN(mfn.v);
}

/* For entries that may map device registers, such as the local APIC's. */
static inline bool mfn_is_ours(mfn_t mfn)
{
	return mfn.v < boot_info.nr_pages;
}

#endif
