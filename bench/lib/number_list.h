/* SPDX-License-Identifier: MIT */
/*
 * Lists of whole numbers, as every option and parameter with several values takes them:
 *
 *	0,1,4,16	these (a plus separates as well: 0+1+4+16)
 *	1..32		every whole number from 1 to 32
 *	1,2,4..128	the two numbers before the dots go on: 1,2,4,8,16,32,64,128
 *	0,4..16		likewise: 0,4,8,12,16
 *
 * The exact rule: let a and b be the two numbers before the dots, where a does not end a range. The
 * list goes on by the factor b / a if that is a whole number above 1, unless a third number before
 * them makes it an arithmetic progression; otherwise it goes on by steps of b - a. It must hit the
 * number behind the dots. A range that is first in its list, or follows another range, has steps of
 * 1.
 *
 * mk/variant.awk reads the same language for VARIANT, because make needs it before the host program
 * exists; tests/golden/values.tsv holds the cases for both.
 */
#ifndef PVMMU_BENCH_LIB_NUMBER_LIST_H
#define PVMMU_BENCH_LIB_NUMBER_LIST_H

#include "text.h"

/* More values than this in one list are taken for a typing error. */
#define VALUES_MAX 4096

struct values {
	long long *v; /* in the order given, without duplicates */
	size_t n;
};

/*
 * Reads a list; each value must be within [min, max]. false with *error, which begins with `what`:
 * not a number, out of range, given twice, a range that runs down or misses its end, too many.
 */
bool values_read(struct values *to, const char *text, long long min, long long max,
		 const char *what, char **error);
void values_free(struct values *values);

/*
 * Joins items of a list that was split at commas: an item that begins with a digit is another value
 * of the item before it, since no name begins with a digit.
 */
void values_join(struct strv *items);

/* Reads a whole decimal number within [min, max]. false with *error naming `what`. */
bool parse_number(const char *text, long long min, long long max, const char *what, long long *out,
		  char **error);

/*
 * Reads a share, "5%" or "0.05", which mean the same; at most 1000 %. A number from 1 on without a
 * percent sign is refused, because it may be meant as a percentage. false with *error naming
 * `what`.
 */
bool parse_share(const char *text, const char *what, double *out, char **error);

#endif
