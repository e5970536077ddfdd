/* SPDX-License-Identifier: MIT */
/* Thread-local storage as an argument of a system call. */
#ifndef SYS_TLS_H
#define SYS_TLS_H

#include "arch/x86/tls.h"
#include "lib/errno.h"

#if WORD_BITS == 64
/* Its address. */
#define TLS_OF(argument) (argument)
#define TLS_ERROR	 (-EPERM)
static inline bool tls_take(unsigned long argument, const tls_t *tls)
{
	(void)tls;
	return argument < USER_TOP;
}
#else
/* The user address of a struct user_desc, which names and describes one of the segments. */
#define TLS_OF(argument) TLS_NONE
#define TLS_ERROR	 (-EINVAL)
/* Makes *tls the caller's with that segment changed. */
bool tls_take(unsigned long argument, tls_t *tls);
#endif

#endif
