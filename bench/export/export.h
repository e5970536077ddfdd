/* SPDX-License-Identifier: MIT */
/* From result sets to what formats write (export/format.h), and the list of formats. */
#ifndef PVMMU_BENCH_EXPORT_EXPORT_H
#define PVMMU_BENCH_EXPORT_EXPORT_H

#include "format.h"
#include "lib/text.h"

/* Format i in the order of their names, NULL after the last. */
const struct export_format *export_at(size_t i);
/* NULL with *error naming the valid ones. */
const struct export_format *export_by_name(const char *name, char **error);

/*
 * All runs of the sets, which must outlive the data, with the series that are named in metrics
 * (none: all) and that the format can say. What is not in it is named in left_out, a line each:
 * runs that failed, series that the format refuses. false with *error: a metric that no run has,
 * nothing to say, or two runs of one name. To be freed in either case.
 */
bool export_collect(struct export_data *d, const struct strv *files, json_t *const *sets,
		    const struct strv *metrics, const struct export_format *f,
		    struct strv *left_out, char **error);
void export_free(struct export_data *d);

#endif
