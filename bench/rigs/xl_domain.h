/* SPDX-License-Identifier: MIT */
/*
 * One domain of ours from `xl create` to `xl destroy`. It is created paused, so that its
 * console is attached before its first word; it stays when it ends, so that its last one
 * is read; and it is destroyed in any case, by its name, which no other domain has.
 *
 * The console is what xenconsoled makes of it: a pseudo-terminal that the domain's entry
 * in xenstore names. While the domain runs nothing here looks at it now and then, because
 * dom0 may share its processor: all sleep until the console, or xl, has something to say.
 */
#ifndef PVMMU_BENCH_RIGS_XL_DOMAIN_H
#define PVMMU_BENCH_RIGS_XL_DOMAIN_H

#include "lib/subprocess.h"
#include "machine/boot.h"

/* Absolute paths of the programs. */
struct xl_tools {
	char *xl, *xenstore_read;
};

struct xl_domain {
	const struct xl_tools *tools;
	char *name;
	struct subprocess create; /* xl, which waits for the domain's end */
	bool started;		  /* there may be such a domain */
	unsigned id;
	int console;
};

/* The output of a program, its lines as they are; the caller's. NULL with *error: it failed. */
char *xl_output(char *const argv[], double seconds, char **error);

/* Creates it, paused, from a configuration file. false with *error, and nothing is left. */
bool xl_domain_create(struct xl_domain *d, const struct xl_tools *tools, const char *name,
		      const char *config, char **error);

/* Lets it run, to its end or b's deadline, and feeds b with its console, which is kept in log. */
void xl_domain_follow(struct xl_domain *d, struct boot *b, const char *log);

/* false with *error: it may be there still. Harmless if it was never created. */
bool xl_domain_destroy(struct xl_domain *d, char **error);

#endif
