// SPDX-License-Identifier: MIT
/* Paths, on a small tree: the nodes that they lead to, and the errors. */
#include "guest_task_world.h"

static struct node *make(const char *path, u32 mode)
{
	struct node *n = tree_add(path, mode);

	CHECK(n);
	n->fixed = false;
	return n;
}

static void make_link(const char *path, const char *target)
{
	struct node *n = make(path, S_IFLNK | 0777);

	n->target = kmalloc(strlen(target) + 1);
	strcpy(n->target, target);
}

static void make_tree(void)
{
	make("/a", S_IFDIR | 0755);
	make("/a/b", S_IFDIR | 0755);
	make("/a/b/f", S_IFREG | 0644);
	make("/g", S_IFREG | 0644);
	make_link("/a/up", "../g");
	make_link("/abs", "/a/b");
	make_link("/slash", "a/b/");
	make_link("/gone", "nowhere");
	make_link("/loop", "loop2");
	make_link("/loop2", "loop");
	make_link("/root", "/");
	make_link("/dot", ".");
	make_link("/chain", "abs/../up");
}

/* The result of a look-up: an error, or the node at that plain path ("" with CREATE: no node). */
static const struct {
	const char *path;
	unsigned flags;
	long rc;
	const char *node, *last;
} cases[] = {
	{"/", 0, 0, "/", NULL},
	{"//.//", 0, 0, "/", NULL},
	{"..", 0, 0, "/", NULL},
	{"/../../a", 0, 0, "/a", NULL},
	{"a/b/f", 0, 0, "/a/b/f", "f"},
	{"a//b///f", 0, 0, "/a/b/f", "f"},
	{"/a/./b/../b/f", 0, 0, "/a/b/f", "f"},
	{"a/", 0, 0, "/a", "a"},
	{"g/", 0, -ENOTDIR, NULL, NULL},
	{"g/.", 0, -ENOTDIR, NULL, NULL},
	{"g/x", 0, -ENOTDIR, NULL, NULL},
	{"g/x", PATH_CREATE, -ENOTDIR, NULL, NULL},
	{"", 0, -ENOENT, NULL, NULL},
	{"nothing", 0, -ENOENT, NULL, NULL},
	{"nothing/x", PATH_CREATE, -ENOENT, NULL, NULL},
	{"nothing", PATH_CREATE, 0, "", "nothing"},
	{"a/b/new/", PATH_CREATE, 0, "", "new"},
	{"a/up", 0, 0, "/g", "g"},
	{"a/up", PATH_NOFOLLOW, 0, "/a/up", "up"},
	{"a/up/", 0, -ENOTDIR, NULL, NULL},
	{"a/up/", PATH_NOFOLLOW, -ENOTDIR, NULL, NULL},
	{"abs/f", PATH_NOFOLLOW, 0, "/a/b/f", "f"},
	{"abs", PATH_NOFOLLOW, 0, "/abs", "abs"},
	{"abs/", PATH_NOFOLLOW, 0, "/a/b", "b"},
	{"slash", 0, 0, "/a/b", "b"},
	{"slash/../up", 0, 0, "/g", "g"},
	{"gone", 0, -ENOENT, NULL, NULL},
	{"gone", PATH_CREATE, 0, "", "nowhere"},
	{"gone", PATH_CREATE | PATH_NOFOLLOW, 0, "/gone", "gone"},
	{"loop", 0, -ELOOP, NULL, NULL},
	{"loop", PATH_NOFOLLOW, 0, "/loop", "loop"},
	{"loop/x", 0, -ELOOP, NULL, NULL},
	{"root", 0, 0, "/", NULL},
	{"root/root/root/a", 0, 0, "/a", "a"},
	{"dot/dot/dot/./dot/g", 0, 0, "/g", "g"},
	{"chain", 0, 0, "/g", "g"},
};

static struct node *plain_find(const char *path)
{
	struct node *n = tree_root;

	while (*path && path[1]) {
		size_t len = strcspn(++path, "/");

		n = dir_entry(n, path, len)->node;
		path += len;
	}
	return n;
}

static void check_case(size_t k)
{
	struct path p;
	long rc = path_begin_kernel(&p, cases[k].path);

	if (!rc)
		rc = path_walk(&p, cases[k].flags);
	if (rc != cases[k].rc)
		world_failed(__FILE__, __LINE__, "\"%s\": %ld instead of %ld", cases[k].path, rc,
			     cases[k].rc);
	if (!rc) {
		struct node *want = *cases[k].node ? plain_find(cases[k].node) : NULL;

		if (p.node != want)
			world_failed(__FILE__, __LINE__, "\"%s\" is not \"%s\"", cases[k].path,
				     cases[k].node);
		if (cases[k].last)
			CHECK(p.last_len == strlen(cases[k].last) &&
			      !memcmp(p.last, cases[k].last, p.last_len));
	}
	path_end(&p);
}

