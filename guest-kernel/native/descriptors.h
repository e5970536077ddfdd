/* SPDX-License-Identifier: MIT */
/*
 * Control registers and model-specific registers, numbered as in the processor manuals.
 * Segments depend on the width. For C and assembler.
 */
#ifndef NATIVE_DESCRIPTORS_H
#define NATIVE_DESCRIPTORS_H

#ifdef __x86_64__
#include "native/64/segments.h"
#else
#include "native/32/segments.h"
#endif

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_ET 0x00000010
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000 /* the kernel cannot write to read-only pages either: copy on write */
#define CR0_PG 0x80000000

#define CR4_PSE	       0x010
#define CR4_PAE	       0x020
#define CR4_OSFXSR     0x200
#define CR4_OSXMMEXCPT 0x400

#define MSR_SYSENTER_CS	   0x174
#define MSR_SYSENTER_ESP   0x175
#define MSR_SYSENTER_EIP   0x176
#define MSR_EFER	   0xc0000080
#define MSR_STAR	   0xc0000081
#define MSR_LSTAR	   0xc0000082
#define MSR_FMASK	   0xc0000084
#define MSR_FS_BASE	   0xc0000100
#define MSR_GS_BASE	   0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

#define EFER_SCE 0x001
#define EFER_LME 0x100
#define EFER_NXE 0x800

/* A bit of entries for device registers: not cached. */
#define PTE_UNCACHED 0x18

/* Interrupt vectors of the local APIC. */
#define VECTOR_TIMER	0xf0
#define VECTOR_KICK	0xf1
#define VECTOR_SPURIOUS 0xff

/* Offsets in struct cpu, for assembler. */
#define CPU_KERNEL_SP 8
#define CPU_USER_SP   16

#endif
