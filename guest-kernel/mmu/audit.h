/* SPDX-License-Identifier: MIT */
/*
 * The guest checks itself. The audit compares everything that the MMU layer records about
 * trees and frames with the contents of the tables, with the actual number of uses of each
 * frame, and with the hypervisor's types. It finds a broken rule that Xen does not refuse
 * and no program notices.
 *
 * The audit reads everything and changes nothing. All other CPUs must stand still, and no
 * call may be queued. An audit takes about ten million instructions, so it never runs
 * inside a timed section.
 */
#ifndef MMU_AUDIT_H
#define MMU_AUDIT_H

#include "mmu/frame.h"

#define AUDIT_TEXTS    4 /* at most so many problems are described */
#define AUDIT_TEXT_MAX 160

struct audit_report {
	unsigned long trees, tables, leaves; /* checked; leaves: of user parts and kernel areas */
	unsigned long problems;
	const char *unchecked; /* why the hypervisor's types were not compared; NULL: they were */
	char text[AUDIT_TEXTS][AUDIT_TEXT_MAX];
};

/* Call once, between setup and page_init(): allocates the notes about frames. */
void audit_init(unsigned long nr_pages);

/*
 * `holders` calls `use` once for each use of a page that is neither a mapping nor a table
 * of a tree. All code that keeps pages from page_alloc() must be covered by it. The next
 * audit overwrites the report.
 */
const struct audit_report *audit_run(void (*holders)(void (*use)(struct page *p)));

/* Sends the report to the host; `when` names the point of the run. */
void audit_record(const struct audit_report *r, const char *when);

#endif
