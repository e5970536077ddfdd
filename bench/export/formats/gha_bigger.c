// SPDX-License-Identifier: MIT
#include "gha_entries.h"

static const char *refuses(const struct export_series *s)
{
	return s->lower ? "less of it is better, and this list is of what more is better of" : NULL;
}

static const struct export_format gha_bigger = {
	.name = "gha-bigger",
	.summary = "github-action-benchmark, customBiggerIsBetter",
	.refuses = refuses,
	.tells_units = true,
	.write = gha_put,
};
EXPORT_FORMAT(gha_bigger);
