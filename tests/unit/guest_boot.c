// SPDX-License-Identifier: MIT
/*
 * The inputs of the boot: the command line, and the initial ramdisk, intact and damaged in
 * every way that one wrong byte or a cut can damage it.
 */
#include <sys/mman.h>

#include "guest_world.h"

#include "lib/errno.h"
#include "proc/options.h"
#include "sys/initramfs.h"
#include "sys/node.h"

/* -- options ------------------------------------------------------------------------------ */

static void parse(const char *text)
{
	char line[200];

	snprintf(line, sizeof(line), "%s", text);
	options_parse(strdup(line));
}

static void test_options(void *arg)
{
	unsigned long shift, moved = 0;

	(void)arg;
	parse("");
	CHECK(!strcmp(options.init, "/bin/null") && !strcmp(options.init_args, ""));
	CHECK_EQ(options.seed, 1);
	shift = options.layout.stack_bytes;
	parse("   init=/bin/fork  seed=0x10   --  mb=16 n=3 -- x ");
	CHECK(!strcmp(options.init, "/bin/fork"));
	CHECK(!strcmp(options.init_args + strspn(options.init_args, " "), "mb=16 n=3 -- x "));
	CHECK_EQ(options.seed, 16);
	CHECK(options.layout.stack_bytes != shift);
	for (unsigned seed = 0; seed < 300; seed++) {
		char line[40];

		snprintf(line, sizeof(line), "seed=%u", seed);
		parse(line);
		CHECK_EQ(options.seed, seed);
		CHECK(!((options.layout.stack | options.layout.mmap | options.layout.brk) &
			~PAGE_MASK));
		CHECK((options.layout.stack | options.layout.mmap | options.layout.brk) <
		      2UL << 20);
		moved += options.layout.stack && options.layout.mmap && options.layout.brk;
		CHECK(!(options.layout.stack_bytes & 15) && options.layout.stack_bytes < PAGE_SIZE);
	}
	CHECK(moved > 280);
	parse("seed=1");
	CHECK(!options.layout.stack && !options.layout.mmap && !options.layout.brk);
	parse("seed=18446744073709551615 --");
	CHECK_EQ(options.seed, -1UL);
	CHECK(!strcmp(options.init_args, ""));
}

static void parse_bad(void *arg)
{
	parse(arg);
}

