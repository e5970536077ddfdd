// SPDX-License-Identifier: MIT
#include "figures.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Above this, digits are of no use to a reader. */
#define LONG_NUMBER 1e18

/* Below these, two decimals would lose the value. */
#define SMALL_NUMBER  0.1
#define SMALL_PERCENT 0.01

/* More decimals than a double near 1 has. */
#define DECIMALS_MAX 16

char *readable_number(double v)
{
	char plain[64], *s;
	size_t digits, len, out = 0;

	if (!isfinite(v))
		return xstrdup("-");
	if (v == 0)
		return xstrdup("0");
	if (fabs(v) >= LONG_NUMBER)
		return xasprintf("%.6g", v);
	if (fabs(v) < SMALL_NUMBER)
		return xasprintf("%.3g", v);
	snprintf(plain, sizeof(plain), "%.*f", v == floor(v) ? 0 : 2, v);
	len = strlen(plain);
	digits = strcspn(plain, ".");
	s = xcalloc(len + len / 3 + 2, 1);
	for (size_t i = 0; i < len; i++) {
		if (i && i < digits && (digits - i) % 3 == 0 && plain[i - 1] != '-')
			s[out++] = ',';
		s[out++] = plain[i];
	}
	return s;
}

char *signed_number(double v)
{
	char *number = readable_number(v);

	if (v > 0 && isfinite(v))
		replace_text(&number, "+%s", number);
	return number;
}

char *readable_range(double low, double high)
{
	AUTO_FREE char *a = readable_number(low), *b = readable_number(high);
	char *text = xasprintf("%s..%s", a, b);

	return text;
}

static char *percent_text(double percent, bool sign)
{
	if (!isfinite(percent))
		return xstrdup("-");
	/* Negative zero must not print its sign. */
	if (percent == 0)
		return xstrdup(sign ? "+0.00" : "0.00");
	if (fabs(percent) < SMALL_PERCENT)
		return xasprintf(sign ? "%+.1g" : "%.1g", percent);
	if (fabs(percent) >= LONG_NUMBER)
		return xasprintf(sign ? "%+.6g" : "%.6g", percent);
	return xasprintf(sign ? "%+.2f" : "%.2f", percent);
}

char *signed_percent(double percent)
{
	return percent_text(percent, true);
}

char *readable_percent(double percent)
{
	return percent_text(percent, false);
}

char *readable_ratio(double ratio, int decimals)
{
	char *text;

	if (!isfinite(ratio))
		return xstrdup("-");
	if (fabs(ratio) >= LONG_NUMBER)
		return xasprintf("%.6g", ratio);
	if (ratio != 0 && fabs(ratio) < pow(10, 1 - decimals))
		return xasprintf("%.2g", ratio);
	text = xasprintf("%.*f", decimals, fabs(ratio) == 0 ? 0 : ratio);
	while (ratio != 1 && strtod(text, NULL) == 1 && decimals < DECIMALS_MAX)
		replace_text(&text, "%.*f", ++decimals, ratio);
	return text;
}

double without_noise(double ratio)
{
	return fabs(ratio - 1) < 1e-12 ? 1 : ratio;
}

char *plain_number(double v)
{
	return isfinite(v) ? xasprintf("%.15g", v == 0 ? 0 : v) : xstrdup("");
}

char *gnuplot_number(double v)
{
	char *text, *exponent;

	if (!isfinite(v))
		return xstrdup("NaN");
	if (v != 0 && fabs(v) < DBL_MIN)
		v = copysign(DBL_MIN, v);
	text = xasprintf("%.15g", v == 0 ? 0 : v);
	/* Rounding to 15 digits can leave the range of gnuplot again. */
	if (v != 0 && (fabs(strtod(text, NULL)) < DBL_MIN || !isfinite(strtod(text, NULL))))
		replace_text(&text, "%.17g", v);
	exponent = strchr(text, 'e');
	if (exponent && !strchr(text, '.'))
		replace_text(&text, "%.*s.0%s", (int)(exponent - text), text, exponent);
	return text;
}
