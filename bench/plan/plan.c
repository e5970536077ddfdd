// SPDX-License-Identifier: MIT
#include "plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/number_list.h"
#include "spec/custom_variant.h"
#include "spec/image_paths.h"
#include "spec/workload_spec.h"

/* VARIANT, VARIANT+MUTANT or a custom variant. The build knows which mutants there are. */
struct image {
	const struct variant *variant;
	const char *image; /* the complete name, borrowed */
	const char *env;   /* what it runs on: the variant's, or the same of another width */
};

struct images {
	struct image *image;
	size_t n;
};

static void add_image(struct images *all, const struct variant *v, const char *image)
{
	all->image = xrealloc(all->image, (all->n + 1) * sizeof(*all->image));
	all->image[all->n++] = (struct image){v, image, v ? v->env : NULL};
}

static void add_named(struct images *all, const char *text, const struct catalog *c, char **error)
{
	AUTO_FREE char *name = xstrndup(text, strcspn(text, "+"));

	add_image(all, catalog_variant(c, name, error), text);
	for (const char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("+_-.", *p))
			mistake(error, "\"%s\" is not VARIANT or VARIANT+MUTANT", text);
}

/* A rig with only one variant does not need its name. */
static void add_only(struct images *all, const struct request *r, const struct rig *rig,
		     char **error)
{
	for (size_t i = 0; i < r->variants.n; i++)
		if (strcmp(r->variants.v[i], rig->variant->name) != 0)
			mistake(error, "variant \"%s\": rig %s has only %s", r->variants.v[i],
				rig->name, rig->variant->name);
	add_image(all, rig->variant, rig->variant->name);
}

static void find_images(struct images *all, const struct request *r, struct catalog *c,
			const struct rig *rig, char **error)
{
	size_t first;

	if (rig && rig->variant) {
		add_only(all, r, rig, error);
		return;
	}
	if (r->program && !r->variants.n)
		mistake(error, "a program needs a variant: --variant NAME; see `pvmmu "
			       "list variants`");
	for (size_t i = 0; i < c->nr_variants && !r->variants.n; i++)
		if (!r->env || env_same_kind(c->variants[i].env, r->env))
			add_image(all, &c->variants[i], c->variants[i].name);
	for (size_t i = 0; i < r->variants.n && !*error; i++) {
		if (!is_custom(r->variants.v[i]))
			add_named(all, r->variants.v[i], c, error);
		else if (custom_expand(c, r->variants.v[i], &first, error))
			for (; first < c->nr_customs; first++)
				add_image(all, &c->customs[first]->variant,
					  c->customs[first]->name);
	}
}

/*
 * --env restricts the variants to those for Xen or without, and chooses the width. The rig must
 * offer the env of each.
 */
static bool set_envs(struct images *all, const struct request *r, const struct rig *rig,
		     char **error)
{
	for (size_t i = 0; i < all->n && !*error; i++) {
		const struct variant *v = all->image[i].variant;

		if (r->env && env_same_kind(v->env, r->env))
			all->image[i].env = r->env;
		else if (r->env)
			mistake(error, "variant \"%s\" is for env %s, not for %s (--env)", v->name,
				v->env, r->env);
		else if (!word_in(v->env, rig->envs))
			mistake(error, "variant \"%s\": rig %s cannot boot %s; valid: %s", v->name,
				rig->name, v->env, rig->envs);
	}
	return !*error;
}

static bool is_axis(const json_t *axes, const char *name)
{
	json_t *axis;
	size_t i;

	json_array_foreach ((json_t *)axes, i, axis)
		if (strcmp(json_string_value(json_object_get(axis, "name")), name) == 0)
			return true;
	return false;
}

/*
 * Parameters with their default value are left out, so that ids stay short and stable. The id of a
 * family is that of its runs without the swept axes; seeds repeat a point and make no family.
 */
