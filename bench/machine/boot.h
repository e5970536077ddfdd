/* SPDX-License-Identifier: MIT */
/*
 * One boot of one machine, from the start of its process to its end: the request, the console's
 * contents, and how it ended.
 */
#ifndef PVMMU_BENCH_MACHINE_BOOT_H
#define PVMMU_BENCH_MACHINE_BOOT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include "spec/run_spec.h"

struct observation;

enum boot_end {
	BOOT_NOT_STARTED, /* error says what failed */
	BOOT_ENDED,	  /* by itself: status is its wait status */
	BOOT_STOPPED,	  /* by us, because no more output was expected */
	BOOT_TIMED_OUT,
	BOOT_INTERRUPTED,
};

struct boot {
	struct console console;
	enum boot_end end;
	int status;
	char *error;  /* what failed, or NULL */
	char *cut;    /* why the console is incomplete, if it is not the machine's fault; or NULL */
	char *output; /* output of the machine's own process, or NULL */
	double timeout; /* seconds of processor time allowed, on each processor: boot_limit_passed()
			 */
	unsigned processors; /* processors that the machine may use at a time; 1 unless a rig says
				more */
	char *late;	     /* the limit that it passed, as text, or NULL */
	double seconds, first_sample_seconds; /* the second is negative without a sample */
	struct observation *observation;      /* by collectors, or NULL; not owned */
	json_t *collected,
		*uncollected; /* {collector: its result, or the reason for none}; or NULL */
	struct strv warnings; /* the rig's */
	const char *no_kvm;   /* why the clock is an emulator's and not KVM's, or NULL; borrowed */
	unsigned position; /* order among the session's runs in real time, from 1; 0: irrelevant */
	unsigned boots;	   /* boots behind its value; 0: this one is enough (repeat_exact.h) */
	const char *confirmed; /* "cold boot", "kept state": the second boot with the same result;
				  or NULL */
	unsigned results;      /* number of different results of those boots; 0: all were equal */
	bool snapshot;	       /* started from a snapshot, without the machine's own boot */
	char state[HASH_TEXT]; /* the snapshot's hash, "" if none */
	bool believed;	       /* a cold boot once gave the same as runs from that snapshot */
	/* Set by the caller of the rig: use no snapshot; or make a new one. */
	bool want_cold, want_fresh;
};

void boot_init(struct boot *b, double timeout);
void boot_free(struct boot *b);

/*
 * A machine may take as many seconds of processor time as --timeout says, which is the same on a
 * busy host, and live ten times as long (own_time.h), because a sleeping machine takes none.
 * Returns the limit that was passed, as text, the caller's; or NULL.
 */
#define BOOT_LIVES_TIMES 10
#define BOOT_TIMEOUT_MAX 86400
char *boot_limit_passed(double timeout, unsigned processors, double processor, double lived);

/* Decision of a watcher. */
enum boot_look {
	BOOT_READ, /* read the console */
	BOOT_WAIT, /* do not read it yet */
	BOOT_GIVE_UP,
};

/* A watcher is called regularly while the machine runs. */
struct boot_watch {
	enum boot_look (*look)(void *arg, const char *log_path);
	void *arg;
};

/*
 * Why a file cannot grow: its disk is full, it has reached its size limit (ulimit -f), or it is
 * gone. The caller's; NULL if it can.
 */
char *boot_no_room(const char *path);

/*
 * Runs argv in the directory cwd and follows the console that it writes to the file log_path, until
 * it ends, has died without noticing, passes its deadline, or we are asked to stop. No process of
 * it is left when this returns. Earlier contents of the file count as the machine's output. watch
 * may be NULL.
 */
void boot_follow(struct boot *b, char *const argv[], const char *cwd, const char *log_path,
		 const struct boot_watch *watch);

#endif