static void test_bad_options(void **state)
{
	static const struct {
		const char *line, *say;
	} cases[] = {
		{"fast", "unknown option 'fast'; valid: "}, {"initx=1", "unknown option 'initx=1'"},
		{"seed", "unknown option 'seed'"},	    {"seed=", "expected a number"},
		{"seed=1x", "expected a number"},	    {"seed=-1", "expected a number"},
		{"seed=0x", "expected a number"},	    {"--init=/bin/x", "unknown option"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		world_expect(END_PANIC, cases[i].say, parse_bad,
			     (void *)(unsigned long)cases[i].line);
}

/* -- initial ramdisk ----------------------------------------------------------------------- */

static struct archive {
	char bytes[40000];
	size_t len;
} good;

static void pad(struct archive *a)
{
	while (a->len & 3)
		a->bytes[a->len++] = '\0';
}

static void add(struct archive *a, const char *name, unsigned mode, const void *data, unsigned size)
{
	/* inode mode uid gid nlink mtime size major minor rmajor rminor namesize check */
	a->len += (size_t)sprintf(
		a->bytes + a->len, "070701%08X%08x%08x%08x%08x%08x%08X%08x%08x%08x%08x%08x%08x", 7,
		mode, 0, 0, 1, 0, size, 0, 0, 0, 0, (unsigned)strlen(name) + 1, 0);
	memcpy(a->bytes + a->len, name, strlen(name) + 1);
	a->len += strlen(name) + 1;
	pad(a);
	memcpy(a->bytes + a->len, data, size);
	a->len += size;
	pad(a);
}

static char large[2 * PAGE_SIZE + 77];

static void make_good(void)
{
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i * 31 >> 3);
	add(&good, ".", 0040755, "", 0);
	add(&good, "bin", 0040755, "", 0);
	add(&good, "./bin/one", 0100755, "1", 1);
	add(&good, "bin/large", 0100644, large, sizeof(large));
	add(&good, "/empty", 0100644, "", 0);
	add(&good, "link", 0120777, "bin/one", 7);
	add(&good, "TRAILER!!!", 0, "", 0);
}

/* The node of an absolute path without links; NULL. */
static struct node *at(const char *path)
{
	struct node *n = tree_root;

	while (n && *path) {
		size_t len = strcspn(++path, "/");
		struct entry *e = dir_entry(n, path, len);

		n = e ? e->node : NULL;
		path += len;
	}
	return n;
}

static struct inode *expect_file(const char *path, const void *data, size_t size)
{
	static char back[sizeof(large) + 100];
	struct inode *i = NULL;

	i = &at(path)->inode;
	CHECK_EQ(i->size, size);
	CHECK(!i->writable && i->refs == 1 && ((struct node *)i)->fixed &&
	      is_file((struct node *)i));
	CHECK_EQ(inode_read(i, back, 0, sizeof(back)), size);
	CHECK(!memcmp(back, data, size));
	return i;
}

static void test_unpack(void *arg)
{
	(void)arg;
	initramfs_unpack(good.bytes, good.len);
	expect_file("/bin/one", "1", 1);
	expect_file("/bin/large", large, sizeof(large));
	expect_file("/empty", "", 0);
	CHECK(is_dir(at("/bin")) && at("/bin")->parent == tree_root && at("/bin")->nlink == 2);
	CHECK(is_link(at("/link")) && !strcmp(at("/link")->target, "bin/one"));
	CHECK((at("/bin/one")->mode & 07777) == 0755 && at("/bin/one")->nlink == 1);
	CHECK(!at("/bin/two") && at("/tmp") && at("/dev") && at("/proc"));
	world_audit();
	/* A later file replaces it; these nodes are not removed at the end of a session. */
	initramfs_unpack(good.bytes, good.len);
	tree_reset();
	expect_file("/bin/large", large, sizeof(large));
	CHECK(is_link(at("/link")));
	world_audit();
}

/* The padding of cpio's output is ignored. */
static void test_after_the_end(void *arg)
{
	(void)arg;
	memset(good.bytes + good.len, 'x', 512);
	initramfs_unpack(good.bytes, good.len + 512);
	expect_file("/bin/one", "1", 1);
}

static void unpack(void *arg)
{
	struct archive *a = arg;
	/* At the end of an allocation, so that ASan sees a read beyond. */
	char *bytes = malloc(a->len);

	memcpy(bytes, a->bytes, a->len);
	initramfs_unpack(bytes, a->len);
	free(bytes);
}

static void test_cuts(void **state)
{
	static struct archive cut;

	(void)state;
	/* Every length near a boundary, some of the others. */
	for (size_t len = 0; len < good.len; len += len < 600 || len + 300 > good.len ? 7 : 501) {
		if (len + 4 > good.len)
			break; /* the last bytes are padding */
		cut = good;
		cut.len = len;
		world_expect(END_PANIC, "initramfs: ", unpack, &cut);
	}
}

static void test_damage(void **state)
{
	static const struct {
		size_t at; /* in the third header, of "./bin/one" */
		const char *put, *say;
	} cases[] = {
		{0, "070702", "bad magic"},
		{0, "x", "bad magic"},
		{6 + 6 * 8, "0000000g", "bad digit"},
		{6 + 6 * 8, "ffffffff", "truncated"},
		{6 + 6 * 8, "00000200", "bad magic"},
		{6 + 11 * 8, "00000000", "truncated"},
		{6 + 11 * 8, "ffffffff", "truncated"},
		{6 + 11 * 8, "0000000b", "truncated"}, /* the name without its end */
		{6 + 1 * 8, " 0000000", "bad digit"},
	};
	const char *third = memmem(good.bytes, good.len, "./bin/one", 9);
	size_t base = (size_t)(third - good.bytes) - 110;
	static struct archive bad;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bad = good;
		memcpy(bad.bytes + base + cases[i].at, cases[i].put, strlen(cases[i].put));
		world_expect(END_PANIC, cases[i].say, unpack, &bad);
	}
}

static void test_too_much(void **state)
{
	static struct archive a;
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[256] = '\0';
	add(&a, name, 0100644, "x", 1);
	world_expect(END_PANIC, "too long", unpack, &a);
	name[255] = '\0';
	a.len = 0;
	add(&a, name, 0100644, "x", 1);
	add(&a, "TRAILER!!!", 0, "", 0);
	world_expect_ok(unpack, &a);
	/* A file cannot replace a directory, and cannot contain files. */
	a.len = 0;
	add(&a, "tmp", 0100644, "x", 1);
	world_expect(END_PANIC, "is a directory already", unpack, &a);
	a.len = 0;
	add(&a, "f", 0100644, "x", 1);
	add(&a, "f/g", 0100644, "x", 1);
	world_expect(END_PANIC, "is no directory", unpack, &a);
}

static unsigned long *needed; /* shared with the children */

static void no_memory(void *arg)
{
	world_fail_allocation((unsigned long)arg, true);
	unpack(&good);
	*needed = world_allocations;
}

static void test_no_memory(void **state)
{
	(void)state;
	needed = mmap(NULL, sizeof(*needed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	world_expect_ok(no_memory, (void *)1000000);
	assert_true(*needed > 10);
	for (unsigned long n = 0; n < *needed; n++)
		world_expect(END_PANIC, "initramfs: ", no_memory, (void *)n);
	world_expect_ok(no_memory, (void *)*needed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_options),	 cmocka_unit_test(test_bad_options),
		WORLD_TEST(test_unpack),	 WORLD_TEST(test_after_the_end),
		cmocka_unit_test(test_cuts),	 cmocka_unit_test(test_damage),
		cmocka_unit_test(test_too_much), cmocka_unit_test(test_no_memory),
	};

	world_boot_small();
	tree_init();
	make_good();
	return WORLD_RUN(tests);
}
