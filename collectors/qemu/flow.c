// SPDX-License-Identifier: MIT
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "../../abi/section.h"

/* Addresses from here on are a kernel's; the first eight terabytes are Xen's in a 64-bit guest. */
#define UPPER_HALF 0xffff800000000000u
#define XEN_END	   0xffff880000000000u

enum flow_who flow_who(const struct flow *f, uint64_t address)
{
	if (address < UPPER_HALF)
		return FLOW_USER;
	return f->xen && address >= UPPER_HALF && address < XEN_END ? FLOW_XEN : FLOW_KERNEL;
}

static bool is_prefix(unsigned char c)
{
	switch (c) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64 ... 0x67:
	case 0xf0:
	case 0xf2:
	case 0xf3:
	case 0x40 ... 0x4f: /* in 64-bit mode */ return true;
	default: return false;
	}
}

/* The kind of an instruction, by its opcode. */
static enum flow_last last_of(const unsigned char *code, unsigned length)
{
	unsigned i = 0;
	unsigned char op, next;

	while (i + 1 < length && is_prefix(code[i]))
		i++;
	op = code[i];
	next = i + 1 < length ? code[i + 1] : 0;
	switch (op) {
	case 0xe8: return LAST_CALL;
	case 0xc2:
	case 0xc3: return LAST_RETURN;
	case 0x70 ... 0x7f:
	case 0xca ... 0xcf:
	case 0xe0 ... 0xe3:
	case 0xe9 ... 0xeb:
	case 0xf4: return LAST_JUMP;
	case 0x0f:
		return next == 0x05 || next == 0x07 || next == 0x0b || next == 0x34 ||
				       next == 0x35 || (next >= 0x80 && next <= 0x8f)
			       ? LAST_JUMP
			       : LAST_PLAIN;
	case 0xff:
		switch (next >> 3 & 7) {
		case 2:
		case 3: return LAST_CALL;
		case 4:
		case 5:
			/* Through memory it is like a return. */
			return next >> 6 == 3 ? LAST_JUMP : LAST_RETURN;
		default: return LAST_PLAIN;
		}
	default: return LAST_PLAIN;
	}
}

static bool is_mark(const unsigned char *code, unsigned length)
{
	static const unsigned char mark[] = {SECTION_PREFIX, SECTION_RDTSC};

	return length == sizeof(mark) && !memcmp(code, mark, sizeof(mark));
}

static struct flow_block *new_block(const struct flow *f, uint64_t start, const unsigned char *code,
				    const unsigned char *length, unsigned n, unsigned bytes)
{
	struct flow_block *b = calloc(1, sizeof(*b));
	unsigned at = bytes - length[n - 1];

	if (!b)
		return NULL;
	b->code = malloc(bytes + n);
	if (!b->code) {
		free(b);
		return NULL;
	}
	memcpy(b->code, code, bytes);
	b->length = b->code + bytes;
	memcpy(b->length, length, n);
	b->start = start;
	b->n = n;
	b->bytes = bytes;
	b->who = flow_who(f, start);
	b->last = last_of(code + at, length[n - 1]);
	b->mark = is_mark(code + at, length[n - 1]);
	b->accesses = -1;
	return b;
}

struct flow_block *flow_block(struct flow *f, uint64_t start, const unsigned char *code,
			      const unsigned char *length, unsigned n)
{
	struct flow_block **head = &f->blocks[(start ^ start >> 16) % FLOW_HASH], *b;
	unsigned bytes = 0;

	for (unsigned i = 0; i < n; i++)
		bytes += length[i];
	for (b = *head; b; b = b->next)
		if (b->start == start && b->n == n && b->bytes == bytes &&
		    !memcmp(b->code, code, bytes))
			return b;
	b = new_block(f, start, code, length, n, bytes);
	if (!b)
		return NULL;
	b->next = *head;
	*head = b;
	return b;
}

static uint64_t *fault_entry(struct flow *f, uint64_t address)
{
	return &f->fault_entries[(address ^ address >> 8) % FLOW_FAULTS];
}

