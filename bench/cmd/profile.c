// SPDX-License-Identifier: MIT
/*
 * Shows the data of collector insn: the instructions of a sample by owner (Xen, the guest kernel,
 * processes) and by function. Values are summed over all samples of a run, so that shares add up,
 * and shown for the mean sample.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/destination.h"
#include "lib/figures.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "resultset/load.h"

struct asked {
	struct strv files, variants, workloads, vcpus;
	const char *folded, *who, *format, *out, *root;
	unsigned top;
};

/* In result sets, and for people. */
static const char *const who_name[] = {"xen", "kernel", "user"};
static const char *const who_shown[] = {"Xen", "guest kernel", "processes"};

#define NR_WHO (sizeof(who_name) / sizeof(*who_name))

/* One run's. Borrowed from its set. */
struct profile {
	const char *id;
	const json_t *functions; /* NULL: it was not measured by function */
	const json_t *unnamed;
	double samples, all, by[NR_WHO];
};

/* false: the run has no attribution. */
static bool profile_of(struct profile *p, const json_t *run)
{
	const json_t *insn = member_at(run, "collected", "insn", NULL);
	json_t *one;
	size_t i;

	*p = (struct profile){.id = text_at(run, "id", NULL),
			      .functions = json_object_get(insn, "functions"),
			      .unnamed = json_object_get(insn, "unnamed")};
	for (size_t who = 0; who < NR_WHO; who++) {
		const json_t *parts = json_object_get(insn, who_name[who]);

		json_array_foreach ((json_t *)parts, i, one)
			p->by[who] += json_number_value(one);
		if (parts)
			p->samples = (double)json_array_size(parts);
		p->all += p->by[who];
	}
	return insn && p->all > 0;
}

static void cell(const struct asked *a, const char *text, int width)
{
	if (strcmp(a->format, "md") == 0)
		printf("| %s ", text);
	else if (strcmp(a->format, "tsv") == 0)
		printf("%s\t", text);
	else
		printf("%*s  ", width, text);
}

/* The last cell of a row. */
static void last_cell(const struct asked *a, const char *text)
{
	if (strcmp(a->format, "md") == 0)
		printf("| %s |\n", text);
	else
		printf("%s\n", text);
}

static void number(const struct asked *a, double v, int width)
{
	AUTO_FREE char *text =
		strcmp(a->format, "tsv") == 0 ? xasprintf("%.17g", v) : readable_number(v);

	cell(a, text, width);
}

static void share(const struct asked *a, double part, double of, int width)
{
	AUTO_FREE char *text = readable_percent(100 * part / of);

	if (strcmp(a->format, "tsv") != 0)
		replace_text(&text, "%s %%", text);
	cell(a, text, width);
}

static void rule(const struct asked *a, const char *text)
{
	if (strcmp(a->format, "md") == 0)
		printf("%s\n", text);
}

static void print_shares(const struct asked *a, const struct profile *all, size_t n)
{
	cell(a, "instructions", 14);
	for (size_t who = 0; who < NR_WHO; who++)
		cell(a, who_shown[who], who == 1 ? 12 : 9);
	last_cell(a, "run (mean sample)");
	rule(a, "|---:|---:|---:|---:|---|");
	for (size_t i = 0; i < n; i++) {
		const struct profile *p = &all[i];

		number(a, p->all / p->samples, 14);
		for (size_t who = 0; who < NR_WHO; who++)
			share(a, p->by[who], p->all, who == 1 ? 12 : 9);
		last_cell(a, p->id);
	}
}

static bool wanted(const struct asked *a, const json_t *function)
{
	return !a->who || strcmp(text_at(function, "who", NULL), a->who) == 0;
}

