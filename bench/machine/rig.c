// SPDX-License-Identifier: MIT
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "lib/registry.h"
#include "spec/user_program.h"

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

const struct rig *rig_by_name(const char *name, char **error)
{
	return REGISTERED(pvmmu_rigs, "rig", name, error);
}

char *run_command(const struct run_spec *spec)
{
	char *s = xasprintf("build/pvmmu run --env %s --rig %s --tier %s --variant %s", spec->env,
			    spec->rig->name, spec->tier, spec->image);
	json_t *value;
	const char *name;

	if (!spec->program)
		replace_text(&s, "%s --workload %s", s, spec->workload->name);
	json_object_foreach (spec->parameters, name, value)
		replace_text(&s, "%s:%s=%lld", s, name, (long long)json_integer_value(value));
	replace_text(&s, "%s --vcpus %u", s, spec->vcpus);
	if (!spec->rig->variant)
		replace_text(&s, "%s --mem %u", s, spec->memory_mib);
	replace_text(&s, "%s --seed %llu", s, (unsigned long long)spec->seed);
	if (spec->high_mib)
		replace_text(&s, "%s --high-mib %u", s, spec->high_mib);
	if (spec->flavour)
		replace_text(&s, "%s --xen %s", s, spec->flavour);
	if (spec->no_audit)
		replace_text(&s, "%s --no-audit", s);
	if (spec->collect && *spec->collect)
		replace_text(&s, "%s%s", s, spec->collect);
	if (spec->program)
		replace_text(&s, "%s %s", s, spec->program->options);
	return s;
}
