// SPDX-License-Identifier: MIT
/*
 * Result sets. Bytes that begin with a brace are one as they are, and mostly show what is done
 * about syntax. Others are edits (edits.h) of a good one, tests/fuzz/set.json. Only so does a
 * fuzzer get past the schema, to what lays sets out and computes with them: whatever the reader
 * lets through, all of that must stand. The reader alone, ten times as fast: reader.c.
 */
#include "edits.h"
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/cmd/commands.h"
#include "bench/compare/scaling.h"
#include "bench/lib/json.h"
#include "bench/resultset/noise_floor.h"
#include "bench/resultset/schema.h"

static struct schema *schema;
static json_t *good;
static FILE *nowhere;

static void setup(void)
{
	char *error = NULL;

	json_never_fails();
	schema = schema_load(".", &error);
	good = json_load_file("tests/fuzz/set.json", 0, NULL);
	nowhere = fopen("/dev/null", "w");
	MUST(schema && good && nowhere);
	setenv("PVMMU_ROOT", ".", 1);
}

static void compute(json_t *set)
{
	struct strv counters = {0};
	struct scaling scaling;
	struct dataset data;
	struct noise noise;
	char *error = NULL;

	if (dataset_make(&data, &set, 1, &counters, &error)) {
		scaling_make(&scaling, &data, NULL, NULL, false);
		for (size_t i = 0; i < data.n; i++)
			MUST(!data.cell[i].metric || data.cell[i].summary.n);
		scaling_free(&scaling);
		dataset_free(&data);
	} else {
		MUST(error);
	}
	free(error);
	error = NULL;
	/* The set as its own repetition: no shift, whatever is in it. */
	json_object_set_new(set, "repetitions", json_pack("[O]", json_object_get(set, "runs")));
	MUST(noise_of(&noise, set, &error) && !error);
	for (size_t i = 0; i < noise.n; i++)
		MUST(noise.metric[i].largest == 0 && noise.metric[i].p95 == 0);
	noise_free(&noise);
	json_object_del(set, "repetitions");
}

/* Commands read files. Too slow for each: for some, always the same ones. */
static void run_commands(const json_t *set)
{
	int fd = memfd_create("set", MFD_CLOEXEC);
	char *text = json_text(set, 0), *path = xasprintf("/proc/self/fd/%d", fd);
	FILE *out = stdout;

	MUST(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	stdout = nowhere;
	command_compare.run(2, (char *[]){(char[]){"compare"}, path, NULL});
	command_compare.run(3, (char *[]){(char[]){"compare"}, path, path, NULL});
	command_growth.run(2, (char *[]){(char[]){"growth"}, path, NULL});
	command_effects.run(2, (char *[]){(char[]){"effects"}, path, NULL});
	stdout = out;
	close(fd);
	free(text);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	json_t *set;

	if (!schema)
		setup();
	set = set_of(bytes, n, good, schema);
	if (set)
		compute(set);
	if (set && n >= 4 && bytes[n - 1] == 0xff)
		run_commands(set);
	json_decref(set);
	return 0;
}
