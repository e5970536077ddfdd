/* SPDX-License-Identifier: MIT */
/*
 * From "this block was entered" to "these instructions were executed, by whom, in which
 * section", without QEMU in it.
 *
 * A block that is entered need not be executed to its end: an instruction that faults ends
 * it, and the emulator's clock then counts those before it only. So a block is settled when
 * its processor enters the next one. By then it is known how many of its instructions were
 * begun, and where the processor went:
 *
 *	not all were begun	the last of them faulted; where it went is the entry of a
 *				fault, which is remembered. Unless it was an access to a
 *				device: then the emulator leaves the block, does this one
 *				instruction by itself, which is no block's beginning for us but
 *				shows as an access to memory, and goes on right behind it or
 *				with an interrupt
 *	all were begun, and it	the last one faulted if its accesses to memory are fewer than
 *	went to such an entry	when it completes. Else it was complete, and what faulted was
 *				the fetch of the next one
 *	otherwise		all were executed
 *
 * Interrupts come between blocks only. The emulator runs the processors one after another
 * (-icount), each for some blocks, so all may share one count of begun instructions.
 */
#ifndef PVMMU_QEMU_FLOW_H
#define PVMMU_QEMU_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_MAX_VCPUS 8
#define PAGE_BYTES     4096u
/* No instruction is longer. */
#define INSN_BYTES 15u

enum flow_who { FLOW_XEN, FLOW_KERNEL, FLOW_USER, FLOW_NR_WHO };

/* How a block ends, as far as it matters. */
enum flow_last {
	LAST_PLAIN, /* goes on behind itself */
	LAST_JUMP,  /* goes elsewhere, without a need of memory */
	LAST_CALL,
	LAST_RETURN,
};

struct flow_block {
	struct flow_block *next; /* of the same hash */
	uint64_t start;
	unsigned n, bytes; /* instructions; bytes of all */
	enum flow_who who;
	enum flow_last last;
	bool mark;	     /* ends with one: a marked reading of the clock */
	int accesses;	     /* of the last instruction, if it completes; -1: not seen yet */
	uint64_t entered;    /* within sections */
	uint32_t *cut;	     /* [i]: of these, those that executed i instructions only; or NULL */
	unsigned char *code; /* of `bytes`, then the instructions' lengths */
	unsigned char *length;
};

struct flow_section {
	uint64_t executed[FLOW_NR_WHO];
};

struct flow_vcpu {
	const void *state;		/* what it is known by */
	struct flow_block *block;	/* not settled yet, or NULL */
	uint64_t begun, accesses;	/* by it */
	uint64_t begun_at, accesses_at; /* what the counts were when it was entered */
	size_t section;			/* it belongs to, plus one; 0: none */
};

#define FLOW_HASH   65536
#define FLOW_FAULTS 256

struct flow {
	bool xen; /* there is one, between the user's addresses and the kernel's */
	/* The caller adds to them: instructions begun; accesses of blocks' last ones. */
	uint64_t begun, accesses;
	struct flow_vcpu vcpu[FLOW_MAX_VCPUS];
	unsigned nr_vcpus, running;
	struct flow_section *sections;
	size_t nr_sections, room;
	bool open;
	bool tried;	   /* the sections that are no samples are over */
	uint64_t refaults; /* executed once, begun more often: faults, within sections */
	uint64_t fault_entries[FLOW_FAULTS];
	struct flow_block *blocks[FLOW_HASH];
};

enum flow_who flow_who(const struct flow *f, uint64_t address);

/*
 * The block of these instructions, the same one each time; lives as long as f. NULL: no
 * memory.
 */
struct flow_block *flow_block(struct flow *f, uint64_t start, const unsigned char *code,
			      const unsigned char *length, unsigned n);

/* The processor with this state, the same one each time; FLOW_MAX_VCPUS: one too many. */
unsigned flow_vcpu(struct flow *f, const void *state);

/* vcpu enters the block. */
void flow_enter(struct flow *f, unsigned vcpu, struct flow_block *b);

/* How often instruction i of the block was executed within sections. */
uint64_t flow_executed(const struct flow_block *b, unsigned i);

void flow_free(struct flow *f);

#endif
