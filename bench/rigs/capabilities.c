// SPDX-License-Identifier: MIT
#include "capabilities.h"

#include <stdlib.h>
#include <string.h>

#include "canary.h"
#include "collect/collect.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "machine/rig.h"
#include "probe.h"

/* The Debian packages that the build wants (mk/deps.mk). */
#define PACKAGES     "build/share/packages.tsv"
#define DPKG_SECONDS 20

const char *qemu_of_environment(void)
{
	const char *qemu = getenv("PVMMU_QEMU");

	return qemu && *qemu ? qemu : NULL;
}

/* {"works": true}, or with the reason, which is freed. */
static json_t *answer(bool works, char *error)
{
	json_t *o = json_pack("{s:b}", "works", works);

	if (!works)
		json_object_set_new(o, "why", json_string(error ? error : "no reason given"));
	free(error);
	return o;
}

json_t *rig_capabilities(const char *root)
{
	json_t *all = json_array(), *one;
	const struct rig *r;

	for (size_t i = 0; (r = rig_at(i)); i++) {
		struct rig_context c = {.root = root, .qemu_given = qemu_of_environment()};
		char *error = NULL;
		bool works = r->probe(&c, &error);

		/* Without Xen a rig may still run the native envs. */
		if (works && c.xen_why)
			error = xasprintf("env xen64: %s", c.xen_why);
		one = answer(works && !c.xen_why, error);
		json_object_set_new(one, "name", json_string(r->name));
		json_object_set_new(one, "summary", json_string(r->summary));
		json_object_set_new(one, "tiers", json_string(r->tiers));
		json_array_append_new(all, one);
		rig_context_free(&c);
	}
	return all;
}

/* "; KVM runs xen64", or why it cannot, as far as is known. */
static char *about_kvm(const char *root)
{
	struct rig_context c = {.root = root, .qemu_given = qemu_of_environment()};
	struct accelerator found = {0};
	char *error = NULL, *text;

	if (!probe_qemu(&c, &error) || !probe_xen(&c, &error))
		text = xstrdup("");
	else if (!canary_recall(&c, "xen64", &found))
		text = xstrdup("; whether KVM can run Xen is tried at the first run");
	else if (found.why_not)
		text = xasprintf("; an emulator's (tcg): KVM cannot run Xen: %s", found.why_not);
	else
		text = xstrdup("; a processor's: KVM runs Xen");
	free(found.why_not);
	free(error);
	rig_context_free(&c);
	return text;
}

json_t *tier_capabilities(const char *root, const json_t *rigs)
{
	static const char *const tiers[] = {"exact", "wall"};
	json_t *all = json_array(), *rig, *one;
	size_t i;

	for (size_t k = 0; k < sizeof(tiers) / sizeof(*tiers); k++) {
		AUTO_STRV struct strv with = {0}, without = {0};
		AUTO_FREE char *list = NULL, *text = NULL, *kvm = NULL;

		json_array_foreach ((json_t *)rigs, i, rig)
			if (word_in(tiers[k], text_at(rig, "tiers", NULL)))
				strv_add(json_is_true(json_object_get(rig, "works")) ? &with
										     : &without,
					 "%s", text_at(rig, "name", NULL));
		list = strv_join(with.n ? &with : &without, ", ");
		kvm = k && with.n ? about_kvm(root) : xstrdup("");
		text = xasprintf("rig %s%s", list, kvm);
		one = answer(with.n, with.n ? NULL : xasprintf("no rig of it works: %s", list));
		json_object_set_new(one, "name", json_string(tiers[k]));
		json_object_set_new(one, "summary", json_string(text));
		json_array_append_new(all, one);
	}
	return all;
}

/* Sets place to the first env and tier of the rig that the collector is for. */
static bool find_place(const struct collector *c, const struct rig *r,
		       struct collector_place *place, struct strv *envs, struct strv *tiers)
{
	strv_split(envs, r->envs, ' ');
	strv_split(tiers, r->tiers, ' ');
	place->rig = r->name;
	/* The last env has Xen, where there is more to see. */
	for (size_t i = envs->n; i-- > 0;) {
		for (size_t k = 0; k < tiers->n; k++) {
			AUTO_FREE char *error = NULL;

			place->env = envs->v[i];
			place->tier = tiers->v[k];
			error = collector_misplaced(c, place);
			if (!error)
				return true;
		}
	}
	return false;
}

