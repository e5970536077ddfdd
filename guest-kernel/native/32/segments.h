/* SPDX-License-Identifier: MIT */
/*
 * SYSENTER and SYSEXIT require this order of segments: kernel code, kernel data, user code,
 * user data. Programs know the indexes of those for thread-local storage.
 */
#ifndef NATIVE_32_SEGMENTS_H
#define NATIVE_32_SEGMENTS_H

#define GDT_TLS_FIRST	 6
#define PER_CPU_SELECTOR 0x48
#define KERNEL_CS	 0x60
#define KERNEL_DS	 0x68
#define USER_CS		 0x73
#define USER_DS		 0x7b
#define TSS_SELECTOR	 0x80
#define FAULT_SELECTOR	 0x88 /* the task that handles double faults */
#define GDT_ENTRIES	 18

#define DESCRIPTOR_KERNEL_CS 0x00cf9b000000ffff
#define DESCRIPTOR_KERNEL_DS 0x00cf93000000ffff
#define DESCRIPTOR_USER_CS   0x00cffb000000ffff
#define DESCRIPTOR_USER_DS   0x00cff3000000ffff
/* Without base and limit: data; task state. */
#define DESCRIPTOR_PER_CPU 0x0040930000000000
#define DESCRIPTOR_TSS	   0x0000890000000000

/* Offset in the task state segment, where SYSENTER finds the stack. */
#define TSS_ESP0 4

#endif
