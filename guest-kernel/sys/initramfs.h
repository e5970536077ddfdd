/* SPDX-License-Identifier: MIT */
#ifndef SYS_INITRAMFS_H
#define SYS_INITRAMFS_H

#include "arch/x86/types.h"

/*
 * Unpacks a cpio archive ("newc", as `cpio -H newc` writes it) into the directory tree:
 * files, directories and symbolic links, which programs cannot change. Existing files are
 * replaced. Panics if the archive is invalid.
 */
void initramfs_unpack(const char *archive, size_t len);

#endif
