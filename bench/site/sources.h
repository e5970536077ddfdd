/* SPDX-License-Identifier: MIT */
/* Where a site's result sets are: one directory with its own index, or whatever was named. */
#ifndef PVMMU_BENCH_SITE_SOURCES_H
#define PVMMU_BENCH_SITE_SOURCES_H

#include "model.h"

/*
 * Opens the index of the request's sources and brings it up to date. Several sources, or files, are
 * put side by side in a directory for the purpose, by links. false with *error.
 */
bool sources_open(struct site_model *m, char **error);
void sources_close(struct site_model *m);

/* Whether names in the index begin with the number of their source. */
bool sources_numbered(const struct site_model *m);

#endif
