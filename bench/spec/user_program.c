// SPDX-License-Identifier: MIT
#include "user_program.h"

#include <elf.h>
#include <errno.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "lib/utf8.h"

#define ARGV	".pvmmu/argv"
#define ENVIRON ".pvmmu/environ"
#define STDIN	".pvmmu/stdin"

/* The environment of every program; PVMMU_CLOCK makes the workloads' harness count instructions. */
static const char *const fixed_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"PVMMU_CLOCK=tsc",
	"HOME=/",
};

/* The guest's limit for arguments and environment together. */
#define STRINGS_MAX (128 * 1024)

/* Memory that the kernel and the workloads' files take at most. */
#define TAKEN_MIB 24

/* The time limit for busybox to list its applets. */
#define LIST_SECONDS 10

#define NAME_MAX_BYTES 48

void program_free(struct program *p)
{
	archive_free(&p->archive);
	strv_free(&p->argv);
	strv_free(&p->env);
	if (p->archive_file)
		unlink(p->archive_file);
	free(p->archive_file);
	free(p->name);
	free(p->path);
	free(p->shell);
	free(p->options);
	*p = (struct program){0};
}

/* The guest's path for a file, without the leading slash. "" is its root. */
static char *guest_name(const char *path)
{
	AUTO_STRV struct strv parts = {0}, kept = {0};
	bool out = false;
	char *name;

	strv_split(&parts, path, '/');
	for (size_t i = 0; i < parts.n; i++) {
		out = out || strcmp(parts.v[i], "..") == 0;
		if (*parts.v[i] && strcmp(parts.v[i], ".") != 0)
			strv_add(&kept, "%s", parts.v[i]);
	}
	if (out && kept.n)
		name = xstrdup(strcmp(kept.v[kept.n - 1], "..") ? kept.v[kept.n - 1] : "");
	else
		name = strv_join(&kept, "/");
	return name;
}

/* The interpreter in a script's first line; the caller's. */
static char *interpreter(const char *bytes, size_t n)
{
	const char *p = bytes + 2, *end = bytes + n, *start;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (start = p; p < end && !isspace((unsigned char)*p); p++)
		;
	return xstrndup(start, (size_t)(p - start));
}

/* "; busybox has one that is static: -- busybox sh" if it does; the caller's, perhaps "". */
static char *in_busybox(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	AUTO_FREE char *busybox = find_program("busybox"), *list = NULL;
	char *argv[] = {busybox, (char[]){"--list"}, NULL};
	AUTO_STRV struct strv applets = {0};
	int status;

	if (busybox)
		list = subprocess_run(argv, LIST_SECONDS, &status, NULL);
	strv_split(&applets, list ? list : "", '\n');
	return strv_has(&applets, name)
		       ? xasprintf("; busybox has one that is static: -- busybox %s", name)
		       : xstrdup("");
}

static bool is_dynamic(const char *path, char **error)
{
	AUTO_FREE char *hint = in_busybox(path);

	fail(error,
	     "%s is dynamically linked, and the guest has no dynamic loader: link it with -static%s",
	     path, hint);
	return false;
}

/* The fields that the headers of both widths have. */
struct elf_header {
	unsigned machine, type;
	size_t headers, nr_headers, header_size; /* of the program: where, how many, how long */
};

static bool read_header(struct elf_header *h, const char *bytes, size_t n)
{
	Elf64_Ehdr wide;
	Elf32_Ehdr narrow;

	if (bytes[EI_CLASS] == ELFCLASS64 && n >= sizeof(wide)) {
		memcpy(&wide, bytes, sizeof(wide));
		*h = (struct elf_header){wide.e_machine, wide.e_type, wide.e_phoff, wide.e_phnum,
					 sizeof(Elf64_Phdr)};
		return true;
	}
	if (bytes[EI_CLASS] == ELFCLASS64 || n < sizeof(narrow))
		return false;
	memcpy(&narrow, bytes, sizeof(narrow));
	*h = (struct elf_header){narrow.e_machine, narrow.e_type, narrow.e_phoff, narrow.e_phnum,
				 sizeof(Elf32_Phdr)};
	return true;
}

/* width: as of env_width(). */
static bool check_elf(const char *path, const char *bytes, size_t n, const char *width,
		      char **error)
{
	const bool narrow = *width;
	const char *needed = narrow ? "an i386 one (env xen32 or native32)" : "an x86-64 one";
	struct elf_header h;
	uint32_t type; /* begins a program header of either width */

	if (bytes[EI_CLASS] != (narrow ? ELFCLASS32 : ELFCLASS64))
		return fail(error, "%s is a %s-bit program: %s is needed", path,
			    narrow ? "64" : "32", needed);
	if (!read_header(&h, bytes, n))
		return fail(error, "%s is a truncated ELF file", path);
	if (h.machine != (narrow ? EM_386 : EM_X86_64))
		return fail(error, "%s is for another processor (ELF machine %u): %s is needed",
			    path, h.machine, needed);
	if (h.type != ET_EXEC && h.type != ET_DYN)
		return fail(error, "%s is an ELF file but not a program (type %u)", path, h.type);
	for (size_t i = 0; i < h.nr_headers; i++) {
		size_t at = h.headers + i * h.header_size;

		if (h.headers > n || at > n || h.header_size > n - at)
			return fail(error, "%s is a truncated ELF file", path);
		memcpy(&type, bytes + at, sizeof(type));
		if (type == PT_INTERP)
			return is_dynamic(path, error);
	}
	return true;
}

