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
#include <unistd.h>

#include "lib/dates.h"
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
#include "session.h"

/* The number of names that are tried if several sessions start in the same second. */
#define NAMES_MAX 99

char *session_default_out(const char *root, unsigned number)
{
	AUTO_FREE char *name = time_now("results/%Y%m%d-%H%M%S");
	AUTO_FREE char *base = root_path(root, name);

	return number > 1 ? xasprintf("%s-%u.json", base, number) : xasprintf("%s.json", base);
}

bool session_scratch(struct session *s, char **error)
{
	s->log_dir = temporary_directory("pvmmu", error);
	return s->log_dir;
}

/* ---- the place of the result ---- */

/* Makes the directory of an absolute path. A name that ends in a slash is an error anyway. */
static bool make_place(const char *out, char **error)
{
	AUTO_FREE char *dir = directory_of(out), *not_made = NULL;
	bool ok = !strrchr(out, '/')[1] || make_directory(dir, &not_made);

	if (!ok)
		fail(error, "cannot write %s: %s", out, not_made);
	return ok;
}

static bool can_write_result(const char *out, char **error)
{
	struct destination result = {0}, verdict = {0};
	AUTO_FREE char *beside = verdict_path(out);
	bool ok = make_place(out, error) && destination_find(&result, out, error);

	if (ok && result.through)
		ok = fail(error,
			  "cannot write %s: it is no regular file, and a run leaves logs and "
			  "verdict.json beside its result; name a file, and `pvmmu export` writes "
			  "it anywhere",
			  out);
	ok = ok && destination_find(&verdict, beside, error);
	if (ok && is_same_file(&result, &verdict))
		ok = fail(error, "cannot write %s: the verdict goes there; choose another name",
			  out);
	ok = ok && can_write(out, error);
	destination_free(&result);
	destination_free(&verdict);
	return ok;
}

/*
 * The real path of a file that exists or will exist. Two sessions with two names for one file find
 * each other by it. The caller's; NULL with *error.
 */
static char *place_of(const char *out, char **error)
{
	struct destination d = {0};
	char *place = NULL;

	if (can_write_result(out, error) && destination_find(&d, out, error)) {
		AUTO_FREE char *dir = directory_of(d.path), *real = realpath(dir, NULL);
		const char *slash = strrchr(d.path, '/');

		place = xasprintf("%s/%s", real ? real : dir, slash ? slash + 1 : d.path);
	}
	destination_free(&d);
	return place;
}

/* The verdict says "running", so that a reader does not take an earlier one for this session's. */
static bool begin_verdict(const struct session *s, char **error)
{
	AUTO_FREE char *path = verdict_path(s->out), *said = NULL;
	bool ok = verdict_write_running(s->out, &said);

	/* A full disk still allows removing the earlier verdict. */
	if (!ok && unlink(path) < 0 && errno != ENOENT)
		fail(error, "%s, and it cannot be removed", said);
	else if (!ok)
		fail(error, "%s", said);
	return ok;
}

/* Can this session take over the journal? */
static bool fits_session(const struct session *s, char **error)
{
	const struct journal *j = &s->journal;

	if (j->foreign)
		return fail(error, "%s: %s: move it away, or choose another --out", j->path,
			    j->foreign);
	if (j->kind && *j->kind && strcmp(j->kind, s->command->name) != 0 && journal_runs_left(j))
		return fail(error, "%s is of `pvmmu %s` (%s), not of `pvmmu %s`", j->path, j->kind,
			    j->left_by, s->command->name);
	return true;
}

static bool begin_journal(struct session *s, char **error)
{
	AUTO_FREE char *command = session_command(), *kept = NULL;
	size_t left = journal_runs_left(&s->journal);
	bool ok = journal_begin(&s->journal, !s->resume, s->command->name, command, &kept, error);

	if (ok && kept && s->wanted.argv)
		complain("%s held %zu finished runs of a session that died (%s): they are in %s",
			 s->journal.path, left, s->journal.left_by, kept);
	else if (ok && kept)
		complain("%s held %zu finished runs of a session that died (%s), which --resume "
			 "would have taken over: they are in %s",
			 s->journal.path, left,
			 s->journal.left_by ? s->journal.left_by : "unknown process", kept);
	return ok;
}

static bool open_place(struct session *s, char **error)
{
	free(s->place);
	s->place = place_of(s->out, error);
	return s->place && journal_open(&s->journal, s->place, error);
}

