// SPDX-License-Identifier: MIT
/*
 * One screen on the capabilities of this machine, as rigs, collectors and the build's list of
 * packages report them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/terminal.h"
#include "lib/text.h"
#include "rigs/capabilities.h"

/* The default rig of `run`. */
#define USUAL_RIG "solo"

static void print_line(bool works, const char *name, const char *text, const char *more)
{
	const char *on = works ? "\033[32m" : "\033[33m", *off = "\033[0m";

	if (!terminal_has_colours(STDOUT_FILENO))
		on = off = "";
	printf("  %s%-7s%s %-16s %s%s\n", on, works ? "ok" : "missing", off, name, text, more);
}

static bool works(const json_t *o)
{
	return json_is_true(json_object_get(o, "works"));
}

static void print_items(const char *title, const json_t *items)
{
	json_t *item;
	size_t i;

	printf("%s\n", title);
	json_array_foreach ((json_t *)items, i, item)
		print_line(works(item), text_at(item, "name", NULL),
			   text_at(item, works(item) ? "summary" : "why", NULL), "");
}

/* A line for each rig of a collector, with the reason if it does not work there. */
static void print_collectors(const json_t *items)
{
	json_t *item, *rig;
	size_t i, k;

	puts("collectors");
	json_array_foreach ((json_t *)items, i, item) {
		json_array_foreach (json_object_get(item, "rigs"), k, rig) {
			AUTO_FREE char *where = xasprintf("rig %s%s", text_at(rig, "rig", NULL),
							  works(rig) ? "" : ": ");

			print_line(works(rig), text_at(item, "name", NULL), where,
				   text_at(rig, "why", NULL));
		}
	}
}

/* Installed packages share a line. */
static void print_packages(const json_t *items, const char *error)
{
	size_t i, here = 0;
	json_t *item;

	puts("packages");
	if (error)
		print_line(false, "", error, "");
	json_array_foreach ((json_t *)items, i, item)
		here += works(item);
	if (here) {
		AUTO_FREE char *text =
			xasprintf("%zu of %zu are installed", here, json_array_size(items));

		print_line(true, "", text, "");
	}
	json_array_foreach ((json_t *)items, i, item) {
		AUTO_FREE char *how = NULL;

		if (works(item))
			continue;
		how = xasprintf("; `make %s` installs it", text_at(item, "target", NULL));
		print_line(false, text_at(item, "name", NULL), text_at(item, "summary", NULL), how);
	}
}

static bool usual_rig_works(const json_t *rigs)
{
	json_t *rig;
	size_t i;

	json_array_foreach ((json_t *)rigs, i, rig)
		if (strcmp(text_at(rig, "name", NULL), USUAL_RIG) == 0)
			return works(rig);
	return false;
}

static int examine(const char *root, bool json)
{
	json_t *rigs = rig_capabilities(root), *tiers = tier_capabilities(root, rigs);
	json_t *collectors = collector_capabilities(root);
	AUTO_FREE char *error = NULL;
	json_t *packages = package_capabilities(root, &error);
	json_auto_t *all = NULL;
	bool usual = usual_rig_works(rigs);

	all = json_pack("{s:b, s:o, s:o, s:o, s:o}", "works", usual, "tiers", tiers, "rigs", rigs,
			"collectors", collectors, "packages", packages);
	if (error)
		json_object_set_new(all, "packages_unknown", json_string(error));
	if (json) {
		AUTO_FREE char *dump = json_dumps(all, JSON_INDENT(1));

		puts(dump);
	} else {
		print_items("tiers", tiers);
		print_items("rigs", rigs);
		print_collectors(collectors);
		print_packages(packages, error);
		printf("%s\n", usual ? "This machine can measure."
				     : "This machine cannot measure yet: see rig " USUAL_RIG ".");
	}
	return usual ? EXIT_FINE : EXIT_ERROR;
}

static int run(int argc, char **argv)
{
	AUTO_FREE char *root = NULL, *error = NULL;
	const char *root_given = NULL;
	bool json = false;
	const struct option_spec specs[] = {
		OPT_FLAG("json", 0, &json, "print JSON"),
		OPT_ROOT(&root_given),
		OPT_END,
	};
	int code = options_read(&command_doctor, specs, argc, argv, NULL);

	if (code >= 0)
		return code;
	if (find_root(root_given, &root, &error)) {
		code = examine(root, json);
	} else {
		complain("%s", error);
		code = EXIT_ERROR;
	}
	return code;
}

const struct command command_doctor = {
	.name = "doctor",
	.usage = "doctor [OPTION]...",
	.summary = "show what this machine can measure with, and what to install for the rest",
	.details =
		"Tiers, rigs, collectors and packages, each ok or missing with the reason. Ends with 0\n"
		"if rig " USUAL_RIG ", the default, works, else with 4.\n",
	.run = run,
};
