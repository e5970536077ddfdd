// SPDX-License-Identifier: MIT
#include "git.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "lib/subprocess.h"

/* Seconds. A push over a slow line takes minutes; one that waits for a password never ends. */
#define DEADLINE 600

/* A hook that runs pvmmu may have set these variables, which would redirect git. */
static const char *const misleading[] = {
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_COMMON_DIR",
	"GIT_NAMESPACE",
	"GIT_PREFIX",
	"GIT_OBJECT_DIRECTORY",
	"GIT_CONFIG",
	"GIT_CONFIG_PARAMETERS",
	"GIT_CONFIG_COUNT",
	"GIT_GRAFT_FILE",
	"GIT_SHALLOW_FILE",
	"GIT_REPLACE_REF_BASE",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_QUARANTINE_PATH",
};

bool git_open(struct git *g, const char *repo, char **error)
{
	AUTO_FREE char *index = NULL, *why_not = NULL, *dir = NULL;

	*g = (struct git){
		.program = find_program("git"), .shell = find_program("sh"), .repo = xstrdup(repo)};
	if (!g->program || !g->shell)
		return fail(error, "git is not installed");
	g->tmp = temporary_directory("pvmmu-git", error);
	if (!g->tmp)
		return false;
	for (size_t i = 0; i < sizeof(misleading) / sizeof(*misleading); i++)
		unsetenv(misleading[i]);
	index = git_file(g, "index");
	setenv("GIT_INDEX_FILE", index, 1);
	/* git must not ask for passwords. */
	setenv("GIT_TERMINAL_PROMPT", "0", 1);
	setenv("SSH_ASKPASS_REQUIRE", "never", 0);
	/* Some messages are parsed. */
	setenv("LC_ALL", "C.UTF-8", 1);
	dir = git_ask(g, NULL, NULL, &why_not, GIT_WORDS("rev-parse", "--git-dir"));
	if (!dir)
		fail(error, "%s is no git repository: %s", repo, why_not);
	return !*error;
}

void git_close(struct git *g)
{
	if (g->tmp)
		directory_remove(g->tmp, NULL);
	free(g->program);
	free(g->shell);
	free(g->repo);
	free(g->tmp);
	*g = (struct git){0};
}

char *git_file(const struct git *g, const char *name)
{
	return xasprintf("%s/%s", g->tmp, name);
}

int git_status(const struct git *g, const char *in, const char *out, char **said, char **error,
	       const char *const *arguments)
{
	AUTO_STRV struct strv argv = {0};
	struct subprocess p;
	int status = -1;

	/* The shell opens the files; messages go where subprocess.h collects them. */
	strv_add(&argv, "%s", g->shell);
	strv_add(&argv, "-c");
	strv_add(&argv, "in=$1 out=$2; shift 2; exec \"$@\" <\"$in\" >\"$out\"");
	strv_add(&argv, "sh");
	strv_add(&argv, "%s", in ? in : "/dev/null");
	strv_add(&argv, "%s", out ? out : "/dev/null");
	strv_add(&argv, "%s", g->program);
	strv_add(&argv, "-C");
	strv_add(&argv, "%s", g->repo);
	for (const char *const *a = arguments; *a; a++)
		strv_add(&argv, "%s", *a);
	if (subprocess_start(&p, argv.v, NULL, error)) {
		if (subprocess_wait(&p, DEADLINE) && WIFEXITED(p.status))
			status = WEXITSTATUS(p.status);
		else if (cancelled())
			fail(error, "interrupted; nothing was published");
		else
			fail(error, "git %s %s", arguments[0],
			     p.running ? "does not come to an end" : "was killed");
		subprocess_kill(&p);
		if (said)
			*said = subprocess_output(&p);
		subprocess_close(&p);
	}
	return status;
}

bool git_run(const struct git *g, const char *in, const char *out, char **error,
	     const char *const *arguments)
{
	AUTO_FREE char *said = NULL;
	int status = git_status(g, in, out, &said, error, arguments);

	if (status > 0)
		fail(error, "git %s: %s", arguments[0], *said ? said : "failed");
	return status == 0;
}

char *git_ask(const struct git *g, const char *in, size_t *n, char **error,
	      const char *const *arguments)
{
	AUTO_FREE char *out = git_file(g, "answer");
	char *text = NULL;
	size_t length;

	if (git_run(g, in, out, error, arguments))
		text = read_whole_file(out, &length, error);
	unlink(out);
	if (text && n)
		*n = length;
	/* Without n the caller wants one line without its end. */
	else if (text && length && text[length - 1] == '\n')
		text[length - 1] = 0;
	return text;
}
