// SPDX-License-Identifier: MIT
/*
 * Publishing onto a branch, as for gh-pages: a commit for each publish, whose tree is the site.
 * Blobs, tree and commit are made first; then the branch moves in one step, only if it is still
 * where we found it, so that no publisher loses the work of another one.
 *
 * With a remote, the remote's branch counts: it is fetched before and pushed to after, never with
 * force. A push that is refused because the branch has moved is a race like any other.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "git.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/utf8.h"
#include "publish.h"
#include "site/site.h"

#define FILE_MODE "100644"

struct to_branch {
	struct git git;
	const struct publish_request *q;
	char *ref;    /* refs/heads/NAME */
	char *local;  /* its commit, "" if there is none */
	char *remote; /* the commit of the remote's; "" without a remote */
	char *old;    /* the newer one of these */
};

/* A branch that is checked out must not move. */
static bool is_free(struct to_branch *t, char **error)
{
	struct git *g = &t->git;
	AUTO_FREE char *bare =
		git_ask(g, NULL, NULL, error, GIT_WORDS("rev-parse", "--is-bare-repository"));
	AUTO_FREE char *head = NULL, *where = NULL;

	if (bare && strcmp(bare, "true") != 0) {
		/* A branch without a commit is checked out too, and has no worktreepath. */
		head = git_ask(g, NULL, NULL, NULL, GIT_WORDS("symbolic-ref", "-q", "HEAD"));
		where = git_ask(g, NULL, NULL, error,
				GIT_WORDS("for-each-ref", "--format=%(worktreepath)", t->ref));
		if ((head && strcmp(head, t->ref) == 0) || (where && *where))
			fail(error,
			     "branch %s is checked out in %s: publish to another one, or check "
			     "out another one there",
			     t->q->branch, where && *where ? where : t->q->repo);
	}
	return !*error;
}

static bool find_local(struct to_branch *t, char **error)
{
	AUTO_FREE char *commit = xasprintf("%s^{commit}", t->ref);
	char *got;

	got = git_ask(&t->git, NULL, NULL, NULL,
		      GIT_WORDS("rev-parse", "--verify", "--quiet", commit));
	t->local = got ? got : xstrdup("");
	return !cancelled() || fail(error, "interrupted; nothing was published");
}

/* Finds and fetches the remote's branch; git prints "SHA<tab>REF", or nothing if it is missing. */
static bool find_remote(struct to_branch *t, char **error)
{
	struct git *g = &t->git;
	AUTO_FREE char *line = NULL;

	if (!t->q->remote) {
		t->remote = xstrdup("");
		return true;
	}
	line = git_ask(g, NULL, NULL, error, GIT_WORDS("ls-remote", "--", t->q->remote, t->ref));
	if (!line)
		return false;
	t->remote = xstrndup(line, strcspn(line, "\t"));
	return !*t->remote ||
	       git_run(g, NULL, NULL, error,
		       GIT_WORDS("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--",
				 t->q->remote, t->ref));
}

static bool is_ancestor(struct to_branch *t, const char *a, const char *b, char **error)
{
	return git_status(&t->git, NULL, NULL, NULL, error,
			  GIT_WORDS("merge-base", "--is-ancestor", a, b)) == 0;
}

static bool choose(struct to_branch *t, char **error)
{
	const char *old = *t->remote ? t->remote : t->local;

	if (*t->local && *t->remote && !is_ancestor(t, t->local, t->remote, error)) {
		if (!is_ancestor(t, t->remote, t->local, error))
			return fail(error,
				    "branch %s here and on %s have gone different ways; delete "
				    "the one here (git branch -D %s) to go on from the other",
				    t->q->branch, t->q->remote, t->q->branch);
		old = t->local;
	}
	t->old = xstrdup(old);
	return !*error;
}

/* "MODE TYPE HASH<tab>PATH" NUL, over and over. */
static bool list_tree(struct to_branch *t, struct published *old, char **error)
{
	size_t n = 0;
	char *list = git_ask(&t->git, NULL, &n, error,
			     GIT_WORDS("ls-tree", "-r", "-z", "--full-tree", t->old));

	for (char *at = list; at && at < list + n && !*error; at += strlen(at) + 1) {
		char *tab = strchr(at, '\t'), *blob = strstr(at, " blob ");

		if (!tab || !blob || blob > tab || !is_utf8(tab + 1)) {
			fail(error, "branch %s holds something else than files: %s", t->q->branch,
			     at);
			break;
		}
		*tab = 0;
		/* A file with another mode counts as changed. */
		json_object_set_new(
			old->files, tab + 1,
			json_string(strncmp(at, FILE_MODE " ", 7) == 0 ? blob + 6 : ""));
		at = tab + 1;
	}
	free(list);
	return !*error;
}

