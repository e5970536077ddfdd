/* SPDX-License-Identifier: MIT */
/*
 * What Xen says at its boot about itself: which mitigations it has put in force. Its command line
 * only says what was asked for. The rest is decided by the processor that Xen finds, so that the
 * same bytes with the same options have other numbers elsewhere: XPTI doubles a null call.
 *
 * The block looks like this in Xen 4.17 and 4.20, and each line of it is kept in Xen's own words:
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
	json_t *mitigations;	/* {line's name: what it says}, texts; NULL until the block came */
	struct strv complaints; /* about options that Xen does not know or cannot read */
	bool closed;		/* lines are not Xen's: the console is a domain's */
	bool within;		/* the block has begun and not ended */
};

/* One more line of the log, printable, without its end. Other lines than Xen's are ignored. */
void xen_log_line(struct xen_log *log, const char *line);

/* The same for each line of a text. */
void xen_log_text(struct xen_log *log, const char *text);

void xen_log_free(struct xen_log *log);

/*
 * A sentence for each option on Xen's command line that, by what Xen says is in force, it has
 * ignored: xpti, pv-l1tf, pcid, dom0=shadow. What Xen complained about is added. mitigations may be
 * NULL.
 */
void xen_ignored_options(const char *command_line, const json_t *mitigations,
			 const struct strv *complaints, struct strv *sentences);

#endif