static void print_functions(const struct asked *a, const struct profile *p)
{
	const json_t *function;
	unsigned shown = 0;
	size_t i;

	printf("\n%s%s\n", strcmp(a->format, "md") == 0 ? "### " : "", p->id);
	if (!p->functions) {
		printf("no functions: measure with --collect insn:symbols\n");
		return;
	}
	rule(a, "");
	cell(a, "share", 8);
	cell(a, "instructions", 14);
	cell(a, "entered", 10);
	last_cell(a, "function");
	rule(a, "|---:|---:|---:|---|");
	json_array_foreach (p->functions, i, function) {
		double n = json_number_value(json_object_get(function, "instructions"));
		double entered = json_number_value(json_object_get(function, "entered"));
		AUTO_FREE char *name = NULL;

		if (!wanted(a, function) || shown++ == a->top)
			continue;
		if (shown > a->top)
			break;
		share(a, n, p->all, 8);
		number(a, n / p->samples, 14);
		number(a, entered / p->samples, 10);
		name = xasprintf("%s `%s`", text_at(function, "object", NULL),
				 text_at(function, "name", NULL));
		if (strcmp(a->format, "md"))
			replace_text(&name, "%s: %s", text_at(function, "object", NULL),
				     text_at(function, "name", NULL));
		last_cell(a, name);
	}
}

static void complain_unnamed(const struct profile *p)
{
	const char *who;
	json_t *error;

	json_object_foreach ((json_t *)p->unnamed, who, error)
		complain("%s: no names in %s: %s", p->id, who, json_string_value(error));
}

/* A frame's name without the separators of the folded format. */
static char *frame(const char *name)
{
	char *s = xstrdup(name);

	for (char *c = s; *c; c++)
		if (*c == ';' || *c == ' ')
			*c = '_';
	return s;
}

/* A line for each function: its run, its owner, its file, its name, and the instructions. */
static bool write_folded(const struct asked *a, const struct profile *all, size_t n, char **error)
{
	AUTO_FREE char *text = xstrdup("");

	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *id = frame(all[i].id);
		const json_t *function;
		size_t k;

		json_array_foreach (all[i].functions, k, function) {
			AUTO_FREE char *object = frame(text_at(function, "object", NULL));
			AUTO_FREE char *name = frame(text_at(function, "name", NULL));

			if (wanted(a, function))
				replace_text(&text, "%s%s;%s;%s;%s %lld\n", text, id,
					     text_at(function, "who", NULL), object, name,
					     (long long)json_integer_value(
						     json_object_get(function, "instructions")));
		}
	}
	return write_atomically(a->folded, text, strlen(text), error);
}

static void show(const struct asked *a, json_t *const *sets, char **error)
{
	AUTO_FREE struct profile *all = NULL;
	struct profile p;
	size_t n = 0, i, by_function = 0;
	bool alone = a->folded && is_standard_output(a->folded);
	json_t *run;

	for (size_t k = 0; k < a->files.n; k++)
		json_array_foreach (json_object_get(sets[k], "runs"), i, run) {
			if (!profile_of(&p, run)) {
				const char *no = text_at(run, "uncollected", "insn", NULL);

				complain("%s: nothing was attributed%s%s", text_at(run, "id", NULL),
					 *no ? ": " : "", no);
				continue;
			}
			complain_unnamed(&p);
			by_function += p.functions != NULL;
			all = xrealloc(all, (n + 1) * sizeof(*all));
			all[n++] = p;
		}
	if (!n) {
		fail(error, "no run was measured with --collect insn");
	} else if (a->folded && !by_function) {
		fail(error, "no run was measured by function: --collect insn:symbols");
	} else {
		if (!alone)
			print_shares(a, all, n);
		for (i = 0; i < n && a->top && !alone; i++)
			print_functions(a, &all[i]);
		if (a->folded)
			write_folded(a, all, n, error);
	}
}

static int profile(const struct asked *a)
{
	AUTO_FREE json_t **sets = xcalloc(a->files.n, sizeof(*sets));
	AUTO_FREE char *error = NULL;
	bool ok = (!a->folded || spares_inputs(a->folded, &a->files, &error)) &&
		  read_result_sets(&a->files, a->root, sets);
	int code;

	if (ok) {
		show(a, sets, &error);
		ok = !error;
	}
	code = ok ? EXIT_FINE : failure(&command_profile, error);
	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	return code;
}

