/* SPDX-License-Identifier: MIT */
/* The parts of pipes that other files need. */
#ifndef SYS_PIPE_H
#define SYS_PIPE_H

#include "mmu/frame.h"
#include "sys/file.h"

bool file_is_pipe(const struct file *f);
/* Writes from kernel memory to the write end of a pipe, like write(). */
long pipe_write_kernel(struct file *f, const void *data, size_t n);

/* For the audit: calls `use` for each page that buffers data. */
void pipe_uses(void (*use)(struct page *p));

#endif
