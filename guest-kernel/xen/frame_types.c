// SPDX-License-Identifier: MIT
/*
 * What Xen holds our frames to be. That is a toolstack's question (a domain's
 * tables are found by it when the domain is saved), so only a privileged domain
 * may ask. The interface has a version that must match exactly and changes with
 * Xen's releases, though this question has stayed as it is; so the version is
 * found by trying, with no frames, which does nothing else.
 *
 * Source: xen/domctl.h, and arch/x86/domctl.c of Xen 4.17: at most 1024 frames a
 * call; a frame whose table type is not validated at present counts as no table.
 */
#define __XEN_TOOLS__ 1
#include "xen/mmu_ops.h"
#include <xen/domctl.h>

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"

#define VERSION_FIRST 0x10u
#define VERSION_END   0x30u

static long ask(u32 version, u64 *frames, unsigned n)
{
	/* Room for what other versions append. */
	static union {
		struct xen_domctl op;
		u8 room[512];
	} arg;

	memset(&arg, 0, sizeof(arg));
	arg.op.cmd = XEN_DOMCTL_getpageframeinfo3;
	arg.op.interface_version = version;
	arg.op.domain = 0; /* DOMID_SELF is not taken here */
	arg.op.u.getpageframeinfo3.num = n;
	arg.op.u.getpageframeinfo3.array.p = (xen_pfn_t *)frames;
	return hyp_domctl(&arg.op);
}

/* 0, or the errno that the last try gave. */
static long find_version(u32 *version)
{
	long rc = ask(XEN_DOMCTL_INTERFACE_VERSION, NULL, 0);

	*version = XEN_DOMCTL_INTERFACE_VERSION;
	for (u32 v = VERSION_FIRST; rc == -EACCES && v < VERSION_END; v++) {
		*version = v;
		rc = ask(v, NULL, 0);
	}
	return rc;
}

const char *hv_frame_types(u64 *frames, unsigned n)
{
	static u32 version;
	u32 found;
	long rc;

	if (strcmp(boot_info.role, "dom0"))
		return "only domain 0 may ask Xen";
	if (!version) {
		rc = find_version(&found);
		if (rc == -EACCES)
			return "Xen's domctl interface has an unknown version";
		if (rc)
			return "Xen does not answer: not privileged";
		version = found;
	}
	if (ask(version, frames, n))
		return "Xen does not answer for our frames";
	for (unsigned i = 0; i < n; i++) {
		u32 type = (u32)frames[i];

		if ((type & XEN_DOMCTL_PFINFO_LTAB_MASK) >= XEN_DOMCTL_PFINFO_BROKEN) {
			frames[i] = HV_FRAME_ALIEN;
			continue;
		}
		frames[i] =
			(type & XEN_DOMCTL_PFINFO_LTABTYPE_MASK) >> XEN_DOMCTL_PFINFO_LTAB_SHIFT;
		if (type & XEN_DOMCTL_PFINFO_LPINTAB)
			frames[i] |= HV_FRAME_PINNED;
	}
	return NULL;
}
