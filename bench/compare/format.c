// SPDX-License-Identifier: MIT
#include "format.h"

#include <math.h>

#include "lib/figures.h"

char *share_percent(double share)
{
	char *text = signed_percent(100 * share);

	if (isfinite(share))
		replace_text(&text, "%s%%", text);
	return text;
}

/* A percentage in few digits, since it is itself an estimate. */
static char *error_text(double percent)
{
	char *text;

	if (!isfinite(percent))
		return xstrdup("?");
	if (percent == 0 || percent >= 0.05)
		return xasprintf("%.*f%%", percent < 10 ? 1 : 0, percent);
	text = readable_percent(percent);
	replace_text(&text, "%s%%", text);
	return text;
}

char *median_text(const struct side *s, const struct interval *of)
{
	char *median, *error, *text;
	double off;

	if (!s->cell)
		return xasprintf("missing: %s", s->missing);
	median = readable_number(s->median);
	if (!of)
		return median;
	off = fmax(of->high - s->median, s->median - of->low);
	off *= 100 / fabs(s->median);
	error = error_text(off);
	text = of->exists
		       ? xasprintf("%s +-%s", median, error)
		       : xasprintf("%s (need n >= %zu)", median, median_interval_needs(CONFIDENCE));
	free(error);
	free(median);
	return text;
}

char *range_text(const struct side *s)
{
	const struct interval all = {s->cell ? s->cell->summary.min : NAN,
				     s->cell ? s->cell->summary.max : NAN, 1, s->cell};

	return interval_text(&all);
}

char *ratio_text(const struct difference *c)
{
	if (c->judgement == JUDGED_EQUAL)
		return xstrdup("=");
	if (c->judgement == JUDGED_NEGLIGIBLE)
		return xstrdup("negligible");
	return readable_ratio(c->ratio, 4);
}

char *change_text(const struct difference *c)
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
						  : share_percent(difference_change(c));
}

char *difference_text(const struct difference *c)
{
	return signed_number(c->difference);
}

char *interval_text(const struct interval *i)
{
	return i->exists ? readable_range(i->low, i->high) : xstrdup("-");
}

char *p_text(const struct difference *c)
{
	if (isnan(c->adjusted))
		return xstrdup("-");
	return c->adjusted < 0.0001 ? xstrdup("<0.0001") : xasprintf("%.4f", c->adjusted);
}

char *n_text(const struct difference *c, const struct side *a, const struct side *b)
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
