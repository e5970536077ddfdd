/* SPDX-License-Identifier: MIT */
/*
 * A verdict as a small picture, for the top of a README or of a site. A badge is read at a glance
 * and from afar, so it holds two words; colour only repeats what the second one says.
 */
#ifndef PVMMU_BENCH_VERDICT_BADGE_H
#define PVMMU_BENCH_VERDICT_BADGE_H

/*
 * An SVG. verdict: "pass", "inconclusive", "fail" or "error" as in verdict.json (verdict_file.h);
 * anything else, and NULL, is "no verdict": what was not judged did not pass. The caller's.
 */
char *badge_svg(const char *verdict);

#endif