static char *make_id(const struct run_spec *r, const json_t *axes)
{
	char *id = xasprintf("%s-%s", r->env, r->workload->name);

	for (size_t i = 0; i < r->workload->nr_parameters; i++) {
		const struct parameter *p = &r->workload->parameters[i];
		json_int_t v = json_integer_value(json_object_get(r->parameters, p->name));

		if (v != default_of(p, r->rig->calibrate_ns) && !is_axis(axes, p->name))
			replace_text(&id, "%s:%s=%lld", id, p->name, (long long)v);
	}
	if (r->seed != 1 && !axes)
		replace_text(&id, "%s:seed=%llu", id, (unsigned long long)r->seed);
	if (r->vcpus != 1 && !is_axis(axes, AXIS_VCPUS))
		replace_text(&id, "%s@%u", id, r->vcpus);
	replace_text(&id, "%s~%s", id, axes && r->variant->family ? r->variant->family : r->image);
	return id;
}

/* The place of the run in a sweep, or NULL if there is no sweep. axes are the run's. */
static json_t *make_family(const struct run_spec *r, json_t *axes)
{
	json_t *point = json_object(), *axis;
	AUTO_FREE char *id = NULL;
	size_t i;

	json_array_foreach (axes, i, axis) {
		const char *name = json_string_value(json_object_get(axis, "name"));
		json_t *parameter = json_object_get(r->parameters, name);
		json_t *of_variant = json_object_get(r->variant->policy, name);

		if (parameter)
			json_object_set(point, name, parameter);
		else
			json_object_set_new(
				point, name,
				json_integer(of_variant ? atoll(json_string_value(of_variant))
							: r->vcpus));
	}
	if (!json_array_size(axes)) {
		json_decref(point);
		return NULL;
	}
	id = make_id(r, axes);
	point = json_pack("{s:s, s:O, s:o}", "id", id, "axes", axes, "point", point);
	return point;
}

static bool add_run(struct plan *p, struct run_spec r, const char *image, char **error)
{
	const char *plus = strchr(image, '+');

	r.image = xstrdup(image);
	r.mutant = plus ? r.image + (plus - image) + 1 : NULL;
	r.id = make_id(&r, NULL);
	json_incref(r.parameters);
	json_incref(r.family);
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->runs[i].id, r.id) == 0)
			mistake(error, "%s is asked for twice", r.id);
	if (p->n == RUNS_MAX)
		mistake(error, "more than %d runs", RUNS_MAX);
	p->runs = xrealloc(p->runs, (p->n + 1) * sizeof(*p->runs));
	p->runs[p->n++] = r;
	return !*error;
}

/* Reads a list of numbers whose items may be lists; 1 if it is empty. */
static bool read_numbers(struct values *to, struct strv *items, long long min, long long max,
			 const char *what, char **error)
{
	AUTO_FREE char *all = NULL;
	bool ok;

	values_join(items);
	all = items->n ? strv_join(items, ",") : xstrdup("1");
	ok = values_read(to, all, min, max, what, error);
	return ok;
}

/* The sweeps besides the workload's parameters. */
struct sweeps {
	struct images images;
	const char *flavour; /* of Xen, for envs with Xen */
	unsigned high_mib;   /* for variants with pte=high */
	struct values vcpus, seeds;
};

static bool add_seeds(struct plan *p, struct run_spec r, const char *image,
		      const struct values *seeds, char **error)
{
	for (size_t i = 0; i < seeds->n; i++) {
		r.seed = (uint64_t)seeds->v[i];
		if (!add_run(p, r, image, error))
			return false;
	}
	return true;
}

/* Whether pte pages have a zone of their own, without permanent mapping. */
static bool variant_has_zone(const struct variant *v)
{
	const char *pte = json_string_value(json_object_get(v->policy, "pte"));

	return pte && strcmp(pte, "high") == 0;
}

static bool check_zone(const struct request *r, const struct images *images, char **error)
{
	bool any = !r->high_mib;

	for (size_t i = 0; i < images->n; i++)
		any |= variant_has_zone(images->image[i].variant);
	if (!any)
		return mistake(error, "--high-mib is for variants with pte=high");
	if (r->high_mib > r->memory_mib / 2)
		return mistake(error, "--high-mib: %u MiB is more than half of the memory",
			       r->high_mib);
	return true;
}

