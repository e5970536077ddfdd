// SPDX-License-Identifier: MIT
/*
 * The initial ramdisk. A newc archive is a row of: header of 110 ASCII bytes
 * (magic, then 13 numbers of 8 hex digits), the name with its terminator, padding
 * to 4 bytes, the contents, padding to 4 bytes. The last name is "TRAILER!!!".
 */
#include "sys/initramfs.h"

#include "lib/bug.h"
#include "lib/string.h"
#include "sys/node.h"

#define HEADER_LEN    110
#define FIELD_MODE    1
#define FIELD_SIZE    6
#define FIELD_NAMELEN 11

static u32 field(const char *header, unsigned n)
{
	u32 v = 0;

	for (const char *p = header + 6 + n * 8, *end = p + 8; p < end; p++) {
		unsigned c = (u8)*p | 32;

		if (*p >= '0' && *p <= '9')
			v = v << 4 | (unsigned)(*p - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else
			panic("initramfs: bad digit in a header");
	}
	return v;
}

static struct node *add_node(const char *name, u32 mode)
{
	struct node *n;

	while (name[0] == '.' && (name[1] == '/' || !name[1]))
		name += name[1] ? 2 : 1;
	n = tree_add(name, mode);
	if (!n)
		panic("initramfs: out of memory at %s", name);
	return n;
}

static void add_file(const char *name, u32 mode, const char *data, size_t size)
{
	struct node *n = add_node(name, mode);

	n->inode.writable = false;
	inode_resize(&n->inode, size);
	if (!inode_fill(&n->inode, 0, data, size))
		panic("initramfs: out of memory at %s", name);
}

static void add_link(const char *name, const char *target, size_t size)
{
	struct node *n;

	if (!size || size >= KMALLOC_MAX)
		panic("initramfs: %s: a link to %lu characters", name, (unsigned long)size);
	n = add_node(name, S_IFLNK | 0777);
	n->target = kmalloc(size + 1);
	if (!n->target)
		panic("initramfs: out of memory at %s", name);
	memcpy(n->target, target, size);
	n->target[size] = '\0';
}

/* Devices and pipes in the archive are ignored; the kernel makes them. */
static void add_any(const char *name, u32 mode, const char *data, size_t size)
{
	switch (mode & S_IFMT) {
	case S_IFREG: add_file(name, mode, data, size); break;
	case S_IFDIR: add_node(name, mode); break;
	case S_IFLNK: add_link(name, data, size); break;
	}
}

void initramfs_unpack(const char *archive, size_t len)
{
	const char *p = archive, *end = archive + len;

	while (p + HEADER_LEN <= end) {
		size_t size, name_len, data_at;
		const char *name = p + HEADER_LEN;

		if (memcmp(p, "070701", 6))
			panic("initramfs: bad magic at byte %lu: not a newc cpio archive?",
			      (unsigned long)(p - archive));
		size = field(p, FIELD_SIZE);
		name_len = field(p, FIELD_NAMELEN);
		data_at = ALIGN_UP(HEADER_LEN + name_len, 4UL);
		if (!name_len || data_at > (size_t)(end - p) ||
		    size > (size_t)(end - p) - data_at || name[name_len - 1])
			panic("initramfs: truncated");
		if (!strcmp(name, "TRAILER!!!"))
			return;
		add_any(name, field(p, FIELD_MODE), p + data_at, size);
		p += min_ul(ALIGN_UP(data_at + size, 4UL), (size_t)(end - p));
	}
	panic("initramfs: no end marker");
}
