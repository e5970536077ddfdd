// SPDX-License-Identifier: MIT
/*
 * Which collectors are chosen and where they can work, and what becomes of each in a run;
 * with collectors of this test's own, registered as any other.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/boot.h"
#include "collect/collect.h"
#include "lib/json.h"
#include "machine/rig.h"

static struct {
	int probes, starts, stops, begun, ended;
	char dir[256];
	json_t *options, *seen;
	bool refuse_start, refuse_stop;
} did;

static json_t *ok_probe(const struct collector_place *place, char **error)
{
	(void)error;
	did.probes++;
	return json_pack("{s:s}", "saw", place->env);
}

static json_t *no_probe(const struct collector_place *place, char **error)
{
	(void)place;
	*error = strdup("install the package libnothing");
	return NULL;
}

static void *ok_start(const struct collector_run *run, struct collector_hooks *hooks, char **error)
{
	char *file;

	did.starts++;
	if (did.refuse_start) {
		*error = strdup("no more room");
		return NULL;
	}
	snprintf(did.dir, sizeof(did.dir), "%s", run->dir);
	assert_int_equal(asprintf(&file, "%s/left", run->dir) > 0, 1);
	fclose(fopen(file, "w"));
	free(file);
	did.options = json_deep_copy(run->options);
	json_array_append_new(hooks->command, json_string("watch"));
	json_array_append_new(hooks->qemu, json_string("-plugin"));
	json_array_append_new(hooks->qemu, json_string("x"));
	hooks->cold = true;
	return strdup(json_string_value(json_object_get(run->probed, "saw")));
}

static void ok_begun(void *state, const struct collector_moment *at)
{
	assert_string_equal(state, "host");
	did.begun += (int)at->domain;
}

static void ok_ended(void *state, const struct collector_moment *at)
{
	assert_string_equal(state, "host");
	did.ended += (int)at->domain;
}

static json_t *ok_stop(void *state, const json_t *seen, char **error)
{
	did.stops++;
	free(state);
	did.seen = seen ? json_deep_copy(seen) : NULL;
	/* Even where the run failed: that must not get into the result. */
	if (!did.refuse_stop)
		return json_pack("{s:i}", "n", 1);
	*error = strdup("nothing moved");
	return NULL;
}

#define COMMON .summary = "for the test", .rigs = "host elsewhere", .envs = "host", .tiers = "wall"

static const struct collector ok = {.name = "t_ok",
				    COMMON,
				    .options = "deep top=5",
				    .guest_word = "t_ok",
				    .probe = ok_probe,
				    .start = ok_start,
				    .begun = ok_begun,
				    .ended = ok_ended,
				    .stop = ok_stop};
COLLECTOR(ok);

static const struct collector no = {.name = "t_no", COMMON, .by_default = true, .probe = no_probe};
#define collector_entry collector_entry_no
COLLECTOR(no);
#undef collector_entry

static const struct collector away = {.name = "t_away",
				      .summary = "for the test",
				      .rigs = "moon",
				      .envs = "host",
				      .tiers = "wall",
				      .by_default = true,
				      .probe = ok_probe};
#define collector_entry collector_entry_away
COLLECTOR(away);
#undef collector_entry

/* The calls of pvmmu before and around a run of rig host. */
struct world {
	struct collecting collecting;
	struct rig_context rig;
	struct run_spec spec;
	struct workload workload;
	struct boot boot;
};

static void choose(struct collecting *c, const char *wanted, const char *unwanted, char **error)
{
	struct strv on = {0}, off = {0};

	if (*wanted)
		strv_split(&on, wanted, ',');
	if (*unwanted)
		strv_split(&off, unwanted, ',');
	collecting_choose(c, &on, &off, error);
	strv_free(&on);
	strv_free(&off);
}

static void begin(struct world *w, const char *wanted, const char *unwanted)
{
	const struct collector_place place = {
		.root = "/root", .rig = "host", .env = "host", .tier = "wall"};
	char *error = NULL;

	memset(w, 0, sizeof(*w));
	memset(&did, 0, sizeof(did));
	choose(&w->collecting, wanted, unwanted, &error);
	assert_null(error);
	w->rig = (struct rig_context){.root = "/root", .collecting = &w->collecting};
	w->workload.name = "work";
	w->spec = (struct run_spec){.id = (char[]){"host-work~linux"},
				    .env = "host",
				    .tier = "wall",
				    .rig = rig_by_name("host", &error),
				    .workload = &w->workload,
				    .vcpus = 1};
	collecting_probe(&w->collecting, &place);
	collecting_probe(&w->collecting, &place);
	boot_init(&w->boot, 1);
	w->boot.observation = observation_start(&w->rig, &w->spec, &w->boot);
}

static void end(struct world *w)
{
	boot_free(&w->boot);
	collecting_free(&w->collecting);
	json_decref(did.options);
	json_decref(did.seen);
}