/* Whether the collector works on the rig. NULL: it is not for the rig. */
static json_t *ask(const struct collector *c, const struct rig *r, const char *root)
{
	struct rig_context context = {.root = root, .qemu_given = qemu_of_environment()};
	struct collector_place place = {.root = root};
	AUTO_STRV struct strv envs = {0}, tiers = {0};
	json_t *found = NULL, *probed;
	char *error = NULL;

	if (find_place(c, r, &place, &envs, &tiers)) {
		if (r->probe(&context, &error)) {
			place.qemu = context.qemu;
			probed = c->probe(&place, &error);
			found = answer(probed, error);
			json_decref(probed);
		} else {
			/* rig_capabilities() has the reason. */
			free(error);
			found = answer(false, xstrdup("the rig does not work here"));
		}
		json_object_set_new(found, "rig", json_string(r->name));
	}
	rig_context_free(&context);
	return found;
}

json_t *collector_capabilities(const char *root)
{
	json_t *all = json_array();
	const struct collector *c;
	const struct rig *r;

	for (size_t i = 0; (c = collector_at(i)); i++) {
		json_t *rigs = json_array();

		for (size_t k = 0; (r = rig_at(k)); k++) {
			json_t *found = ask(c, r, root);

			if (found)
				json_array_append_new(rigs, found);
		}
		json_array_append_new(all, json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", c->name,
						     "summary", c->summary, "by_default",
						     c->by_default, "options",
						     c->options ? c->options : "", "rigs", rigs));
	}
	return all;
}

/* Lines "installed NAME" as dpkg says them; NULL: dpkg cannot be asked. */
static char *ask_dpkg(const struct strv *names)
{
	AUTO_FREE char *dpkg = find_program("dpkg-query");
	AUTO_STRV struct strv argv = {0};
	int status;

	if (!dpkg)
		return NULL;
	strv_add_words(&argv, dpkg, "-W", "-f", "${db:Status-Status} ${Package}\\n", NULL);
	for (size_t i = 0; i < names->n; i++)
		strv_add(&argv, "%s", names->v[i]);
	/* dpkg-query fails if one package is unknown, and tells of the others all the same. */
	return subprocess_run(argv.v, DPKG_SECONDS, &status, NULL);
}

static bool installed(const char *said, const char *name)
{
	AUTO_FREE char *line = xasprintf("\n%s\n", said),
		       *wanted = xasprintf("\ninstalled %s\n", name);
	bool found = strstr(line, wanted);

	return found;
}

json_t *package_capabilities(const char *root, char **error)
{
	AUTO_FREE char *path = root_path(root, PACKAGES), *text = NULL, *said = NULL;
	AUTO_STRV struct strv lines = {0}, names = {0};
	json_t *all = json_array();
	size_t n;

	text = read_whole_file(path, &n, NULL);
	if (!text)
		fail(error, "%s is missing: `make host` provides it", PACKAGES);
	if (text)
		strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++)
		if (strcspn(lines.v[i], "\t") && strchr(lines.v[i], '\t')) {
			AUTO_FREE char *name = xstrndup(lines.v[i], strcspn(lines.v[i], "\t"));

			strv_add_distinct(&names, name);
		}
	if (names.n && !(said = ask_dpkg(&names)))
		fail(error, "there is no dpkg-query here to ask what is installed");
	for (size_t i = 0; said && i < lines.n; i++) {
		AUTO_STRV struct strv field = {0};

		strv_split(&field, lines.v[i], '\t');
		if (field.n == 3)
			json_array_append_new(all,
					      json_pack("{s:s, s:s, s:s, s:b}", "name", field.v[0],
							"target", field.v[1], "summary", field.v[2],
							"works", installed(said, field.v[0])));
	}
	return all;
}
