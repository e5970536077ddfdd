/* SPDX-License-Identifier: MIT */
/* Pipes, as far as others must know. */
#ifndef SYS_PIPE_H
#define SYS_PIPE_H

#include "mmu/frame.h"
#include "sys/file.h"

bool file_is_pipe(const struct file *f);
/* Writes from kernel memory to the writing end of a pipe, as write() would. */
long pipe_write_kernel(struct file *f, const void *data, size_t n);

/* For the audit: calls `use` for each page that buffers something. */
void pipe_uses(void (*use)(struct page *p));

#endif
