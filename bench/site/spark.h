/* SPDX-License-Identifier: MIT */
/* A series in a line of a table: a small drawing in the page itself, without text, colours by
 * class. */
#ifndef PVMMU_BENCH_SITE_SPARK_H
#define PVMMU_BENCH_SITE_SPARK_H

#include <jansson.h>

#include "history/history.h"
#include "html.h"

/* notes: annotations, [{"date", "text"}], oldest first. */
void put_spark(struct html *h, const struct track *t, const json_t *notes);

#endif
