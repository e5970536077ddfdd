/* SPDX-License-Identifier: MIT */
/*
 * The guest examines itself: everything that the MMU layer believes about every
 * tree and every frame is compared with what the tables say, with how often
 * frames are really used, and with what the hypervisor holds them to be. A rule
 * broken silently, one that neither Xen refuses nor a program notices, shows here.
 *
 * It looks at everything and changes nothing. All other CPUs must stand still
 * meanwhile, and nothing may be queued. It takes some ten million instructions,
 * so never inside a timed section.
 */
#ifndef MMU_AUDIT_H
#define MMU_AUDIT_H

#include "mmu/frame.h"

#define AUDIT_TEXTS    4 /* of the problems found, so many are described */
#define AUDIT_TEXT_MAX 160

struct audit_report {
	unsigned long trees, tables, leaves; /* looked at; leaves: of user parts and kernel areas */
	unsigned long problems;
	const char *unchecked; /* why the hypervisor's view is not part of it; NULL: it is */
	char text[AUDIT_TEXTS][AUDIT_TEXT_MAX];
};

/* Once, between setup and page_init(): room for what is found of each frame. */
void audit_init(unsigned long nr_pages);

/*
 * `holders` calls `use` once for each use of a page that is no mapping and no
 * table of a tree. Whoever keeps pages that page_alloc() gave must be in it.
 * The report is overwritten by the next audit.
 */
const struct audit_report *audit_run(void (*holders)(void (*use)(struct page *p)));

/* Hands it to the host; `when` says at which point of the run. */
void audit_record(const struct audit_report *r, const char *when);

#endif
