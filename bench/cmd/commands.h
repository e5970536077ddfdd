/* SPDX-License-Identifier: MIT */
/* The commands: each file of cmd/ holds one, main.c the table. */
#ifndef PVMMU_BENCH_CMD_COMMANDS_H
#define PVMMU_BENCH_CMD_COMMANDS_H

#include "lib/options.h"

struct session_work;

extern const struct command command_run;
extern const struct command command_disturbance;
extern const struct command command_list;
extern const struct command command_doctor;
extern const struct command command_validate;
extern const struct command command_compare;
extern const struct command command_verdict;
extern const struct command command_aa;
extern const struct command command_effects;
extern const struct command command_history;
extern const struct command command_import;
extern const struct command command_merge;
extern const struct command command_export;
extern const struct command command_growth;
extern const struct command command_plot;
extern const struct command command_dashboard;
extern const struct command command_profile;
extern const struct command command_publish;

/* Repetitions of `aa`; with so few there is one pair of each run. */
#define AA_REPETITIONS	   2
#define AA_REPETITIONS_MAX 64

/* Reads the command line of `run`, or of a command that takes the same options, and does it. */
int session_command_line(const struct command *cmd, const struct session_work *work, int argc,
			 char **argv);

#endif
