// SPDX-License-Identifier: MIT
#include "rigs/rig.h"

#include <stdlib.h>
#include <string.h>

#include "catalog.h"

/* Set by the linker around the section that RIG() fills. */
extern const struct rig *const __start_pvmmu_rigs[];
extern const struct rig *const __stop_pvmmu_rigs[];

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
}

const struct rig *rig_at(size_t i)
{
	/* Few of them, and link order means nothing: find the one with i smaller names. */
	for (const struct rig *const *a = __start_pvmmu_rigs; a < __stop_pvmmu_rigs; a++) {
		size_t smaller = 0;

		for (const struct rig *const *b = __start_pvmmu_rigs; b < __stop_pvmmu_rigs; b++)
			smaller += strcmp((*b)->name, (*a)->name) < 0;
		if (smaller == i)
			return *a;
	}
	return NULL;
}

const struct rig *rig_by_name(const char *name, char **why)
{
	struct strv names = {0};
	const struct rig *r;
	char *list;

	for (size_t i = 0; (r = rig_at(i)); i++) {
		if (strcmp(r->name, name) == 0) {
			strv_free(&names);
			return r;
		}
		strv_add(&names, "%s", r->name);
	}
	list = strv_join(&names, ", ");
	fail(why, "rig \"%s\" is not available in this build; valid: %s", name, list);
	free(list);
	strv_free(&names);
	return NULL;
}
