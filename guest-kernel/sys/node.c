// SPDX-License-Identifier: MIT
#include "sys/node.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"

struct node *tree_root;
static spinlock_t lock;

void tree_lock(void)
{
	spin_lock(&lock);
}

void tree_unlock(void)
{
	spin_unlock(&lock);
}

/* -- nodes ------------------------------------------------------------------------- */

void node_touch(struct node *n)
{
	n->mtime = n->ctime = platform_wall_ns();
}

static void node_release(struct inode *i)
{
	struct node *n = (struct node *)i;

	kfree(n->target);
	kfree(n);
}

struct node *node_new(u32 mode)
{
	static u64 last_ino;
	struct node *n = kzalloc(sizeof(*n));

	if (!n)
		return NULL;
	inode_init(&n->inode, 0, true);
	n->inode.release = node_release;
	n->mode = mode;
	n->ino = __atomic_add_fetch(&last_ino, 1, __ATOMIC_RELAXED);
	node_touch(n);
	n->atime = n->mtime;
	list_init(&n->entries);
	return n;
}

/* Up the tree while the last reference goes. A loop, since the tree may be deep. */
void node_put(struct node *n)
{
	while (n) {
		struct node *up = n->parent;
		bool last = __atomic_sub_fetch(&n->inode.refs, 1, __ATOMIC_ACQ_REL) == 0;

		if (!last)
			return;
		n->inode.refs = 1;
		inode_put(&n->inode);
		n = up;
	}
}

/* -- directories ------------------------------------------------------------------- */

struct entry *dir_entry(struct node *dir, const char *name, size_t len)
{
	struct entry *e;

	list_for_each_entry (e, &dir->entries, link)
		if (e->len == len && e->name[0] == name[0] && !memcmp(e->name, name, len))
			return e;
	return NULL;
}

struct node *dir_find(struct node *dir, const char *name, size_t len)
{
	struct node *n = NULL;
	struct entry *e;

	if (len <= 2 && name[0] == '.' && name[len - 1] == '.') {
		n = len == 1 ? dir : dir->parent;
	} else {
		e = dir_entry(dir, name, len);
		if (e)
			n = e->node;
		else if (dir->find)
			return dir->find->find(dir, name, len);
	}
	if (n)
		node_get(n);
	return n;
}

struct entry *dir_entry_new(struct node *dir, const char *name, size_t len, struct node *n)
{
	struct entry *e = kmalloc(sizeof(*e) + len + 1);

	if (!e)
		return NULL;
	e->node = n;
	e->cookie = ++dir->last_cookie;
	e->len = (u8)len;
	memcpy(e->name, name, len);
	e->name[len] = '\0';
	list_add_tail(&e->link, &dir->entries);
	node_touch(dir);
	return e;
}

long dir_add(struct node *dir, const char *name, size_t len, struct node *n)
{
	if (!dir->nlink)
		return -ENOENT;
	if (!dir_entry_new(dir, name, len, n))
		return -ENOMEM;
	node_get(n);
	n->nlink++;
	if (is_dir(n)) {
		BUG_ON(n->parent);
		n->nlink = 2;
		n->parent = dir;
		node_get(dir);
		dir->nlink++;
	}
	return 0;
}

struct node *dir_remove(struct node *dir, struct entry *e)
{
	struct node *n = e->node;

	list_del(&e->link);
	kfree(e);
	n->nlink--;
	if (is_dir(n)) {
		n->nlink = 0;
		dir->nlink--;
	}
	node_touch(dir);
	return n;
}

/* -- the tree ---------------------------------------------------------------------- */

static struct node *add_below(struct node *dir, const char *name, size_t len, u32 mode)
{
	struct node *n = node_new(mode);

	if (!n)
		return NULL;
	if (dir_add(dir, name, len, n)) {
		node_put(n);
		return NULL;
	}
	node_put(n); /* the name holds a reference */
	n->fixed = true;
	return n;
}

static struct node *replace(struct node *dir, struct entry *e, const char *name, size_t len,
			    u32 mode)
{
	node_put(dir_remove(dir, e));
	return add_below(dir, name, len, mode);
}

struct node *tree_add(const char *path, u32 mode)
{
	struct node *dir = tree_root;
	const char *name = path;

