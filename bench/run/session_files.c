// SPDX-License-Identifier: MIT
/*
 * The files of a session: where its result, its journal and its consoles go, what lies there
 * already, and that no two sessions write to one place.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/destination.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "previous_set.h"
#include "resultset/noise_floor.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"
#include "resultset/verdict_file.h"
#include "run_out.h"
#include "session.h"

/* So many names are tried for results that start in the same second. */
#define NAMES_MAX 99

char *session_default_out(const char *root, unsigned number)
{
	time_t now = time(NULL);
	char name[64], *base, *path;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(name, sizeof(name), "results/%Y%m%d-%H%M%S", &tm);
	base = root_path(root, name);
	path = number > 1 ? xasprintf("%s-%u.json", base, number) : xasprintf("%s.json", base);
	free(base);
	return path;
}

bool session_scratch(struct session *s, char **error)
{
	const char *tmp = getenv("TMPDIR");

	s->log_dir = xasprintf("%s/pvmmu-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(s->log_dir))
		return true;
	fail(error, "cannot make a directory like %s: %s", s->log_dir, strerror(errno));
	free(s->log_dir);
	s->log_dir = NULL;
	return false;
}

/* ---- the place of the result ---- */

/*
 * Where a file is or will be, whatever links lead there: two sessions with two names for one file
 * are to find each other. The caller's; NULL with *error.
 */
static char *place_of(const char *out, char **error)
{
	struct destination d = {0};
	char *place = NULL;

	if (run_can_write(out, error) && destination_find(&d, out, error)) {
		char *dir = directory_of(d.path), *real = realpath(dir, NULL);
		const char *slash = strrchr(d.path, '/');

		place = xasprintf("%s/%s", real ? real : dir, slash ? slash + 1 : d.path);
		free(real);
		free(dir);
	}
	destination_free(&d);
	return place;
}

/* A reader must not take yesterday's verdict for that of what is under way now. */
static bool begin_verdict(const struct session *s, char **error)
{
	char *path = verdict_path(s->out), *said = NULL;
	bool ok = verdict_write_running(s->out, &said);

	/* On a full disk a file can still be removed. */
	if (!ok && unlink(path) < 0 && errno != ENOENT)
		fail(error, "%s, and it cannot be removed", said);
	else if (!ok)
		fail(error, "%s", said);
	free(said);
	free(path);
	return ok;
}

/* Can this session take over what that one left? */
static bool fits_session(const struct session *s, char **error)
{
	const struct journal *j = &s->journal;

	if (j->stranger)
		return fail(error, "%s: %s: move it away, or choose another --out", j->path,
			    j->stranger);
	if (j->kind && *j->kind && strcmp(j->kind, s->command->name) != 0 && journal_runs_left(j))
		return fail(error, "%s is of `pvmmu %s` (%s), not of `pvmmu %s`", j->path, j->kind,
			    j->left_by, s->command->name);
	return true;
}

static bool begin_journal(struct session *s, char **error)
{
	char *command = session_command(), *kept = NULL;
	size_t left = journal_runs_left(&s->journal);
	bool ok = journal_begin(&s->journal, !s->resume, s->command->name, command, &kept, error);

	if (ok && kept && s->wanted.argv)
		complain("%s held %zu finished runs of a session that died (%s): they are in %s",
			 s->journal.path, left, s->journal.left_by, kept);
	else if (ok && kept)
		complain("%s held %zu finished runs of a session that died (%s), which --resume "
			 "would have taken over: they are in %s",
			 s->journal.path, left,
			 s->journal.left_by ? s->journal.left_by : "nobody knows which", kept);
	free(kept);
	free(command);
	return ok;
}

static bool open_place(struct session *s, char **error)
{
	free(s->place);
	s->place = place_of(s->out, error);
	return s->place && journal_open(&s->journal, s->place, error);
}

/* A name that nothing has. */
static bool open_default(struct session *s, char **error)
{
	for (unsigned i = 1; i <= NAMES_MAX; i++) {
		char *taken = NULL;

		free(s->out);
		s->out = session_default_out(s->root, i);
		if (access(s->out, F_OK) == 0)
			continue;
		if (open_place(s, &taken))
			return true;
		journal_close(&s->journal, false);
		if (!taken || i == NAMES_MAX || !strstr(taken, " is being written by ")) {
			*error = taken;
			return false;
		}
		free(taken);
	}
	return fail(error, "%s is there already", s->out);
}

bool session_open(struct session *s, char **error)
{
	if (s->out_given || s->work->kind == SESSION_AA) {
		s->out = s->out_given ? absolute_path(s->out_given)
				      : root_path(s->root, "results/" NOISE_FILE);
		if (!open_place(s, error))
			return false;
	} else if (!open_default(s, error)) {
		return false;
	}
	return (!s->resume || fits_session(s, error)) && begin_verdict(s, error) &&
	       begin_journal(s, error);
}

int session_refuse(struct session *s, char **error)
{
	bool mine = s->place && s->journal.fd >= 0;
	enum exit_code code = cancelled() ? EXIT_INTERRUPTED : EXIT_ERROR;
	char *unwritten = NULL;

	/* What was not found out because of the signal is no news. */
	if (cancelled())
		replace_text(error, "%s", REASON_INTERRUPTED);
	/* Somebody else's verdict stays. */
	if (mine && !verdict_write(s->out, code, *error, NULL, &unwritten) &&
	    strcmp(unwritten, *error) != 0)
		complain("%s", unwritten);
	free(unwritten);
	return code;
}

bool session_open_logs(struct session *s, char **error)
{
	struct dirent *entry;
	struct stat st;
	DIR *d;

	s->log_dir = xasprintf("%s.logs", s->out);
	/* Whose link it is, he did not mean his own logs to be cleared away. */
	if (lstat(s->log_dir, &st) == 0 && S_ISLNK(st.st_mode))
		return fail(error, "cannot keep logs in %s: it is a symbolic link", s->log_dir);
	if (!make_directory(s->log_dir, error))
		return false;
	d = opendir(s->log_dir);
	if (!d)
		return fail(error, "cannot read %s: %s", s->log_dir, strerror(errno));
	/* Those of an earlier run of the same name. */
	while ((entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n > 4 && strcmp(entry->d_name + n - 4, ".log") == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	return true;
}

/* ---- what there is already ---- */

/* Is a run of that id part of what is measured now? In `aa` a repetition has #2, #3, ... behind. */
static bool is_asked_for(const struct session *s, const char *id)
{
	size_t n = strcspn(id, "#");
	unsigned long nr = id[n] ? strtoul(id + n + 1, NULL, 10) : 1;

	if (nr > (s->work->kind == SESSION_AA ? s->repetitions : 1))
		return false;
	for (size_t i = 0; i < s->plan.n; i++)
		if (strlen(s->plan.runs[i].id) == n && strncmp(s->plan.runs[i].id, id, n) == 0)
			return true;
	return false;
}

/* What is there and nobody asks for now would be lost, and that may be a day's work: refused. */
static bool all_asked_for(const struct session *s, const char *path, const json_t *runs,
			  char **error)
{
	json_t *run;
	size_t i;

	json_array_foreach ((json_t *)runs, i, run) {
		const char *id = text_at(run, "id", NULL);

		if (json_array_size(json_object_get(run, "series")) && !is_asked_for(s, id))
			return fail(error,
				    "%s holds %s, which is not asked for and would be lost: ask "
				    "for it as well, or choose another --out",
				    path, id);
	}
	return true;
}

/* The set that is to be completed, if there is one. `aa` and `disturbance` measure anew. */
static bool load_set(struct session *s, char **error)
{
	struct strv errors = {0};

	if (s->work->kind != SESSION_RUN || access(s->out, F_OK) < 0)
		return true;
	s->earlier = resultset_load(s->out, s->schema, &errors);
	if (errors.n)
		fail(error, "%s", errors.v[0]);
	strv_free(&errors);
	return !*error && all_asked_for(s, s->out, json_object_get(s->earlier, "runs"), error);
}

/* What the journal has comes behind, so that it counts before what the set has. */
static bool load_journal(struct session *s, char **error)
{
	json_t *line, *runs = json_array(), *all, *controls;
	size_t i;
	bool ok;

	json_array_foreach (s->journal.lines, i, line)
		if (json_object_get(line, "run"))
			json_array_append(runs, json_object_get(line, "run"));
	ok = all_asked_for(s, s->journal.path, runs, error);
	json_decref(runs);
	if (!ok || !json_array_size(s->journal.lines))
		return ok;
	if (!s->earlier)
		s->earlier = json_pack("{s:[], s:[]}", "runs", "controls");
	if (!json_object_get(s->earlier, "controls"))
		json_object_set_new(s->earlier, "controls", json_array());
	all = journal_runs(&s->journal, s->schema, NULL);
	controls = journal_controls(&s->journal);
	json_array_extend(json_object_get(s->earlier, "runs"), all);
	json_array_extend(json_object_get(s->earlier, "controls"), controls);
	json_decref(controls);
	json_decref(all);
	return true;
}

bool session_load_earlier(struct session *s, char **error)
{
	if (!s->resume)
		return true;
	return load_set(s, error) && (!s->journal.path || load_journal(s, error));
}

/* ---- the result ---- */

/* What no file takes can still be copied from a terminal or a log. */
static void print_lost(const struct session *s)
{
	json_t *line;
	size_t i;

	json_array_foreach (s->journal.lost, i, line) {
		char *text = json_text(line, JSON_COMPACT);

		fprintf(stderr, "%s\n", text);
		free(text);
	}
}

/* If neither the result nor its journal can be written: to somewhere else. */
static void write_elsewhere(struct session *s, const char *text)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/pvmmu-result-XXXXXX.json", tmp && *tmp ? tmp : "/tmp");
	int fd = mkstemps(path, 5);

	if (fd >= 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0) {
		complain("what was measured is in %s instead", path);
	} else {
		complain("and %s cannot be written either; what was measured is in %s, but for "
			 "these lines:",
			 path, s->journal.path);
		print_lost(s);
		unlink(path);
	}
	if (fd >= 0)
		close(fd);
	free(path);
}

static bool write_set(struct session *s, const json_t *set, const char *text, char **error)
{
	if (!aside_keep(s->place, set, s->schema, &s->aside, &s->aside_runs, error))
		return false;
	if (write_atomically(s->out, text, strlen(text), error))
		return true;
	/* It stays under its own. */
	if (s->aside)
		unlink(s->aside);
	return false;
}

bool session_write(struct session *s, json_t *set, char **error)
{
	struct strv errors = {0};
	char *text;
	bool ok = schema_check(s->schema, set, &errors);

	if (!ok)
		fail(error, "the result set does not fit its own schema: %s", errors.v[0]);
	strv_free(&errors);
	text = json_dumps(set, JSON_INDENT(1));
	replace_text(&text, "%s\n", text);
	ok = ok && write_set(s, set, text, error);
	s->written = ok;
	if (!ok) {
		complain("%s", *error);
		if (!journal_broken(&s->journal))
			complain("what was measured is in %s: once %s can be written, the same "
				 "command with --resume takes it over",
				 s->journal.path, s->out);
		else
			write_elsewhere(s, text);
	}
	free(text);
	return ok;
}

void session_print_aside(const struct session *s, FILE *to)
{
	if (s->aside && s->aside_runs)
		fprintf(to, "%s keeps the earlier %s, for %zu of its runs that the new one lacks\n",
			s->aside, s->out, s->aside_runs);
	else if (s->aside)
		fprintf(to, "%s keeps the earlier %s, which was no result set\n", s->aside, s->out);
}

void session_close(struct session *s)
{
	journal_close(&s->journal, s->written);
}