static void test_cases(void *arg)
{
	struct stock before = world_stock();

	(void)arg;
	run_as(&session);
	make_tree();
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
		check_case(k);
	tree_reset();
	world_check_stock(before);
	CHECK_EQ(tree_root->inode.refs, 1 + 3); /* references of /dev, /proc, /tmp */
}

static long walk(const char *path)
{
	struct path p;
	long rc = path_begin_kernel(&p, path);

	if (!rc)
		rc = path_walk(&p, 0);
	path_end(&p);
	return rc;
}

/* Names and paths at their limits, including those that links make too long. */
static void test_lengths(void *arg)
{
	static char path[2 * PATH_MAX], target[KMALLOC_MAX];

	(void)arg;
	run_as(&session);
	make_tree();
	memset(path, 'n', 256);
	CHECK_EQ(walk(path), (long)-ENAMETOOLONG);
	path[255] = '\0';
	CHECK_EQ(walk(path), (long)-ENOENT);
	make(path, S_IFREG | 0644);
	CHECK_EQ(walk(path), 0);
	memset(path, '/', PATH_MAX);
	path[PATH_MAX - 2] = 'g';
	path[PATH_MAX - 1] = '\0';
	CHECK_EQ(walk(path), 0);
	path[PATH_MAX - 1] = '/';
	CHECK_EQ(walk(path), (long)-ENAMETOOLONG);
	/* The rest after this link leaves no room for its target. */
	memset(target, '/', sizeof(target));
	memcpy(target + sizeof(target) - 3, "a/", 3);
	make_link("/long", target);
	memset(path, '/', PATH_MAX);
	memcpy(path, "long", 4);
	strcpy(path + 2000, "b/f");
	CHECK_EQ(walk(path), 0);
	strcpy(path + 2600, "b/f");
	path[2000] = path[2001] = path[2002] = path[2003] = '/';
	CHECK_EQ(walk(path), (long)-ENAMETOOLONG);
}

/* Forty links are followed, one more is not. */
static void test_links(void *arg)
{
	char name[16], target[16];

	(void)arg;
	run_as(&session);
	make("/l0", S_IFREG | 0644);
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "/l%d", i);
		snprintf(target, sizeof(target), "l%d", i - 1);
		make_link(name, target);
	}
	CHECK_EQ(walk("l40"), 0);
	CHECK_EQ(walk("l41"), (long)-ELOOP);
}

/*
 * A removed directory keeps its parents, in a chain of any length, and then all of them
 * are freed.
 */
static void test_removed(void *arg)
{
	struct stock before = world_stock();
	struct node *dir = tree_root, *gone[300];
	char name[2] = "d";
	const char *text;
	char buf[64];

	(void)arg;
	run_as(&session);
	for (int i = 0; i < 300; i++) {
		gone[i] = node_new(S_IFDIR | 0755);
		CHECK_EQ(dir_add(dir, name, 1, gone[i]), 0);
		dir = gone[i];
	}
	for (int i = 299; i >= 0; i--) {
		struct node *up = i ? gone[i - 1] : tree_root;

		CHECK(dir_remove(up, dir_entry(up, "d", 1)) == gone[i]);
		node_put(gone[i]); /* the name's reference */
		if (i < 299)
			node_put(gone[i]); /* our reference */
	}
	CHECK_EQ(node_path(dir, buf, sizeof(buf), &text), (long)-ENOENT);
	CHECK_EQ(dir_add(dir, "x", 1, tree_root), (long)-ENOENT);
	CHECK(dir->parent == gone[298] && gone[0]->parent == tree_root);
	node_put(dir);
	world_check_stock(before);
	CHECK_EQ(tree_root->inode.refs, 1 + 3);
}

static void test_node_path(void *arg)
{
	const char *text;
	char buf[8];

	(void)arg;
	run_as(&session);
	make_tree();
	CHECK(!node_path(tree_root, buf, sizeof(buf), &text) && !strcmp(text, "/"));
	CHECK(!node_path(plain_find("/a/b"), buf, sizeof(buf), &text) && !strcmp(text, "/a/b"));
	CHECK_EQ(node_path(plain_find("/a/b"), buf, 4, &text), (long)-ERANGE);
	CHECK(!node_path(plain_find("/a/b"), buf, 5, &text) && text == buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_cases),	  WORLD_TEST(test_lengths),   WORLD_TEST(test_links),
		WORLD_TEST(test_removed), WORLD_TEST(test_node_path),
	};

	task_world_boot();
	return WORLD_RUN(tests);
}