static const char *blob_of(const struct published *old, const char *path)
{
	const char *hash = json_string_value(json_object_get(old->files, path));

	return hash ? hash : "";
}

/* The name of a result set of ours; NULL: it is something else. Others may write the branch too, so
 * the name must not lead out of the directory. */
static const char *name_of_set(const struct published *old, const char *path)
{
	size_t n = strlen(PUBLISH_RAW);
	const char *name = path + n;

	return strncmp(path, PUBLISH_RAW, n) == 0 && *name && *name != '.' && !strchr(name, '/') &&
			       *blob_of(old, path)
		       ? name
		       : NULL;
}

/* Removes files in a directory that are no result sets of the branch. */
static bool sweep(const struct published *old, const char *dir, char **error)
{
	AUTO_STRV struct strv there = {0};
	bool ok = directory_list(dir, &there, error);

	for (size_t i = 0; i < there.n && ok; i++) {
		AUTO_FREE char *path = xasprintf(PUBLISH_RAW "%s", there.v[i]);
		AUTO_FREE char *file = xasprintf("%s/%s", dir, there.v[i]);

		if (!json_object_get(old->ours, path) || !name_of_set(old, path))
			unlink(file);
	}
	return ok;
}

/* Copies the result sets of the branch into a directory. Their names identify the contents, so
 * existing files are not written again. */
static bool extract(struct to_branch *t, const struct published *old, const char *dir, char **error)
{
	AUTO_FREE char *part = git_file(&t->git, "blob");
	const char *path;
	json_t *value;
	bool ok = make_directory(dir, error) && sweep(old, dir, error);

	json_object_foreach (old->ours, path, value) {
		const char *name = name_of_set(old, path);
		AUTO_FREE char *beside = NULL, *to = NULL;

		if (!ok || !name)
			continue;
		to = xasprintf("%s/%s", dir, name);
		beside = xasprintf("%s/.%s", dir, name);
		ok = access(to, F_OK) == 0 ||
		     (git_run(&t->git, NULL, part, error,
			      GIT_WORDS("cat-file", "blob", blob_of(old, path))) &&
		      copy_file(part, beside, error) &&
		      (rename(beside, to) == 0 ||
		       fail(error, "cannot write %s: %s", to, strerror(errno))));
	}
	unlink(part);
	return ok;
}

static bool open_branch(void *state, const struct publish_request *q, const char *cache,
			struct published *old, struct publish_before *before, char **error)
{
	struct to_branch *t = state;
	AUTO_FREE char *mark = NULL;
	bool ok;

	t->q = q;
	t->ref = xasprintf("refs/heads/%s", q->branch);
	old->files = json_object();
	if (!git_open(&t->git, q->repo, error))
		return false;
	if (git_status(&t->git, NULL, NULL, NULL, error,
		       GIT_WORDS("check-ref-format", "--branch", q->branch)) != 0)
		return fail(error, "\"%s\" cannot be the name of a branch", q->branch);
	if (!is_free(t, error) || !find_local(t, error) || !find_remote(t, error) ||
	    !choose(t, error))
		return false;
	if (!*t->old)
		return published_read(old, NULL, q->branch, error);
	if (!list_tree(t, old, error))
		return false;
	if (*blob_of(old, PUBLISH_MARK))
		mark = git_ask(&t->git, NULL, NULL, error,
			       GIT_WORDS("cat-file", "blob", blob_of(old, PUBLISH_MARK)));
	ok = !*error && published_read(old, mark, q->branch, error);
	before->sets = xasprintf("%s/published", cache);
	if (ok && json_object_get(old->ours, SITE_ANNOTATIONS) && *blob_of(old, SITE_ANNOTATIONS)) {
		before->annotations = xasprintf("%s/beside.json", cache);
		ok = git_run(&t->git, NULL, before->annotations, error,
			     GIT_WORDS("cat-file", "blob", blob_of(old, SITE_ANNOTATIONS)));
	}
	return ok && extract(t, old, before->sets, error);
}

