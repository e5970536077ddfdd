/* SPDX-License-Identifier: MIT */
/*
 * SYSCALL and SYSRET require this order of segments: kernel data follows kernel code, and
 * user code follows user data, which follows an entry for 32-bit user code that stays
 * empty.
 */
#ifndef NATIVE_64_SEGMENTS_H
#define NATIVE_64_SEGMENTS_H

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

#endif
