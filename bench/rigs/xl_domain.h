/* SPDX-License-Identifier: MIT */
/*
 * One domain of ours from `xl create` to `xl destroy`. It is created paused, so that its console is
 * attached before its first word. It stays when it ends, so that its last word is read. It is
 * always destroyed, by its name, which no other domain has.
 *
 * xenconsoled provides the console as a pseudo-terminal that the domain's entry in xenstore names.
 * Dom0 may share the domain's processor, so we do not poll while the domain runs: we sleep until
 * the console or xl has news.
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
	struct subprocess create; /* xl, which waits for the domain to end */
	bool started;		  /* there may be such a domain */
	unsigned id;
	int console;
};

/* The output of a program, unchanged; the caller's. NULL with *error: it failed. */
char *xl_output(char *const argv[], double seconds, char **error);

/* Creates the domain, paused, from a configuration file. After false with *error there is none. */
bool xl_domain_create(struct xl_domain *d, const struct xl_tools *tools, const char *name,
		      const char *config, char **error);

/*
 * Lets it run, to its end or b's deadline, and feeds b with its console, which is also written to
 * log.
 */
void xl_domain_follow(struct xl_domain *d, struct boot *b, const char *log);

/* false with *error: the domain may still be there. Harmless if it was never created. */
bool xl_domain_destroy(struct xl_domain *d, char **error);

#endif
