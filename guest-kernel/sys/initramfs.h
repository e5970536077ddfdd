/* SPDX-License-Identifier: MIT */
#ifndef SYS_INITRAMFS_H
#define SYS_INITRAMFS_H

#include "arch/x86/types.h"

/*
 * Unpacks a cpio archive ("newc", as `cpio -H newc` writes) into the directory tree:
 * files, directories and symbolic links, which programs cannot change. What is
 * there already is replaced. Panics on a broken archive.
 */
void initramfs_unpack(const char *archive, size_t len);

#endif
