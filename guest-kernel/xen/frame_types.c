// SPDX-License-Identifier: MIT
/*
 * Asks Xen for the types of our frames. This is a toolstack operation (it finds a domain's
 * tables when the domain is saved), so only a privileged domain may use it. The version of
 * the interface must match exactly and changes with Xen's releases, though this operation
 * has stayed the same. So we find the version by trying, with a list of no frames, which
 * has no effect.
 *
 * Source: xen/domctl.h, and arch/x86/domctl.c of Xen 4.17: at most 1024 frames a call; a
 * frame whose table type is not validated at present counts as no table.
 */
#define __XEN_TOOLS__ 1
#include "xen/mmu_ops.h"
#include <xen/domctl.h>

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"

#define VERSION_FIRST 0x10u
#define VERSION_END   0x30u

static long ask(u32 version, unsigned long *frames, unsigned n)
{
	/* Room for the fields that other versions append. */
	static union {
		struct xen_domctl op;
		u8 room[512];
	} arg;

	memset(&arg, 0, sizeof(arg));
	arg.op.cmd = XEN_DOMCTL_getpageframeinfo3;
	arg.op.interface_version = version;
	arg.op.domain = 0; /* Xen does not accept DOMID_SELF here */
	arg.op.u.getpageframeinfo3.num = n;
	arg.op.u.getpageframeinfo3.array.p = (xen_pfn_t *)frames;
	return hyp_domctl(&arg.op);
}

/* Returns 0, or the errno of the last try. */
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

const char *hv_frame_types(unsigned long *frames, unsigned n)
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
