// SPDX-License-Identifier: MIT
/*
 * pvmmu: what does each way of managing page tables cost a Xen PV guest?
 * Finds and runs the command, one of cmd/.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/complete.h"
#include "cmd/manual.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/options.h"

static const struct command *const commands[] = {
	&command_run,	  &command_aa,	     &command_disturbance, &command_list,
	&command_doctor,  &command_validate, &command_compare,	   &command_verdict,
	&command_effects, &command_history,  &command_import,	   &command_merge,
	&command_growth,  &command_plot,     &command_dashboard,   &command_profile,
	&command_export,  &command_publish,
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static void print_overview(void)
{
	printf("usage: pvmmu COMMAND [ARGUMENT]...\n"
	       "Measures the cost of each way of managing page tables for a Xen paravirtual guest.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
	printf("  %-12s this text, or `help COMMAND`; --man: a page of all; --bash, --zsh, --fish: completion\n\n"
	       "Exit codes:\n  %3d  fine\n",
	       "help", EXIT_FINE);
	for (int o = OUTCOME_SKIP; o < NR_OUTCOMES; o++)
		printf("  %3d  %s: %s\n", outcome_exit((enum outcome)o),
		       outcome_name((enum outcome)o), outcome_meaning((enum outcome)o));
	printf("  %3d  usage\n  %3d  interrupted\n"
	       "Of several runs the worst counts: error, crash, timeout, failure, skip.\n",
	       EXIT_USAGE, EXIT_INTERRUPTED);
}

static const struct command *find(const char *name)
{
	struct strv names = {0};
	const char *close;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			strv_free(&names);
			return commands[i];
		}
		strv_add(&names, "%s", commands[i]->name);
	}
	strv_add(&names, "help");
	close = did_you_mean(name, &names);
	if (close)
		complain("unknown command \"%s\"; did you mean \"%s\"?", name, close);
	else
		complain("unknown command \"%s\"", name);
	fprintf(stderr, "Try: pvmmu --help\n");
	strv_free(&names);
	return NULL;
}

static int too_many(const char *word)
{
	complain("unexpected argument \"%s\"", word);
	fprintf(stderr, "Try: pvmmu --help\n");
	return EXIT_USAGE;
}

static int help(const char *name, char **more)
{
	const struct command *c;
	char *words[] = {(char[]){"pvmmu"}, (char[]){"--help"}, NULL};

	if (!name || strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 ||
	    strcmp(name, "-h") == 0) {
		print_overview();
		return EXIT_FINE;
	}
	if (strcmp(name, "--man") == 0) {
		manual_page(commands, NR_COMMANDS);
		return EXIT_FINE;
	}
	if (strcmp(name, "--complete") == 0) {
		size_t n = 0;

		while (more[n])
			n++;
		complete(commands, NR_COMMANDS, more, n);
		return EXIT_FINE;
	}
	if (strncmp(name, "--", 2) == 0 && manual_completion(name + 2))
		return EXIT_FINE;
	c = find(name);
	return c ? c->run(2, words) : EXIT_USAGE;
}

static int dispatch(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		complain("no command");
		fprintf(stderr, "Try: pvmmu --help\n");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return argc > 2 ? too_many(argv[2]) : help(NULL, NULL);
	if (strcmp(argv[1], "help") == 0 && argc > 3 && strcmp(argv[2], "--complete") != 0)
		return too_many(argv[3]);
	if (strcmp(argv[1], "help") == 0)
		return help(argc > 2 ? argv[2] : NULL, argv + (argc > 2 ? 3 : 2));
	if (strcmp(argv[1], "--version") == 0 && argc > 2)
		return too_many(argv[2]);
	if (strcmp(argv[1], "--version") == 0) {
		printf("pvmmu %s\n", PVMMU_VERSION);
		return EXIT_FINE;
	}
	c = find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int code;

	/* A file size limit shall be an error of write(), not a fatal signal. */
	signal(SIGXFSZ, SIG_IGN);
	json_never_fails();
	strv_add(&command_line, "build/pvmmu");
	for (int i = 1; i < argc; i++)
		strv_add(&command_line, "%s", argv[i]);
	code = dispatch(argc, argv);
	strv_free(&command_line);
	/* Output may have failed: a full disk, a closed pipe. */
	if ((fflush(stdout) || ferror(stdout)) && code == EXIT_FINE) {
		complain("cannot write the output");
		code = EXIT_ERROR;
	}
	return code;
}
