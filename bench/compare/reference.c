// SPDX-License-Identifier: MIT
#include "reference.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAD 2 /* workload, vcpus */

static bool read_value(const char *text, double *value)
{
	char *end;

	if (!*text) {
		*value = NAN;
		return true;
	}
	*value = strtod(text, &end);
	return !*end && isfinite(*value);
}

static bool read_row(struct reference *r, const struct strv *fields, char **error)
{
	size_t n = r->systems.n, row = r->keys.n;

	if (fields->n != LEAD + n)
		return fail(error, "expected %zu fields, found %zu", LEAD + n, fields->n);
	strv_add(&r->keys, "%s@%s", fields->v[0], fields->v[1]);
	r->value = xrealloc(r->value, (row + 1) * n * sizeof(*r->value));
	for (size_t i = 0; i < n; i++)
		if (!read_value(fields->v[LEAD + i], &r->value[row * n + i]))
			return fail(error, "\"%s\" is not a number", fields->v[LEAD + i]);
	return true;
}

static bool read_head(struct reference *r, const struct strv *fields, char **error)
{
	if (fields->n <= LEAD || strcmp(fields->v[0], "workload") != 0 ||
	    strcmp(fields->v[1], "vcpus") != 0)
		return fail(error, "expected the columns workload, vcpus and the systems");
	for (size_t i = LEAD; i < fields->n; i++)
		strv_add(&r->systems, "%s", fields->v[i]);
	return true;
}

bool reference_load(struct reference *r, const char *path, char **error)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *wrong = NULL;
	size_t size = 0, number = 0;

	*r = (struct reference){0};
	if (!f)
		return fail(error, "%s: %s", path, strerror(errno));
	while (!wrong && getline(&line, &size, f) >= 0) {
		struct strv fields = {0};

		number++;
		line[strcspn(line, "\n")] = 0;
		if (!*line || *line == '#')
			continue;
		strv_split(&fields, line, '\t');
		if (r->systems.n)
			read_row(r, &fields, &wrong);
		else
			read_head(r, &fields, &wrong);
		strv_free(&fields);
	}
	if (wrong)
		fail(error, "%s:%zu: %s", path, number, wrong);
	else if (!r->systems.n)
		fail(error, "%s: no columns", path);
	free(wrong);
	free(line);
	fclose(f);
	return !*error;
}

void reference_free(struct reference *r)
{
	strv_free(&r->systems);
	strv_free(&r->keys);
	free(r->value);
	*r = (struct reference){0};
}

/* "fork mb=16 n=64 vcpus=4" -> "fork:mb=16@4" */
static char *key_of(const struct point *p)
{
	static const char *const how_often[] = {"n=", "warmup=", "vcpus="};
	struct strv words = {0}, kept = {0};
	char *key;

	strv_split(&words, p->label, ' ');
	for (size_t i = 0; i < words.n; i++) {
		bool keep = true;

		for (size_t k = 0; k < sizeof(how_often) / sizeof(*how_often); k++)
			keep = keep && strncmp(words.v[i], how_often[k], strlen(how_often[k])) != 0;
		if (keep)
			strv_add(&kept, "%s", words.v[i]);
	}
	key = strv_join(&kept, ":");
	replace_text(&key, "%s@%lld", key, (long long)p->vcpus);
	strv_free(&words);
	strv_free(&kept);
	return key;
}

double reference_of(const struct reference *r, const struct point *p, size_t system)
{
	char *key = key_of(p);
	double value = NAN;

	for (size_t i = 0; i < r->keys.n; i++)
		if (strcmp(r->keys.v[i], key) == 0)
			value = r->value[i * r->systems.n + system];
	free(key);
	return value;
}
