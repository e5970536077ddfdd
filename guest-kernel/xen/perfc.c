// SPDX-License-Identifier: MIT
/*
 * Xen's counters about its own work. A Xen that is built with CONFIG_PERF_COUNTERS counts
 * events on each processor. Domain 0 may read all counters with one call
 * (XEN_SYSCTL_perfc_op, xen/sysctl.h). A counter has a name and some values: one for each
 * processor or, for an array, one for each element, added up over all processors. Values
 * have 32 bits and wrap.
 *
 * Like the domctl interface (frame_types.c) this one has a version that must match, though
 * the operation has been the same since 2008. So we find the version by trying, with a
 * call that only asks for the number of counters.
 */
#define __XEN_TOOLS__ 1
#include "xen/hypercall.h"
#include <xen/sysctl.h>

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"

#define VERSION_FIRST 0x8u
#define VERSION_END   0x30u

_Static_assert(sizeof(struct hv_counter) == sizeof(struct xen_sysctl_perfc_desc),
	       "a counter is described as Xen does it");

/* Xen counts a call when it ends, so the values do not include the reading itself. */
static long ask(u32 version, struct hv_counter *counters, u32 *values, u32 *nr, u32 *nr_values)
{
	/* Room for the fields that other versions append. */
	static union {
		struct xen_sysctl op;
		u8 room[512];
	} arg;
	struct xen_sysctl_perfc_op *p = &arg.op.u.perfc_op;
	long rc;

	memset(&arg, 0, sizeof(arg));
	arg.op.cmd = XEN_SYSCTL_perfc_op;
	arg.op.interface_version = version;
	p->cmd = XEN_SYSCTL_PERFCOP_query;
	set_xen_guest_handle(p->desc, (xen_sysctl_perfc_desc_t *)counters);
	set_xen_guest_handle(p->val, values);
	rc = hyp_sysctl(&arg.op);
	if (!rc) {
		*nr = p->nr_counters;
		*nr_values = p->nr_vals;
	}
	return rc;
}

/* Returns 0, or the errno of the last try. */
static long find_version(u32 *version)
{
	long rc = -EACCES;
	u32 nr, nr_values;

	for (u32 v = VERSION_FIRST; rc == -EACCES && v < VERSION_END; v++) {
		*version = v;
		rc = ask(v, NULL, NULL, &nr, &nr_values);
	}
	return rc;
}

const char *platform_hv_counters(struct hv_counter *counters, u32 *values, u32 *nr, u32 *nr_values)
{
	static u32 version;
	u32 found = version;
	long rc;

	if (strcmp(boot_info.role, "dom0"))
		return "only domain 0 may ask Xen";
	rc = found ? 0 : find_version(&found);
	if (rc == -EACCES)
		return "Xen's sysctl has an unknown version";
	if (rc == -ENOSYS)
		return "this Xen was built without counters";
	if (rc)
		return "Xen does not answer: not privileged";
	version = found;
	return ask(version, counters, values, nr, nr_values) ? "Xen hands over no counters" : NULL;
}
