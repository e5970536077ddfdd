/* SPDX-License-Identifier: MIT */
/* See native/tables.h. The tables are in tables.c, since further CPUs need them from their start.
 */
#ifndef NATIVE_32_TABLES_H
#define NATIVE_32_TABLES_H

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"

void set_gate(unsigned vector, unsigned long entry, u16 flags);
void fill_width_gates(const unsigned long *exception_stubs);
void load_tables(unsigned id);
void set_tss_stack(const struct cpu *c, unsigned long sp);
void set_call_entry(const char *entry_syscall);
void set_tls(tls_t tls);
bool is_stepped_entry(struct regs *regs, unsigned vector);

#endif
