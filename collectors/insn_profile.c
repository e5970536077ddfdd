// SPDX-License-Identifier: MIT
#include "insn_profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define UPPER_HALF 0xffff800000000000u
#define XEN_END	   0xffff880000000000u

/* The maximum of instructions in a block of the emulator, and of bytes in an instruction. */
#define MAX_INSNS  512
#define INSN_BYTES 15

static void *grown(void *v, size_t n, size_t size)
{
	/* The array is full if n is a power of two. */
	if (!(n & (n - 1)))
		v = xrealloc(v, (n ? n * 2 : 1) * size);
	return v;
}

enum insn_who insn_who(bool xen, uint64_t address)
{
	if (address < UPPER_HALF)
		return INSN_USER;
	return xen && address < XEN_END ? INSN_XEN : INSN_KERNEL;
}

static bool take_hex(const char **at, unsigned char *code, unsigned *n)
{
	for (*n = 0; **at && **at != ' '; ++*n) {
		char digits[3] = {(*at)[0], (*at)[1], 0};
		char *end;

		if (*n == MAX_INSNS * INSN_BYTES)
			return false;
		code[*n] = (unsigned char)strtoul(digits, &end, 16);
		if (end != digits + 2)
			return false;
		*at += 2;
	}
	return *n;
}

/* "ADDRESS CODE LENGTH:TIMES ..." */
static bool take_block(struct insn_profile *p, const char *line)
{
	unsigned char code[MAX_INSNS * INSN_BYTES], length[MAX_INSNS];
	uint64_t executed[MAX_INSNS];
	struct insn_block b = {0};
	unsigned bytes = 0;
	char *end;

	b.address = strtoull(line, &end, 16);
	if (end == line || *end != ' ')
		return false;
	line = end + 1;
	if (!take_hex(&line, code, &b.bytes))
		return false;
	while (*line == ' ') {
		unsigned long size = strtoul(line + 1, &end, 10);

		if (b.n == MAX_INSNS || *end != ':' || !size || size > INSN_BYTES)
			return false;
		line = end + 1;
		length[b.n] = (unsigned char)size;
		executed[b.n++] = strtoull(line, &end, 10);
		if (end == line)
			return false;
		line = end;
		bytes += (unsigned)size;
	}
	if (!b.n || bytes != b.bytes || *line)
		return false;
	b.executed = xrealloc(NULL, b.n * sizeof(*executed));
	b.code = xrealloc(NULL, b.bytes + b.n);
	memcpy(b.executed, executed, b.n * sizeof(*executed));
	b.length = b.code + b.bytes;
	memcpy(b.code, code, b.bytes);
	memcpy(b.length, length, b.n);
	p->blocks = grown(p->blocks, p->nr_blocks, sizeof(b));
	p->blocks[p->nr_blocks++] = b;
	return true;
}

static bool take_section(struct insn_profile *p, const char *text)
{
	struct insn_section s;
	int end = -1;

	sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 "%n", &s.executed[INSN_XEN],
	       &s.executed[INSN_KERNEL], &s.executed[INSN_USER], &end);
	if (end < 0 || text[end])
		return false;
	p->sections = grown(p->sections, p->nr_sections, sizeof(s));
	p->sections[p->nr_sections++] = s;
	return true;
}

/* false with *error. *ended: the file is complete. */
static bool take_line(struct insn_profile *p, const char *line, bool *ended, char **error)
{
	bool ok = false;

	if (!strncmp(line, "section ", 8))
		ok = take_section(p, line + 8);
	else if (!strncmp(line, "block ", 6))
		ok = take_block(p, line + 6);
	else if (!strncmp(line, "faults ", 7))
		ok = sscanf(line + 7, "%" SCNu64, &p->faults) == 1;
	else if (!strncmp(line, "broken ", 7))
		return fail(error, "the plugin met %s", line + 7);
	else if (!strcmp(line, "end"))
		ok = *ended = true;
	else if (!strcmp(line, "open 1"))
		return fail(error, "the last section has no end");
	else if (!strcmp(line, "open 0"))
		ok = true;
	if (!ok)
		return fail(error, "the plugin wrote an unknown line: %.60s", line);
	return true;
}

bool insn_profile_read(struct insn_profile *p, const char *path, bool xen, char **error)
{
	bool ok = true, ended = false;
	size_t room = 0, lines = 0;
	AUTO_FREE char *line = NULL;
	FILE *f = fopen(path, "re");

	*p = (struct insn_profile){.xen = xen};
	if (!f)
		return fail(error, "the plugin has no output: %s", strerror(errno));
	while (ok && !ended && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (!lines++)
			ok = !strcmp(line, "pvmmu-insn 1") ||
			     fail(error, "the plugin is of another build: %.60s", line);
		else
			ok = take_line(p, line, &ended, error);
	}
	fclose(f);
	if (ok && !ended)
		return fail(error, "what the plugin wrote is cut off");
	return ok;
}

void insn_profile_free(struct insn_profile *p)
{
	for (size_t i = 0; i < p->nr_blocks; i++) {
		free(p->blocks[i].code);
		free(p->blocks[i].executed);
	}
	free(p->blocks);
	free(p->sections);
	*p = (struct insn_profile){0};
}

bool insn_samples(const struct insn_profile *p, const uint64_t *samples, size_t nr_samples,
		  struct insn_section *out, char **error)
{
	size_t each = nr_samples ? p->nr_sections / nr_samples : 0;

	if (!p->nr_sections)
		return fail(error, "the program marks no sections (abi/section.h)");
	if (!each || each * nr_samples != p->nr_sections)
		return fail(error, "%zu sections are not those of %zu samples", p->nr_sections,
			    nr_samples);
	for (size_t i = 0; i < nr_samples; i++) {
		uint64_t sum = 0;

		out[i] = (struct insn_section){0};
		for (size_t k = i * each; k < (i + 1) * each; k++)
			for (int who = 0; who < INSN_NR_WHO; who++) {
				out[i].executed[who] += p->sections[k].executed[who];
				sum += p->sections[k].executed[who];
			}
		if (sum != samples[i])
			return fail(error,
				    "sample %zu is %" PRIu64 " instructions, and %" PRIu64
				    " were attributed",
				    i, samples[i], sum);
	}
	return true;
}
