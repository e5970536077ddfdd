// SPDX-License-Identifier: MIT
/*
 * Names for the executed code. The addresses of Xen and the guest say which file they are in. Those
 * of processes do not: all static programs lie at the same addresses. So a block of user code
 * belongs to the program that has the same bytes there: the workload if it does, else one of the
 * other programs.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "insn_profile.h"
#include "lib/file_write.h"
#include "lib/text.h"
#include "symbols.h"

#define MAX_PROGRAMS 256

struct program {
	char *path;
	struct symbols *symbols; /* NULL: not read yet, or unreadable */
	bool tried;
};

struct naming {
	struct insn_functions *to;
	size_t room;
	struct symbols *xen, *guest;
	struct program programs[MAX_PROGRAMS];
	size_t nr_programs;
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Symbols of another build would give names that are plausible and wrong. */
static bool is_build(const struct symbols *s, const char *booted)
{
	const unsigned char *id = NULL;
	size_t length = symbols_build_id(s, &id), n;
	AUTO_FREE char *bytes = read_whole_file(booted, &n, NULL);

	return bytes && length && memmem(bytes, n, id, length);
}

static struct symbols *load_xen(const struct insn_files *files, char **error)
{
	struct symbols *s = symbols_load(files->xen_syms, error);

	if (!s || is_build(s, files->xen))
		return s;
	symbols_free(s);
	fail(error, "%s is of another build than the hypervisor", files->xen_syms);
	return NULL;
}

static void add_program(struct naming *m, char *path)
{
	for (size_t i = 0; i < m->nr_programs; i++)
		if (!strcmp(m->programs[i].path, path)) {
			free(path);
			return;
		}
	if (m->nr_programs == MAX_PROGRAMS)
		free(path);
	else
		m->programs[m->nr_programs++] = (struct program){.path = path};
}

static void find_programs(struct naming *m, const struct insn_files *files)
{
	struct dirent **entries = NULL;
	int n = files->programs ? scandir(files->programs, &entries, NULL, alphasort) : -1;

	if (files->program)
		add_program(m, xstrdup(files->program));
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			add_program(m, xasprintf("%s/%s", files->programs, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
}

static const struct program *program_of(struct naming *m, const struct insn_block *b)
{
	for (size_t i = 0; i < m->nr_programs; i++) {
		struct program *p = &m->programs[i];
		char *error = NULL;

		if (!p->tried)
			p->symbols = symbols_load(p->path, &error);
		/* Reported for the workload only: others may not have been executed. */
		if (error && i == 0 && !m->to->unnamed[INSN_USER])
			m->to->unnamed[INSN_USER] = error;
		else
			free(error);
		p->tried = true;
		if (p->symbols && symbols_code_is(p->symbols, b->address, b->code, b->bytes))
			return p;
	}
	return NULL;
}

static void add(struct naming *m, enum insn_who who, const char *object, const char *name,
		uint64_t executed, uint64_t entered)
{
	struct insn_functions *to = m->to;

	for (size_t i = 0; i < to->n; i++) {
		struct insn_function *f = &to->v[i];

		if (f->who == who && !strcmp(f->name, name) && !strcmp(f->object, object)) {
			f->executed += executed;
			f->entered += entered;
			return;
		}
	}
	if (to->n == m->room) {
		m->room = m->room ? m->room * 2 : 64;
		to->v = realloc(to->v, m->room * sizeof(*to->v));
		if (!to->v)
			abort();
	}
	to->v[to->n++] =
		(struct insn_function){who, xstrdup(object), xstrdup(name), executed, entered};
}

static void name_block(struct naming *m, const struct insn_profile *p, const struct insn_block *b)
{
	enum insn_who who = insn_who(p->xen, b->address);
	const struct program *program = who == INSN_USER ? program_of(m, b) : NULL;
	const struct symbols *s = who == INSN_XEN      ? m->xen
				  : who == INSN_KERNEL ? m->guest
				  : program	       ? program->symbols
						       : NULL;
	const char *object = who == INSN_XEN	  ? "xen"
			     : who == INSN_KERNEL ? "guest"
			     : program		  ? last_part(program->path)
						  : "unknown";
	uint64_t address = b->address;

	for (unsigned i = 0; i < b->n; i++) {
		uint64_t at = 0;
		const char *name = s ? symbols_at(s, address, &at) : NULL;

		if (b->executed[i])
			add(m, who, object, name ? name : "[unknown]", b->executed[i],
			    name && at == address ? b->executed[i] : 0);
		address += b->length[i];
	}
}

static int most_first(const void *a, const void *b)
{
	const struct insn_function *x = a, *y = b;
	int order;

	if (x->executed != y->executed)
		return x->executed > y->executed ? -1 : 1;
	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	order = strcmp(x->object, y->object);
	return order ? order : strcmp(x->name, y->name);
}

void insn_functions_of(struct insn_functions *f, const struct insn_profile *p,
		       const struct insn_files *files)
{
	struct naming m = {.to = f};

	*f = (struct insn_functions){0};
	if (p->xen)
		m.xen = load_xen(files, &f->unnamed[INSN_XEN]);
	m.guest = symbols_load(files->guest, &f->unnamed[INSN_KERNEL]);
	find_programs(&m, files);
	for (size_t i = 0; i < p->nr_blocks; i++)
		name_block(&m, p, &p->blocks[i]);
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), most_first);
	for (size_t i = 0; i < m.nr_programs; i++) {
		symbols_free(m.programs[i].symbols);
		free(m.programs[i].path);
	}
	symbols_free(m.xen);
	symbols_free(m.guest);
}

void insn_functions_free(struct insn_functions *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].object);
		free(f->v[i].name);
	}
	free(f->v);
	for (int who = 0; who < INSN_NR_WHO; who++)
		free(f->unnamed[who]);
	*f = (struct insn_functions){0};
}
