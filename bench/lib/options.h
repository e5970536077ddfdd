/* SPDX-License-Identifier: MIT */
/*
 * Command-line options from a table, from which --help is made too. Long options are --name VALUE
 * or --name=VALUE; "--" ends them; options and operands may be mixed.
 */
#ifndef PVMMU_BENCH_LIB_OPTIONS_H
#define PVMMU_BENCH_LIB_OPTIONS_H

#include <stdbool.h>

#include "text.h"

enum option_kind {
	OPTION_FLAG,   /* value: bool */
	OPTION_TEXT,   /* value: const char *, borrowed from argv */
	OPTION_LIST,   /* value: struct strv; may be repeated; commas separate */
	OPTION_TEXTS,  /* value: struct strv; may be repeated; commas are part of the text */
	OPTION_NUMBER, /* value: unsigned, within min and max */
};

/* A table of entries, each made by one of the macros below; OPT_END ends it. */
struct option_spec {
	const char *name; /* without the dashes */
	char letter;	  /* short form, or 0 */
	enum option_kind kind;
	void *value;
	const char *argument; /* the name of its value in the help */
	const char *help;
	unsigned min, max;
};

#define OPT_FLAG(name, letter, value, help)                                                        \
	{                                                                                          \
		name, letter, OPTION_FLAG, value, NULL, help, 0, 0                                 \
	}
#define OPT_TEXT(name, letter, value, argument, help)                                              \
	{                                                                                          \
		name, letter, OPTION_TEXT, value, argument, help, 0, 0                             \
	}
#define OPT_LIST(name, letter, value, argument, help)                                              \
	{                                                                                          \
		name, letter, OPTION_LIST, value, argument, help, 0, 0                             \
	}
#define OPT_TEXTS(name, letter, value, argument, help)                                             \
	{                                                                                          \
		name, letter, OPTION_TEXTS, value, argument, help, 0, 0                            \
	}
#define OPT_NUMBER(name, letter, value, argument, help, min, max)                                  \
	{                                                                                          \
		name, letter, OPTION_NUMBER, value, argument, help, min, max                       \
	}
#define OPT_ROOT(value) OPT_TEXT("root", 0, value, "DIR", "the project's root (also PVMMU_ROOT)")
#define OPT_END                                                                                    \
	{                                                                                          \
		0                                                                                  \
	}

struct command {
	const char *name, *usage, *summary, *details;
	int (*run)(int argc, char **argv);
};

/* The program's version: git's name of the commit it was built from, or the file VERSION. */
extern const char PVMMU_VERSION[];

/* The commit's 40 digits, with "-dirty" behind if sources have changed; "" without git. */
extern const char PVMMU_COMMIT[];

/* The complete command line as it was given, for results to quote. Set by main(). */
extern struct strv command_line;

/*
 * Reads argv[1] and after. Operands go to `operands` (NULL: none are allowed). Returns -1 to go on,
 * or the exit code to end with, after --help or a usage error.
 */
int options_read(const struct command *cmd, const struct option_spec *specs, int argc, char **argv,
		 struct strv *operands);

/* Writes a command's help; NULL: as --help does, for a terminal. manual.c writes other forms. */
extern void (*options_help)(const struct command *cmd, const struct option_spec *specs);

/* Prints the error, points at --help, returns the usage exit code. */
int usage_error(const struct command *cmd, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Prints the error and returns the exit code: that of a usage error if the command line is wrong
 * (mistake() in text.h), else that of an error. NULL: it was printed already.
 */
int failure(const struct command *cmd, const char *error);

#endif