static bool check_kind(struct program *p, const char *path, const char *bytes, size_t n,
		       const char *width, char **error)
{
	if (n > 2 && memcmp(bytes, "#!", 2) == 0) {
		p->shell = interpreter(bytes, n);
		return *p->shell == '/' || fail(error,
						"%s: the interpreter after #! is no "
						"absolute path: \"%s\"",
						path, p->shell);
	}
	if (n > EI_NIDENT && memcmp(bytes, ELFMAG, SELFMAG) == 0)
		return check_elf(path, bytes, n, width, error);
	return fail(error, "%s is neither an %s ELF program nor a script (#!)", path,
		    *width ? "i386" : "x86-64");
}

/* Finds, checks and packs the program that argv[0] names. */
static bool add_program(struct program *p, const char *given, const char *width, char **error)
{
	AUTO_FREE char *path = strchr(given, '/') ? xstrdup(given) : find_program(given),
		       *name = NULL;
	struct stat st;
	AUTO_FREE char *bytes = NULL;
	size_t n;

	if (!path)
		fail(error, "%s: not found in PATH; one in this directory is ./%s", given, given);
	else if (stat(path, &st) < 0)
		fail(error, "cannot run %s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		fail(error, "cannot run %s: it is not a regular file", path);
	else if (access(path, X_OK) < 0)
		fail(error, "cannot run %s: %s (chmod +x?)", path, strerror(errno));
	else
		bytes = read_whole_file(path, &n, error);
	if (bytes && check_kind(p, path, bytes, n, width, error) &&
	    hash_file(path, p->sha256, error)) {
		name = guest_name(path);
		p->path = xasprintf("/%s", name);
		archive_add(&p->archive, name, st.st_mode & 0777, bytes, n, error);
		/* As given, if the guest finds it that way. */
		strv_add(&p->argv, "%s",
			 strchr(given, '/') && !strstr(given, "..") ? given : p->path);
	}
	return !*error;
}

/* Adds PATH or PATH=GUESTPATH; a text that exists as a path is a path. */
static bool add_file(struct program *p, const char *text, char **error)
{
	char *path = xstrdup(text), *equals = NULL, *name;
	struct stat st;
	char *bytes;
	size_t n;

	if (stat(path, &st) < 0 && (equals = strrchr(path, '=')))
		*equals = 0;
	name = guest_name(equals ? equals + 1 : path);
	if (stat(path, &st) < 0) {
		fail(error, "--file %s: cannot read %s: %s", text, path, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		/* Follows a link to a directory. */
		replace_text(&path, "%s/.", path);
		archive_add_path(&p->archive, name, path, error);
	} else if (!S_ISREG(st.st_mode)) {
		fail(error, "--file %s: neither a file nor a directory", text);
	} else if (!*name) {
		fail(error, "--file %s: the guest's path names no file", text);
	} else if ((bytes = read_whole_file(path, &n, error))) {
		archive_add(&p->archive, name, st.st_mode & 0777, bytes, n, error);
		free(bytes);
	}
	free(name);
	free(path);
	return !*error;
}

static bool same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n + 1) == 0;
}

static bool make_environment(struct program *p, const struct strv *wanted, char **error)
{
	for (size_t i = 0; i < wanted->n; i++) {
		const char *one = wanted->v[i], *value = getenv(one);

		if (*one == '=')
			return fail(error, "--env-var %s: expected NAME=VALUE", one);
		if (strchr(one, '='))
			strv_add(&p->env, "%s", one);
		else if (value)
			strv_add(&p->env, "%s=%s", one, value);
		else
			return fail(error,
				    "--env-var %s: the variable is not set here; give "
				    "NAME=VALUE",
				    one);
	}
	for (size_t i = 0; i < sizeof(fixed_env) / sizeof(*fixed_env); i++) {
		size_t k = 0;

		while (k < p->env.n && !same_variable(fixed_env[i], p->env.v[k]))
			k++;
		if (k == p->env.n)
			strv_add(&p->env, "%s", fixed_env[i]);
	}
	return true;
}

static bool add_strings(struct program *p, const char *name, const struct strv *strings,
			char **error)
{
	AUTO_FREE char *bytes = NULL;
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < strings->n; i++) {
		size_t len = strlen(strings->v[i]) + 1;

		bytes = xrealloc(bytes, n + len);
		memcpy(bytes + n, strings->v[i], len);
		n += len;
	}
	ok = n <= STRINGS_MAX ? archive_add(&p->archive, name, 0444, bytes, n, error)
			      : fail(error,
				     "the arguments or the environment are too long: %zu "
				     "bytes, valid: up to %d",
				     n, STRINGS_MAX);
	return ok;
}

