// SPDX-License-Identifier: MIT
/*
 * Xen's own counters (CONFIG_PERF_COUNTERS), of all that Xen did while the workload was
 * measured. On rig solo the guest is domain 0 and reads them itself, together with its
 * own counters and at the same moments (guest-kernel/sys/xenperf.h), so that the two can
 * be held against each other: what Xen counted of hypercalls must be what the guest
 * counted. A Xen that counts executes some instructions more, which is why Debian's does
 * not; a result names the build that it ran on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "perfc.h"

static json_t *xenperf_probe(const struct collector_place *place, char **why)
{
	const char *dash = place->flavour ? "-" : "", *flavour = place->flavour;
	json_t *probed = NULL;
	char *xen;

	if (asprintf(&xen, "%s/build/xen%s%s/xen", place->root, dash, flavour ? flavour : "") < 0)
		return NULL;
	if (perfc_counts(xen, why))
		probed = json_object();
	free(xen);
	return probed;
}

static json_t *xenperf_stop(void *state, const json_t *seen, char **why)
{
	json_t *all = NULL;

	(void)state;
	if (seen)
		all = perfc_from_records(json_object_get(seen, "records"), why);
	if (all)
		json_object_set_new(all, "read_by", json_string("guest"));
	return all;
}

static const struct collector xenperf = {
	.name = "xenperf",
	.summary = "Xen's counters of its own work, read by the guest as domain 0",
	.rigs = "solo",
	.envs = "xen64",
	.tiers = "exact wall",
	.guest_word = "xenperf",
	.probe = xenperf_probe,
	.stop = xenperf_stop,
};
COLLECTOR(xenperf);
