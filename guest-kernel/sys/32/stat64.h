/* SPDX-License-Identifier: MIT */
/* The result of i386's stat64 calls. For sys/sys_stat.c alone, which has struct stat. */
#ifndef SYS_32_STAT64_H
#define SYS_32_STAT64_H

/* Linux's struct stat64; the number of the node stands in it twice. */
struct stat64 {
	u64 dev;
	u32 pad0, ino_low, mode, nlink, uid, gid;
	u64 rdev;
	u32 pad1;
	s64 size;
	u32 blksize;
	u64 blocks;
	struct {
		u32 s, ns;
	} atime, mtime, ctime;
	u64 ino;
};

_Static_assert(sizeof(struct stat64) == 96 && offsetof(struct stat64, size) == 44,
	       "Linux's layout");

static bool stat_to_user(unsigned long out, const struct stat *st)
{
	const struct stat64 to = {.dev = st->dev,
				  .ino_low = (u32)st->ino,
				  .mode = st->mode,
				  .nlink = (u32)st->nlink,
				  .uid = st->uid,
				  .gid = st->gid,
				  .rdev = st->rdev,
				  .size = st->size,
				  .blksize = (u32)st->blksize,
				  .blocks = (u64)st->blocks,
				  .atime = {(u32)st->atime.s, (u32)st->atime.ns},
				  .mtime = {(u32)st->mtime.s, (u32)st->mtime.ns},
				  .ctime = {(u32)st->ctime.s, (u32)st->ctime.ns},
				  .ino = st->ino};

	return copy_to_user(out, &to, sizeof(to));
}

#endif