/* Opens a default name that is not used. */
static bool open_default(struct session *s, char **error)
{
	for (unsigned i = 1; i <= NAMES_MAX; i++) {
		AUTO_FREE char *taken = NULL;

		free(s->out);
		s->out = session_default_out(s->root, i);
		if (access(s->out, F_OK) == 0)
			continue;
		if (open_place(s, &taken))
			return true;
		journal_close(&s->journal, false);
		if (i == NAMES_MAX || !strstr(taken, " is being written by "))
			return fail(error, "%s", taken);
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
	AUTO_FREE char *unwritten = NULL;

	/* A signal may be the cause of the error. */
	if (cancelled())
		replace_text(error, "%s", REASON_INTERRUPTED);
	/* The verdict of another session stays. */
	if (mine && !verdict_write(s->out, code, *error, NULL, &unwritten) &&
	    strcmp(unwritten, *error) != 0)
		complain("%s", unwritten);
	return code;
}

bool session_open_logs(struct session *s, char **error)
{
	struct dirent *entry;
	struct stat st;
	DIR *d;

	s->log_dir = xasprintf("%s.logs", s->out);
	/* A link may lead to logs that are not ours to remove. */
	if (lstat(s->log_dir, &st) == 0 && S_ISLNK(st.st_mode))
		return fail(error, "cannot keep logs in %s: it is a symbolic link", s->log_dir);
	if (!make_directory(s->log_dir, error))
		return false;
	d = opendir(s->log_dir);
	if (!d)
		return fail(error, "cannot read %s: %s", s->log_dir, strerror(errno));
	/* Logs of an earlier run of the same name. */
	while ((entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n > 4 && strcmp(entry->d_name + n - 4, ".log") == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	return true;
}

/* ---- what there is already ---- */

/* Does this session measure a run of that id? Repetitions of `aa` end in #2, #3, ... */
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

/* Refuses to replace runs that this session does not measure, because they would be lost. */
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

/* Loads the set that --resume completes, if there is one. `aa` and `disturbance` measure again. */
static bool load_set(struct session *s, char **error)
{
	AUTO_STRV struct strv errors = {0};

	if (s->work->kind != SESSION_RUN || access(s->out, F_OK) < 0)
		return true;
	s->earlier = resultset_load(s->out, s->schema, &errors);
	if (errors.n)
		fail(error, "%s", errors.v[0]);
	return !*error && all_asked_for(s, s->out, json_object_get(s->earlier, "runs"), error);
}

/* The journal's runs come after the set's, so that they count before these. */
static bool load_journal(struct session *s, char **error)
{
	json_t *line, *runs = json_array();
	json_auto_t *all = NULL, *controls = NULL;
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
	return true;
}

bool session_load_earlier(struct session *s, char **error)
{
	if (!s->resume)
		return true;
	return load_set(s, error) && (!s->journal.path || load_journal(s, error));
}

/* ---- the result ---- */

/* Prints runs that no file has, so that they can be copied from a terminal or a log. */
static void print_lost(const struct session *s)
{
	json_t *line;
	size_t i;

	json_array_foreach (s->journal.lost, i, line) {
		AUTO_FREE char *text = json_text(line, JSON_COMPACT);

		fprintf(stderr, "%s\n", text);
	}
}

/* Writes the result to a temporary file if neither the result nor its journal can be written. */
static void write_elsewhere(struct session *s, const char *text)
{
	const char *tmp = getenv("TMPDIR");
	AUTO_FREE char *path = xasprintf("%s/pvmmu-result-XXXXXX.json", tmp && *tmp ? tmp : "/tmp");
	int fd = mkstemps(path, 5);

	if (fd >= 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0) {
		complain("the measured runs are in %s instead", path);
	} else {
		complain("and %s cannot be written either; the measured runs are in %s, except "
			 "for these lines:",
			 path, s->journal.path);
		print_lost(s);
		unlink(path);
	}
	if (fd >= 0)
		close(fd);
}

static bool write_set(struct session *s, const json_t *set, const char *text, char **error)
{
	if (!previous_set_keep(s->place, set, s->schema, &s->previous, &s->previous_runs, error))
		return false;
	if (write_atomically(s->out, text, strlen(text), error))
		return true;
	/* The earlier file keeps its name. */
	if (s->previous)
		unlink(s->previous);
	return false;
}

bool session_write(struct session *s, json_t *set, char **error)
{
	AUTO_STRV struct strv errors = {0};
	AUTO_FREE char *text = NULL;
	bool ok = schema_check(s->schema, set, &errors);

	if (!ok)
		fail(error, "the result set does not fit its own schema: %s", errors.v[0]);
	text = json_dumps(set, JSON_INDENT(1));
	replace_text(&text, "%s\n", text);
	ok = ok && write_set(s, set, text, error);
	s->written = ok;
	if (!ok) {
		complain("%s", *error);
		if (!journal_broken(&s->journal))
			complain(
				"the measured runs are in %s: if %s can be written again, the same command "
				"with --resume takes them over",
				s->journal.path, s->out);
		else
			write_elsewhere(s, text);
	}
	return ok;
}

void session_print_previous(const struct session *s, FILE *to)
{
	if (s->previous && s->previous_runs)
		fprintf(to, "%s keeps the earlier %s, for %zu of its runs that the new one lacks\n",
			s->previous, s->out, s->previous_runs);
	else if (s->previous)
		fprintf(to, "%s keeps the earlier %s, which was no result set\n", s->previous,
			s->out);
}

void session_close(struct session *s)
{
	journal_close(&s->journal, s->written);
}
