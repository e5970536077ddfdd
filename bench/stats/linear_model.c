// SPDX-License-Identifier: MIT
#include "linear_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

/* Columns hold zeros and ones, so anything below this is zero. */
#define NOTHING 1e-9

/* ---- terms ---- */

static bool applies(const struct term *t, const struct levels *row, size_t nr_factors)
{
	for (size_t f = 0; f < nr_factors; f++)
		if (t->at.of[f] && t->at.of[f] != row->of[f])
			return false;
	return true;
}

static size_t away(const struct levels *l, size_t nr_factors)
{
	size_t n = 0;

	for (size_t f = 0; f < nr_factors; f++)
		n += l->of[f] != 0;
	return n;
}

/* The next combination of levels; false after the last. */
static bool next_levels(const struct linear_model *d, struct levels *l)
{
	for (size_t f = d->nr_factors; f-- > 0;) {
		if (++l->of[f] < d->levels[f])
			return true;
		l->of[f] = 0;
	}
	return false;
}

/*
 * Whether the levels of a term can occur together with some levels of the other factors. Factors at
 * their base in the term are free.
 */
static bool can_be(const struct linear_model *d, const struct levels *at, level_possible possible,
		   void *arg)
{
	struct levels l = {{0}};
	const struct term t = {.at = *at};

	if (!possible)
		return true;
	do
		if (applies(&t, &l, d->nr_factors) && possible(arg, &l))
			return true;
	while (next_levels(d, &l));
	return false;
}

/* First by order, then by factor: pin before update, and pin x update behind both. */
static int by_order(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	for (size_t f = 0; f < FACTORS_MAX; f++)
		if (!x->at.of[f] != !y->at.of[f])
			return x->at.of[f] ? -1 : 1;
	return memcmp(&x->at, &y->at, sizeof(x->at));
}

static bool list_terms(struct linear_model *d, size_t order, level_possible possible, void *arg)
{
	struct levels l = {{0}};

	do {
		size_t n = away(&l, d->nr_factors);

		if (n > order || !can_be(d, &l, possible, arg))
			continue;
		if (d->nr_terms == TERMS_MAX)
			return false;
		d->term = xrealloc(d->term, (d->nr_terms + 1) * sizeof(*d->term));
		d->term[d->nr_terms++] = (struct term){.at = l, .order = n};
	} while (next_levels(d, &l));
	qsort(d->term, d->nr_terms, sizeof(*d->term), by_order);
	return true;
}

/* ---- columns ---- */

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/*
 * An orthonormal basis that grows. q: the vectors; mix: each vector as a combination of the columns
 * of basis terms.
 */
struct basis {
	size_t length, n;
	double **q;
	double **mix;  /* q[i] = sum of mix[i][k] column k */
	size_t nr_mix; /* length of each */
};

static void basis_free(struct basis *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->q[i]);
		free(b->mix[i]);
	}
	free(b->q);
	free(b->mix);
}

/*
 * Subtracts the basis from a column; mix says how the column is composed. Runs twice to remove what
 * rounding leaves. Returns the length of the rest.
 */
static double reduce(const struct basis *b, double *column, double *mix)
{
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < b->n; i++) {
			double part = dot(b->q[i], column, b->length);

			for (size_t k = 0; k < b->length; k++)
				column[k] -= part * b->q[i][k];
			for (size_t k = 0; k < b->nr_mix; k++)
				mix[k] -= part * b->mix[i][k];
		}
	return sqrt(dot(column, column, b->length));
}

/* Takes ownership of both. */
static void basis_add(struct basis *b, double *column, double *mix, double length)
{
	for (size_t k = 0; k < b->length; k++)
		column[k] /= length;
	for (size_t k = 0; k < b->nr_mix; k++)
		mix[k] /= length;
	b->q = xrealloc(b->q, (b->n + 1) * sizeof(*b->q));
	b->mix = xrealloc(b->mix, (b->n + 1) * sizeof(*b->mix));
	b->q[b->n] = column;
	b->mix[b->n++] = mix;
}

/* value of term k = sum over i of mix[i][k] (q[i] . y) */
static void set_weights(struct linear_model *d, const struct basis *b)
{
	for (size_t k = 0; k < d->nr_terms; k++) {
		struct term *t = &d->term[k];

		if (!t->basis)
			continue;
		t->weight = xcalloc(d->n, sizeof(*t->weight));
		for (size_t i = 0; i < b->n; i++)
			for (size_t n = 0; n < d->n; n++)
				t->weight[n] += b->mix[i][k] * b->q[i][n];
	}
}

