/* SPDX-License-Identifier: MIT */
/*
 * A CPU's tables of segments and gates, which depend on the width:
 *
 *	set_gate()		fills a gate of the table of gates
 *	fill_width_gates()	those of which only this width has
 *	load_tables()		loads segments, task state and gates on this CPU
 *	set_tss_stack()		the stack for entries from user mode
 *	set_call_entry()	where system calls by an instruction of their own enter
 *	set_tls()		the program's thread-local storage
 *	is_stepped_entry()	whether the trap is one that a program caused at the kernel's
 *				first instruction; it has no effect then
 *
 * For traps.c.
 */
#ifndef NATIVE_TABLES_H
#define NATIVE_TABLES_H

#define GATE_INTERRUPT 0x8e00
#define GATE_USER      0x6000 /* may be raised by an instruction in user mode */

#ifdef __x86_64__
#include "native/64/tables.h"
#else
#include "native/32/tables.h"
#endif

#endif
