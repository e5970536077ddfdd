// SPDX-License-Identifier: MIT
#include "compare_values.h"

#include <math.h>

char *plain_number(double v)
{
	return isnan(v) ? xstrdup("") : xasprintf("%.15g", v);
}

char *percent_text(double share)
{
	double percent = 100 * share;

	if (isnan(percent))
		return xstrdup("-");
	/* What is little is not nothing. */
	if (percent != 0 && fabs(percent) < 0.005)
		return xasprintf("%+.1g%%", percent);
	return xasprintf("%+.2f%%", percent);
}

char *median_text(const struct side *s, const struct interval *of)
{
	char *median, *text;
	double off;

	if (!s->cell)
		return xasprintf("missing: %s", s->missing);
	median = readable_number(s->median);
	if (!of)
		return median;
	off = fmax(of->high - s->median, s->median - of->low);
	off *= 100 / fabs(s->median);
	text = of->exists && isfinite(off) ? xasprintf("%s +-%.*f%%", median, off < 10 ? 1 : 0, off)
	       : of->exists
		       ? xasprintf("%s +-?", median)
		       : xasprintf("%s (need n >= %zu)", median, median_interval_needs(CONFIDENCE));
	free(median);
	return text;
}

char *range_text(const struct side *s)
{
	const struct interval all = {s->cell ? s->cell->summary.min : NAN,
				     s->cell ? s->cell->summary.max : NAN, 1, s->cell};

	return interval_text(&all);
}

char *ratio_text(const struct contrast *c)
{
	if (c->judgement == JUDGED_EQUAL)
		return xstrdup("=");
	if (c->judgement == JUDGED_NEGLIGIBLE)
		return xstrdup("negligible");
	return isnan(c->ratio) ? xstrdup("-") : xasprintf("%.4f", c->ratio);
}

char *change_text(const struct contrast *c)
{
	switch (c->judgement) {
	case JUDGED_MISSING: return xstrdup("-");
	case JUDGED_EQUAL: return xstrdup("=");
	case JUDGED_NOISE: return xstrdup("~");
	case JUDGED_TOO_FEW: return xasprintf("need n >= %zu", c->needs);
	case JUDGED_BELOW_FLOOR: return xasprintf("~ (floor %.2g %%)", 100 * c->noise_floor);
	case JUDGED_NEGLIGIBLE: return xstrdup("negligible");
	default: break;
	}
	return c->base == 0 && c->difference != 0 ? xstrdup("from 0")
						  : percent_text(contrast_change(c));
}

static char *signed_number(double v)
{
	char *number = readable_number(fabs(v));

	replace_text(&number, "%s%s", v > 0 ? "+" : v < 0 ? "-" : "", number);
	return number;
}

char *difference_text(const struct contrast *c)
{
	return isnan(c->difference) ? xstrdup("-") : signed_number(c->difference);
}

char *interval_text(const struct interval *i)
{
	return i->exists ? readable_range(i->low, i->high) : xstrdup("-");
}

char *p_text(const struct contrast *c)
{
	if (isnan(c->adjusted))
		return xstrdup("-");
	return c->adjusted < 0.0001 ? xstrdup("<0.0001") : xasprintf("%.4f", c->adjusted);
}

char *n_text(const struct contrast *c, const struct side *a, const struct side *b)
{
	size_t n = a->cell ? a->cell->summary.n : 0, m = b->cell ? b->cell->summary.n : 0;
	const char *what = "";

	if (c->boots) {
		n = c->n;
		m = c->m;
		what = " boots";
	}
	return n == m ? xasprintf("%zu%s", n, what) : xasprintf("%zu/%zu%s", n, m, what);
}
