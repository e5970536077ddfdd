// SPDX-License-Identifier: MIT
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number_list.h"
#include "outcome.h"

struct strv command_line;
void (*options_help)(const struct command *cmd, const struct option_spec *specs);

int usage_error(const struct command *cmd, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *text = NULL;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	complain("%s", text);
	fprintf(stderr, "Try: pvmmu %s --help\n", cmd->name);
	return EXIT_USAGE;
}

int failure(const struct command *cmd, const char *error)
{
	if (is_mistake(error))
		return usage_error(cmd, "%s", error);
	if (error)
		complain("%s", error);
	return EXIT_ERROR;
}

static void print_help(const struct command *cmd, const struct option_spec *specs)
{
	printf("usage: pvmmu %s\n%s.\n", cmd->usage, cmd->summary);
	if (cmd->details)
		printf("\n%s", cmd->details);
	printf("\nOptions:\n");
	for (const struct option_spec *o = specs; o->name; o++) {
		AUTO_FREE char *left = o->letter ? xasprintf("-%c, --%s", o->letter, o->name)
						 : xasprintf("    --%s", o->name);

		if (o->argument)
			replace_text(&left, "%s %s", left, o->argument);
		printf("  %-28s %s\n", left, o->help);
	}
	printf("  %-28s %s\n", "-h, --help", "this text");
}

static const struct option_spec *find(const struct option_spec *specs, const char *name, size_t n)
{
	for (; specs->name; specs++)
		if (strlen(specs->name) == n && strncmp(specs->name, name, n) == 0)
			return specs;
	return NULL;
}

static int unknown(const struct command *cmd, const struct option_spec *specs, const char *word)
{
	AUTO_STRV struct strv names = {0};
	const char *close;
	int code;

	for (; specs->name; specs++)
		strv_add(&names, "--%s", specs->name);
	close = did_you_mean(word, &names);
	code = close ? usage_error(cmd, "unknown option \"%s\"; did you mean \"%s\"?", word, close)
		     : usage_error(cmd, "unknown option \"%s\"", word);
	return code;
}

static bool set(const struct option_spec *o, const char *value, char **error)
{
	struct strv parts = {0};
	long long number;
	char *what;

	switch (o->kind) {
	case OPTION_FLAG: *(bool *)o->value = true; return true;
	case OPTION_TEXT:
		if (!*value)
			return fail(error, "--%s: expected %s, found nothing", o->name,
				    o->argument);
		*(const char **)o->value = value;
		return true;
	case OPTION_LIST:
		strv_split(&parts, value, ',');
		for (size_t i = 0; i < parts.n; i++) {
			if (*parts.v[i])
				strv_add(o->value, "%s", parts.v[i]);
			else
				fail(error, "--%s: \"%s\" holds an empty item", o->name, value);
		}
		strv_free(&parts);
		return !*error;
	case OPTION_TEXTS:
		if (!*value)
			return fail(error, "--%s: expected %s, found nothing", o->name,
				    o->argument);
		strv_add(o->value, "%s", value);
		return true;
	case OPTION_NUMBER:
		what = xasprintf("--%s", o->name);
		if (parse_number(value, o->min, o->max, what, &number, error))
			*(unsigned *)o->value = (unsigned)number;
		free(what);
		return !*error;
	}
	return false;
}

/* Removes slashes from the end of a directory's name, which the shell's Tab adds. */
static void trim_slashes(char *value)
{
	size_t n = strlen(value);

	while (n > 1 && value[n - 1] == '/')
		value[--n] = 0;
}

/* Reads the option at argv[*i]; also takes argv[*i + 1] if that is its value. */
static int read_option(const struct command *cmd, const struct option_spec *specs, int argc,
		       char **argv, int *i)
{
	const struct option_spec *o = NULL;
	const char *word = argv[*i], *value = NULL;
	AUTO_FREE char *error = NULL;
	int code = -1;

	if (strncmp(word, "--", 2) == 0) {
		size_t n = strcspn(word + 2, "=");

		o = find(specs, word + 2, n);
		value = word[2 + n] ? word + 2 + n + 1 : NULL;
	} else {
		for (const struct option_spec *s = specs; s->name && !word[2]; s++)
			if (s->letter && s->letter == word[1])
				o = s;
	}
	if (!o)
		return unknown(cmd, specs, word);
	if (o->kind == OPTION_FLAG && value)
		return usage_error(cmd, "--%s takes no value", o->name);
	if (o->kind != OPTION_FLAG && !value) {
		if (*i + 1 >= argc)
			return usage_error(cmd, "%s needs a value: %s", word, o->argument);
		value = argv[++*i];
	}
	if (value && strcmp(o->argument, "DIR") == 0)
		trim_slashes((char *)value);
	if (!set(o, value, &error))
		code = usage_error(cmd, "%s", error);
	return code;
}

int options_read(const struct command *cmd, const struct option_spec *specs, int argc, char **argv,
		 struct strv *operands)
{
	bool options = true;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		int code = -1;

		if (options && strcmp(word, "--") == 0) {
			options = false;
		} else if (options && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
			(options_help ? options_help : print_help)(cmd, specs);
			return EXIT_FINE;
		} else if (options && word[0] == '-' && word[1]) {
			code = read_option(cmd, specs, argc, argv, &i);
		} else if (operands) {
			strv_add(operands, "%s", word);
		} else {
			code = usage_error(cmd, "unexpected argument \"%s\"", word);
		}
		if (code >= 0)
			return code;
	}
	return -1;
}
