// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/destination.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "resultset/load.h"
#include "run/merge.h"
#include "spec/catalog.h"

/* By enum prefer. */
static const char *const preferences[] = {"none", "first", "last", "newest"};
_Static_assert(sizeof(preferences) / sizeof(*preferences) == NR_PREFER, "a name for each");

/* The options of the command line. */
struct asked {
	struct strv files;
	const char *out, *prefer, *root;
	enum prefer how;
	bool quiet, force;
};

static bool write_set(const json_t *set, const char *path, char **error)
{
	AUTO_FREE char *text = json_text(set, JSON_INDENT(1));

	replace_text(&text, "%s\n", text);
	return write_atomically(path, text, strlen(text), error);
}

static void report(const struct merged *m, const struct asked *a)
{
	for (size_t i = 0; i < m->conflicts.n; i++)
		complain("%s", m->conflicts.v[i]);
	if (m->conflicts.n && a->how == PREFER_NONE)
		complain("nothing was written; --prefer says which of them to take");
}

static bool merge(const struct asked *a, struct source_set *sources, size_t n, char **error)
{
	AUTO_FREE char *command = shell_join(&command_line);
	/* If the set goes to standard output, messages do not. */
	FILE *to = is_standard_output(a->out) ? stderr : stdout;
	struct merged m;
	bool ok = merge_sets(&m, sources, n, a->how, command, error);

	report(&m, a);
	ok = ok && write_set(m.set, a->out, error);
	if (ok && !a->quiet)
		fprintf(to, "%s: %zu runs of %zu files%s", a->out,
			json_array_size(json_object_get(m.set, "runs")), n, m.same ? "; " : "\n");
	if (ok && !a->quiet && m.same)
		fprintf(to, "equal runs of several files, kept once: %zu\n", m.same);
	merged_free(&m);
	return ok;
}

static int merge_files(const struct asked *a)
{
	AUTO_FREE json_t **sets = xcalloc(a->files.n, sizeof(*sets));
	AUTO_FREE struct source_set *sources = xcalloc(a->files.n, sizeof(*sources));
	AUTO_FREE char *error = NULL;
	struct destination d;
	bool ok = destination_find(&d, a->out, &error);

	if (ok && !a->force && d.there)
		ok = fail(&error, "%s is there already: nothing is overwritten without --force",
			  a->out);
	destination_free(&d);
	ok = ok && can_write(a->out, &error) && read_result_sets(&a->files, a->root, sets);
	for (size_t i = 0; i < a->files.n && ok; i++) {
		if (!is_regular_file(a->files.v[i])) {
			ok = fail(&error, "%s is no regular file: its hash could not be told",
				  a->files.v[i]);
			break;
		}
		sources[i] = (struct source_set){.path = a->files.v[i], .set = sets[i]};
		ok = hash_file(a->files.v[i], sources[i].sha256, &error);
	}
	ok = ok && merge(a, sources, a->files.n, &error);
	if (error && !ok)
		complain("%s", error);
	for (size_t i = 0; i < a->files.n; i++)
		json_decref(sets[i]);
	return ok ? EXIT_FINE : EXIT_ERROR;
}

static int usage(struct asked *a)
{
	const struct command *c = &command_merge;
	AUTO_STRV struct strv names = {0};
	AUTO_FREE char *error = NULL;
	int code = -1;

	a->how = NR_PREFER;
	for (int i = 0; i < NR_PREFER; i++) {
		strv_add(&names, "%s", preferences[i]);
		if (strcmp(preferences[i], a->prefer) == 0)
			a->how = (enum prefer)i;
	}
	if (a->how == NR_PREFER && !unknown_name(&error, "preference", a->prefer, &names))
		code = usage_error(c, "%s", error);
	else if (!a->out)
		code = usage_error(c, "say with -o FILE where to write");
	else if (!a->files.n)
		code = usage_error(c, "no file given");
	return code;
}

static int run(int argc, char **argv)
{
	struct asked a = {.prefer = "none"};
	const struct option_spec specs[] = {
		OPT_TEXT("out", 'o', &a.out, "FILE", "the merged set; -: on the standard output"),
		OPT_TEXT("prefer", 0, &a.prefer, "WHICH",
			 "first, last or newest: which of runs that share an id and differ (none)"),
		OPT_FLAG("force", 'f', &a.force, "replace FILE if it is there"),
		OPT_FLAG("quiet", 'q', &a.quiet, "print nothing but errors"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_merge, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? merge_files(&a) : code;
	strv_free(&a.files);
	return code;
}

const struct command command_merge = {
	.name = "merge",
	.usage = "merge [OPTION]... -o FILE A.json B.json...",
	.summary = "put several result sets into one",
	.details =
		"Each run keeps the date, the program and the machine of its set. Equal runs are kept\n"
		"once. Runs with the same id that differ are an error, unless --prefer says which to take;\n"
		"the others are named. Tiers do not mix.\n",
	.run = run,
};