static void test_choice(void **state)
{
	static const struct {
		const char *wanted, *unwanted, *error;
	} cases[] = {
		{"t_okk", "", "unknown collector \"t_okk\"; did you mean \"t_ok\"?"},
		{"", "nothing", "unknown collector \"nothing\""},
		{"t_ok:deeep", "", "unknown option of the collector \"deeep\"; did you mean"},
		{"t_ok:deep=1", "", "t_ok:deep takes no value"},
		{"t_ok:top", "", "expected t_ok:top=NUMBER"},
		{"t_ok:top=many", "", "--collect t_ok:top"},
		{"t_no:deep", "", "t_no takes no options"},
		{"t_ok", "t_ok", "t_ok is both in --collect and in --no-collect"},
	};
	struct collecting c;
	char *error = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		choose(&c, cases[i].wanted, cases[i].unwanted, &error);
		if (!error || !strstr(error, cases[i].error))
			fail_msg("%s: %s", cases[i].wanted, error ? error : "taken");
		free(error);
		error = NULL;
		collecting_free(&c);
	}
	choose(&c, "t_ok:top=7", "perf", &error);
	assert_null(error);
	assert_string_equal(c.words, " --collect t_ok:top=7 --no-collect perf");
	for (size_t i = 0; i < c.n; i++) {
		const struct chosen *one = &c.all[i];
		const char *name = one->collector->name;

		assert_int_equal(one->asked, strcmp(name, "t_ok") == 0);
		assert_int_equal(one->on, one->asked || (one->collector->by_default &&
							 strcmp(name, "perf")));
		/* In the order of names. */
		if (i)
			assert_true(strcmp(c.all[i - 1].collector->name, name) < 0);
	}
	collecting_free(&c);
	/* No collector, and then one, in any order. */
	choose(&c, "t_ok,none", "", &error);
	for (size_t i = 0; i < c.n; i++)
		assert_int_equal(c.all[i].on, strcmp(c.all[i].collector->name, "t_ok") == 0);
	collecting_free(&c);
}

static void test_run(void **state)
{
	const struct collector_moment at = {.domain = 3};
	struct strv command = {0}, qemu = {0};
	char *dump, *words;
	struct world w;
	json_t *names;

	(void)state;
	begin(&w, "t_ok:deep,t_away", "perf");
	assert_int_equal(did.probes, 1);
	assert_int_equal(did.starts, 1);
	assert_int_equal(access(did.dir, F_OK), 0);
	dump = json_dumps(did.options, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(dump, "{\"deep\":true,\"top\":5}");
	free(dump);
	names = collecting_names(&w.collecting, &w.spec);
	dump = json_dumps(names, JSON_COMPACT);
	assert_string_equal(dump, "[\"t_ok:deep:top=5\"]");
	free(dump);
	json_decref(names);
	words = collecting_guest_words(&w.collecting, &w.spec);
	assert_string_equal(words, " t_ok");
	free(words);

	assert_true(observation_command(w.boot.observation, &command));
	assert_true(observation_qemu(w.boot.observation, &qemu));
	assert_string_equal(command.v[0], "watch");
	assert_int_equal(qemu.n, 2);
	strv_free(&command);
	strv_free(&qemu);
	assert_true(observation_cold(w.boot.observation));
	observation_begun(w.boot.observation, &at);
	observation_ended(w.boot.observation, &at);
	assert_int_equal(did.begun, 3);
	assert_int_equal(did.ended, 3);

	w.boot.console.counters = json_pack("{s:i}", "a.b", 2);
	json_object_set_new(w.boot.console.collected, "t_ok", json_pack("[{s:i}]", "x", 9));
	json_object_set_new(w.boot.console.collected, "t_no", json_pack("[{s:i}]", "x", 8));
	observation_stop(w.boot.observation, &w.boot, true);
	assert_int_equal(did.stops, 1);
	dump = json_dumps(did.seen, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(dump,
			    "{\"counted_iterations\":0,\"counters\":{\"a.b\":2},\"records\":[{"
			    "\"x\":9}]}");
	free(dump);
	dump = json_dumps(w.boot.collected, JSON_COMPACT);
	assert_string_equal(dump, "{\"t_ok\":{\"n\":1}}");
	free(dump);
	assert_string_equal(text_at(w.boot.uncollected, "t_no", NULL),
			    "install the package libnothing");
	assert_string_equal(text_at(w.boot.uncollected, "t_away", NULL),
			    "t_away is not for rig host; it is for moon");
	assert_int_equal(json_object_size(w.boot.uncollected), 2);
	assert_int_equal(access(did.dir, F_OK), -1);
	end(&w);
}

/* A collector that was not asked for is not reported. */
static void test_off(void **state)
{
	struct strv none = {0};
	struct world w;
	char *words;

	(void)state;
	begin(&w, "", "t_no,perf");
	assert_int_equal(did.starts, 0);
	assert_null(w.boot.uncollected);
	assert_false(observation_command(w.boot.observation, &none));
	words = collecting_guest_words(&w.collecting, &w.spec);
	assert_string_equal(words, "");
	free(words);
	observation_stop(w.boot.observation, &w.boot, true);
	assert_null(w.boot.collected);
	end(&w);
}

static void test_refusals(void **state)
{
	struct world w;

	(void)state;
	/* A run that failed has nothing to say, and nothing stays. */
	begin(&w, "none,t_ok", "");
	observation_stop(w.boot.observation, &w.boot, false);
	assert_int_equal(did.stops, 1);
	assert_null(did.seen);
	assert_null(w.boot.collected);
	assert_null(w.boot.uncollected);
	assert_int_equal(access(did.dir, F_OK), -1);
	end(&w);

	begin(&w, "none,t_ok", "");
	did.refuse_stop = true;
	observation_stop(w.boot.observation, &w.boot, true);
	assert_null(w.boot.collected);
	assert_string_equal(text_at(w.boot.uncollected, "t_ok", NULL), "nothing moved");
	end(&w);

	begin(&w, "none,t_ok", "");
	observation_stop(w.boot.observation, &w.boot, true);
	boot_free(&w.boot);
	boot_init(&w.boot, 1);
	json_decref(did.options);
	json_decref(did.seen);
	memset(&did, 0, sizeof(did));
	did.refuse_start = true;
	w.boot.observation = observation_start(&w.rig, &w.spec, &w.boot);
	observation_stop(w.boot.observation, &w.boot, true);
	assert_int_equal(did.stops, 0);
	assert_string_equal(text_at(w.boot.uncollected, "t_ok", NULL), "no more room");
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
