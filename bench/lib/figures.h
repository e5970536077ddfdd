/* SPDX-License-Identifier: MIT */
/*
 * How numbers are written. For people, a number gets as many digits as its value needs: a value
 * that is not zero never reads as zero, and a ratio that is not one never reads as one. Negative
 * zero is written as zero. The dashboard's script (plots/site/figures.js) follows the same rules;
 * tests/golden/figures.tsv holds the cases for both.
 *
 * The texts are the caller's. A number that is not finite is "-".
 */
#ifndef PVMMU_BENCH_LIB_FIGURES_H
#define PVMMU_BENCH_LIB_FIGURES_H

/* Commas between thousands; no decimals or two, but three significant digits below 0.1. */
char *readable_number(double v);

/* The same with a sign, which 0 does not have: "+1,508". */
char *signed_number(double v);

/* Both ends of a range, "1,508..3,108". */
char *readable_range(double low, double high);

/* A change in percent, with its sign, without the word: "+1.50", "-0.004". */
char *signed_percent(double percent);

/* A percentage without sign and word: "12.50", "0.004". */
char *readable_percent(double percent);

/* A ratio with that many decimals, or more if it would read as 1 or 0 and is not: "0.6684". */
char *readable_ratio(double ratio, int decimals);

/*
 * Takes rounding out of a ratio that was computed from logarithms: 1 if only rounding parts it from
 * 1.
 */
double without_noise(double ratio);

/* For programs: 15 digits; "" if it is not finite. */
char *plain_number(double v);

/*
 * For gnuplot, as a field of a table or in its language. gnuplot refuses real("1e-05"),
 * real("2e+15") and real("5e-324") and takes real("1.0e-05"), so an exponent gets a decimal point
 * before it, and a number too close to zero becomes the minimum that gnuplot reads. "NaN" if it is
 * not finite.
 */
char *gnuplot_number(double v);

#endif
