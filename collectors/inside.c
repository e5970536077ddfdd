// SPDX-License-Identifier: MIT
#include "inside.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

bool is_inside(const struct collector_place *place)
{
	return strcmp(place->rig, "box") == 0;
}

json_t *inside_value(const json_t *seen, char **error)
{
	json_t *record = json_array_get(json_object_get(seen, "records"), 0);
	json_t *value = json_object_get(record, "value");
	const char *told = json_string_value(json_object_get(record, "why"));

	if (value)
		return json_incref(value);
	fail(error, "%s", told ? told : "the box sent no observations");
	return NULL;
}
