// SPDX-License-Identifier: MIT
/* Each series has one unit once it is read; but series stand beside one another as well. */
#include <string.h>

#include "history.h"
#include "lib/json.h"
#include "resultset/units.h"

static void scale_track(struct track *t)
{
	double factor = unit_in_ns(t->unit);

	for (size_t i = 0; i < t->n; i++) {
		t->point[i].median *= factor;
		t->point[i].least *= factor;
		t->point[i].largest *= factor;
	}
	for (size_t i = 0; i < t->changes.n; i++) {
		t->changes.change[i].before *= factor;
		t->changes.change[i].after *= factor;
	}
	replace_text(&t->unit, "%s", UNIT_TIME);
}

void history_settle_units(struct history *h)
{
	json_t *times = json_object(); /* {metric: its unit, "" of several} */

	for (size_t i = 0; i < h->n; i++) {
		const char *metric = h->track[i].metric, *unit = h->track[i].unit;

		if (unit_in_ns(unit) > 0 && strcmp(text_at(times, metric, NULL), unit) != 0)
			json_object_set_new_nocheck(
				times, metric,
				json_string(json_object_get(times, metric) ? "" : unit));
	}
	for (size_t i = 0; i < h->n; i++)
		if (unit_in_ns(h->track[i].unit) > 0 && !*text_at(times, h->track[i].metric, NULL))
			scale_track(&h->track[i]);
	json_decref(times);
}
