// SPDX-License-Identifier: MIT
/*
 * The values of an option come from the source that the command itself uses: the catalog of the
 * build, a registry, or, for a few words, the beginning of the option's help ("text, md or json
 * (text)"). There is no second list.
 */
#include "complete.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "export/format.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "machine/rig.h"
#include "plot/kind.h"
#include "plot/plot.h"
#include "resultset/axes.h"
#include "spec/catalog.h"
#include "spec/custom_variant.h"

/* The word at the cursor. */
struct cursor {
	const struct catalog *catalog; /* empty if nothing was built */
	const char *root;	       /* or NULL */
	const char *kept;	       /* the part before the item, which stays as it is */
	size_t nr_kept;
	const char *item; /* the typed part of the item */
};

/* Prints a candidate, with `end` behind it, if it begins with the typed part. */
static void offer(const struct cursor *c, const char *name, const char *end, const char *meaning)
{
	if (strncmp(name, c->item, strlen(c->item)) == 0)
		printf("%.*s%s%s\t%.*s\n", (int)c->nr_kept, c->kept, name, end,
		       (int)strcspn(meaning, "\n\t"), meaning);
}

/*
 * The same cursor behind the last of the separators that its item holds. A number behind a comma
 * goes on with a list of values (values_join()).
 */
static struct cursor behind(const struct cursor *c, const char *separators)
{
	struct cursor later = *c;

	for (const char *p = c->item; *p; p++)
		if (strchr(separators, *p) && !(*p == ',' && isdigit((unsigned char)p[1])))
			later.item = p + 1;
	later.nr_kept += (size_t)(later.item - c->item);
	return later;
}

static void offer_words(const struct cursor *c, const char *words)
{
	AUTO_STRV struct strv list = {0};

	strv_split(&list, words, ' ');
	for (size_t i = 0; i < list.n; i++)
		if (*list.v[i])
			offer(c, list.v[i], "", "");
}

/* ---- variants ---- */

static void offer_axes_of_custom(const struct cursor *c)
{
	json_t *axes = json_object_get(c->catalog->custom, "axes"), *axis, *value;
	const char *equals = strchr(c->item, '=');
	struct cursor at = behind(c, "=+");
	size_t i, k;

	json_array_foreach (axes, i, axis) {
		const char *name = json_string_value(json_object_get(axis, "name"));

		if (!equals)
			offer(c, name, "=", "");
		else if (strlen(name) == (size_t)(equals - c->item) &&
			 strncmp(name, c->item, strlen(name)) == 0)
			json_array_foreach (json_object_get(axis, "values"), k, value)
				offer(&at, json_string_value(value), "", "");
	}
}

static void offer_variants(const struct cursor *c)
{
	const char *custom = strstr(c->item, CUSTOM), *next;
	struct cursor at = behind(c, ",");

	while (custom && (next = strstr(custom + 1, CUSTOM)))
		custom = next;
	if (custom && custom >= at.item)
		at = behind(&at, ":");
	if (custom)
		offer_axes_of_custom(&at);
	if (custom && custom + strlen(CUSTOM) >= at.item)
		return;
	for (size_t i = 0; i < c->catalog->nr_variants; i++)
		offer(&at, c->catalog->variants[i].name, "", c->catalog->variants[i].summary);
	offer(&at, CUSTOM, "", "a variant by its axes");
}

/* ---- workloads ---- */

static void offer_parameters(const struct cursor *c, const struct workload *w)
{
	for (size_t i = 0; i < w->nr_parameters; i++)
		offer(c, w->parameters[i].name, "=", w->parameters[i].help);
}

static void offer_workloads(const struct cursor *c)
{
	struct cursor at = behind(c, ","), parameter = behind(&at, ":");

	for (size_t i = 0; i < c->catalog->nr_workloads; i++) {
		const struct workload *w = &c->catalog->workloads[i];
		size_t n = strlen(w->name);

		if (parameter.item == at.item)
			offer(&at, w->name, "", w->summary);
		else if (strncmp(at.item, w->name, n) == 0 && at.item[n] == ':')
			offer_parameters(&parameter, w);
	}
}

/* ---- registries and axes ---- */

static void offer_rigs(const struct cursor *c)
{
	const struct rig *r;

	for (size_t i = 0; (r = rig_at(i)); i++)
		offer(c, r->name, "", r->summary);
}

