// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/interrupt.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "publish/publish.h"

static void tell(const struct publish_report *r)
{
	if (r->added || r->changed || r->removed)
		printf("files: %zu new, %zu changed, %zu removed, %zu as before; result sets: %zu, "
		       "%zu of them new\n",
		       r->added, r->changed, r->removed, r->same, r->sets, r->new_sets);
	else
		printf("nothing has changed: %zu files, %zu of them result sets\n", r->same,
		       r->sets);
	printf("%s\n", r->address);
}

static int publish_as_asked(struct publish_request *q, const char *root_given)
{
	struct publish_report report = {0};
	char *root = NULL;
	AUTO_FREE char *error = NULL;
	int code = EXIT_ERROR;

	cancel_setup();
	if (find_root(root_given, &root, &error)) {
		q->root = root;
		if (!q->repo)
			q->repo = root;
		if (publish(q, &report, &error))
			code = EXIT_FINE;
		else if (cancelled())
			code = EXIT_INTERRUPTED;
	}
	for (size_t i = 0; i < report.notes.n && !q->quiet; i++)
		complain("note: %s", report.notes.v[i]);
	if (error)
		complain("%s", error);
	if (code == EXIT_FINE && !q->quiet)
		tell(&report);
	publish_report_free(&report);
	free(root);
	return code;
}

static int run(int argc, char **argv)
{
	struct publish_request q = {0};
	const char *root = NULL;
	AUTO_STRV struct strv sources = {0};
	const struct option_spec specs[] = {
		OPT_TEXT("to", 0, &q.to, "DIR", "publish into this directory"),
		OPT_TEXT("branch", 0, &q.branch, "NAME", "publish onto this branch of git"),
		OPT_TEXT("repo", 0, &q.repo, "DIR", "the repository of the branch (the project's)"),
		OPT_TEXT("remote", 0, &q.remote, "NAME",
			 "fetch the branch from this remote before, push it there after"),
		OPT_TEXT("site", 0, &q.site, "DIR", "publish a site that is finished, as it is"),
		OPT_TEXT("baseline", 0, &q.baseline, "VARIANT", "as for `pvmmu dashboard`"),
		OPT_TEXT("title", 0, &q.title, "TEXT", "likewise"),
		OPT_FLAG("quiet", 'q', &q.quiet, "print nothing but errors"),
		OPT_ROOT(&root),
		OPT_END,
	};
	int code = options_read(&command_publish, specs, argc, argv, &sources);

	q.sources = &sources;
	if (code >= 0)
		;
	else if (!q.to == !q.branch)
		code = usage_error(&command_publish, "where to? give --to DIR or --branch NAME");
	else if ((q.repo || q.remote) && !q.branch)
		code = usage_error(&command_publish, "--%s goes with --branch",
				   q.repo ? "repo" : "remote");
	else if (q.site && (sources.n || q.baseline || q.title))
		code = usage_error(&command_publish,
				   "--site goes without result files, --baseline and --title");
	else
		code = publish_as_asked(&q, root);
	return code;
}

const struct command command_publish = {
	.name = "publish",
	.usage = "publish [OPTION]... --to DIR | --branch NAME [FILE.json|DIR]...",
	.summary = "put the site where others read it: into a directory, or onto a branch of git",
	.details =
		"The site is made of the given files and directories (results/), and of all result sets\n"
		"published to the same place before, which stay there under raw/.\n"
		"\n"
		"It is replaced atomically: a reader sees the old site or the new one, and after an error\n"
		"the old one is still there. Unchanged files are not written again. A place with files\n"
		"that are not from pvmmu is refused.\n"
		"\n"
		"A branch gets one commit; work tree, index and HEAD of the repository stay as they are.\n"
		"  pvmmu publish --to /srv/www/pvmmu\n"
		"  pvmmu publish --branch gh-pages --remote origin\n",
	.run = run,
};
