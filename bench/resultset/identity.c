// SPDX-License-Identifier: MIT
#include "identity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"
#include "spec/xen_words.h"

/* Beyond this a double does not tell neighbouring integers apart. */
#define WHOLE_MAX 9007199254740992.0

#define FLAVOUR "xen.flavour"

#define ASKED MEMBER_ASKED
#define MADE  MEMBER_MADE
#define EXACT MEMBER_EXACT
#define SEEDS MEMBER_SEEDS
#define SIDES MEMBER_SIDES

/* In the order in which axes are listed and differences told. */
const struct identity_member identity_members[] = {
	{"variant.name", .use = ASKED | SEEDS, .axis = "variant"},
	{"workload.name", .use = ASKED, .axis = "workload"},
	{"env", .use = ASKED | EXACT | SEEDS, .axis = "env"},
	{"rig", .use = ASKED | EXACT | SEEDS | SIDES, .axis = "rig"},
	{"tier", .use = ASKED, .axis = "tier"},
	{"vcpus", .use = ASKED | EXACT | SEEDS, .axis = "vcpus"},
	{"memory_mib", .use = ASKED | EXACT | SEEDS | SIDES, .axis = "memory"},
	{"seed", .use = ASKED | EXACT | SIDES, .axis = "seed"},
	{"xen.version", .use = MADE | EXACT | SEEDS | SIDES, .axis = "xen"},
	{"xen.package", .use = MADE | EXACT},
	{FLAVOUR, .use = ASKED | EXACT},
	{"xen.banner", .use = MADE | EXACT | SIDES},
	{"xen.sha256", .use = MADE | EXACT | SEEDS | SIDES},
	{"xen.build_id", .use = MADE | EXACT | SEEDS | SIDES},
	{"xen.command_line", .use = MADE | EXACT | SEEDS | SIDES},
	/* All lines are kept; a comparison looks at those that are about PV guests. */
	{"xen.mitigations", .use = MADE | EXACT | SEEDS},
	{"xen.mitigations", XEN_XPTI, .use = SIDES},
	{"xen.mitigations", "PV L1TF shadowing", .use = SIDES},
	{"xen.mitigations", "Support for PV VMs", .use = SIDES},
	{"xen.mitigations", "Xen settings", .use = SIDES},
	{"xen.mitigations", "Compiled-in support", .use = SIDES},
	{"qemu.version", .use = MADE | EXACT | SEEDS | SIDES, .axis = "qemu",
	 .prefix = "QEMU emulator version "},
	{"qemu.sha256", .use = MADE | EXACT | SEEDS | SIDES},
	{"qemu.accelerator", .use = MADE | EXACT},
	{"qemu.arguments", .use = MADE | EXACT},
	{"compiler", .use = MADE | SEEDS | SIDES, .axis = "compiler"},
	{"image.kernel_sha256", .use = MADE | EXACT | SEEDS, .axis = "image", .cut = 12},
	{"image.initramfs_sha256", .use = MADE | EXACT | SEEDS | SIDES},
	{"variant.mutant", .use = ASKED | SIDES},
	{"variant.policy", .use = ASKED},
	{"variant.label", .use = 0},
	{"workload.parameters", .use = ASKED},
	{"workload.program.path", .use = ASKED},
	{"workload.program.arguments", .use = ASKED},
	{"workload.program.environment", .use = ASKED},
	{"workload.program.sha256", .use = MADE},
	{"workload.program.files_sha256", .use = MADE},
	{"high_pages", .use = MADE | EXACT | SEEDS},
	{"dom0.version", .use = MADE | SEEDS | SIDES},
	{"dom0.release", .use = MADE},
	{"dom0.package", .use = MADE},
	{"dom0.kernel_sha256", .use = MADE | SIDES},
	{"dom0.ramdisk_sha256", .use = MADE},
	{"dom0.command_line", .use = MADE | SIDES},
	{"dom0.cpus", .use = MADE},
	{"dom0.cpupool", .use = MADE},
	{"linux.release", .use = MADE},
	{"linux.program_sha256", .use = MADE},
};

