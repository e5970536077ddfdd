// SPDX-License-Identifier: MIT
/* The pure helpers: words, numbers, order statistics, outcomes, files. */
#include "host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/sha256.h"
#include "lib/outcome.h"
#include "plan/plan.h"
#include "stats/summary.h"
#include "lib/text.h"
#include "lib/number_list.h"
#include "lib/utf8.h"

/* A shell reads it back unchanged. */
static void test_shell_word(void **state)
{
	static const char *const words[] = {
		"",   "plain",	    "it's", "''", "a b\t\"c\" $HOME `x` \\ * ~",
		"-n", "two\nlines", "\xff"};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char *word = shell_word(words[i]), *command = xasprintf("printf %%s %s", word);
		FILE *f = popen(command, "r");
		size_t n = fread(buf, 1, sizeof(buf) - 1, f);

		buf[n] = 0;
		assert_int_equal(pclose(f), 0);
		assert_string_equal(buf, words[i]);
		free(command);
		free(word);
	}
}

static void test_did_you_mean(void **state)
{
	static const struct {
		const char *word, *want;
	} cases[] = {{"eagre", "eager"}, {"eager", "eager"}, {"nopn", "nopin"}, {"frok", "fork"},
		     {"batched", NULL},	 {"x", NULL},	     {"", NULL},	{"for", "fork"}};
	struct strv names = {0};

	(void)state;
	strv_split(&names, "eager,nopin,brk,fork,forkbomb", ',');
	assert_int_equal(names.n, 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = did_you_mean(cases[i].word, &names);

		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
	strv_free(&names);
}

static void test_shell_join(void **state)
{
	struct strv argv = {0};
	char *s;

	(void)state;
	strv_add(&argv, "a-b/c=d");
	strv_add(&argv, "%s", "");
	strv_add(&argv, "it's");
	strv_add(&argv, "two words");
	strv_add(&argv, "$HOME");
	strv_add(&argv, "~x");
	s = shell_join(&argv);
	assert_string_equal(s, "a-b/c=d '' 'it'\\''s' 'two words' '$HOME' '~x'");
	free(s);
	strv_free(&argv);
}

static void test_parse_number(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {{"1", true},
		     {"10", true},
		     {"-5", true},
		     {"0", true},
		     {"11", false},
		     {"-6", false},
		     {"", false},
		     {" 1", false},
		     {"1 ", false},
		     {"1e1", false},
		     {"0x1", false},
		     {"1.0", false},
		     {"99999999999999999999999", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *error = NULL;
		long long v;

		if (parse_number(cases[i].text, -5, 10, "it", &v, &error) != cases[i].ok)
			fail_msg("\"%s\"", cases[i].text);
		assert_true(!error == cases[i].ok);
		free(error);
	}
}

static void test_summaries(void **state)
{
	double odd[] = {5, 1, 3}, even[] = {4, 1, 3, 2}, one[] = {7},
	       big[] = {9007199254740990.0, 9007199254740992.0};
	struct summary s;

	(void)state;
	s = summarize(odd, 3);
	assert_true(s.n == 3 && s.median == 3 && s.min == 1 && s.max == 5);
	s = summarize(even, 4);
	assert_true(s.median == 2.5 && s.min == 1 && s.max == 4);
	s = summarize(one, 1);
	assert_true(s.median == 7 && s.min == 7 && s.max == 7);
	s = summarize(big, 2);
	assert_true(s.median == 9007199254740991.0);
	s = summarize(NULL, 0);
	assert_true(s.n == 0 && isnan(s.median) && isnan(s.min) && isnan(s.max));
}

static void test_outcomes(void **state)
{
	/* From the best to the worst. */
	static const enum outcome order[] = {OUTCOME_SUCCESS, OUTCOME_SKIP,  OUTCOME_FAILURE,
					     OUTCOME_TIMEOUT, OUTCOME_CRASH, OUTCOME_ERROR};
	static const int codes[] = {0, 3, 5, 7, 6, 4};

	(void)state;
	for (int i = 0; i < NR_OUTCOMES; i++) {
		enum outcome again;

		assert_int_equal(outcome_exit(order[i]), codes[i]);
		assert_true(outcome_from_name(outcome_name(order[i]), &again));
		assert_int_equal(again, order[i]);
		for (int k = 0; k < NR_OUTCOMES; k++)
			assert_int_equal(outcome_worse(order[i], order[k]), order[i > k ? i : k]);
	}
	assert_false(outcome_from_name("fine", &(enum outcome){0}));
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void check_file(const char *path, const char *want)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(got, 1, sizeof(got) - 1, f), strlen(want));
	fclose(f);
	assert_string_equal(got, want);
}

static void test_files(void **state)
{
	char dir[] = "/tmp/pvmmu-unit.XXXXXX", *path, *inside, *error = NULL;
	char sha[HASH_TEXT];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/file", dir);
	assert_true(can_write(path, &error));
	assert_int_equal(access(path, F_OK), -1); /* trying leaves nothing */
	assert_true(write_atomically(path, "one", 3, &error));
	check_file(path, "one");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0600, 0600);
	assert_int_equal(st.st_mode & 0111, 0);
	assert_true(write_atomically(path, "two!", 4, &error));
	check_file(path, "two!");
	assert_null(error);

	/* A directory is no file. */
	inside = xasprintf("%s/dir", dir);
	assert_int_equal(mkdir(inside, 0777), 0);
	replace_text(&inside, "%s/x", inside);
	put(inside, "");
	inside[strlen(inside) - 2] = 0;
	assert_false(write_atomically(inside, "three", 5, &error));
	assert_non_null(strstr(error, "cannot write"));
	free(error);
	error = NULL;
	assert_false(can_write(inside, &error));
	free(error);
	error = NULL;
	inside[strlen(inside)] = '/';
	assert_int_equal(unlink(inside), 0);
	inside[strlen(inside) - 2] = 0;
	assert_int_equal(rmdir(inside), 0);

	put(path, "abc");
	assert_true(hash_file(path, sha, &error));
	/* The standard's own example. */
	assert_string_equal(sha,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(unlink(path), 0);
	assert_false(hash_file(path, sha, &error));
	free(error);
	/* Empty now: no temporary file was left. */
	assert_int_equal(rmdir(dir), 0);
	free(path);
	free(inside);
}

static void test_utf8(void **state)
{
	static const char *const good[] = {"",
					   "plain",
					   "\xc3\xa9",
					   "\xe2\x82\xac",
					   "\xf0\x9f\x98\x80",
					   "\xed\x9f\xbf",
					   "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80",
					  "\xc3",
					  "\xc0\xaf",
					  "\xe2\x82",
					  "\xed\xa0\x80",
					  "\xf4\x90\x80\x80",
					  "\xf0\x8f\x80\x80",
					  "\xff",
					  "\xe0\x9f\xbf",
					  "a\xc3"
					  "b"};
	struct strv words = {0};
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(is_utf8(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(is_utf8(bad[i]));
	strv_add(&words, "a\xff'\\");
	strv_add(&words, "\xc3\xa9 x");
	text = shell_join(&words);
	assert_string_equal(text, "$'a\\xff\\x27\\x5c' '\xc3\xa9 x'");
	free(text);
	strv_free(&words);
}

static void test_visible(void **state)
{
	/* A text, and how it is shown (NULL: as it is). */
	static const char *const cases[][2] = {
		{"", NULL},
		{"fork mb=16 ~ <b>|`\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", NULL},
		{"\x1b[31m", "\\x1b[31m"},
		{"a\rb\x7f", "a\\x0db\\x7f"},
		{"\xc2\x9b", "\\xc2\\x9b"},	       /* a control character of Latin 1 */
		{"\xc2\xa0", NULL},		       /* the first that is none */
		{"\xe2\x80\xae!", "\\xe2\\x80\\xae!"}, /* from right to left */
		{"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
		{"\xe2\x80\xaf", NULL},	    /* a narrow blank */
		{"\xff\xc3", "\\xff\\xc3"}, /* not UTF-8, cut off */
		{"\xe2\x80", "\\xe2\\x80"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *shown = utf8_escape(cases[i][0]);

		assert_string_equal(shown, cases[i][1] ? cases[i][1] : cases[i][0]);
		assert_int_equal(utf8_is_printable(cases[i][0], false), !cases[i][1]);
		assert_true(utf8_is_printable(shown, false));
		free(shown);
	}
	/* Lines are for texts that have them. */
	assert_true(utf8_is_printable("a\n\tb", true));
	assert_false(utf8_is_printable("a\nb", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visible),	     cmocka_unit_test(test_did_you_mean),
		cmocka_unit_test(test_utf8),	     cmocka_unit_test(test_shell_join),
		cmocka_unit_test(test_parse_number), cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_outcomes),     cmocka_unit_test(test_shell_word),
		cmocka_unit_test(test_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