static bool add_stdin(struct program *p, const char *path, char **error)
{
	size_t n = 0;
	AUTO_FREE char *bytes = NULL;
	bool ok;

	if (path || !isatty(STDIN_FILENO))
		bytes = read_whole_file(path ? path : "/dev/stdin", &n, error);
	else
		bytes = xstrdup("");
	ok = bytes && archive_add(&p->archive, STDIN, 0444, bytes, n, error);
	return ok;
}

/* A name for a run's id, made of the arguments; different arguments give different names. */
static char *make_name(const struct strv *argv)
{
	char *all = strv_join(argv, "\n"), *name, hash[HASH_TEXT];
	const char *slash = strrchr(argv->v[0], '/');
	bool changed = false;

	/* Only the last part of the program's path counts. */
	name = xasprintf("%s%s", slash ? slash + 1 : argv->v[0], all + strlen(argv->v[0]));
	for (char *c = name; *c; c++) {
		if (isalnum((unsigned char)*c) || strchr("=._+-", *c))
			continue;
		changed = changed || *c != '\n';
		*c = '_';
	}
	if (changed || strlen(name) > NAME_MAX_BYTES) {
		hash_text(all, hash);
		replace_text(&name, "%.*s-%.8s", NAME_MAX_BYTES, name, hash);
	}
	free(all);
	return name;
}

static char *options_given(const struct program_request *r)
{
	AUTO_STRV struct strv words = {0};
	char *text;

	for (size_t i = 0; i < r->files.n; i++) {
		strv_add(&words, "--file");
		strv_add(&words, "%s", r->files.v[i]);
	}
	for (size_t i = 0; i < r->env.n; i++) {
		strv_add(&words, "--env-var");
		strv_add(&words, "%s", r->env.v[i]);
	}
	if (r->stdin_path) {
		strv_add(&words, "--stdin");
		strv_add(&words, "%s", r->stdin_path);
	}
	strv_add(&words, "--");
	for (char *const *a = r->argv; *a; a++)
		strv_add(&words, "%s", *a);
	text = shell_join(&words);
	return text;
}

bool program_prepare(struct program *p, const struct program_request *r, char **error)
{
	*p = (struct program){.options = options_given(r)};
	if (!**r->argv)
		return fail(error, "the program's name is empty");
	if (!add_program(p, r->argv[0], r->width, error))
		return false;
	for (char *const *a = r->argv + 1; *a; a++)
		strv_add(&p->argv, "%s", *a);
	for (size_t i = 0; i < r->files.n; i++)
		if (!add_file(p, r->files.v[i], error))
			return false;
	if (!make_environment(p, &r->env, error) || !add_strings(p, ARGV, &p->argv, error) ||
	    !add_strings(p, ENVIRON, &p->env, error) || !add_stdin(p, r->stdin_path, error))
		return false;
	archive_end(&p->archive);
	p->name = make_name(&p->argv);
	p->workload = (struct workload){
		.name = p->name, .summary = "a program of the user's", .measures = "it"};
	return true;
}

bool program_write(struct program *p, const char *dir, char **error)
{
	p->archive_file = xasprintf("%s/session.cpio", dir);
	return write_plainly(p->archive_file, p->archive.bytes, p->archive.n, error) &&
	       hash_file(p->archive_file, p->archive_sha256, error);
}

bool program_fits(const struct program *p, unsigned memory_mib, const char *initramfs, char **error)
{
	/* The archive and its unpacked files take memory at the same time. */
	size_t mib = (p->archive.n >> 20) + 1, needed = 2 * mib + mib / 16 + TAKEN_MIB, n;
	AUTO_FREE char *bytes = NULL;

	if (needed > memory_mib)
		fail(error,
		     "the program and its files are %zu MiB, for which the guest needs %zu MiB of "
		     "memory: --mem %zu",
		     mib, needed, needed);
	if (*error || !p->shell || archive_has(p->archive.bytes, p->archive.n, p->shell + 1))
		return !*error;
	bytes = read_whole_file(initramfs, &n, error);
	if (bytes && !archive_has(bytes, n, p->shell + 1))
		fail(error,
		     "%s is a script for %s, which is not in the guest: add a static one with "
		     "--file PATH=%s",
		     p->path, p->shell, p->shell);
	return !*error;
}

/* Arguments may not be UTF-8, but JSON must be; the archive's hash covers the exact bytes. */
static json_t *text_of(const char *s)
{
	json_t *text;
	AUTO_FREE char *ascii = NULL;

	if (is_utf8(s))
		return json_string(s);
	ascii = printable(s, strlen(s));
	text = json_string(ascii);
	return text;
}

static json_t *texts_of(const struct strv *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, text_of(list->v[i]));
	return all;
}

json_t *program_identity(const struct program *p)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:s}", "path", text_of(p->path), "sha256", p->sha256,
			 "arguments", texts_of(&p->argv), "environment", texts_of(&p->env),
			 "files_sha256", p->archive_sha256);
}
