// SPDX-License-Identifier: MIT
#include "image_paths.h"

#include <stdlib.h>
#include <string.h>

#include "lib/paths.h"
#include "lib/text.h"

#define XEN	  "build/xen%s%s/xen"
#define INITRAMFS "build/guest/%s/initramfs.cpio"

#define PV32 "pv32"

const char *env_width(const char *env)
{
	return env && strcmp(env + strcspn(env, "0123456789"), "32") == 0 ? "32" : "";
}

bool env_is_xen(const char *env)
{
	return strncmp(env, "xen", 3) == 0;
}

bool env_same_kind(const char *a, const char *b)
{
	size_t n = strcspn(a, "0123456789");

	return n == strcspn(b, "0123456789") && strncmp(a, b, n) == 0;
}

const char *env_flavour(const char *env, const char *asked)
{
	if (!env_is_xen(env))
		return NULL;
	return !asked && *env_width(env) ? PV32 : asked;
}

bool flavour_is_for_tests(const char *flavour)
{
	return flavour && strcmp(flavour, PV32) != 0;
}

char *programs_path(const char *env)
{
	return xasprintf("build/workloads%s", env_width(env));
}

char *xen_path(const char *flavour)
{
	return xasprintf(XEN, flavour ? "-" : "", flavour ? flavour : "");
}

static char *of_image(const struct run_spec *spec, const char *file)
{
	AUTO_FREE char *image = file_name(spec->image);
	char *path = xasprintf("build/guest/%s/%s/%s", spec->env, image, file);

	return path;
}

char *guest_path(const struct run_spec *spec)
{
	return of_image(spec, "pvmmu-guest.elf");
}

char *guest_command(const struct run_spec *spec)
{
	return xasprintf("make guest%s%s VARIANT=%s", *env_width(spec->env) ? " ENV=" : "",
			 *env_width(spec->env) ? spec->env : "", spec->image);
}

char *guest_debug_path(const struct run_spec *spec)
{
	return of_image(spec, "pvmmu-guest.debug");
}

char *panic_sites_path(const struct run_spec *spec)
{
	return of_image(spec, "panic-sites");
}

char *initramfs_path(const struct run_spec *spec)
{
	return xasprintf(INITRAMFS, spec->env);
}
