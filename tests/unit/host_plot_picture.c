// SPDX-License-Identifier: MIT
/*
 * Pictures: what words become in gnuplot's language, what a key depends on, and that pictures drawn
 * side by side do not disturb each other. gnuplot is a shell script here, which keeps what it is
 * given, except where its own reading of words is what is tested.
 */
#include "host.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/paths.h"
#include "plot/gnuplot.h"

static char root[] = "/tmp/pvmmu-picture.XXXXXX";
static char *usual_path;

static void write_file(const char *name, const char *text, mode_t mode)
{
	char *path = root_path(root, name), *error = NULL;

	assert_true(write_plainly(path, text, strlen(text), &error));
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

/* A gnuplot that takes its time before it looks at the table, and copies it to the picture. */
static const char slow[] =
	"#!/bin/sh\n"
	"[ \"$1\" = --version ] && { echo \"gnuplot $VERSION\"; exit 0; }\n"
	"sleep 0.05\n"
	"for w; do case $w in datafile=*) d=${w#*\\'}; d=${d%%\\'*};;\n"
	"*outfile=*) o=${w##*outfile=\\'}; o=${o%%\\'*}; cat \"$d\" >\"$o\" || exit 1;; esac; done\n";

static int begin(void **unused)
{
	char *path, *dir;

	(void)unused;
	assert_non_null(mkdtemp(root));
	usual_path = xstrdup(getenv("PATH"));
	for (size_t i = 0; i < 3; i++) {
		static const char *const dirs[] = {"plots", "bin", "tmp"};

		dir = root_path(root, dirs[i]);
		assert_int_equal(mkdir(dir, 0777), 0);
		free(dir);
	}
	write_file("plots/a.gp", "# a\n", 0666);
	write_file("bin/gnuplot", slow, 0777);
	path = xasprintf("%s/bin:%s", root, usual_path);
	setenv("PATH", path, 1);
	free(path);
	path = root_path(root, "tmp");
	setenv("TMPDIR", path, 1);
	free(path);
	setenv("VERSION", "1", 1);
	return 0;
}

static int end(void **unused)
{
	char *command = xasprintf("rm -rf %s", root);
	int status = system(command);

	(void)unused;
	free(command);
	free(usual_path);
	return status;
}

static struct picture picture_of(const char *table)
{
	struct picture p = {
		.script = "plots/a.gp", .table = xstrdup(table), .table_size = strlen(table)};

	picture_text(&p, "title", "t");
	return p;
}

static void test_words(void **unused)
{
	struct strv list = {0};
	struct picture p = {0};
	char *bold = picture_bold("a_{b}\\");

	(void)unused;
	picture_text(&p, "a", "it's");
	picture_text(&p, "b", "''q");
	picture_text(&p, "c", "x\ny\tz\033");
	picture_number(&p, "d", 0.5);
	picture_list(&p, "e", &list);
	strv_add(&list, "%s", "`id`");
	strv_add(&list, "%s", "@m");
	picture_list(&p, "f", &list);
	assert_string_equal(p.variables,
			    "a='it'.\"'\".'s'; b=''.\"'\".''.\"'\".'q'; c='x y z\\x1b'; d=0.5; "
			    "e_n=0; array e[1]=['']; "
			    "f_n=2; array f[2]=['`id`','@m']; ");
	assert_string_equal(bold, "{/:Bold a\\_\\{b\\}\\\\}");
	free(bold);
	bold = picture_bold("");
	assert_string_equal(bold, "");
	free(bold);
	strv_free(&list);
	picture_free(&p);
}

/* gnuplot's own output is what went in. */
static void test_words_are_read_back(void **unused)
{
	static const char *const words[] = {"'",     "''",    "'a'", "a'b''c",
					    "\"",    "`id`",  "@x",  "\\n\\",
					    "%s %d", "{/*5}", "#",   "$5",
					    "a;b",   "'.x.'", "]",   "\xc3\xa4",
					    "=",     "",      "--",  "'+system('echo x')+'",
					    "','"};
	char *script, *old = xstrdup(getenv("PATH")), *line = NULL;
	size_t room = 0;
	FILE *f;

	(void)unused;
	setenv("PATH", usual_path, 1);
	script = find_program("gnuplot");
	if (!script) {
		setenv("PATH", old, 1);
		free(old);
		skip();
	}
	free(script);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct picture p = {0};
		struct strv argv = {0};
		char *shell;

		picture_text(&p, "x", words[i]);
		strv_add(&argv, "gnuplot");
		strv_add(&argv, "-d");
		strv_add(&argv, "-e");
		strv_add(&argv, "set print '-'; %sprint '['.x.']'", p.variables);
		shell = shell_join(&argv);
		f = popen(shell, "r");
		assert_non_null(f);
		assert_true(getline(&line, &room, f) > 2);
		line[strlen(line) - 2] = 0;
		assert_string_equal(line + 1, words[i]);
		assert_int_equal(pclose(f), 0);
		free(shell);
		strv_free(&argv);
		picture_free(&p);
	}
	free(line);
	setenv("PATH", old, 1);
	free(old);
}

