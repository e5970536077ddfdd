// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/text.h"
#include "machine/rig.h"
#include "rigs/capabilities.h"
#include "spec/catalog.h"

/* ---- workloads, as the programs describe themselves ---- */

#define WIDTH 100
#define NAME  16 /* column of the members of a workload */
#define TEXT  30 /* column of their descriptions */

/* Prints the label at `indent` and the words from `column` on, wrapped. */
static void print_paragraph(int indent, const char *label, int column, const char *words)
{
	int at = printf("%*s%s", indent, "", label);
	bool first = true;

	if (at >= column)
		at = printf("\n") - 1;
	while (*words) {
		int n = (int)strcspn(words, " ");

		if (!first && at + 1 + n > WIDTH) {
			putchar('\n');
			at = 0;
			first = true;
		}
		at += first ? printf("%*s%.*s", column - at, "", n, words)
			    : printf(" %.*s", n, words);
		first = false;
		words += n;
		words += strspn(words, " ");
	}
	putchar('\n');
}

static json_int_t number(const json_t *param, const char *name)
{
	return json_integer_value(json_object_get(param, name));
}

static const json_t *param_of(const json_t *workload, const char *name)
{
	json_t *param;
	size_t i;

	json_array_foreach (json_object_get(workload, "params"), i, param)
		if (strcmp(text_at(param, "name", NULL), name) == 0)
			return param;
	return NULL;
}

/* Whether every workload has this parameter, with an equal member. */
static bool agree(const json_t *workloads, const json_t *param, const char *member)
{
	json_t *workload;
	size_t i;

	json_array_foreach ((json_t *)workloads, i, workload) {
		const json_t *other = param_of(workload, text_at(param, "name", NULL));

		if (!other ||
		    !json_equal(json_object_get(other, member), json_object_get(param, member)))
			return false;
	}
	return true;
}

static bool is_common(const json_t *workloads, const json_t *param)
{
	return agree(workloads, param, "unit") && agree(workloads, param, "min") &&
	       agree(workloads, param, "max") && agree(workloads, param, "help");
}

/* A switch or a choice has no unit; its description explains the numbers. */
static void print_param(const json_t *param, bool with_default)
{
	const char *unit = text_at(param, "unit", NULL);
	AUTO_FREE char *label = with_default ? xasprintf("%s=%lld", text_at(param, "name", NULL),
							 (long long)number(param, "default"))
					     : xasprintf("%s=", text_at(param, "name", NULL));
	bool has_unit = strcmp(unit, "switch") != 0 && strcmp(unit, "choice") != 0;
	AUTO_FREE char *words =
		xasprintf("%s (%lld to %lld%s%s)", text_at(param, "help", NULL),
			  (long long)number(param, "min"), (long long)number(param, "max"),
			  has_unit ? " " : "", has_unit ? unit : "");

	print_paragraph(NAME, label, TEXT, words);
}

static void print_workload(const json_t *workloads, const json_t *workload)
{
	json_t *param;
	AUTO_STRV struct strv defaults = {0};
	char *line;
	size_t i;

	putchar('\n');
	print_paragraph(2, text_at(workload, "name", NULL), NAME,
			text_at(workload, "summary", NULL));
	print_paragraph(NAME, "measures", TEXT, text_at(workload, "measures", NULL));
	if (*text_at(workload, "field", NULL))
		print_paragraph(NAME, "in the field", TEXT, text_at(workload, "field", NULL));
	if (*text_at(workload, "points", NULL))
		print_paragraph(NAME, "in a matrix", TEXT, text_at(workload, "points", NULL));
	if (json_object_get(workload, "min_vcpus")) {
		line = xasprintf("%lld or more", (long long)number(workload, "min_vcpus"));
		print_paragraph(NAME, "vCPUs", TEXT, line);
		free(line);
	}
	json_array_foreach (json_object_get(workload, "params"), i, param) {
		if (!is_common(workloads, param))
			print_param(param, true);
		else if (!agree(workloads, param, "default"))
			strv_add(&defaults, "%s=%lld", text_at(param, "name", NULL),
				 (long long)number(param, "default"));
	}
	line = strv_join(&defaults, " ");
	if (*line)
		print_paragraph(NAME, "by default", TEXT, line);
	free(line);
}

