// SPDX-License-Identifier: MIT
#include "rigs/rig.h"

#include <stdlib.h>
#include <string.h>

#include "registry.h"

REGISTRY(rig, pvmmu_rigs);

void rig_context_free(struct rig_context *c)
{
	free(c->qemu);
	free(c->qemu_version);
	free(c->xen_why);
	free(c->xen_package);
	free(c->xen_version);
	free(c->xen_banner);
	free(c->xen_build_id);
	free(c->xen_command_line);
	xen_log_free(&c->xen_log);
}

const struct rig *rig_at(size_t i)
{
	return REGISTERED_AT(pvmmu_rigs, i);
}

const struct rig *rig_by_name(const char *name, char **why)
{
	return REGISTERED(pvmmu_rigs, "rig", name, why);
}
