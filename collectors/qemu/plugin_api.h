/* SPDX-License-Identifier: MIT */
/*
 * The part of QEMU's interface for TCG plugins that we use. We bring our own declarations: Debian
 * 12 has no header, and a header is of one version. Tried with QEMU 7.2 (version 1 of the
 * interface) and 10.0 (version 4). QEMU looks for the two symbols that a plugin defines,
 * qemu_plugin_version and qemu_plugin_install(), and refuses versions it does not have: up to
 * 8.2 it has 1 only, from 9.0 on it has 2 and what came later.
 *
 * QEMU translates code a block at a time: a straight run of instructions that is entered at
 * its start. Our function is called when a block is translated; it says which of our functions
 * the translated code is to call whenever the block, or an instruction of it, is executed.
 *
 * The code could also add to a counter, without a call. We do not let it: from version 2 on it
 * adds to an element of an array, the processor's, and QEMU 10.0 with -icount takes as a constant
 * the processor for which it translates the block, and multiplies that constant anew with each
 * addition: unless it is 0 the code soon writes anywhere. The calls turned out to be as fast.
 * They are given that constant as well: see entered().
 */
#ifndef PVMMU_QEMU_PLUGIN_API_H
#define PVMMU_QEMU_PLUGIN_API_H

#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

/* The beginning of qemu_plugin_install()'s argument: the versions that this QEMU has. */
struct qemu_info {
	const char *target;
	int min, current;
};

struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* How much of the processor a callback may read; ours read no register. */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };

/* Neither the block nor its instructions live longer than the call that they are given to. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t id, void *data), void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/*
 * One function under two names. From PLUGIN_COPIES on it copies at most `room` bytes and returns
 * how many; before, it returns a pointer to them.
 */
#define PLUGIN_COPIES 3
size_t plugin_insn_copy(const struct qemu_plugin_insn *insn, void *to,
			size_t room) __asm__("qemu_plugin_insn_data");
const void *
plugin_insn_pointer(const struct qemu_plugin_insn *insn) __asm__("qemu_plugin_insn_data");

/* As text, the caller's. */
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *insn);

/* Before the block's first instruction. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int vcpu, void *data),
					  enum qemu_plugin_cb_flags flags, void *data);
/* Before the instruction; after each of its accesses to memory that came off. */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int vcpu, void *data),
					    enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      void (*cb)(unsigned int vcpu, uint32_t info, uint64_t address,
						 void *data),
				      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
				      void *data);

/* Not called here: it is there, that is, its address is not null, from version 2 on. */
__attribute__((weak)) void *qemu_plugin_scoreboard_new(size_t element);

/* On QEMU's log. */
void qemu_plugin_outs(const char *text);

#endif
