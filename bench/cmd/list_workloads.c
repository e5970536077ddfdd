// SPDX-License-Identifier: MIT
#include "list_workloads.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define WIDTH 100
#define NAME  16 /* column of what belongs to a workload */
#define TEXT  30 /* column of descriptions below it */

/* The label at `indent`, then the words from column `column` on, in as many lines as it takes. */
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

static const char *text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
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
		if (strcmp(text(param, "name"), name) == 0)
			return param;
	return NULL;
}

/* Every workload has this parameter, and of all of them the member is the same. */
static bool agree(const json_t *workloads, const json_t *param, const char *member)
{
	json_t *workload;
	size_t i;

	json_array_foreach ((json_t *)workloads, i, workload) {
		const json_t *other = param_of(workload, text(param, "name"));

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

/* A switch or a choice has no unit: its description says what the numbers mean. */
static void print_param(const json_t *param, bool with_default)
{
	const char *unit = text(param, "unit");
	AUTO_FREE char *label = with_default ? xasprintf("%s=%lld", text(param, "name"),
							 (long long)number(param, "default"))
					     : xasprintf("%s=", text(param, "name"));
	bool has_unit = strcmp(unit, "switch") != 0 && strcmp(unit, "choice") != 0;
	AUTO_FREE char *words = xasprintf(
		"%s (%lld to %lld%s%s)", text(param, "help"), (long long)number(param, "min"),
		(long long)number(param, "max"), has_unit ? " " : "", has_unit ? unit : "");

	print_paragraph(NAME, label, TEXT, words);
}

static void print_workload(const json_t *workloads, const json_t *workload)
{
	json_t *param;
	AUTO_STRV struct strv defaults = {0};
	char *line;
	size_t i;

	putchar('\n');
	print_paragraph(2, text(workload, "name"), NAME, text(workload, "summary"));
	print_paragraph(NAME, "measures", TEXT, text(workload, "measures"));
	if (*text(workload, "field"))
		print_paragraph(NAME, "in the field", TEXT, text(workload, "field"));
	if (*text(workload, "points"))
		print_paragraph(NAME, "in a matrix", TEXT, text(workload, "points"));
	if (json_object_get(workload, "min_vcpus")) {
		line = xasprintf("%lld or more", (long long)number(workload, "min_vcpus"));
		print_paragraph(NAME, "vCPUs", TEXT, line);
		free(line);
	}
	json_array_foreach (json_object_get(workload, "params"), i, param) {
		if (!is_common(workloads, param))
			print_param(param, true);
		else if (!agree(workloads, param, "default"))
			strv_add(&defaults, "%s=%lld", text(param, "name"),
				 (long long)number(param, "default"));
	}
	line = strv_join(&defaults, " ");
	if (*line)
		print_paragraph(NAME, "by default", TEXT, line);
	free(line);
}

void list_workloads(const json_t *workloads)
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
			printf("\n  each of them\n");
		any = true;
		print_param(param, agree(workloads, param, "default"));
	}
}
