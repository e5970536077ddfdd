// SPDX-License-Identifier: MIT
#include "symbols.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file_write.h"
#include "lib/text.h"

struct symbol {
	uint64_t address;
	const char *name;
	unsigned rank; /* of several at one address the minimum counts */
};

struct symbols {
	unsigned char *bytes; /* the file */
	size_t n;
	const Elf64_Shdr *sections;
	unsigned nr_sections;
	struct symbol *all; /* by address, one for each address */
	size_t nr;
};

static bool within(const struct symbols *s, uint64_t offset, uint64_t n)
{
	return offset <= s->n && n <= s->n - offset;
}

static bool has_code(const Elf64_Shdr *h)
{
	return h->sh_type == SHT_PROGBITS && (h->sh_flags & SHF_ALLOC) &&
	       (h->sh_flags & SHF_EXECINSTR);
}

static bool has_address(const Elf64_Shdr *h, uint64_t address)
{
	return address >= h->sh_addr && address - h->sh_addr < h->sh_size;
}

static const Elf64_Shdr *code_section(const struct symbols *s, uint64_t address)
{
	for (unsigned i = 0; i < s->nr_sections; i++)
		if (has_code(&s->sections[i]) && has_address(&s->sections[i], address))
			return &s->sections[i];
	return NULL;
}

/* Functions before labels of assembly, global names before local ones. */
static unsigned rank(const Elf64_Sym *sym)
{
	return (ELF64_ST_TYPE(sym->st_info) == STT_FUNC ? 0 : 2) +
	       (ELF64_ST_BIND(sym->st_info) == STB_LOCAL);
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void take(struct symbols *s, const Elf64_Shdr *table)
{
	const Elf64_Shdr *strings = &s->sections[table->sh_link];
	size_t n = table->sh_size / sizeof(Elf64_Sym);

	for (size_t i = 0; i < n; i++) {
		Elf64_Sym sym;
		const char *name;
		unsigned type;

		memcpy(&sym, s->bytes + table->sh_offset + i * sizeof(sym), sizeof(sym));
		type = ELF64_ST_TYPE(sym.st_info);
		if ((type != STT_FUNC && type != STT_NOTYPE) || sym.st_shndx == SHN_UNDEF ||
		    sym.st_name >= strings->sh_size || !code_section(s, sym.st_value))
			continue;
		name = (const char *)s->bytes + strings->sh_offset + sym.st_name;
		if (!*name || *name == '.' || *name == '$')
			continue;
		/* A linker script's mark for the start of text does not name the function there. */
		s->all[s->nr++] = (struct symbol){sym.st_value, name,
						  rank(&sym) + (strncmp(name, "_s", 2) ? 0 : 4)};
	}
}

/* Whether a symbol table and its strings are inside the file. */
static bool usable(const struct symbols *s, const Elf64_Shdr *table)
{
	const Elf64_Shdr *strings;

	if (table->sh_type != SHT_SYMTAB || table->sh_link >= s->nr_sections)
		return false;
	strings = &s->sections[table->sh_link];
	return within(s, table->sh_offset, table->sh_size) &&
	       within(s, strings->sh_offset, strings->sh_size) && strings->sh_size &&
	       !s->bytes[strings->sh_offset + strings->sh_size - 1];
}

static void take_all(struct symbols *s)
{
	size_t n = 0;

	for (unsigned i = 0; i < s->nr_sections; i++)
		if (usable(s, &s->sections[i]))
			n += s->sections[i].sh_size / sizeof(Elf64_Sym);
	s->all = xcalloc(n + 1, sizeof(*s->all));
	for (unsigned i = 0; i < s->nr_sections; i++)
		if (usable(s, &s->sections[i]))
			take(s, &s->sections[i]);
	qsort(s->all, s->nr, sizeof(*s->all), by_address);
	n = 0;
	for (size_t i = 0; i < s->nr; i++)
		if (!n || s->all[n - 1].address != s->all[i].address)
			s->all[n++] = s->all[i];
	s->nr = n;
}

struct symbols *symbols_load(const char *path, char **error)
{
	struct symbols *s = xcalloc(1, sizeof(*s));
	Elf64_Ehdr h;

	s->bytes = (unsigned char *)read_whole_file(path, &s->n, error);
	if (!s->bytes)
		goto bad;
	if (s->n < sizeof(h) || memcmp(s->bytes, ELFMAG, SELFMAG) ||
	    s->bytes[EI_CLASS] != ELFCLASS64 || s->bytes[EI_DATA] != ELFDATA2LSB) {
		fail(error, "%s is not a 64-bit ELF file", path);
		goto bad;
	}
	memcpy(&h, s->bytes, sizeof(h));
	if (h.e_machine != EM_X86_64 || h.e_shentsize != sizeof(Elf64_Shdr) ||
	    h.e_shoff % _Alignof(Elf64_Shdr) ||
	    !within(s, h.e_shoff, (uint64_t)h.e_shnum * sizeof(Elf64_Shdr))) {
		fail(error, "%s is not an ELF file for x86-64, or is damaged", path);
		goto bad;
	}
	s->sections = (const Elf64_Shdr *)(s->bytes + h.e_shoff);
	s->nr_sections = h.e_shnum;
	take_all(s);
	if (s->nr)
		return s;
	fail(error, "%s has no symbols", path);
bad:
	symbols_free(s);
	return NULL;
}

void symbols_free(struct symbols *s)
{
	if (!s)
		return;
	free(s->all);
	free(s->bytes);
	free(s);
}

const char *symbols_at(const struct symbols *s, uint64_t address, uint64_t *at)
{
	const Elf64_Shdr *code = code_section(s, address);
	size_t low = 0, high = s->nr;

	if (!code)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->all[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || s->all[low - 1].address < code->sh_addr)
		return NULL;
	if (at)
		*at = s->all[low - 1].address;
	return s->all[low - 1].name;
}

bool symbols_code_is(const struct symbols *s, uint64_t address, const unsigned char *code, size_t n)
{
	const Elf64_Shdr *h = code_section(s, address);
	uint64_t from;

	if (!h || !within(s, h->sh_offset, h->sh_size))
		return false;
	from = address - h->sh_addr;
	return n <= h->sh_size - from && !memcmp(s->bytes + h->sh_offset + from, code, n);
}

size_t symbols_build_id(const struct symbols *s, const unsigned char **id)
{
	for (unsigned i = 0; i < s->nr_sections; i++) {
		const Elf64_Shdr *h = &s->sections[i];
		Elf64_Nhdr note;

		if (h->sh_type != SHT_NOTE || !within(s, h->sh_offset, h->sh_size) ||
		    h->sh_size < sizeof(note) + 4)
			continue;
		memcpy(&note, s->bytes + h->sh_offset, sizeof(note));
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    note.n_descsz > h->sh_size - sizeof(note) - 4)
			continue;
		*id = s->bytes + h->sh_offset + sizeof(note) + 4;
		return note.n_descsz;
	}
	return 0;
}
