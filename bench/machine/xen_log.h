/* SPDX-License-Identifier: MIT */
/*
 * Xen's boot messages about the mitigations that are in force. The command line only has the
 * request. The processor decides the rest, so the same bytes with the same options give other
 * numbers elsewhere: XPTI doubles the cost of a null call.
 *
 * The block has this form in Xen 4.17 and 4.20; each of its lines is kept in Xen's words:
 *
 *	(XEN) Speculative mitigation facilities:
 *	(XEN)   Compiled-in support: INDIRECT_THUNK RETURN_THUNK
 *	(XEN)   Support for PV VMs: RSB
 *	(XEN)   XPTI (64-bit PV only): Dom0 disabled, DomU disabled (without PCID)
 */
#ifndef PVMMU_BENCH_MACHINE_XEN_LOG_H
#define PVMMU_BENCH_MACHINE_XEN_LOG_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"
#include "spec/xen_words.h"

struct xen_log {
	json_t *mitigations;	/* {name of the line: its text}; NULL until the block came */
	struct strv complaints; /* about options that Xen does not know or cannot parse */
	bool closed;		/* the lines are not Xen's: the console is a domain's */
	bool within;		/* the block has begun and not ended */
};

/* Takes a line of the log, printable, without its end. Lines of others are ignored. */
void xen_log_line(struct xen_log *log, const char *line);

/* The same for each line of a text. */
void xen_log_text(struct xen_log *log, const char *text);

void xen_log_free(struct xen_log *log);

/*
 * Adds a sentence for each option on Xen's command line that Xen has ignored, as its log shows:
 * xpti, pv-l1tf, pcid, dom0=shadow. Xen's complaints are added. mitigations may be NULL.
 */
void xen_ignored_options(const char *command_line, const json_t *mitigations,
			 const struct strv *complaints, struct strv *sentences);

#endif