/* The envs or tiers of all rigs, each once. */
static void offer_of_rigs(const struct cursor *c, bool envs)
{
	AUTO_STRV struct strv seen = {0}, words = {0};
	const struct rig *r;

	for (size_t i = 0; (r = rig_at(i)); i++)
		strv_split(&words, envs ? r->envs : r->tiers, ' ');
	for (size_t i = 0; i < words.n; i++)
		strv_add_distinct(&seen, words.v[i]);
	for (size_t i = 0; i < seen.n; i++)
		offer(c, seen.v[i], "", "");
}

static void offer_envs(const struct cursor *c)
{
	offer_of_rigs(c, true);
}

static void offer_tiers(const struct cursor *c)
{
	offer_of_rigs(c, false);
}

static void offer_collectors(const struct cursor *c)
{
	struct cursor at = behind(c, ",");
	const struct collector *one;

	for (size_t i = 0; (one = collector_at(i)); i++)
		offer(&at, one->name, "", one->summary);
}

static void offer_kinds(const struct cursor *c)
{
	const struct plot_kind *kind;

	for (size_t i = 0; (kind = plot_kind_at(i)); i++)
		offer(c, kind->name, "", kind->summary);
}

static void offer_export_formats(const struct cursor *c)
{
	const struct export_format *f;

	for (size_t i = 0; (f = export_at(i)); i++)
		offer(c, f->name, "", f->summary);
}

/* Flavours of Xen that are built. */
static void offer_flavours(const struct cursor *c)
{
	AUTO_FREE char *pattern = root_path(c->root ? c->root : ".", "build/xen-*/xen.json");
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			char *name = strstr(found.gl_pathv[i], "build/xen-") + strlen("build/xen-");

			name[strcspn(name, "/")] = 0;
			offer(c, name, "", "");
		}
		globfree(&found);
	}
}

static void offer_axes(const struct cursor *c, const char *end)
{
	AUTO_STRV struct strv names = {0};
	json_t *axis;
	size_t i;

	axes_usual(&names);
	json_array_foreach (json_object_get(c->catalog->custom, "axes"), i, axis)
		strv_add_distinct(&names, json_string_value(json_object_get(axis, "name")));
	for (i = 0; i < c->catalog->nr_workloads; i++)
		for (size_t k = 0; k < c->catalog->workloads[i].nr_parameters; k++)
			strv_add_distinct(&names, c->catalog->workloads[i].parameters[k].name);
	for (i = 0; i < names.n; i++)
		offer(c, names.v[i], end, "");
}

static void offer_columns(const struct cursor *c)
{
	offer_axes(c, "");
}

static void offer_conditions(const struct cursor *c)
{
	offer_axes(c, "=");
}

/* ---- options ---- */

/* "text, md or json (text)": the words before the parenthesis. false: the help is a sentence. */
static bool words_of_help(const char *help, struct strv *words)
{
	AUTO_FREE char *list = xstrndup(help, strcspn(help, "(:"));
	AUTO_STRV struct strv parts = {0};
	bool ok = true;

	strv_split(&parts, list, ' ');
	for (size_t i = 0; i < parts.n && ok; i++) {
		char *word = parts.v[i];
		size_t n = strlen(word);
		bool last = !n || i + 1 == parts.n || word[n - 1] == ',' ||
			    strcmp(word, "or") == 0 || strcmp(parts.v[i + 1], "or") == 0 ||
			    !*parts.v[i + 1];

		word[strcspn(word, ",")] = 0;
		ok = last;
		if (*word && strcmp(word, "or") != 0)
			strv_add(words, "%s", word);
	}
	return ok && words->n > 1;
}

/* Options by their name, and of which command if it is not the same for all. */
static const struct {
	const char *option, *command;
	void (*offer)(const struct cursor *c);
} sources[] = {
	{"variant", NULL, offer_variants},
	{"baseline", NULL, offer_variants},
	{"base", "effects", offer_variants},
	{"base", "compare", offer_variants},
	{"workload", NULL, offer_workloads},
	{"rig", NULL, offer_rigs},
	{"env", NULL, offer_envs},
	{"tier", NULL, offer_tiers},
	{"collect", NULL, offer_collectors},
	{"no-collect", NULL, offer_collectors},
	{"kind", NULL, offer_kinds},
	{"xen", NULL, offer_flavours},
	{"by", NULL, offer_columns},
	{"where", NULL, offer_conditions},
	{"format", "export", offer_export_formats},
};

