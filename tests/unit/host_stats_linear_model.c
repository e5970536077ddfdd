// SPDX-License-Identifier: MIT
/*
 * Effects by least squares: known ones are found again, what cannot be told apart is named and
 * never given to one of them, what is lacking is found. Student's t against its tables.
 */
#include "host.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stats/linear_model.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("%.15g, not %.15g", got, want);
}

static struct levels at(int a, int b, int c)
{
	return (struct levels){{(unsigned char)a, (unsigned char)b, (unsigned char)c}};
}

static const struct term *term_at(const struct linear_model *d, struct levels l)
{
	for (size_t k = 0; k < d->nr_terms; k++)
		if (memcmp(&d->term[k].at, &l, sizeof(l)) == 0)
			return &d->term[k];
	fail_msg("no such term");
	return NULL;
}

/* Three factors of 2, 3 and 2 levels: what was put in. */
static double known(struct levels l)
{
	static const double main1[] = {0, 0.5}, main2[] = {0, -0.3, 0.2}, main3[] = {0, 0.07};
	double y = 14 + main1[l.of[0]] + main2[l.of[1]] + main3[l.of[2]];

	y += l.of[0] && l.of[1] == 2 ? -0.11 : 0;
	y += l.of[1] == 1 && l.of[2] ? 0.013 : 0;
	return y;
}

static const size_t sizes[] = {2, 3, 2};

static size_t all_rows(struct levels *row)
{
	size_t n = 0;

	for (int a = 0; a < 2; a++)
		for (int b = 0; b < 3; b++)
			for (int c = 0; c < 2; c++)
				row[n++] = at(a, b, c);
	return n;
}

static void test_recovered(void **unused)
{
	struct levels row[12], *more;
	double y[12];
	struct linear_model d;
	size_t n = all_rows(row);

	(void)unused;
	for (size_t i = 0; i < n; i++)
		y[i] = known(row[i]);
	assert_true(linear_model_make(&d, 3, sizes, row, n, 2, NULL, NULL));
	assert_int_equal(d.nr_terms, 1 + 4 + 5);
	assert_int_equal(d.rank, d.nr_terms);
	assert_int_equal(d.freedom, 2);
	linear_model_fit(&d, y);
	near(d.term[0].value, 14);
	near(term_at(&d, at(1, 0, 0))->value, 0.5);
	near(term_at(&d, at(0, 1, 0))->value, -0.3);
	near(term_at(&d, at(0, 2, 0))->value, 0.2);
	near(term_at(&d, at(0, 0, 1))->value, 0.07);
	near(term_at(&d, at(1, 2, 0))->value, -0.11);
	near(term_at(&d, at(0, 1, 1))->value, 0.013);
	near(term_at(&d, at(1, 1, 0))->value, 0);
	near(d.lack, 0);
	assert_int_equal(linear_model_complete(&d, NULL, NULL, &more), 0);
	free(more);
	/* Something that no term has: it is left, and said where. */
	y[11] += 0.12;
	linear_model_fit(&d, y);
	assert_true(d.lack > 0.01 && d.worst > 0.01);
	linear_model_free(&d);
}

/* With less than all rows as long as the rank is full; and the terms' order is what is told. */
static void test_incomplete(void **unused)
{
	struct levels row[] = {at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), at(0, 2, 0), at(0, 0, 1),
			       at(1, 2, 0), at(1, 1, 0), at(0, 1, 1), at(0, 2, 1), at(1, 0, 1)};
	double y[COUNT(row)];
	struct linear_model d;

	(void)unused;
	for (size_t i = 0; i < COUNT(row); i++)
		y[i] = known(row[i]);
	assert_true(linear_model_make(&d, 3, sizes, row, COUNT(row), 2, NULL, NULL));
	assert_int_equal(d.rank, 10);
	assert_int_equal(d.freedom, 0);
	linear_model_fit(&d, y);
	near(term_at(&d, at(1, 2, 0))->value, -0.11);
	near(term_at(&d, at(0, 1, 1))->value, 0.013);
	assert_true(d.lack == 0);
	for (size_t k = 1; k < d.nr_terms; k++)
		assert_true(d.term[k].order >= d.term[k - 1].order);
	linear_model_free(&d);
}

/* As eager and batched: two factors that only ever change together, and one apart. */
static void test_aliased(void **unused)
{
	struct levels row[] = {at(0, 0, 0), at(1, 1, 0), at(1, 1, 1)}, *more;
	const size_t two[] = {2, 2, 2};
	double y[] = {10, 10.4, 10.5};
	const struct term *a, *b, *ab, *c;
	struct linear_model d, full;
	struct levels all[8];
	size_t n;

	(void)unused;
	assert_true(linear_model_make(&d, 3, two, row, 3, 2, NULL, NULL));
	linear_model_fit(&d, y);
	assert_int_equal(d.rank, 3);
	a = term_at(&d, at(1, 0, 0));
	b = term_at(&d, at(0, 1, 0));
	ab = term_at(&d, at(1, 1, 0));
	c = term_at(&d, at(0, 0, 1));
	assert_true(a->basis && !b->basis && !ab->basis && c->basis);
	near(a->value, 0.4); /* of all three of them */
	near(c->value, 0.1);
	near(b->share[a - d.term], 1);
	near(ab->share[a - d.term], 1);
	near(b->share[c - d.term], 0);
	assert_true(isnan(b->value));
	near(term_at(&d, at(1, 0, 1))->share[c - d.term], 1);
	/* Four more rows tell all seven terms apart, and are none that is there. */
	n = linear_model_complete(&d, NULL, NULL, &more);
	assert_int_equal(n, d.nr_terms - d.rank);
	for (size_t i = 0; i < 3; i++)
		all[i] = row[i];
	for (size_t i = 0; i < n; i++)
		all[3 + i] = more[i];
	assert_true(linear_model_make(&full, 3, two, all, 3 + n, 2, NULL, NULL));
	assert_int_equal(full.rank, full.nr_terms);
	linear_model_free(&full);
	free(more);
	linear_model_free(&d);
}