/* The axes of the workload, of the number of vCPUs and of the variant. */
static json_t *all_axes(const struct workload_spec *c, const struct sweeps *s,
			const struct variant *v)
{
	json_t *axes = json_copy(c->axes);

	if (s->vcpus.n > 1)
		json_array_append_new(axes, axis_json(AXIS_VCPUS, "vCPUs"));
	if (v->axes)
		json_array_extend(axes, v->axes);
	return axes;
}

static bool add_image_runs(struct plan *p, struct run_spec r, const struct image *i,
			   const struct workload_spec *c, const struct sweeps *s, char **error)
{
	json_auto_t *axes = all_axes(c, s, i->variant);
	bool ok;

	r.variant = i->variant;
	r.image = (char *)i->image;
	r.env = i->env;
	r.flavour = env_flavour(r.env, s->flavour);
	r.high_mib = variant_has_zone(r.variant) ? s->high_mib : 0;
	r.family = make_family(&r, axes);
	ok = add_seeds(p, r, i->image, &s->seeds, error);
	json_decref(r.family);
	return ok;
}

/*
 * A workload that was not named and needs more vCPUs is left out: declaring it would promise a
 * result that cannot exist.
 */
static bool left_out(struct plan *p, const struct workload *w, bool named, unsigned vcpus)
{
	if (named || vcpus >= w->min_vcpus)
		return false;
	strv_add(&p->left_out, "%s needs %u vCPUs and is left out on %u", w->name, w->min_vcpus,
		 vcpus);
	return true;
}

static bool add_workload(struct plan *p, struct run_spec r, const struct workload_spec *c,
			 const struct sweeps *s, bool named, char **error)
{
	json_t *one;
	size_t k;

	r.workload = c->workload;
	for (size_t n = 0; n < s->vcpus.n; n++) {
		r.vcpus = (unsigned)s->vcpus.v[n];
		if (left_out(p, c->workload, named, r.vcpus))
			continue;
		json_array_foreach (c->sweeps, k, one) {
			r.parameters = one;
			for (size_t v = 0; v < s->images.n; v++)
				if (!add_image_runs(p, r, &s->images.image[v], c, s, error))
					return false;
		}
	}
	return true;
}

/* The first of a rig's tiers is the default. */
static const char *first_tier(const char *tiers)
{
	return strncmp(tiers, "wall", 4) == 0 ? "wall" : "exact";
}

static bool check_machine(const struct request *r, struct run_spec *base, char **error)
{
	base->rig = rig_by_name(r->rig, error);
	if (!base->rig)
		return false;
	if (r->env && !word_in(r->env, base->rig->envs))
		return mistake(error, "env \"%s\" is not available on rig %s; valid: %s", r->env,
			       r->rig, base->rig->envs);
	if (r->tier && !word_in(r->tier, base->rig->tiers))
		return mistake(error, "tier \"%s\" is not available on rig %s; valid: %s", r->tier,
			       r->rig, base->rig->tiers);
	base->tier = r->tier ? r->tier : first_tier(base->rig->tiers);
	base->collect = r->collect;
	base->memory_mib = r->memory_mib;
	base->no_audit = r->no_audit;
	base->program = r->program;
	if (r->flavour && (!*r->flavour ||
			   r->flavour[strspn(r->flavour, "abcdefghijklmnopqrstuvwxyz0123456789-")]))
		return mistake(error, "--xen: \"%s\" is not the name of a flavour", r->flavour);
	return true;
}