static void offer_values(const struct cursor *c, const struct command *cmd,
			 const struct option_spec *o)
{
	AUTO_STRV struct strv words = {0};

	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		if (strcmp(sources[i].option, o->name) != 0 ||
		    (sources[i].command && strcmp(sources[i].command, cmd->name) != 0))
			continue;
		sources[i].offer(c);
		return;
	}
	if (o->kind == OPTION_TEXT && words_of_help(o->help, &words))
		for (size_t i = 0; i < words.n; i++)
			offer(c, words.v[i], "", "");
}

static void offer_options(const struct cursor *c, const struct option_spec *specs)
{
	for (; specs->name; specs++) {
		AUTO_FREE char *name = xasprintf("--%s", specs->name);

		offer(c, name, specs->kind == OPTION_FLAG ? "" : "=", specs->help);
	}
	offer(c, "--help", "", "this text");
}

/* Operands: the usage of `list` and `history` names them, other commands take files. */
static void offer_operands(const struct cursor *c, const struct command *cmd,
			   const struct option_spec *specs)
{
	const char *choices = strrchr(cmd->usage, '[');
	bool named = choices && strchr(choices, '|');
	char *words;

	if (named) {
		words = xstrndup(choices + 1, strcspn(choices + 1, "]"));
		for (char *p = words; *p; p++)
			if (*p == '|')
				*p = ' ';
		offer_words(c, words);
		free(words);
	}
	/* An empty word may become an option too, unless files are meant. */
	if (!*c->item && !strstr(cmd->usage, "FILE") && !strstr(cmd->usage, "DIR") &&
	    !strstr(cmd->usage, ".json"))
		offer_options(c, specs);
}

/* The word to complete: options_help calls complete_command() without arguments for it. */
static struct {
	struct cursor cursor;
	const char *word, *previous;
} now;

static const struct option_spec *option_named(const struct option_spec *specs, const char *word,
					      size_t n)
{
	for (; specs->name; specs++)
		if (specs->kind != OPTION_FLAG &&
		    ((n == strlen(specs->name) + 2 && strncmp(word, "--", 2) == 0 &&
		      strncmp(word + 2, specs->name, n - 2) == 0) ||
		     (n == 2 && specs->letter && word[0] == '-' && word[1] == specs->letter)))
			return specs;
	return NULL;
}

static void complete_command(const struct command *cmd, const struct option_spec *specs)
{
	struct cursor c = now.cursor;
	size_t n = strcspn(now.word, "=");
	const struct option_spec *o = option_named(specs, now.previous, strlen(now.previous));

	c.kept = c.item = now.word;
	if (!o && now.word[n] == '=' && (o = option_named(specs, now.word, n))) {
		c.nr_kept = n + 1;
		c.item = now.word + n + 1;
	}
	if (o)
		offer_values(&c, cmd, o);
	else if (*now.word == '-')
		offer_options(&c, specs);
	else
		offer_operands(&c, cmd, specs);
}

static void complete_name(const struct cursor *c, const struct command *const *commands, size_t n,
			  const char *others)
{
	for (size_t i = 0; i < n; i++)
		offer(c, commands[i]->name, "", commands[i]->summary);
	offer_words(c, others);
}

void complete(const struct command *const *commands, size_t n, char *const *words, size_t nr_words)
{
	char *help[] = {(char[]){"pvmmu"}, (char[]){"--help"}, NULL};
	struct catalog catalog = {0};
	char *root = NULL;
	AUTO_FREE char *error = NULL;
	struct cursor c = {.catalog = &catalog};

	if (!nr_words)
		return;
	c.item = c.kept = words[nr_words - 1];
	/* Arguments of a program are not completed. */
	for (size_t i = 1; i + 1 < nr_words; i++)
		if (strcmp(words[i], "--") == 0)
			return;
	if (nr_words == 1) {
		complete_name(&c, commands, n, "help --help --version");
	} else if (strcmp(words[0], "help") == 0) {
		if (nr_words == 2)
			complete_name(&c, commands, n, "--man --bash --zsh --fish");
	} else {
		if (find_root(NULL, &root, &error) && !catalog_load(&catalog, root, &error))
			catalog = (struct catalog){0};
		c.root = root;
		now.cursor = c;
		now.word = c.item;
		now.previous = nr_words > 2 ? words[nr_words - 2] : "";
		options_help = complete_command;
		for (size_t i = 0; i < n; i++)
			if (strcmp(commands[i]->name, words[0]) == 0)
				commands[i]->run(2, help);
		options_help = NULL;
		catalog_free(&catalog);
	}
	free(root);
}
