// SPDX-License-Identifier: MIT
#include "canary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host_info.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "probe.h"
#include "spec/image_paths.h"

#define MEMORY	      "build/canary.json"
#define LOOK_EVERY_MS 20
/* QEMU's message when KVM has given up; QEMU then hangs instead of ending. */
#define KVM_ERROR "KVM internal error"

static struct {
	const char *env;
	struct accelerator found;
} envs[] = {{"xen64", {.name = "tcg"}},
	    {"xen32", {.name = "tcg"}},
	    {"native64", {.name = "tcg"}},
	    {"native32", {.name = "tcg"}}};

#define NR_ENVS (sizeof(envs) / sizeof(*envs))

static struct accelerator *slot_of(const char *env)
{
	for (size_t i = 0; i < NR_ENVS; i++)
		if (strcmp(envs[i].env, env) == 0)
			return &envs[i].found;
	abort();
}

const struct accelerator *canary_found(const char *env)
{
	return slot_of(env);
}

/* The first line of a file, or "". The caller's. */
static char *line_of(const char *path)
{
	char line[256] = "";
	FILE *f = fopen(path, "re");

	if (f && !fgets(line, sizeof(line), f))
		*line = 0;
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = 0;
	return xstrdup(line);
}

/* A hash of all things that the answer depends on. */
static void make_key(const struct rig_context *c, const char *env, char key[HASH_TEXT])
{
	AUTO_FREE char *boot = line_of("/proc/sys/kernel/random/boot_id"), *all = NULL;
	json_auto_t *observed = host_info(false);
	const char *cpu = json_string_value(json_object_get(observed, "cpu_model"));
	struct utsname u;

	uname(&u);
	all = xasprintf("%s %s %s %s %s %s %s %d", env, boot, cpu ? cpu : "", u.release, u.version,
			c->qemu_sha256, env_is_xen(env) ? c->xen_sha256 : "",
			access("/dev/kvm", R_OK | W_OK) == 0);
	hash_text(all, key);
}

static json_t *read_memory(const struct rig_context *c)
{
	AUTO_FREE char *path = root_path(c->root, MEMORY);
	json_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(all))
		return all;
	json_decref(all);
	return json_object();
}

/* If the answer cannot be stored, the next process asks again. */
static void remember(const struct rig_context *c, json_t *all, const char *env, const char *key,
		     const struct accelerator *a)
{
	AUTO_FREE char *path = root_path(c->root, MEMORY), *text = NULL, *error = NULL;
	json_t *one = json_pack("{s:s, s:b}", "key", key, "kvm", !a->why_not);

	if (a->why_not)
		json_object_set_new(one, "why_not", json_string(a->why_not));
	json_object_set_new(all, env, one);
	text = json_dumps(all, JSON_INDENT(1));
	if (!write_atomically(path, text, strlen(text), &error))
		complain("%s", error);
}

/* The answer of an earlier process, if it is about the same things. */
static bool recall(const json_t *all, const char *env, const char *key, struct accelerator *a)
{
	const char *was, *why_not = NULL;
	int kvm;

	if (json_unpack(json_object_get(all, env), "{s:s, s:b, s?s}", "key", &was, "kvm", &kvm,
			"why_not", &why_not) ||
	    strcmp(was, key) != 0 || !kvm != !!why_not)
		return false;
	a->why_not = why_not ? xstrdup(why_not) : NULL;
	return true;
}

/* The line with the words, or the first line; the caller's. */
static char *line_with(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	while (at && at > text && at[-1] != '\n')
		at--;
	if (!at)
		at = text;
	return xstrndup(at, strcspn(at, "\n"));
}

/*
 * Waits for its end, for CANARY_SECONDS of its life at most. NULL: the canary lives; else the
 * reason.
 */
static char *watch(struct subprocess *p, const char *console)
{
	char *said = NULL, *error = NULL;
	struct console s;
	size_t n;

	for (;;) {
		bool running = subprocess_running(p);

		free(said);
		said = subprocess_output(p);
		if (!running || strstr(said, KVM_ERROR))
			break;
		own_time_look(&p->time);
		if (p->time.lived > CANARY_SECONDS) {
			error = xasprintf("it did not end within %d s", CANARY_SECONDS);
			break;
		}
		if (cancel_wait(LOOK_EVERY_MS)) {
			error = xstrdup("interrupted");
			break;
		}
	}
	subprocess_kill(p);
	console_init(&s);
	if (!error && strstr(said, KVM_ERROR)) {
		error = line_with(said, KVM_ERROR);
	} else if (!error && p->status) {
		AUTO_FREE char *status = describe_status(p->status), *line = line_with(said, "kvm");

		error = xasprintf("QEMU %s%s%s", status, *line ? ": " : "", line);
	} else if (!error) {
		AUTO_FREE char *text = read_whole_file(console, &n, NULL);

		if (text)
			console_feed(&s, text, n);
		console_end(&s);
		if (!s.exit || console_is_fatal(&s))
			error = xasprintf("the guest died%s%s", s.fatal ? ": " : "",
					  s.fatal ? s.fatal : "");
		else if (json_integer_value(json_object_get(s.exit, "status")) || s.problem)
			error = xasprintf("the guest went wrong%s%s", s.problem ? ": " : "",
					  s.problem ? s.problem : "");
	}
	console_free(&s);
	free(said);
	return error;
}

bool canary_recall(const struct rig_context *c, const char *env, struct accelerator *a)
{
	json_auto_t *all = read_memory(c);
	char key[HASH_TEXT];
	bool known;

	make_key(c, env, key);
	known = recall(all, env, key, a);
	return known;
}

static char *send(const struct rig_context *c, const struct run_spec *spec,
		  void (*machine)(const struct rig_context *, const struct run_spec *, const char *,
				  struct strv *))
{
	char console[] = "/tmp/pvmmu-canary-XXXXXX", *error = NULL;
	int fd = mkstemp(console);
	AUTO_STRV struct strv argv = {0};
	struct subprocess p;

	if (fd < 0)
		return xasprintf("cannot make %s: %s", console, strerror(errno));
	close(fd);
	machine(c, spec, console, &argv);
	if (subprocess_start(&p, argv.v, c->root, &error)) {
		error = watch(&p, console);
		subprocess_close(&p);
	}
	unlink(console);
	return error;
}

void canary_ask(const struct rig_context *c, const struct run_spec *spec,
		void (*machine)(const struct rig_context *, const struct run_spec *, const char *,
				struct strv *))
{
	struct accelerator *a = slot_of(spec->env);
	char key[HASH_TEXT];
	json_auto_t *all = NULL;

	if (a->known)
		return;
	a->known = true;
	make_key(c, spec->env, key);
	all = read_memory(c);
	if (!recall(all, spec->env, key, a)) {
		/* The canary itself is started with KVM. */
		a->name = "kvm";
		a->why_not = send(c, spec, machine);
		if (!cancelled())
			remember(c, all, spec->env, key, a);
	}
	a->name = a->why_not ? "tcg" : "kvm";
}