	for (;;) {
		struct entry *e;
		const char *end;

		while (*name == '/')
			name++;
		end = strchr(name, '/');
		if (!*name)
			return dir;
		if (!end)
			end = name + strlen(name);
		if (!is_dir(dir) || end - name > NAME_MAX)
			panic("%s: cannot be made, a part of it is no directory or too long", path);
		e = dir_entry(dir, name, (size_t)(end - name));
		if (*end) {
			dir = e ? e->node
				: add_below(dir, name, (size_t)(end - name), S_IFDIR | 0755);
		} else if (!e) {
			dir = add_below(dir, name, (size_t)(end - name), mode);
		} else if (is_dir(e->node)) {
			if ((mode & S_IFMT) != S_IFDIR)
				panic("%s: is a directory already", path);
			dir = e->node;
		} else {
			dir = replace(dir, e, name, (size_t)(end - name), mode);
		}
		if (!dir || !*end)
			return dir;
		name = end;
	}
}

void tree_init(void)
{
	static const char *const dirs[] = {"/dev", "/proc", "/tmp"};

	tree_root = node_new(S_IFDIR | 0755);
	BUG_ON(!tree_root);
	tree_root->nlink = 2;
	tree_root->fixed = true;
	tree_root->parent = tree_root;
	for (unsigned i = 0; i < ARRAY_SIZE(dirs); i++)
		if (!tree_add(dirs[i], S_IFDIR | (i == 2 ? 01777 : 0755)))
			panic("no memory for %s", dirs[i]);
}

static struct entry *entry_of(struct node *dir, const struct node *n)
{
	struct entry *e;

	list_for_each_entry (e, &dir->entries, link)
		if (e->node == n)
			return e;
	panic("a directory is not in its parent");
}

/* -- paths of nodes ----------------------------------------------------------------- */

/*
 * The next entry of the tree, depth first. Goes up by the parents, because the tree may be
 * deeper than our stack.
 */
static struct entry *next_entry(struct node **dir, struct entry *e)
{
	struct list_head *p = e ? e->link.next : tree_root->entries.next;

	if (e && is_dir(e->node)) {
		*dir = e->node;
		p = e->node->entries.next;
	}
	while (p == &(*dir)->entries) {
		if (*dir == tree_root)
			return NULL;
		p = entry_of((*dir)->parent, *dir)->link.next;
		*dir = (*dir)->parent;
	}
	return list_entry(p, struct entry, link);
}

/* Adds a name at the front. */
static bool prepend(char *buf, char **at, const char *name, size_t len)
{
	if ((size_t)(*at - buf) < len + 1)
		return false;
	*at -= len;
	memcpy(*at, name, len);
	*--*at = '/';
	return true;
}

long node_path(struct node *n, char *buf, size_t room, const char **path)
{
	struct node *dir = tree_root;
	char *at = buf + room;
	struct entry *e = NULL;

	*--at = '\0';
	if (!is_dir(n)) {
		do
			e = next_entry(&dir, e);
		while (e && e->node != n);
		if (!e)
			return -ENOENT;
		if (!prepend(buf, &at, e->name, e->len))
			return -ERANGE;
		n = dir;
	} else if (n == tree_root) {
		*--at = '/';
	}
	for (; n != tree_root; n = n->parent) {
		if (!n->nlink || n->pid)
			return -ENOENT; /* removed, or in a dynamic directory */
		e = entry_of(n->parent, n);
		if (!prepend(buf, &at, e->name, e->len))
			return -ERANGE;
	}
	*path = at;
	return 0;
}

/* -- the end -------------------------------------------------------------------------- */

/* The order of next_entry(), but a directory comes after all entries in it. */
void tree_reset(void)
{
	struct node *dir = tree_root;
	struct list_head *p = dir->entries.next;

	for (;;) {
		struct entry *e;

		if (p == &dir->entries) {
			if (dir == tree_root)
				return;
			e = entry_of(dir->parent, dir);
			dir = dir->parent;
		} else {
			e = list_entry(p, struct entry, link);
			if (is_dir(e->node)) {
				dir = e->node;
				p = dir->entries.next;
				continue;
			}
		}
		p = e->link.next;
		if (!e->node->fixed)
			node_put(dir_remove(dir, e));
	}
}