/* workloads: the array of build/share/workloads.json. Common parameters are printed once. */
static void list_workloads(const json_t *workloads)
{
	const json_t *first = json_array_get(workloads, 0);
	json_t *workload, *param;
	bool any = false;
	size_t i;

	json_array_foreach ((json_t *)workloads, i, workload)
		print_workload(workloads, workload);
	json_array_foreach (json_object_get(first, "params"), i, param) {
		if (!is_common(workloads, param))
			continue;
		if (!any)
			printf("\n  all workloads\n");
		any = true;
		print_param(param, agree(workloads, param, "default"));
	}
}

/* ---- the topics ---- */

struct item {
	const char *name, *summary;
};

static const struct item envs[] = {{"host", "this machine's Linux, without a guest (rig host)"},
				   {"native32", "32-bit PAE without Xen, as native64's variants"},
				   {"native64", "x86-64 without Xen: the baseline"},
				   {"xen32", "32-bit PAE PV on Xen, as the same variants"},
				   {"xen64", "x86-64 PV on Xen"}};
static const struct item tiers[] = {{"exact", "QEMU counts instructions: identical on every run"},
				    {"wall", "real time: samples are nanoseconds"}};

static json_t *named(const char *name, const char *summary)
{
	return json_pack("{s:s, s:s}", "name", name, "summary", summary);
}

static json_t *variants_json(const struct catalog *c, const char *root)
{
	(void)root;
	return json_incref(json_object_get(c->variants_json, "variants"));
}

/* {"name", "summary", ...} of each axis of custom: variants. */
static json_t *axes_json(const struct catalog *c, const char *root)
{
	json_t *all = json_deep_copy(json_object_get(c->custom, "axes")), *axis, *value;
	size_t i, k;

	(void)root;
	json_array_foreach (all, i, axis) {
		json_t *max = json_object_get(axis, "max"), *needs = json_object_get(axis, "needs");
		AUTO_STRV struct strv values = {0};
		AUTO_FREE char *summary = NULL, *list = NULL;

		json_array_foreach (json_object_get(axis, "values"), k, value)
			strv_add(&values, "%s", json_string_value(value));
		if (max)
			strv_add(&values, "1 to %lld", (long long)json_integer_value(max));
		list = strv_join(&values, ", ");
		summary = xasprintf("%s (%s)%s%s", list,
				    json_string_value(json_object_get(axis, "default")),
				    needs ? "; needs " : "", needs ? json_string_value(needs) : "");
		json_object_set_new(axis, "summary", json_string(summary));
	}
	return all ? all : json_array();
}

static json_t *workloads_json(const struct catalog *c, const char *root)
{
	(void)root;
	return json_incref(json_object_get(c->workloads_json, "workloads"));
}

static json_t *rigs_json(const struct catalog *c, const char *root)
{
	json_t *all = json_array();
	const struct rig *r;

	(void)c;
	(void)root;
	for (size_t i = 0; (r = rig_at(i)); i++)
		json_array_append_new(all, named(r->name, r->summary));
	return all;
}

/* Probes this machine, which takes a second. */
static json_t *collectors_json(const struct catalog *c, const char *root)
{
	(void)c;
	return collector_capabilities(root);
}

static json_t *all_named(const struct item *items, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, named(items[i].name, items[i].summary));
	return all;
}

static json_t *tiers_json(const struct catalog *c, const char *root)
{
	(void)c;
	(void)root;
	return all_named(tiers, sizeof(tiers) / sizeof(*tiers));
}

static json_t *envs_json(const struct catalog *c, const char *root)
{
	(void)c;
	(void)root;
	return all_named(envs, sizeof(envs) / sizeof(*envs));
}