/* The i-th workload of the request or the catalog; or the one program. */
static bool choose_workload(struct workload_spec *c, const struct request *r, size_t i,
			    const struct catalog *catalog, const struct rig *rig, char **error)
{
	AUTO_FREE char *text = NULL;
	bool ok;

	if (r->program) {
		*c = (struct workload_spec){&r->program->workload, json_pack("[{}]"), json_array()};
		return true;
	}
	text = xstrdup(r->workloads.n ? r->workloads.v[i] : catalog->workloads[i].name);
	for (size_t k = 0; k < catalog->nr_workloads && r->matrix; k++) {
		const struct workload *w = &catalog->workloads[k];

		if (w->points && strcmp(w->name, text) == 0) {
			replace_text(&text, "%s:%s", text, w->points);
			break;
		}
	}
	ok = workload_spec_read(c, text, i && r->workloads.n ? r->workloads.v[i - 1] : NULL,
				catalog, rig->calibrate_ns, error);
	return ok;
}

/* The control run: like the first run, with another workload; a build may lack it. */
static void add_control(struct plan *p, const struct catalog *catalog)
{
	struct run_spec *control = &p->control;
	struct workload_spec workload_spec = {0};
	AUTO_FREE char *error = NULL;

	if (workload_spec_read(&workload_spec, CONTROL_WORKLOAD, NULL, catalog,
			       p->runs[0].rig->calibrate_ns, &error)) {
		*control = p->runs[0];
		control->workload = workload_spec.workload;
		control->parameters = json_incref(json_array_get(workload_spec.sweeps, 0));
		control->family = NULL;
		control->seed = 1;
		control->id = make_id(control, NULL);
	}
	json_decref(workload_spec.sweeps);
	json_decref(workload_spec.axes);
}

bool plan_make(struct plan *p, struct request *r, struct catalog *c, char **error)
{
	size_t nr_workloads = r->program ? 1 : r->workloads.n ? r->workloads.n : c->nr_workloads;
	struct sweeps sweeps = {.flavour = r->flavour, .high_mib = r->high_mib};
	struct run_spec base = {0};

	*p = (struct plan){0};
	check_machine(r, &base, error);
	if (r->env)
		r->flavour = (char *)env_flavour(r->env, r->flavour);
	find_images(&sweeps.images, r, c, base.rig, error);
	if (!*error)
		set_envs(&sweeps.images, r, base.rig, error);
	if (!*error)
		check_zone(r, &sweeps.images, error);
	read_numbers(&sweeps.vcpus, &r->vcpus, 1, VCPUS_MAX, "--vcpus", error);
	read_numbers(&sweeps.seeds, &r->seeds, 0, 1000000000, "--seed", error);
	for (size_t i = 0; i < nr_workloads && !*error; i++) {
		struct workload_spec workload_spec = {0};

		if (choose_workload(&workload_spec, r, i, c, base.rig, error))
			add_workload(p, base, &workload_spec, &sweeps, r->workloads.n, error);
		json_decref(workload_spec.sweeps);
		json_decref(workload_spec.axes);
	}
	free(sweeps.images.image);
	values_free(&sweeps.vcpus);
	values_free(&sweeps.seeds);
	if (!*error && !p->n)
		mistake(error, "nothing to run");
	if (*error)
		plan_free(p);
	else if (strcmp(base.tier, "wall") == 0 && !r->program)
		add_control(p, c);
	return !*error;
}

void plan_repeat(struct plan *p, size_t times)
{
	size_t n = p->n;

	p->runs = xrealloc(p->runs, n * times * sizeof(*p->runs));
	for (size_t k = 1; k < times; k++)
		for (size_t i = 0; i < n; i++) {
			struct run_spec *copy = &p->runs[p->n++];

			*copy = p->runs[i];
			copy->id = xasprintf("%s#%zu", p->runs[i].id, k + 1);
			copy->image = xstrdup(p->runs[i].image);
			if (copy->mutant)
				copy->mutant = copy->image + (p->runs[i].mutant - p->runs[i].image);
			json_incref(copy->parameters);
			json_incref(copy->family);
		}
}

void plan_free(struct plan *p)
{
	free(p->control.id);
	json_decref(p->control.parameters);
	for (size_t i = 0; i < p->n; i++) {
		free(p->runs[i].id);
		free(p->runs[i].image);
		json_decref(p->runs[i].parameters);
		json_decref(p->runs[i].family);
	}
	free(p->runs);
	strv_free(&p->left_out);
	*p = (struct plan){0};
}