const size_t nr_identity_members = sizeof(identity_members) / sizeof(*identity_members);

/* The value at the first n characters of a path. */
static json_t *value_at(const json_t *o, const char *path, size_t n)
{
	json_t *at = (json_t *)o;

	for (const char *end = path + n; at && path < end;) {
		size_t length = strcspn(path, ".");

		length = length < (size_t)(end - path) ? length : (size_t)(end - path);
		at = json_object_getn(at, path, length);
		path += length + 1;
	}
	return at;
}

json_t *identity_value(const json_t *identity, const struct identity_member *m)
{
	json_t *value = value_at(identity, m->path, strlen(m->path));

	return m->line ? json_object_get(value, m->line) : value;
}

bool identity_could_tell(const json_t *identity, const struct identity_member *m)
{
	const char *dot = strrchr(m->path, '.');
	size_t group = m->line ? strlen(m->path) : dot ? (size_t)(dot - m->path) : 0;

	return value_at(identity, m->path, group);
}

char *identity_member_name(const struct identity_member *m)
{
	return xasprintf("%s%s%s", m->path, m->line ? ", " : "", m->line ? m->line : "");
}

size_t identity_member_at(const char *path, const char *line)
{
	size_t i = 0;

	while (strcmp(identity_members[i].path, path) != 0 || !identity_members[i].line != !line ||
	       (line && strcmp(identity_members[i].line, line) != 0))
		i++;
	return i;
}

const char *identity_clock(const json_t *identity)
{
	const char *accelerator = text_at(identity, "qemu", "accelerator", NULL);

	if (strcmp(text_at(identity, "tier", NULL), "exact") == 0)
		return "instructions";
	return *accelerator ? accelerator : text_at(identity, "rig", NULL);
}

/* JSON does not tell 1 from 1.0, and neither does the schema. */
static json_t *with_integers(const json_t *value)
{
	json_t *copy, *member;
	const char *name;
	double real;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		copy = json_object();
		json_object_foreach ((json_t *)value, name, member)
			json_object_set_new(copy, name, with_integers(member));
		return copy;
	case JSON_ARRAY:
		copy = json_array();
		json_array_foreach (value, i, member)
			json_array_append_new(copy, with_integers(member));
		return copy;
	case JSON_REAL:
		real = json_real_value(value);
		if (floor(real) == real && fabs(real) < WHOLE_MAX)
			return json_integer((json_int_t)real);
		return json_incref((json_t *)value);
	default: return json_incref((json_t *)value);
	}
}