static void key_of(const struct picture *p, char key[HASH_TEXT])
{
	char *error = NULL;

	if (!picture_key(p, root, key, &error))
		fail_msg("%s\n", error);
}

static void test_key(void **unused)
{
	struct picture p = picture_of("#\n1\ta\n"), q = picture_of("#\n1\tb\n");
	char first[HASH_TEXT], key[HASH_TEXT];

	(void)unused;
	key_of(&p, first);
	key_of(&p, key);
	assert_string_equal(key, first);
	key_of(&q, key);
	assert_string_not_equal(key, first);
	picture_text(&p, "more", "");
	key_of(&p, key);
	assert_string_not_equal(key, first);
	picture_free(&p);
	p = picture_of("#\n1\ta\n");
	key_of(&p, key);
	assert_string_equal(key, first);
	/* Any script counts, since any may load any other. */
	write_file("plots/b.gp", "# b\n", 0666);
	key_of(&p, key);
	assert_string_not_equal(key, first);
	picture_free(&p);
	picture_free(&q);
}

struct drawing {
	pthread_t thread;
	char *out, *want;
	struct picture picture;
	char *error;
	bool ok;
};

static void *draw(void *arg)
{
	struct drawing *d = arg;

	d->ok = picture_draw(&d->picture, root, d->out, "both", &d->error);
	return NULL;
}

static size_t files_in(const char *name)
{
	char *path = root_path(root, name);
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir));)
		n += e->d_name[0] != '.';
	closedir(dir);
	free(path);
	return n;
}

/* Each gets its own table, and none takes away what another still needs. */
static void test_side_by_side(void **unused)
{
	struct drawing d[6] = {0};
	size_t n = sizeof(d) / sizeof(*d);

	(void)unused;
	for (size_t i = 0; i < n; i++) {
		char *table = xasprintf("#\n1\t%zu\n", i);

		d[i].out = xasprintf("%s/tmp/%zu.png", root, i);
		d[i].picture = picture_of(table);
		d[i].want = table;
		assert_int_equal(pthread_create(&d[i].thread, NULL, draw, &d[i]), 0);
		usleep(10000);
	}
	for (size_t i = 0; i < n; i++) {
		char *error = NULL, *got;
		size_t size;

		pthread_join(d[i].thread, NULL);
		if (!d[i].ok)
			fail_msg("%s\n", d[i].error);
		got = read_whole_file(d[i].out, &size, &error);
		assert_non_null(got);
		assert_string_equal(got, d[i].want);
		free(got);
		free(d[i].want);
		free(d[i].out);
		picture_free(&d[i].picture);
	}
	/* Light and dark of each, and nothing else. */
	assert_int_equal(files_in("tmp"), 2 * n);
}

/* Points are blocks, two empty lines apart; lines within a point stay as they are. */
static void test_blocks(void **unused)
{
	struct picture p = picture_of("#\tx\n1\ta\n1\tb\n\n1\tc\n3\td\n10\te\n");
	char *out = xasprintf("%s/blocks.png", root), *error = NULL, *got;
	size_t size;

	(void)unused;
	assert_true(picture_draw(&p, root, out, "light", &error));
	got = read_whole_file(out, &size, &error);
	assert_string_equal(got, "#\tx\n1\ta\n1\tb\n\n1\tc\n\n\n3\td\n\n\n10\te\n");
	free(got);
	free(out);
	picture_free(&p);
}

/* gnuplot's error is passed on, and no file stays. */
static void test_failure(void **unused)
{
	struct picture p = picture_of("#\n1\ta\n");
	size_t before = files_in("tmp");
	char *out = xasprintf("%s/tmp/x.png", root), *error = NULL;

	(void)unused;
	write_file("bin/gnuplot", "#!/bin/sh\necho line 3: no sense >&2; exit 1\n", 0777);
	assert_false(picture_draw(&p, root, out, "both", &error));
	assert_non_null(strstr(error, "line 3: no sense"));
	assert_int_equal(files_in("tmp"), before);
	free(error);
	free(out);
	picture_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),  cmocka_unit_test(test_words_are_read_back),
		cmocka_unit_test(test_key),    cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_blocks), cmocka_unit_test(test_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
