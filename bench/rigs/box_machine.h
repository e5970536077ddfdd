/* SPDX-License-Identifier: MIT */
/*
 * The box while it runs: one machine for all jobs that want the same; another one for the rest when
 * it dies, when a job passes its deadline, or when jobs want other CPUs.
 *
 * The box's initial ramdisk is the one that was built (build/box/dom0.cpio), with an archive of
 * this session behind it. The archive holds the project's files for the program inside, under
 * /pvmmu, and a job for each run, under /box; the box does the jobs in the order of their numbers.
 * All files are there before the machine starts, so an arrival in host time cannot change which
 * instruction is executed when.
 */
#ifndef PVMMU_BENCH_RIGS_BOX_MACHINE_H
#define PVMMU_BENCH_RIGS_BOX_MACHINE_H

#include "box_port.h"
#include "lib/subprocess.h"
#include "machine/rig.h"

/* The files that mk/build-box.sh makes, from the root. */
#define BOX_RAMDISK "build/box/dom0.cpio"
#define BOX_PERF    "build/box/perf.cpio"
#define BOX_VMLINUX "build/box/vmlinux"

enum job_state { JOB_WAITS, JOB_GIVEN, JOB_BEGUN, JOB_DONE };

/* A run, as the box sees it. */
struct job {
	const struct run_spec *spec;
	enum job_state state;
	enum boot_end end; /* when it is done; BOOT_ENDED: the program inside has ended */
	double since, seconds;
	struct own_time began; /* the machine's life when the job began */
	/* Data from the box, or NULL: the program's output, its result, the console. */
	char *output, *result, *console;
	size_t console_n;
	int status;  /* of the program inside */
	char *error; /* why it did not end, or NULL; for a timeout, the limit */
};

struct box {
	const struct rig_context *c;
	struct job *jobs;
	size_t n;
	double timeout; /* for each job, as in struct boot */
	bool failed;	/* a run failed: the console is worth keeping */
	char *error;	/* it cannot work at all, or NULL */
	/* The machine at hand. */
	bool running, ready;
	struct subprocess qemu;
	char *dir, *log;
	int port_fd;
	struct box_port port;
	double started;
	unsigned boots;
};

/* QEMU's arguments for a machine that can do that run. */
void box_arguments(const struct run_spec *spec, const char *ramdisk, const char *console,
		   const char *port, struct strv *args);

/* Xen's and dom0's command lines; the first the caller's. */
char *box_xen_command_line(const struct run_spec *spec);
extern const char box_dom0_command_line[];

/* For rig.begin() and end(). */
void *box_machine_begin(const struct rig_context *c, const struct run_spec *const *specs, size_t n);
void box_machine_end(void *machine);

/* Does the job unless it is done. Consoles go to log_dir. false with *error: not started. */
bool box_machine_do(struct box *b, struct job *j, const char *log_dir, char **error);

#endif
