// SPDX-License-Identifier: MIT
#include "page.h"

void write_compare(struct site *s)
{
	(void)s;
}

void write_trend(struct site *s)
{
	(void)s;
}

bool write_data(struct site *s, const struct site_file *f, char **why)
{
	(void)s;
	(void)f;
	(void)why;
	return true;
}