char *canonical_json(const json_t *value)
{
	json_t *same = with_integers(value);
	char *text = json_text(same, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(same);
	return text;
}

/* Sets the value at a path, and the objects above it where there are none. */
static void set_at(json_t *o, const char *path, json_t *value)
{
	size_t n = strcspn(path, ".");
	AUTO_FREE char *name = xstrndup(path, n);

	if (!path[n]) {
		json_object_set(o, name, value);
		return;
	}
	if (!json_object_get(o, name))
		json_object_set_new(o, name, json_object());
	set_at(json_object_get(o, name), path + n + 1, value);
}

json_t *series_identity(const json_t *identity)
{
	json_t *o = json_pack("{s:s, s:{}, s:{}}", "clock", identity_clock(identity), "variant",
			      "workload");

	/* A program counts even where nothing else is told of it. */
	if (member_at(identity, "workload", "program", NULL))
		json_object_set_new(json_object_get(o, "workload"), "program", json_object());
	for (size_t i = 0; i < nr_identity_members; i++) {
		const struct identity_member *m = &identity_members[i];
		json_t *value = m->use & MEMBER_ASKED ? identity_value(identity, m) : NULL;

		if (value)
			set_at(o, strcmp(m->path, FLAVOUR) == 0 ? "flavour" : m->path, value);
	}
	return o;
}

char *series_key(const json_t *identity)
{
	json_t *series = series_identity(identity);
	char *key = canonical_json(series);

	json_decref(series);
	return key;
}

const json_t *origin_of(const json_t *set, const json_t *run)
{
	const json_t *origin = json_object_get(run, "origin");
	const json_t *all = json_object_get(set, "merged_from");
	json_int_t i = json_integer_value(origin);

	if (!json_is_integer(origin) || i < 0 || (size_t)i >= json_array_size(all))
		return set;
	return json_array_get(all, (size_t)i);
}

char *commit_of(const json_t *set, const json_t *run)
{
	const json_t *origin = origin_of(set, run);
	const char *guest = text_at(run, "source", "guest", NULL);
	const char *own = text_at(origin, "producer", "commit", NULL);
	const char *version = text_at(origin, "producer", "version", NULL);
	const char *commit = *guest ? guest : own, *dirty = strstr(commit, "-dirty");

	if (*commit)
		return xasprintf("%.12s%s", commit, dirty ? dirty : "");
	return *version ? xstrdup(version) : NULL;
}

static void flatten(json_t *to, const char *name, const json_t *value)
{
	json_t *member;
	const char *below;
	char *text;

	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, below, member) {
			text = xasprintf("%s.%s", name, below);
			flatten(to, text, member);
			free(text);
		}
		return;
	}
	text = json_is_string(value) ? xstrdup(json_string_value(value)) : canonical_json(value);
	json_object_set_new(to, name, json_string(text));
	free(text);
}

/* Counters of the guest's own are read unless that is switched off, which older sets do not say. */
static char *collectors_of(const json_t *run)
{
	struct strv names = {0};
	json_t *name;
	char *text;
	size_t i;

	json_array_foreach (json_object_get(run, "collectors"), i, name)
		if (strcmp(json_string_value(name), "guest") != 0)
			strv_add(&names, "%s", json_string_value(name));
	text = strv_join(&names, ",");
	strv_free(&names);
	return text;
}

json_t *made_of(const json_t *set, const json_t *run)
{
	json_t *identity = json_object_get(run, "identity"), *o = json_object();
	AUTO_FREE char *commit = commit_of(set, run), *collectors = collectors_of(run);

	for (size_t i = 0; i < nr_identity_members; i++) {
		const struct identity_member *m = &identity_members[i];
		json_t *value = m->use & MEMBER_MADE ? identity_value(identity, m) : NULL;
		const char *name = m->path;

		if (strncmp(name, "workload.", strlen("workload.")) == 0)
			name += strlen("workload.");
		if (value)
			flatten(o, name, value);
	}
	if (commit)
		json_object_set_new(o, "commit", json_string(commit));
	json_object_set_new(o, "collectors", json_string(collectors));
	return o;
}

/* One commit may be abbreviated to more digits than the other. */
static bool same_commit(const char *a, const char *b)
{
	size_t n = strcspn(a, "-"), m = strcspn(b, "-"), min = n < m ? n : m;

	return min >= 7 && strncmp(a, b, min) == 0 && strcmp(a + n, b + m) == 0;
}

static bool is_same(const char *name, const json_t *a, const json_t *b)
{
	return json_equal(a, b) || (strcmp(name, "commit") == 0 &&
				    same_commit(json_string_value(a), json_string_value(b)));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *made_of_changes(const json_t *from, const json_t *to)
{
	const char **names = xcalloc(json_object_size(from) + 1, sizeof(*names)), *name;
	json_t *changes = json_array(), *value, *other;
	size_t n = 0;

	json_object_foreach ((json_t *)from, name, value)
		names[n++] = name;
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		value = json_object_get(from, names[i]);
		other = json_object_get(to, names[i]);
		if (other && !is_same(names[i], value, other))
			json_array_append_new(changes,
					      json_pack("{s:s, s:O, s:O}", "what", names[i], "from",
							value, "to", other));
	}
	free(names);
	return changes;
}
