/* SPDX-License-Identifier: MIT */
/* Linux's error numbers, as far as this kernel returns them. */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#define EPERM	     1
#define ENOENT	     2
#define EINTR	     4
#define EIO	     5
#define E2BIG	     7
#define ENOEXEC	     8
#define EBADF	     9
#define ECHILD	     10
#define EAGAIN	     11
#define ENOMEM	     12
#define EACCES	     13
#define EFAULT	     14
#define EBUSY	     16
#define ENODEV	     19
#define EINVAL	     22
#define EMFILE	     24
#define ENOTTY	     25
#define ENAMETOOLONG 36
#define ENOSYS	     38

#endif
