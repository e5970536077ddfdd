// SPDX-License-Identifier: MIT
/*
 * custom: variants. make (mk/variant.awk) and pvmmu (bench/spec/custom_variant.c) read the
 * same language, so they must agree on what is one variant, and on what is none.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/custom_variant.h"
#include "lib/paths.h"

#define AWK  "awk -f mk/variant.awk"
#define BASE "guest-kernel/variants/eager.variant"

/* The output of a command, or NULL if it fails. */
static char *output_of(const char *command)
{
	FILE *p = popen(command, "r");
	char *text = xcalloc(1 << 16, 1);

	assert_non_null(p);
	text[fread(text, 1, (1 << 16) - 1, p)] = 0;
	if (pclose(p) == 0)
		return text;
	free(text);
	return NULL;
}

static struct catalog catalog_of_build(void)
{
	char *text = output_of(AWK " -v axes_json=1 " BASE);
	struct catalog c = {0};

	assert_non_null(text);
	c.variants_json = json_pack("{s:o}", "custom", json_loads(text, 0, NULL));
	c.custom = json_object_get(c.variants_json, "custom");
	assert_non_null(c.custom);
	free(text);
	return c;
}

static char *names_from(const struct catalog *c, size_t first)
{
	char *all = xstrdup("");

	for (; first < c->nr_customs; first++)
		replace_text(&all, "%s%s\n", all, c->customs[first]->name);
	return all;
}

static unsigned long long state;

static unsigned pick(unsigned n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(state >> 33) % n;
}

/* A specification that is right more often than not. */
static char *random_spec(void)
{
	static const struct {
		const char *axis, *values[9];
	} axes[] = {
		{"pin", {"none", "eager", "none+eager"}},
		{"update", {"emulate", "va", "mmu", "mmu/va", "mmu+va"}},
		{"batch", {"off", "multicall", "multicall", "multicall"}},
		{"depth",
		 {"1", "8+16", "128", "032", "129", "0", "1,2,4..64", "4..7,9", "3,6..13"}},
		{"ptl", {"mm", "split"}},
		{"pte", {"low", "high"}},
		{"lock", {"mm", "=", ""}},
		{"pin", {"late", "none+", "none++eager"}},
	};
	char *spec = xstrdup(CUSTOM);
	unsigned n = pick(5);

	for (unsigned i = 0; i <= n; i++) {
		/* The last two are wrong: seldom, or nothing right would be left. */
		unsigned a = pick(20) ? pick(6) : 6 + pick(2), v = 0;

		while (v < 9 && axes[a].values[v])
			v++;
		replace_text(&spec, "%s%s%s=%s", spec, i ? "," : "", axes[a].axis,
			     axes[a].values[pick(v)]);
	}
	return spec;
}

static void test_agrees_with_make(void **unused)
{
	struct catalog c = catalog_of_build();
	size_t good = 0, bad = 0;

	(void)unused;
	state = 3;
	for (int i = 0; i < 300; i++) {
		char *spec = random_spec(), *error = NULL, *mine;
		char *command = xasprintf(AWK " -v names=eager -v list='%s' " BASE " 2>&1", spec);
		char *theirs = output_of(command);
		size_t first;
		bool ok = custom_expand(&c, spec, &first, &error);

		mine = names_from(&c, first);
		if (ok != !!theirs || !ok != !!error || (ok && strcmp(mine, theirs) != 0))
			fail_msg("%s: pvmmu %s%s, make %s", spec, mine, error ? error : "",
				 theirs ? theirs : "refuses it");
		good += ok;
		bad += !ok;
		free(mine);
		free(theirs);
		free(command);
		free(spec);
		free(error);
	}
	/* Neither side is right by always saying the same. */
	assert_true(good > 60 && bad > 60);
	catalog_free(&c);
}

static void test_names(void **unused)
{
	static const struct {
		const char *spec, *name, *label;
	} cases[] = {
		{"custom:pin=eager", "custom:pin=eager,update=va,batch=off,ptl=mm,pte=low",
		 "custom:pin=eager"},
		{"custom:pte=low,ptl=mm", "custom:pin=eager,update=va,batch=off,ptl=mm,pte=low",
		 "custom:pin=eager"},
		{"custom:depth=008,batch=multicall",
		 "custom:pin=eager,update=va,batch=multicall,depth=8,ptl=mm,pte=low",
		 "custom:batch=multicall,depth=8"},
		{"custom:ptl=split,batch=multicall",
		 "custom:pin=eager,update=va,batch=multicall,depth=32,ptl=split,pte=low",
		 "custom:batch=multicall,depth=32,ptl=split"},
	};
	struct catalog c = catalog_of_build();

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct variant *v;
		char *error = NULL;
		size_t first;

		assert_true(custom_expand(&c, cases[i].spec, &first, &error));
		assert_int_equal(c.nr_customs, first + 1);
		v = &c.customs[first]->variant;
		assert_string_equal(v->name, cases[i].name);
		assert_string_equal(v->label, cases[i].label);
		/* The label is a spelling of the same variant. */
		assert_true(custom_expand(&c, v->label, &first, &error));
		assert_string_equal(c.customs[first]->name, cases[i].name);
	}
	catalog_free(&c);
}