static const struct {
	const char *name;
	json_t *(*json)(const struct catalog *c,
			const char *root); /* an array of {"name", "summary", ...} */
	bool built;			   /* described by the build, so it may be missing */
} topics[] = {
	{"variants", variants_json, true},	{"axes", axes_json, true},
	{"workloads", workloads_json, true},	{"rigs", rigs_json, false},
	{"tiers", tiers_json, false},		{"envs", envs_json, false},
	{"collectors", collectors_json, false},
};

#define NR_TOPICS (sizeof(topics) / sizeof(*topics))

static void print_item(const json_t *item)
{
	json_t *policy = json_object_get(item, "policy"), *value, *rig;
	const char *axis;
	size_t i;

	printf("  %-14s %s%s\n", text_at(item, "name", NULL), text_at(item, "summary", NULL),
	       json_is_true(json_object_get(item, "by_default")) ? " (usual)" : "");
	json_array_foreach (json_object_get(item, "rigs"), i, rig)
		printf("  %-14s rig %s: %s%s\n", "", text_at(rig, "rig", NULL),
		       json_is_true(json_object_get(rig, "works")) ? "works here" : "SKIP: ",
		       text_at(rig, "why", NULL));
	if (*text_at(item, "options", NULL))
		printf("  %-14s options: %s\n", "", text_at(item, "options", NULL));
	if (policy) {
		printf("  %-14s", "");
		json_object_foreach (policy, axis, value)
			printf(" %s=%s", axis,
			       json_string_value(value) ? json_string_value(value) : "?");
		putchar('\n');
	}
}

static int list(const char *topic, bool json, const char *root_given)
{
	struct catalog c = {0};
	char *root = NULL;
	AUTO_FREE char *error = NULL;
	json_auto_t *all = json_object();
	int code = EXIT_FINE;
	bool loaded = find_root(root_given, &root, &error) && catalog_load(&c, root, &error);

	for (size_t i = 0; i < NR_TOPICS; i++) {
		if (topic && strcmp(topic, topics[i].name) != 0)
			continue;
		if (topics[i].built && !loaded)
			code = EXIT_ERROR;
		else
			json_object_set_new(all, topics[i].name, topics[i].json(&c, root));
	}
	if (json) {
		AUTO_FREE char *dump = json_dumps(all, JSON_INDENT(1));

		puts(dump);
	} else {
		json_t *items, *item;
		const char *name;
		size_t i;

		json_object_foreach (all, name, items) {
			printf("%s:\n", name);
			if (strcmp(name, "workloads") == 0) {
				list_workloads(items);
				continue;
			}
			json_array_foreach (items, i, item)
				print_item(item);
		}
	}
	if (code != EXIT_FINE)
		complain("%s", error);
	catalog_free(&c);
	free(root);
	return code;
}

static int run(int argc, char **argv)
{
	AUTO_STRV struct strv operands = {0}, names = {0};
	const char *root = NULL;
	bool json = false, known;
	AUTO_FREE char *error = NULL;
	const struct option_spec specs[] = {
		OPT_FLAG("json", 0, &json, "print JSON"),
		OPT_ROOT(&root),
		OPT_END,
	};
	int code = options_read(&command_list, specs, argc, argv, &operands);

	known = !operands.n;
	for (size_t i = 0; i < NR_TOPICS; i++) {
		strv_add(&names, "%s", topics[i].name);
		known = known || strcmp(operands.v[0], topics[i].name) == 0;
	}
	if (code >= 0)
		;
	else if (operands.n > 1)
		code = usage_error(&command_list, "expected one topic, found %zu", operands.n);
	else if (!known && !unknown_name(&error, "topic", operands.v[0], &names))
		code = usage_error(&command_list, "%s", error);
	else
		code = list(operands.n ? operands.v[0] : NULL, json, root);
	return code;
}

const struct command command_list = {
	.name = "list",
	.usage =
		"list [OPTION]... [variants | axes | workloads | rigs | tiers | envs | collectors]",
	.summary = "show what can be run, with all parameters",
	.run = run,
};
