// SPDX-License-Identifier: MIT
/* The one toolstack operation that the guest uses: the types of its frames. */
#define __XEN_TOOLS__ 1
#include <errno.h>

#include "fake_xen.h"
#include <xen/domctl.h>

/* Different from the headers' version, so that the guest has to find it. */
unsigned fake_domctl_version = XEN_DOMCTL_INTERFACE_VERSION + 2;
long fake_domctl_error;

static u64 frame_info(u64 frame)
{
	const struct fake_frame *f = &fake_frames[frame];
	u64 info = 0;

	if (!fake_mfn_ok(MFN(frame)))
		return XEN_DOMCTL_PFINFO_XTAB;
	if (f->types && f->type >= TYPE_L1 && f->type <= TYPE_L4)
		info = (u64)f->type << XEN_DOMCTL_PFINFO_LTAB_SHIFT;
	return f->pinned ? info | XEN_DOMCTL_PFINFO_LPINTAB : info;
}

long fake_domctl(unsigned long arg)
{
	const struct xen_domctl *op = (const struct xen_domctl *)arg;
	u64 n = op->u.getpageframeinfo3.num;

	if (op->interface_version != fake_domctl_version)
		return -EACCES;
	if (fake_domctl_error)
		return fake_domctl_error;
	if (op->cmd != XEN_DOMCTL_getpageframeinfo3 || op->domain != 0)
		return -ESRCH;
	if (n > 1024)
		return -E2BIG;
	for (u64 i = 0; i < n; i++) {
		u64 *frame = (u64 *)op->u.getpageframeinfo3.array.p + i;

		*frame = frame_info(*frame);
	}
	return 0;
}
