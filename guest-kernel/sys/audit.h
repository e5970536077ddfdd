/* SPDX-License-Identifier: MIT */
#ifndef SYS_AUDIT_H
#define SYS_AUDIT_H

#include "mmu/audit.h"

/*
 * Stops the other CPUs, audits, hands the record to the host (unless the option
 * audit=0 forbids all that: then NULL). NULL too if another audit is under way.
 */
const struct audit_report *audit_now(const char *when);

#endif
