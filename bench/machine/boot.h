/* SPDX-License-Identifier: MIT */
/*
 * One boot of one machine, from the start of its process to its end: what was
 * asked for, what came out of the console, and how it ended.
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
	BOOT_NOT_STARTED, /* why says what failed */
	BOOT_ENDED,	  /* by itself: status is its wait status */
	BOOT_STOPPED,	  /* by us, because it had nothing more to say */
	BOOT_TIMED_OUT,
	BOOT_INTERRUPTED,
};

struct boot {
	struct console console;
	enum boot_end end;
	int status;
	char *error;	/* what failed, or NULL */
	char *cut;	/* why its console is not all there, through no fault of its own, or NULL */
	char *output;	/* what the machine's own process printed, or NULL */
	double timeout; /* seconds of processor time allowed, on each processor: boot_limit_passed()
			 */
	unsigned processors; /* that the machine may use at one time; 1 unless a rig says more */
	char *late;	     /* the limit that it passed, in words, or NULL */
	double seconds, first_sample_seconds; /* the second is negative if there was none */
	struct observation *observation;      /* by collectors, or NULL; not owned */
	json_t *collected, *uncollected; /* {collector: what it saw, or why nothing}; or NULL */
	struct strv warnings;		 /* the rig's */
	const char *no_kvm;		 /* why real time is an emulator's, or NULL; borrowed */
	unsigned position;     /* among those of the session in real time, from 1; 0: no matter */
	unsigned boots;	       /* that its figure is of; 0: this one is enough (repeat_exact.h) */
	const char *confirmed; /* "cold boot", "kept state": what gave the same; NULL: nothing */
	unsigned results;      /* different ones that they gave; 0: all gave the same */
	bool snapshot;	       /* started from a kept state, behind the machine's own boot */
	char state[HASH_TEXT]; /* the hash of that one, "" if none */
	bool believed;	       /* a cold boot once gave what runs from that state do */
	/* What the caller of the rig wants: no kept state; or one that is made for it. */
	bool want_cold, want_fresh;
};

void boot_init(struct boot *b, double timeout);
void boot_free(struct boot *b);

/*
 * A machine may take as many seconds of processor time as --timeout says, which is the same on a
 * busy host, and live ten times as long (own_time.h): one that sleeps takes none. The limit that it
 * has passed, in words, the caller's; or NULL.
 */
#define BOOT_LIVES_TIMES 10
#define BOOT_TIMEOUT_MAX 86400
char *boot_limit_passed(double timeout, unsigned processors, double processor, double lived);

/* What is to be done with a machine. */
enum boot_look {
	BOOT_READ, /* its console is read */
	BOOT_WAIT, /* not yet */
	BOOT_GIVE_UP,
};

/* Something that wants to look at the machine now and then while it runs. */
struct boot_watch {
	enum boot_look (*look)(void *arg, const char *log_path);
	void *arg;
};

/*
 * Why nothing can be added to a file that exists: its disk is full, it has the size that a file may
 * have (ulimit -f), or it is gone. The caller's; NULL: there is room.
 */
char *boot_no_room(const char *path);

/*
 * Runs argv in the directory cwd and follows the console it writes to the file
 * log_path, until it ends, has died without knowing it, passes its deadline, or
 * we are told to stop. Nothing of it runs when this returns. What the file holds
 * already counts as said by the machine. watch may be NULL.
 */
void boot_follow(struct boot *b, char *const argv[], const char *cwd, const char *log_path,
		 const struct boot_watch *watch);

#endif