bool linear_model_make(struct linear_model *d, size_t nr_factors, const size_t *levels,
		       const struct levels *row, size_t n, size_t order, level_possible possible,
		       void *arg)
{
	struct basis b = {.length = n};

	*d = (struct linear_model){.nr_factors = nr_factors, .row = row, .n = n};
	memcpy(d->levels, levels, nr_factors * sizeof(*levels));
	if (!n || !list_terms(d, order, possible, arg))
		return false;
	b.nr_mix = d->nr_terms;
	for (size_t k = 0; k < d->nr_terms; k++) {
		struct term *t = &d->term[k];
		double *column = xcalloc(n, sizeof(*column));
		double *mix = xcalloc(d->nr_terms, sizeof(*mix)), length;

		mix[k] = 1;
		for (size_t i = 0; i < n; i++) {
			column[i] = applies(t, &row[i], nr_factors);
			t->seen = t->seen || column[i] > 0;
		}
		length = reduce(&b, column, mix);
		t->basis = length > NOTHING;
		if (t->basis) {
			basis_add(&b, column, mix, length);
			continue;
		}
		/* 0 = column - sum of shares, so the column is that sum. */
		mix[k] = 0;
		for (size_t i = 0; i < d->nr_terms; i++)
			mix[i] = fabs(mix[i]) < NOTHING ? 0 : -mix[i];
		t->share = mix;
		free(column);
	}
	d->rank = b.n;
	d->freedom = n - b.n;
	set_weights(d, &b);
	basis_free(&b);
	return true;
}

void linear_model_fit(struct linear_model *d, const double *y)
{
	double squares = 0;

	for (size_t k = 0; k < d->nr_terms; k++)
		d->term[k].value = d->term[k].basis ? dot(d->term[k].weight, y, d->n) : NAN;
	d->worst = 0;
	d->worst_at = 0;
	for (size_t i = 0; i < d->n; i++) {
		double rest = y[i];

		for (size_t k = 0; k < d->nr_terms; k++)
			if (d->term[k].basis && applies(&d->term[k], &d->row[i], d->nr_factors))
				rest -= d->term[k].value;
		squares += rest * rest;
		if (fabs(rest) > d->worst) {
			d->worst = fabs(rest);
			d->worst_at = i;
		}
	}
	d->lack = d->freedom ? sqrt(squares / (double)d->freedom) : 0;
}

void linear_model_free(struct linear_model *d)
{
	for (size_t k = 0; k < d->nr_terms; k++) {
		free(d->term[k].share);
		free(d->term[k].weight);
	}
	free(d->term);
	*d = (struct linear_model){0};
}

/* ---- what is lacking ---- */

static bool is_row(const struct linear_model *d, const struct levels *l)
{
	for (size_t i = 0; i < d->n; i++)
		if (memcmp(&d->row[i], l, sizeof(*l)) == 0)
			return true;
	return false;
}

/*
 * The row in the coordinates of the terms: one where a term applies. The row is new unless it is a
 * combination of others.
 */
static bool add_row(const struct linear_model *d, struct basis *b, const struct levels *l)
{
	double *v = xcalloc(d->nr_terms, sizeof(*v)), *mix = xcalloc(1, sizeof(*mix)), length;

	for (size_t k = 0; k < d->nr_terms; k++)
		v[k] = applies(&d->term[k], l, d->nr_factors);
	length = reduce(b, v, mix);
	if (length > NOTHING) {
		basis_add(b, v, mix, length);
		return true;
	}
	free(v);
	free(mix);
	return false;
}

size_t linear_model_complete(const struct linear_model *d, level_possible possible, void *arg,
			     struct levels **more)
{
	struct basis b = {.length = d->nr_terms};
	size_t n = 0;

	*more = NULL;
	for (size_t i = 0; i < d->n; i++)
		add_row(d, &b, &d->row[i]);
	for (size_t far = 0; far <= d->nr_factors; far++) {
		struct levels l = {{0}};

		do {
			if (b.n == d->nr_terms || away(&l, d->nr_factors) != far || is_row(d, &l) ||
			    (possible && !possible(arg, &l)) || !add_row(d, &b, &l))
				continue;
			*more = xrealloc(*more, (n + 1) * sizeof(**more));
			(*more)[n++] = l;
		} while (next_levels(d, &l));
	}
	basis_free(&b);
	return n;
}

/* ---- Student's t ---- */

/*
 * The probability that |t| is below a value: a finite sum for whole degrees of freedom. Abramowitz
 * and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
static double student_chance(double t, size_t freedom)
{
	double angle = atan(t / sqrt((double)freedom)), c = cos(angle), sum = 0, term;

	if (freedom % 2) {
		term = c;
		for (size_t k = 3; k <= freedom; k += 2) {
			sum += term;
			term *= c * c * (double)(k - 1) / (double)k;
		}
		return 2 / M_PI * (angle + sin(angle) * sum);
	}
	term = 1;
	for (size_t k = 2; k <= freedom; k += 2) {
		sum += term;
		term *= c * c * (double)(k - 1) / (double)k;
	}
	return sin(angle) * sum;
}

double student_quantile(double chance, size_t freedom)
{
	double low = 0, high = 1;

	while (student_chance(high, freedom) < chance)
		high *= 2;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (student_chance(middle, freedom) < chance)
			low = middle;
		else
			high = middle;
	}
	return high;
}
