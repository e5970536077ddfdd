/* SPDX-License-Identifier: MIT */
/*
 * What the plugin of QEMU has written (collectors/qemu/insn_plugin.c), read and named:
 * instructions of each section by who executed them, and of each function in all of them.
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

/* A run of instructions that was translated as a whole. Several may share addresses. */
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

/* The caller's, to be freed even after false, with *error (malloc'ed): it makes no sense. */
bool insn_profile_read(struct insn_profile *p, const char *path, bool xen, char **error);
void insn_profile_free(struct insn_profile *p);

/* Whose an address is. */
enum insn_who insn_who(bool xen, uint64_t address);

/*
 * Puts sections together to samples, as many to each: into out[nr_samples]. false with
 * *error: they are not the samples', or do not add up to them.
 */
bool insn_samples(const struct insn_profile *p, const uint64_t *samples, size_t nr_samples,
		  struct insn_section *out, char **error);

struct insn_function {
	enum insn_who who;
	char *object, *name; /* the file that it is in; its name there */
	uint64_t executed;   /* instructions */
	uint64_t entered;    /* how often its first one was executed */
};

struct insn_functions {
	struct insn_function *v;
	size_t n;
	char *unnamed[INSN_NR_WHO]; /* why there are no names, or NULL */
};

/* Files with symbols. xen and its booted form may be NULL. */
struct insn_files {
	const char *xen_syms, *xen, *guest;
	const char *program;  /* that is the workload, or NULL */
	const char *programs; /* directory with others that may have been executed, or NULL */
};

/* Most instructions first. The caller's. */
void insn_functions_of(struct insn_functions *f, const struct insn_profile *p,
		       const struct insn_files *files);
void insn_functions_free(struct insn_functions *f);

#endif
