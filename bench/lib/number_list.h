/* SPDX-License-Identifier: MIT */
/*
 * Lists of whole numbers, as every option and parameter with several values takes them:
 *
 *	0,1,4,16	these (a plus separates as well: 0+1+4+16)
 *	1..32		every whole number from 1 to 32
 *	1,2,4..128	the two numbers before the dots go on: 1,2,4,8,16,32,64,128
 *	0,4..16		likewise: 0,4,8,12,16
 *
 * Exactly: with a and b the two numbers before the dots, where a is no end of a range and no
 * third number before makes them a progression by steps, they go on by the factor b / a if that is
 * whole and above 1, else by steps of b - a. Either must arrive at the number behind the dots. A
 * range that is first in its list or follows another range has steps of 1.
 *
 * mk/variant.awk reads the same language for VARIANT; tests/golden/values.tsv is what both agree
 *on.
 */
#ifndef PVMMU_BENCH_LIB_NUMBER_LIST_H
#define PVMMU_BENCH_LIB_NUMBER_LIST_H

#include "text.h"

/* More values than this in one list are a typing error, not a wish. */
#define VALUES_MAX 4096

struct values {
	long long *v; /* in the order given; no two are equal */
	size_t n;
};

/*
 * All values of a list, each within [min, max]. false with *error, which begins with `what`: not a
 * number, out of range, given twice, a range that runs down or does not come out even, too many.
 */
bool values_read(struct values *to, const char *text, long long min, long long max,
		 const char *what, char **error);
void values_free(struct values *values);

/*
 * Puts a list together again that was split at commas: an item that begins with a digit goes on
 * with the values of the one before it, since no name begins with a digit.
 */
void values_join(struct strv *items);

/* A whole decimal number within [min, max]. false with *error naming `what`. */
bool parse_number(const char *text, long long min, long long max, const char *what, long long *out,
		  char **error);

/*
 * A share of something, "5%" or "0.05", which are one and the same; at most 1000 %. A number
 * without a sign that is not below 1 is refused: it may have been meant as a percentage. false with
 * *error naming `what`.
 */
bool parse_share(const char *text, const char *what, double *out, char **error);

#endif
