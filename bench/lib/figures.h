/* SPDX-License-Identifier: MIT */
/*
 * How numbers are written. For people: with as many digits as the figure needs, so that what is
 * not zero never reads as zero, and a ratio that is not one never as one; nothing reads as -0. The
 * dashboard's script (plots/site/figures.js) writes them in the same way, and
 * tests/golden/figures.tsv has what both are held to.
 *
 * All texts are the caller's; of a number that is not finite "-".
 */
#ifndef PVMMU_BENCH_LIB_FIGURES_H
#define PVMMU_BENCH_LIB_FIGURES_H

/* Thousands separated by commas; none or two decimals, but three digits of what is below 0.1. */
char *readable_number(double v);

/* The same with a sign in front, which 0 has not: "+1,508". */
char *signed_number(double v);

/* Both ends of a range, "1,508..3,108". */
char *readable_range(double low, double high);

/* A change in percent, with its sign, without the word: "+1.50", "-0.004". */
char *signed_percent(double percent);

/* A part in percent, without sign and word: "12.50", "0.004". */
char *readable_percent(double percent);

/* A ratio with so many decimals, or more if it would read as 1 or 0 and is not: "0.6684". */
char *readable_ratio(double ratio, int decimals);

/*
 * A ratio that was computed by way of logarithms: 1 if what it differs by is their rounding.
 */
double without_noise(double ratio);

/* For programs: 15 digits; "" of what is not finite. */
char *plain_number(double v);

/*
 * For gnuplot, as a field of a table or within its language. Its real("1e-05"), real("2e+15") and
 * real("5e-324") are errors and its real("1.0e-05") is none, so an exponent has a dot in front, and
 * what is next to nothing is the least that it reads. "NaN" of what is not finite.
 */
char *gnuplot_number(double v);

#endif
