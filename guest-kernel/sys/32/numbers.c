// SPDX-License-Identifier: MIT
/*
 * i386 has other numbers for system calls than x86-64, whose numbers our sources use. A
 * call that both have under one name is found by its name, unless i386's takes other
 * arguments: a 64-bit offset in two registers, times of 32 bits, older structures. Most of
 * these exist on i386 a second time under another name, with x86-64's arguments.
 */
#include "sys/32/numbers.h"
#include "sys/syscall.h"

/* Index: x86-64's number. Value: i386's number for the same name, 0 if it has none. */
static const u16 by_name[MAX_SYSCALL] = {
#include "syscall_numbers.h" /* made by the build */
};

/* x86-64's number, and i386's number of a call with the same arguments; 0: it has none. */
static const struct {
	u16 ours, theirs;
} others[] = {
	{4, 195},   /* stat64 */
	{5, 197},   /* fstat64 */
	{6, 196},   /* lstat64 */
	{9, 0},	    /* mmap */
	{17, 0},    /* pread64 */
	{18, 0},    /* pwrite64 */
	{23, 142},  /* _newselect */
	{40, 239},  /* sendfile64 */
	{56, 0},    /* clone */
	{72, 221},  /* fcntl64 */
	{92, 212},  /* chown32 */
	{93, 207},  /* fchown32 */
	{94, 198},  /* lchown32 */
	{97, 0},    /* getrlimit */
	{99, 0},    /* sysinfo */
	{102, 199}, /* getuid32 */
	{104, 200}, /* getgid32 */
	{105, 213}, /* setuid32 */
	{106, 214}, /* setgid32 */
	{107, 201}, /* geteuid32 */
	{108, 202}, /* getegid32 */
	{113, 203}, /* setreuid32 */
	{114, 204}, /* setregid32 */
	{115, 205}, /* getgroups32 */
	{116, 206}, /* setgroups32 */
	{117, 208}, /* setresuid32 */
	{118, 209}, /* getresuid32 */
	{119, 210}, /* setresgid32 */
	{120, 211}, /* getresgid32 */
	{128, 421}, /* rt_sigtimedwait_time64 */
	{137, 0},   /* statfs */
	{138, 0},   /* fstatfs */
	{160, 0},   /* setrlimit */
	{202, 422}, /* futex_time64 */
	{221, 0},   /* fadvise64 */
	{228, 403}, /* clock_gettime64 */
	{229, 406}, /* clock_getres_time64 */
	{230, 407}, /* clock_nanosleep_time64 */
	{262, 300}, /* fstatat64 */
	{270, 413}, /* pselect6_time64 */
	{271, 414}, /* ppoll_time64 */
	{280, 412}, /* utimensat_time64 */
	{285, 0},   /* fallocate */
};

/*
 * Calls with times or offsets of 32 bits, and the call that has them with 64 and otherwise the
 * same arguments; 0: none has.
 */
static const struct {
	u16 nr, wide;
} narrow[] = {
	{13, 0},    /* time */
	{43, 0},    /* times */
	{77, 0},    /* getrusage */
	{78, 0},    /* gettimeofday */
	{104, 0},   /* setitimer */
	{105, 0},   /* getitimer */
	{114, 0},   /* wait4 */
	{142, 0},   /* _newselect */
	{162, 0},   /* nanosleep */
	{177, 421}, /* rt_sigtimedwait */
	{187, 239}, /* sendfile */
	{240, 422}, /* futex */
	{265, 403}, /* clock_gettime */
	{266, 406}, /* clock_getres */
	{267, 407}, /* clock_nanosleep */
	{284, 0},   /* waitid */
	{308, 413}, /* pselect6 */
	{309, 414}, /* ppoll */
	{320, 412}, /* utimensat */
};

unsigned syscall_number(unsigned nr)
{
	if (nr >= MAX_SYSCALL)
		return nr - MAX_SYSCALL; /* I386() */
	for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].ours == nr)
			return others[i].theirs ? others[i].theirs : MAX_SYSCALL;
	return by_name[nr] ? by_name[nr] : MAX_SYSCALL;
}

unsigned syscall_also(unsigned nr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(narrow); i++)
		if (narrow[i].wide == nr)
			return narrow[i].nr;
	return MAX_SYSCALL;
}

bool syscall_is_narrow(unsigned nr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(narrow); i++)
		if (narrow[i].nr == nr)
			return true;
	return false;
}
