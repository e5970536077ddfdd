/* SPDX-License-Identifier: MIT */
/*
 * Segments, control registers and model-specific registers, numbered as in the processor
 * manuals. For C and assembler.
 *
 * SYSCALL and SYSRET require this order of segments: kernel data follows kernel code, and
 * user code follows user data, which follows an entry for 32-bit user code that stays
 * empty.
 */
#ifndef NATIVE_DESCRIPTORS_H
#define NATIVE_DESCRIPTORS_H

#define KERNEL_CS    0x08
#define KERNEL_DS    0x10
#define USER_CS_BASE 0x18
#define USER_DS	     0x23
#define USER_CS	     0x2b
#define TSS_SELECTOR 0x30
#define GDT_ENTRIES  8 /* the last one takes two */

#define DESCRIPTOR_KERNEL_CS 0x00af9b000000ffff
#define DESCRIPTOR_KERNEL_DS 0x00cf93000000ffff
#define DESCRIPTOR_USER_DS   0x00cff3000000ffff
#define DESCRIPTOR_USER_CS   0x00affb000000ffff

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_ET 0x00000010
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000 /* the kernel cannot write to read-only pages either: copy on write */
#define CR0_PG 0x80000000

#define CR4_PAE	       0x020
#define CR4_OSFXSR     0x200
#define CR4_OSXMMEXCPT 0x400

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

/* Bits of the entries in our first tables: maps 2 MiB, at level 2; not cached. */
#define PTE_LARGE    0x80
#define PTE_UNCACHED 0x18

/* Interrupt vectors of the local APIC. */
#define VECTOR_TIMER	0xf0
#define VECTOR_KICK	0xf1
#define VECTOR_SPURIOUS 0xff

/* Offsets in struct cpu, for assembler. */
#define CPU_KERNEL_SP 8
#define CPU_USER_SP   16

#endif