/* Stores all files of the plan as blobs; their hashes. */
static bool store(struct to_branch *t, const struct publish_plan *plan, struct strv *hashes,
		  char **error)
{
	AUTO_FREE char *in = git_file(&t->git, "paths"), *said = NULL;
	AUTO_STRV struct strv paths = {0};
	AUTO_FREE char *text = NULL;

	for (size_t i = 0; i < plan->n; i++) {
		AUTO_FREE char *path = realpath(plan->file[i].source, NULL);

		/* As paths of a site have no newlines, and no quotation mark in front. */
		strv_add(&paths, "%s", path ? path : plan->file[i].source);
	}
	text = strv_join(&paths, "\n");
	replace_text(&text, "%s\n", text);
	if (write_plainly(in, text, strlen(text), error))
		said = git_ask(&t->git, in, NULL, error,
			       GIT_WORDS("hash-object", "-w", "--no-filters", "--stdin-paths"));
	if (said)
		strv_split(hashes, said, '\n');
	if (said && hashes->n != plan->n)
		fail(error, "git hash-object: expected %zu lines, found %zu", plan->n, hashes->n);
	unlink(in);
	return !*error;
}

/* Appends a line as `git update-index -z --index-info` reads them, with its NUL. */
static void index_line(char **text, size_t *n, const char *mode, const char *hash, const char *path)
{
	AUTO_FREE char *line = xasprintf("%s %s\t%s", mode, hash, path);
	size_t length = strlen(line) + 1;

	*text = xrealloc(*text, *n + length);
	memcpy(*text + *n, line, length);
	*n += length;
}

/* Makes the tree of the plan; its hash, or NULL with *error. */
static char *make_tree(struct to_branch *t, const struct publish_plan *plan,
		       const struct strv *hashes, char **error)
{
	const struct git *g = &t->git;
	AUTO_FREE char *in = git_file(g, "entries"), *text = NULL;
	char *tree = NULL;
	AUTO_FREE char *zero = NULL;
	size_t n = 0;

	zero = xasprintf("%0*d", (int)strlen(hashes->v[0]), 0);
	for (size_t i = 0; i < plan->drop.n; i++)
		index_line(&text, &n, "0", zero, plan->drop.v[i]);
	for (size_t i = 0; i < plan->n; i++)
		index_line(&text, &n, FILE_MODE, hashes->v[i], plan->file[i].path);
	if ((*t->old ? git_run(g, NULL, NULL, error, GIT_WORDS("read-tree", t->old))
		     : git_run(g, NULL, NULL, error, GIT_WORDS("read-tree", "--empty"))) &&
	    write_plainly(in, text, n, error) &&
	    git_run(g, in, NULL, error, GIT_WORDS("update-index", "-z", "--add", "--index-info")))
		tree = git_ask(g, NULL, NULL, error, GIT_WORDS("write-tree"));
	unlink(in);
	return tree;
}

/* A commit needs a name, which may not be configured on a test machine. */
static void name_committer(const struct git *g)
{
	static const char *const who[] = {"GIT_AUTHOR", "GIT_COMMITTER"};

	for (size_t i = 0; i < 2; i++) {
		AUTO_FREE char *ident = xasprintf("%s_IDENT", who[i]),
			       *name = xasprintf("%s_NAME", who[i]);
		AUTO_FREE char *mail = xasprintf("%s_EMAIL", who[i]), *got = NULL;

		got = git_ask(g, NULL, NULL, NULL, GIT_WORDS("var", ident));
		if (!got) {
			setenv(name, "pvmmu", 1);
			setenv(mail, "pvmmu@localhost", 1);
		}
	}
}

static char *commit(struct to_branch *t, const char *tree, const struct publish_report *r,
		    char **error)
{
	AUTO_FREE char *message = xasprintf("Publish %zu result set%s, %zu of them new", r->sets,
					    r->sets == 1 ? "" : "s", r->new_sets);

	name_committer(&t->git);
	return *t->old ? git_ask(&t->git, NULL, NULL, error,
				 GIT_WORDS("commit-tree", "-p", t->old, "-m", message, tree))
		       : git_ask(&t->git, NULL, NULL, error,
				 GIT_WORDS("commit-tree", "-m", message, tree));
}

