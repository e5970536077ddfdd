/* SPDX-License-Identifier: MIT */
#ifndef SYS_AUDIT_H
#define SYS_AUDIT_H

#include "mmu/audit.h"

/*
 * Stops the other CPUs, runs the audit, and sends the record to the host. Returns NULL if
 * the option audit=0 forbids it, or if another audit is running.
 */
const struct audit_report *audit_now(const char *when);

#endif
