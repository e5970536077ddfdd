// SPDX-License-Identifier: MIT
#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "resultset.h"

json_t *without_axis(const json_t *identity, const char *axis)
{
	json_t *parameters = json_copy(member_at(identity, "workload", "parameters", NULL));
	json_t *policy = json_copy(member_at(identity, "variant", "policy", NULL)), *rest;
	const char *variant = text_at(identity, "variant", "name", NULL);

	/* Of a variant that is a point itself the name holds the value. */
	if (json_object_get(policy, axis))
		variant = "";
	json_object_del(parameters, axis);
	json_object_del(policy, axis);
	rest = json_pack("{s:s, s:o, s:o, s:s}", "workload",
			 text_at(identity, "workload", "name", NULL), "parameters", parameters,
			 "policy", policy, "variant", variant);
	if (strcmp(axis, AXIS_VCPUS) != 0)
		json_object_set(rest, AXIS_VCPUS, json_object_get(identity, AXIS_VCPUS));
	return rest;
}

/* Something that is put in order: what it has in common with others, and its values. */
struct place {
	json_t *common;
	json_t *values; /* array, most significant first */
	size_t was;
};

static bool comes_before(const struct place *a, const struct place *b)
{
	json_t *x, *y;
	size_t i;

	json_array_foreach (a->values, i, x) {
		y = json_array_get(b->values, i);
		if (json_integer_value(x) != json_integer_value(y))
			return json_integer_value(x) < json_integer_value(y);
	}
	return a->was < b->was;
}

/* Exchanges within each group until every one is in order: few, and seldom out of it. */
static void arrange(struct place *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (json_equal(p[i].common, p[k].common) && comes_before(&p[k], &p[i])) {
				struct place swap = p[i];

				p[i] = p[k];
				p[k] = swap;
			}
}

static void free_places(struct place *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_decref(p[i].common);
		json_decref(p[i].values);
	}
	free(p);
}

static struct place panel_place(const struct cells *c, size_t i)
{
	const struct panel *panel = &c->panel[i];
	json_t *common = json_copy((json_t *)panel->parameters), *unit;
	struct place p = {.values = json_array(), .was = i};
	const char *axis;

	json_array_append_new(p.values, json_integer(panel->vcpus));
	json_object_foreach (c->axes, axis, unit) {
		json_t *value = json_object_get(common, axis);

		json_array_append_new(p.values, json_integer(json_integer_value(value)));
		json_object_del(common, axis);
	}
	p.common = json_pack("{s:s, s:o}", "workload", panel->workload, "parameters", common);
	if (!json_object_get(c->axes, AXIS_VCPUS))
		json_object_set_new(p.common, AXIS_VCPUS, json_integer(panel->vcpus));
	return p;
}

void order_panels(struct cells *c)
{
	struct place *places = xcalloc(c->nr_panels, sizeof(*places));
	struct panel *panels = xcalloc(c->nr_panels, sizeof(*panels));
	size_t *now = xcalloc(c->nr_panels, sizeof(*now));

	for (size_t i = 0; i < c->nr_panels; i++)
		places[i] = panel_place(c, i);
	arrange(places, c->nr_panels);
	for (size_t i = 0; i < c->nr_panels; i++) {
		panels[i] = c->panel[places[i].was];
		now[places[i].was] = i;
	}
	for (size_t i = 0; i < c->n; i++)
		c->cell[i].panel = now[c->cell[i].panel];
	free_places(places, c->nr_panels);
	free(c->panel);
	free(now);
	c->panel = panels;
}

static const json_t *identity_of(const struct cells *c, const char *variant)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->cell[i].variant, variant) == 0)
			return json_array_get(c->cell[i].identities, 0);
	return NULL;
}

void order_variants(const struct cells *c, struct strv *variants)
{
	struct place *places = xcalloc(variants->n, sizeof(*places));
	char **names = xcalloc(variants->n + 1, sizeof(*names));

	for (size_t i = 0; i < variants->n; i++) {
		const json_t *identity = identity_of(c, variants->v[i]);
		struct place *p = &places[i];
		const char *axis;
		json_t *unit;

		*p = (struct place){json_copy(member_at(identity, "variant", "policy", NULL)),
				    json_array(), i};
		json_object_foreach (c->axes, axis, unit) {
			json_t *value = json_object_get(p->common, axis);

			if (value)
				json_array_append_new(
					p->values, json_integer(atoll(json_string_value(value))));
			json_object_del(p->common, axis);
		}
		/* Only points of a sweep are alike; a named variant stays where it is. */
		if (!json_array_size(p->values) ||
		    strncmp(variants->v[i], "custom:", strlen("custom:")) != 0)
			json_object_set_new(p->common, "name", json_string(variants->v[i]));
	}
	arrange(places, variants->n);
	for (size_t i = 0; i < variants->n; i++)
		names[i] = variants->v[places[i].was];
	free_places(places, variants->n);
	free(variants->v);
	variants->v = names;
}