/* Moves the branch. It may have been left behind by the remote's: both are the old one then. */
static enum publish_result move(struct to_branch *t, const char *to, char **error)
{
	AUTO_FREE char *said = NULL;
	char *now;
	int status =
		git_status(&t->git, NULL, NULL, &said, error,
			   GIT_WORDS("update-ref", "-m", "pvmmu publish", t->ref, to, t->local));
	enum publish_result result = status == 0 ? PUBLISH_DONE : PUBLISH_FAILED;

	if (status > 0) {
		now = git_ask(&t->git, NULL, NULL, NULL,
			      GIT_WORDS("rev-parse", "--verify", "--quiet", t->ref));
		if (strcmp(now ? now : "", t->local) != 0)
			result = PUBLISH_RACED;
		else
			fail(error, "git update-ref: %s", said);
		free(now);
	}
	return result;
}

static enum publish_result push(struct to_branch *t, const char *commit, char **error)
{
	AUTO_FREE char *spec = xasprintf("%s:%s", commit, t->ref), *said = NULL;
	char *line;
	int status = git_status(&t->git, NULL, NULL, &said, error,
				GIT_WORDS("push", "--quiet", "--", t->q->remote, spec));
	enum publish_result result = status == 0 ? PUBLISH_DONE : PUBLISH_FAILED;

	if (status > 0) {
		/* If the remote's branch has moved, that was the reason. */
		line = git_ask(&t->git, NULL, NULL, NULL,
			       GIT_WORDS("ls-remote", "--", t->q->remote, t->ref));
		if (line && strncmp(line, t->remote, strlen(t->remote)) != 0)
			result = PUBLISH_RACED;
		else
			fail(error,
			     "the site is on branch %s here; it could not be pushed to %s: %s",
			     t->q->branch, t->q->remote, said);
		free(line);
	}
	return result;
}

/* Moves the branch to the commit, and the remote's. */
static enum publish_result send(struct to_branch *t, const char *to, char **error)
{
	enum publish_result result = PUBLISH_DONE;

	if (strcmp(t->local, to) != 0)
		result = move(t, to, error);
	if (result == PUBLISH_DONE && t->q->remote && strcmp(t->remote, to) != 0)
		result = push(t, to, error);
	/* The remote's branch has moved: our next attempt goes on top of it. */
	if (result == PUBLISH_RACED && *t->local)
		git_run(&t->git, NULL, NULL, NULL, GIT_WORDS("update-ref", t->ref, t->local, to));
	else if (result == PUBLISH_RACED)
		git_run(&t->git, NULL, NULL, NULL, GIT_WORDS("update-ref", "-d", t->ref, to));
	return result;
}

static enum publish_result put_branch(void *state, const struct publish_plan *plan,
				      const struct published *old, struct publish_report *report,
				      char **error)
{
	struct to_branch *t = state;
	AUTO_STRV struct strv hashes = {0};
	enum publish_result result = PUBLISH_FAILED;
	AUTO_FREE char *tree = NULL, *to = NULL;

	if (store(t, plan, &hashes, error)) {
		for (size_t i = 0; i < plan->n; i++)
			publish_count(report, plan->file[i].path,
				      json_object_get(old->files, plan->file[i].path),
				      strcmp(blob_of(old, plan->file[i].path), hashes.v[i]) == 0);
		for (size_t i = 0; i < plan->keep.n; i++)
			publish_count(report, plan->keep.v[i], true, true);
		report->removed = plan->drop.n;
		if (*t->old && !report->added && !report->changed && !report->removed)
			to = xstrdup(t->old);
		else if ((tree = make_tree(t, plan, &hashes, error)))
			to = commit(t, tree, report, error);
	}
	if (to && cancelled())
		fail(error, "interrupted; nothing was published");
	else if (to)
		result = send(t, to, error);
	if (result == PUBLISH_DONE)
		report->address =
			t->q->remote ? xasprintf("%s %.12s of %s, pushed to %s", t->q->branch, to,
						 t->q->repo, t->q->remote)
				     : xasprintf("%s %.12s of %s", t->q->branch, to, t->q->repo);
	return result;
}

static void close_branch(void *state)
{
	struct to_branch *t = state;

	git_close(&t->git);
	free(t->ref);
	free(t->local);
	free(t->remote);
	free(t->old);
}

const struct publish_target publish_to_branch = {
	.open = open_branch,
	.put = put_branch,
	.close = close_branch,
	.size = sizeof(struct to_branch),
	.nojekyll = true,
};
