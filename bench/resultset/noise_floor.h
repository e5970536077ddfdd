/* SPDX-License-Identifier: MIT */
/*
 * The noise floor: how much a value changes if the same thing is measured again. `pvmmu aa`
 * measures each run several times, in turns. A difference between two repetitions is the rig's, not
 * the subject's, so a difference between two variants or builds means something only if it is
 * larger. The floor is derived from the raw samples whenever it is needed.
 *
 * Each workload has a floor of its own, and all together have one.
 *
 * A shift is the difference of two repetitions' medians in percent of the smaller one. The floor is
 * the maximum over all pairs of repetitions; beside it stands the 95th percentile, for
 * many pairs. The false-positive rate is how many of the pairs a test at the 5 % level
 * (Mann-Whitney) calls different: about 5 % if samples of one boot are independent of each other,
 * and far more if boots differ, which is what makes the floor necessary.
 */
#ifndef PVMMU_BENCH_RESULTSET_NOISE_FLOOR_H
#define PVMMU_BENCH_RESULTSET_NOISE_FLOOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

/* The file of `pvmmu aa` below results/; floors are looked for in it. */
#define NOISE_FILE "noise.json"

struct noise_metric {
	const char *name, *unit; /* borrowed from the set */
	const char *workload;	 /* likewise; NULL: all workloads together */
	bool exact;
	size_t pairs;	     /* that were compared */
	size_t positives;    /* pairs with p < 0.05; of exact ones: whose samples differ */
	double largest, p95; /* shift, percent */
	const char *worst;   /* id of the run with the largest shift; borrowed */
};

struct noise {
	const char *rig, *tier, *accelerator; /* of its runs; borrowed */
	size_t repetitions;
	const char *recounted; /* id of a run whose counters did not repeat though exact; or NULL */
	struct noise_metric *metric;
	size_t n;
};

/* false with *error: the set is not from `pvmmu aa`. The set must outlive it. Free in any case. */
bool noise_of(struct noise *n, const json_t *set, char **error);
void noise_free(struct noise *n);

/*
 * The floor of a metric on a workload, or if that workload was not repeated of all that were; NULL
 * if it is not known.
 */
const struct noise_metric *noise_find(const struct noise *n, const char *metric,
				      const char *workload);

/* Were a set's runs made the way that this noise was measured? Else *error says what differs. */
bool noise_is_for(const struct noise *n, const json_t *set, char **error);

#endif
