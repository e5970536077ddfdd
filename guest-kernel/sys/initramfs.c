// SPDX-License-Identifier: MIT
/*
 * The initial ramdisk. A newc archive is a row of: header of 110 ASCII bytes
 * (magic, then 13 numbers of 8 hex digits), the name with its terminator, padding
 * to 4 bytes, the contents, padding to 4 bytes. The last name is "TRAILER!!!".
 */
#include "sys/initramfs.h"

#include "lib/bug.h"
#include "lib/string.h"
#include "mm/inode.h"

#define HEADER_LEN    110
#define FIELD_MODE    1
#define FIELD_SIZE    6
#define FIELD_NAMELEN 11
#define MODE_TYPE     0170000
#define MODE_REGULAR  0100000

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

static void add_file(const char *name, const char *data, size_t size)
{
	struct inode *i;
	char path[sizeof(i->name)];

	while (*name == '.' || *name == '/')
		name++;
	if (strlen(name) + 2 > sizeof(path))
		panic("initramfs: name too long: %s", name);
	snprintf(path, sizeof(path), "/%s", name);
	i = inode_new(path, size, false);
	if (!i)
		panic("initramfs: no room for %s, %lu bytes", path, size);
	if (!inode_fill(i, 0, data, size))
		panic("initramfs: out of memory at %s", path);
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
		if ((field(p, FIELD_MODE) & MODE_TYPE) == MODE_REGULAR)
			add_file(name, p + data_at, size);
		p += min_ul(ALIGN_UP(data_at + size, 4UL), (size_t)(end - p));
	}
	panic("initramfs: no end marker");
}