static void test_refusals(void **unused)
{
	static const struct {
		const char *spec, *error;
	} cases[] = {
		{"custom:", "\"\" is not AXIS=VALUE"},
		{"custom:pin", "\"pin\" is not AXIS=VALUE"},
		{"custom:pni=eager", "unknown axis \"pni\"; did you mean \"pin\"? valid: pin, "},
		{"custom:pin=late", "unknown value of pin \"late\"; valid: none, eager"},
		{"custom:pin=none,pin=none", "pin is given twice"},
		{"custom:depth=8", "depth needs batch=multicall"},
		{"custom:batch=off+multicall,depth=8", "depth needs batch=multicall"},
		{"custom:batch=multicall,depth=0", "depth: 0 is out of range, valid: 1 to 128"},
		{"custom:batch=multicall,depth=129", "depth: 129 is out of range"},
		{"custom:batch=multicall,depth=1,2..7", "a factor of 2 does not arrive at 7"},
		{"custom:batch=multicall,depth=4,4", "depth: 4 is given twice"},
		{"custom:pin=none,1", "\"1\" is not AXIS=VALUE"},
		{"custom:batch=multicall,depth=8+x", "depth: \"x\" is not a whole number"},
		{"custom:update=emulate,batch=multicall",
		 "update=emulate excludes batch=multicall: a store cannot be queued"},
	};
	struct catalog c = catalog_of_build(), none = {0};
	char *error = NULL;
	size_t first;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_false(custom_expand(&c, cases[i].spec, &first, &error));
		if (!strstr(error, cases[i].error) || strncmp(error, "variant \"custom:", 16) != 0)
			fail_msg("%s: %s", cases[i].spec, error);
		free(error);
		error = NULL;
	}
	assert_false(custom_expand(&none, "custom:pin=none", &first, &error));
	free(error);
	catalog_free(&c);
}

static void test_lists(void **unused)
{
	static const struct {
		const char *list, *want;
	} cases[] = {
		{"eager", "eager"},
		{"eager,custom:pin=eager,batch=off,nopin",
		 "eager custom:pin=eager,batch=off nopin"},
		{"custom:pin=none,ptl=mm,custom:pin=eager,ptl=mm",
		 "custom:pin=none,ptl=mm custom:pin=eager,ptl=mm"},
		{"pin=none,custom:x,y,z=1", "pin=none custom:x y z=1"},
		{"custom:batch=multicall,depth=1,2,4..128,update=va,eager",
		 "custom:batch=multicall,depth=1,2,4..128,update=va eager"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strv items = {0};
		char *joined;

		strv_split(&items, cases[i].list, ',');
		custom_join(&items);
		joined = strv_join(&items, " ");
		assert_string_equal(joined, cases[i].want);
		free(joined);
		strv_free(&items);
	}
}

/* Variants of one specification with several numbers are points of a sweep; words are no axis. */
static void test_family(void **unused)
{
	struct catalog c = catalog_of_build();
	char *error = NULL;
	size_t first;

	(void)unused;
	assert_true(
		custom_expand(&c, "custom:batch=multicall,depth=4,8,ptl=mm+split", &first, &error));
	assert_int_equal(c.nr_customs - first, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct variant *v = &c.customs[first + i]->variant;
		json_t *axes = json_pack("[{s:s, s:s}]", "name", "depth", "unit", "entries");

		assert_true(json_equal(v->axes, axes));
		assert_string_equal(
			v->family,
			i % 2 ? "custom:pin=eager,update=va,batch=multicall,ptl=split,pte=low"
			      : "custom:pin=eager,update=va,batch=multicall,ptl=mm,pte=low");
		json_decref(axes);
	}
	assert_true(
		custom_expand(&c, "custom:batch=multicall,depth=8,ptl=mm+split", &first, &error));
	assert_null(c.customs[first]->variant.axes);
	assert_null(c.customs[first]->variant.family);
	catalog_free(&c);
}

static void test_directory(void **unused)
{
	char *mine = file_name("custom:update=mmu/va,depth=8");
	char *theirs =
		output_of("env -u MAKEFLAGS -u MAKELEVEL make -s --eval='f:;@echo $(call file_name,"
			  "custom:update=mmu/va$(comma)depth=8)' f");

	(void)unused;
	assert_non_null(theirs);
	theirs[strcspn(theirs, "\n")] = 0;
	assert_string_equal(mine, theirs);
	assert_string_equal(mine, "custom-update.mmu_va-depth.8");
	free(mine);
	free(theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_make), cmocka_unit_test(test_names),
		cmocka_unit_test(test_refusals),	 cmocka_unit_test(test_lists),
		cmocka_unit_test(test_directory),	 cmocka_unit_test(test_family),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("custom", tests, NULL, NULL);
}