/* A share that is not 1: the third row is what the first two predict, less the base. */
static void test_shares(void **unused)
{
	struct levels row[] = {at(1, 0, 0), at(0, 1, 0), at(1, 1, 0)};
	const size_t two[] = {2, 2, 1};
	double y[] = {3, 5, 7};
	struct linear_model d;

	(void)unused;
	assert_true(linear_model_make(&d, 3, two, row, 3, 2, NULL, NULL));
	linear_model_fit(&d, y);
	/* constant c, a, b: c + a = 3, c + b = 5, c + a + b = 7: c = 1, a = 2, b = 4 */
	near(d.term[0].value, 1);
	near(term_at(&d, at(1, 0, 0))->value, 2);
	near(term_at(&d, at(0, 1, 0))->value, 4);
	/* With an interaction i in truth, c is off by -i, and a and b by +i. */
	near(term_at(&d, at(1, 1, 0))->share[0], -1);
	near(term_at(&d, at(1, 1, 0))->share[1], 1);
	near(term_at(&d, at(1, 1, 0))->share[2], 1);
	linear_model_free(&d);
}

static bool not_both(void *arg, const struct levels *l)
{
	(void)arg;
	return !(l->of[0] == 1 && l->of[1] == 2);
}

static void test_impossible(void **unused)
{
	struct levels row[12], *more;
	struct linear_model d;
	size_t n = 0;

	(void)unused;
	row[n++] = at(0, 0, 0);
	assert_true(linear_model_make(&d, 3, sizes, row, n, 2, not_both, NULL));
	assert_int_equal(d.nr_terms, 9); /* without the interaction of those two */
	n = linear_model_complete(&d, not_both, NULL, &more);
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++)
		assert_true(not_both(NULL, &more[i]));
	/* Those with the fewest changes first. */
	assert_int_equal(!!more[0].of[0] + !!more[0].of[1] + !!more[0].of[2], 1);
	free(more);
	linear_model_free(&d);
	assert_false(linear_model_make(&d, 3, sizes, row, 0, 2, NULL, NULL));
	linear_model_free(&d);
}

/* Whatever is measured of it, what has a value has the right one, together with its aliases. */
static void test_any_subset(void **unused)
{
	struct levels full[12], row[12];
	uint64_t random = 5;

	(void)unused;
	all_rows(full);
	for (int round = 0; round < 500; round++) {
		struct linear_model d;
		double y[12], truth[TERMS_MAX];
		size_t n = 0;

		random = random * 6364136223846793005u + 1442695040888963407u;
		for (int i = 0; i < 12; i++)
			if (random >> (40 + i) & 1)
				row[n++] = full[i];
		if (!n)
			continue;
		for (size_t i = 0; i < n; i++)
			y[i] = known(row[i]);
		assert_true(linear_model_make(&d, 3, sizes, row, n, 2, NULL, NULL));
		linear_model_fit(&d, y);
		for (size_t k = 0; k < d.nr_terms; k++) {
			const struct levels l = d.term[k].at;
			const struct levels a = {{l.of[0]}}, b = {{0, l.of[1]}},
					    c = {{0, 0, l.of[2]}}, none = {{0}};

			truth[k] = d.term[k].order == 0	  ? 14
				   : d.term[k].order == 1 ? known(l) - 14
							  : known(l) - known(a) - known(b) -
								    known(c) + 2 * known(none);
		}
		for (size_t k = 0; k < d.nr_terms; k++) {
			double sum = truth[k];

			if (!d.term[k].basis)
				continue;
			for (size_t i = 0; i < d.nr_terms; i++)
				if (!d.term[i].basis)
					sum += d.term[i].share[k] * truth[i];
			near(d.term[k].value, sum);
		}
		linear_model_free(&d);
	}
}

static void test_student(void **unused)
{
	static const struct {
		size_t freedom;
		double chance, t;
	} table[] = {{1, 0.95, 12.7062},  {2, 0.95, 4.30265},	{3, 0.95, 3.18245},
		     {4, 0.95, 2.77645},  {7, 0.95, 2.36462},	{10, 0.99, 3.16927},
		     {30, 0.95, 2.04227}, {100, 0.95, 1.98397}, {1, 0.5, 1}};

	(void)unused;
	for (size_t i = 0; i < COUNT(table); i++)
		if (fabs(student_quantile(table[i].chance, table[i].freedom) - table[i].t) >
		    1e-5 * table[i].t)
			fail_msg("%zu degrees: %.6f, not %.6f", table[i].freedom,
				 student_quantile(table[i].chance, table[i].freedom), table[i].t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recovered),  cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_aliased),	   cmocka_unit_test(test_shares),
		cmocka_unit_test(test_impossible), cmocka_unit_test(test_any_subset),
		cmocka_unit_test(test_student),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
