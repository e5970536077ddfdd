/* SPDX-License-Identifier: MIT */
/*
 * What we use of QEMU's interface for TCG plugins, version 1 (QEMU 4.2 to 8.2), which has no
 * header in Debian's packages. QEMU looks for the two symbols that a plugin defines,
 * qemu_plugin_version and qemu_plugin_install(), and refuses versions it does not have.
 *
 * QEMU translates code a block at a time: a straight run of instructions that is entered at
 * its start. Our function is called when a block is translated; it says what is to happen
 * whenever the block, or an instruction of it, is executed: a call, or an addition to a
 * variable, which is part of the translated code and so much cheaper.
 */
#ifndef PVMMU_QEMU_PLUGIN_API_H
#define PVMMU_QEMU_PLUGIN_API_H

#include <stddef.h>
#include <stdint.h>

#define PLUGIN_API_VERSION 1
#define PLUGIN_EXPORT	   __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* What a called function may look at of the processor; ours look at nothing. */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

/* Neither the block nor its instructions live longer than the call that they are given to. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t id, void *data), void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* As text, the caller's. */
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *insn);

/* Before the block's first instruction. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int vcpu, void *data),
					  enum qemu_plugin_cb_flags flags, void *data);
/* Before the instruction; after each of its accesses to memory that came off. */
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						enum qemu_plugin_op op, void *variable,
						uint64_t addend);
void qemu_plugin_register_vcpu_mem_inline(struct qemu_plugin_insn *insn, enum qemu_plugin_mem_rw rw,
					  enum qemu_plugin_op op, void *variable, uint64_t addend);

/* On QEMU's log. */
void qemu_plugin_outs(const char *text);

#endif