/* Measures as `run` does; *file is the result, the caller's. */
static int measure(const struct asked *a, char **file)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_FREE char *root = NULL;
	char *error = NULL;
	int code = EXIT_ERROR;

	if (!find_root(a->root, &root, &error)) {
		complain("%s", error);
		free(error);
		return code;
	}
	*file = a->out ? xstrdup(a->out) : root_path(root, "results/profile.json");
	strv_add(&argv, "run");
	strv_add(&argv, "--root=%s", root);
	strv_add(&argv, "--collect=insn:symbols");
	strv_add(&argv, "--out=%s", *file);
	if (a->folded && is_standard_output(a->folded))
		strv_add(&argv, "--quiet");
	for (size_t i = 0; i < a->variants.n; i++)
		strv_add(&argv, "--variant=%s", a->variants.v[i]);
	for (size_t i = 0; i < a->workloads.n; i++)
		strv_add(&argv, "--workload=%s", a->workloads.v[i]);
	for (size_t i = 0; i < a->vcpus.n; i++)
		strv_add(&argv, "--vcpus=%s", a->vcpus.v[i]);
	code = command_run.run((int)argv.n, argv.v);
	return code;
}

static int usage(const struct asked *a)
{
	AUTO_FREE char *error = NULL;

	if (!a->files.n && !a->workloads.n)
		return usage_error(&command_profile, "expected a file, or --workload to measure");
	if (a->files.n && (a->workloads.n || a->variants.n || a->vcpus.n || a->out))
		return usage_error(&command_profile, "a file is shown, or a workload measured: "
						     "give one of them");
	if ((a->who && choose_word("xen,kernel,user", "part", a->who, &error) < 0) ||
	    choose_word("text,md,tsv", "format", a->format, &error) < 0)
		return usage_error(&command_profile, "%s", error);
	return -1;
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = "text", .top = 20};
	const struct option_spec specs[] = {
		OPT_TEXTS("variant", 0, &a.variants, "NAME[,...]", "measure: these variants (all)"),
		OPT_TEXTS("workload", 0, &a.workloads, "NAME[:P=LIST]...[,...]",
			  "measure: these workloads, as for run"),
		OPT_TEXTS("vcpus", 0, &a.vcpus, "LIST", "measure: on so many vCPUs (1)"),
		OPT_TEXT("out", 'o', &a.out, "FILE",
			 "measure: into this file (results/profile.json)"),
		OPT_NUMBER("top", 0, &a.top, "N", "functions of each run; 0: the shares only (20)",
			   0, 100000),
		OPT_TEXT("who", 0, &a.who, "PART", "xen, kernel or user: only its functions (all)"),
		OPT_TEXT(
			"folded", 0, &a.folded, "FILE",
			"all functions in the form that flame graphs are drawn from; -: on the output, and "
			"nothing else"),
		OPT_TEXT("format", 0, &a.format, "FORMAT", "text, md or tsv (text)"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_profile, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	if (code < 0 && !a.files.n) {
		AUTO_FREE char *file = NULL;

		code = measure(&a, &file);
		code = code == EXIT_FINE ? -1 : code;
		if (file)
			strv_add(&a.files, "%s", file);
	}
	code = code < 0 ? profile(&a) : code;
	strv_free(&a.files);
	strv_free(&a.variants);
	strv_free(&a.workloads);
	strv_free(&a.vcpus);
	return code;
}

const struct command command_profile = {
	.name = "profile",
	.usage = "profile [OPTION]... {FILE.json... | --workload NAME...}",
	.summary =
		"instructions of samples by owner (Xen, guest kernel, processes) and by function",
	.details =
		"Shows results that were measured with --collect insn:symbols, or measures first:\n"
		"  pvmmu profile --variant batched --workload fork:mb=1 --folded fork.folded\n"
		"Each instruction of a sample has an owner, so the shares add up to 100 %. \"entered\" is\n"
		"how often a sample executes a function's first instruction. `make symbols` provides\n"
		"symbols of Xen and of programs, `make plugin` the plugin for QEMU.\n",
	.run = run,
};
