/* SPDX-License-Identifier: MIT */
/* Linux's error numbers, those that this kernel returns. */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#define EPERM	     1
#define ENOENT	     2
#define ESRCH	     3
#define EINTR	     4
#define EIO	     5
#define ENXIO	     6
#define E2BIG	     7
#define ENOEXEC	     8
#define EBADF	     9
#define ECHILD	     10
#define EAGAIN	     11
#define ENOMEM	     12
#define EACCES	     13
#define EFAULT	     14
#define EBUSY	     16
#define EEXIST	     17
#define EXDEV	     18
#define ENODEV	     19
#define ENOTDIR	     20
#define EISDIR	     21
#define EINVAL	     22
#define ENFILE	     23
#define EMFILE	     24
#define ENOTTY	     25
#define ETXTBSY	     26
#define EFBIG	     27
#define ENOSPC	     28
#define ESPIPE	     29
#define EROFS	     30
#define EMLINK	     31
#define EPIPE	     32
#define ERANGE	     34
#define EDEADLK	     35
#define ENAMETOOLONG 36
#define ENOSYS	     38
#define ENOTEMPTY    39
#define ELOOP	     40
#define EOVERFLOW    75
#define EOPNOTSUPP   95
#define ETIMEDOUT    110

/*
 * Whether a result that may be an address of the user's is an error. On 32 bits many of
 * these are negative numbers too; the last page is nobody's.
 */
#if __SIZEOF_LONG__ == 8
#define IS_ERROR(rc)   ((rc) < 0)
#define IS_ADDRESS(rc) ((rc) > 0)
#else
#define IS_ERROR(rc)   ((unsigned long)(rc) > -4096UL)
#define IS_ADDRESS(rc) ((rc) && !IS_ERROR(rc))
#endif

/* Not visible to programs: the call is restarted, or fails with EINTR (proc/deliver.c). */
#define ERESTARTSYS    512 /* restart, unless a handler without SA_RESTART runs */
#define ERESTARTNOHAND 514 /* restart, unless a handler runs */

#endif
