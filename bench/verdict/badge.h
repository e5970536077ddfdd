/* SPDX-License-Identifier: MIT */
/*
 * A verdict as a small picture, for the top of a README or of a site. It has two words, and its
 * colour repeats the second one.
 */
#ifndef PVMMU_BENCH_VERDICT_BADGE_H
#define PVMMU_BENCH_VERDICT_BADGE_H

/*
 * An SVG image. verdict: "pass", "inconclusive", "fail" or "error" as in verdict.json
 * (verdict_file.h). Anything else, and NULL, gives "no verdict". The caller's.
 */
char *badge_svg(const char *verdict);

#endif
