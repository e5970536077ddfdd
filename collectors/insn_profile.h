/* SPDX-License-Identifier: MIT */
/*
 * The output of QEMU's plugin (collectors/qemu/insn_plugin.c), read and named: instructions of each
 * section by who executed them, and of each function in all sections.
 */
#ifndef PVMMU_COLLECTORS_INSN_PROFILE_H
#define PVMMU_COLLECTORS_INSN_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_who { INSN_XEN, INSN_KERNEL, INSN_USER, INSN_NR_WHO };

struct insn_section {
	uint64_t executed[INSN_NR_WHO];
};

/* Instructions that were translated together. Several blocks may share addresses. */
struct insn_block {
	uint64_t address;
	unsigned n, bytes;
	unsigned char *code, *length; /* `bytes` of code; n lengths */
	uint64_t *executed;	      /* n: within all sections together */
};

struct insn_profile {
	bool xen;
	struct insn_section *sections;
	size_t nr_sections;
	struct insn_block *blocks;
	size_t nr_blocks;
	uint64_t faults;
};

/* Reads a profile; free it in any case. false with *error if it is not valid. */
bool insn_profile_read(struct insn_profile *p, const char *path, bool xen, char **error);
void insn_profile_free(struct insn_profile *p);

/* The owner of an address. */
enum insn_who insn_who(bool xen, uint64_t address);

/*
 * Combines sections to samples, the same number for each, into out[nr_samples]. false with *error
 * if their number does not fit, or they do not add up to the samples.
 */
bool insn_samples(const struct insn_profile *p, const uint64_t *samples, size_t nr_samples,
		  struct insn_section *out, char **error);

struct insn_function {
	enum insn_who who;
	char *object, *name; /* its file; its name there */
	uint64_t executed;   /* instructions */
	uint64_t entered;    /* executions of its first instruction */
};

struct insn_functions {
	struct insn_function *v;
	size_t n;
	char *unnamed[INSN_NR_WHO]; /* why there are no names, or NULL */
};

/* Files with symbols. xen and its booted form may be NULL. */
struct insn_files {
	const char *xen_syms, *xen, *guest;
	const char *program;  /* the workload, or NULL */
	const char *programs; /* directory of other programs that may have been executed, or NULL */
};

/* Lists functions, those with most instructions first. The caller's. */
void insn_functions_of(struct insn_functions *f, const struct insn_profile *p,
		       const struct insn_files *files);
void insn_functions_free(struct insn_functions *f);

#endif
