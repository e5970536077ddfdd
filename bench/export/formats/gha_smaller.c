// SPDX-License-Identifier: MIT
#include "gha_entries.h"

static const char *refuses(const struct export_series *s)
{
	return s->lower ? NULL : "more of it is better, and this list is of what less is better of";
}

static const struct export_format gha_smaller = {
	.name = "gha-smaller",
	.summary = "github-action-benchmark, customSmallerIsBetter",
	.refuses = refuses,
	.tells_units = true,
	.write = gha_put,
};
EXPORT_FORMAT(gha_smaller);
