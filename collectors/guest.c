// SPDX-License-Identifier: MIT
/*
 * The guest kernel's own counters (abi/counters.h). The workload reads them before and
 * after its timed iterations and prints them; they stand in the result as `counters`, so
 * there is nothing to do here but to be there.
 *
 * Switched off they are left out of the result, and the guest does as before: counting is
 * compiled in, and a harness that could do without reading would be another program, whose
 * code lies elsewhere, which moves a fork by more than the counters do.
 */
#include "collector.h"

static json_t *guest_probe(const struct collector_place *place, char **error)
{
	(void)place;
	(void)error;
	return json_object();
}

static const struct collector guest = {
	.name = "guest",
	.summary = "the guest kernel's own counters, read before and after the timed iterations",
	.rigs = "solo xl box",
	.envs = "xen64 native64",
	.tiers = "exact wall",
	.by_default = true,
	.inseparable = "counting is compiled into the guest, and goes on where nobody is told",
	.probe = guest_probe,
};
COLLECTOR(guest);