/* How many of the block's instructions came to their end. */
static unsigned executed(struct flow *f, const struct flow_vcpu *v, uint64_t to)
{
	struct flow_block *b = v->block;
	uint64_t end = b->start + b->bytes, behind = b->start;
	bool fetch;
	int need;

	if (v->begun < b->n) {
		for (unsigned i = 0; i < v->begun; i++)
			behind += b->length[i];
		/* Within the block, only the last instruction's accesses are counted. */
		if (to == behind || v->accesses)
			return (unsigned)v->begun;
		*fault_entry(f, to) = to;
		return v->begun ? (unsigned)v->begun - 1 : 0;
	}
	if (*fault_entry(f, to) != to) {
		if ((int)v->accesses > b->accesses)
			b->accesses = (int)v->accesses;
		return b->n;
	}
	/* How much iret reads depends on where it goes. */
	need = b->last == LAST_JUMP ? 0 : b->accesses;
	if (need >= 0)
		return (int)v->accesses < need ? b->n - 1 : b->n;
	/* It never completed so far. */
	switch (b->last) {
	case LAST_CALL:
	case LAST_RETURN: return v->accesses ? b->n : b->n - 1;
	case LAST_JUMP: return b->n;
	default:
		fetch = PAGE_BYTES - (end - 1) % PAGE_BYTES <= INSN_BYTES;
		return fetch ? b->n : b->n - 1;
	}
}

static void cut(struct flow *f, struct flow_vcpu *v, unsigned done)
{
	struct flow_block *b = v->block;

	if (done == b->n)
		return;
	f->sections[v->section - 1].executed[b->who] -= b->n - done;
	if (!b->cut)
		b->cut = calloc(b->n, sizeof(*b->cut));
	if (b->cut)
		b->cut[done]++;
	f->refaults += v->begun > done;
}

static void settle(struct flow *f, struct flow_vcpu *v, uint64_t to)
{
	unsigned done = executed(f, v, to);

	if (v->section)
		cut(f, v, done);
	v->block = NULL;
}

/* Everything seen so far belonged to trials. */
static void forget(struct flow *f)
{
	for (size_t i = 0; i < FLOW_HASH; i++)
		for (struct flow_block *b = f->blocks[i]; b; b = b->next) {
			b->entered = 0;
			free(b->cut);
			b->cut = NULL;
		}
	for (unsigned i = 0; i < FLOW_MAX_VCPUS; i++)
		f->vcpu[i].section = 0;
	f->nr_sections = 0;
	f->refaults = 0;
}

static bool begin(struct flow *f)
{
	if (f->nr_sections == f->room) {
		size_t room = f->room ? f->room * 2 : 1024;
		struct flow_section *more = realloc(f->sections, room * sizeof(*more));

		if (!more)
			return false;
		f->sections = more;
		f->room = room;
	}
	f->sections[f->nr_sections++] = (struct flow_section){0};
	return true;
}

/* A block with a mark is before a beginning, and within up to an end. */
static void mark(struct flow *f)
{
	if (!f->open) {
		f->open = begin(f);
		return;
	}
	f->open = false;
	if (!f->tried && f->nr_sections == SECTION_TRIALS) {
		forget(f);
		f->tried = true;
	}
}

unsigned flow_vcpu(struct flow *f, const void *state)
{
	unsigned i;

	/* Mostly the same one as before. */
	if (f->vcpu[f->running].state == state)
		return f->running;
	for (i = 0; i < f->nr_vcpus; i++)
		if (f->vcpu[i].state == state)
			return i;
	if (i < FLOW_MAX_VCPUS) {
		f->vcpu[i].state = state;
		f->nr_vcpus++;
	}
	return i;
}

void flow_enter(struct flow *f, unsigned vcpu, struct flow_block *b)
{
	struct flow_vcpu *last = &f->vcpu[f->running], *v = &f->vcpu[vcpu];

	last->begun = f->begun - last->begun_at;
	last->accesses = f->accesses - last->accesses_at;
	if (v->block)
		settle(f, v, b->start);
	f->running = vcpu;
	v->block = b;
	v->begun_at = f->begun;
	v->accesses_at = f->accesses;
	v->section = f->open ? f->nr_sections : 0;
	if (v->section) {
		f->sections[v->section - 1].executed[b->who] += b->n;
		b->entered++;
	}
	if (b->mark)
		mark(f);
}

uint64_t flow_executed(const struct flow_block *b, unsigned i)
{
	uint64_t n = b->entered;

	for (unsigned k = 0; b->cut && k <= i; k++)
		n -= b->cut[k];
	return n;
}

void flow_free(struct flow *f)
{
	for (size_t i = 0; i < FLOW_HASH; i++)
		while (f->blocks[i]) {
			struct flow_block *b = f->blocks[i];

			f->blocks[i] = b->next;
			free(b->cut);
			free(b->code);
			free(b);
		}
	free(f->sections);
	f->sections = NULL;
}
