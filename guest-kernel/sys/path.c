// SPDX-License-Identifier: MIT
/*
 * The remaining path is stored in one page, from its start on. A symbolic link's target is
 * put before the text that follows it, and the walk continues there.
 */
#include "sys/path.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"

#define MAX_LINKS 40

static struct node *working_directory(void)
{
	struct files *fs = current->files;
	struct node *n;

	if (!fs) {
		node_get(tree_root);
		return tree_root;
	}
	spin_lock(&fs->lock);
	n = fs->cwd;
	node_get(n);
	spin_unlock(&fs->lock);
	return n;
}

static long start_at(struct path *p, int fd)
{
	struct file *f;

	if (fd == AT_FDCWD) {
		p->start = working_directory();
		return 0;
	}
	f = file_get(fd);
	if (!f)
		return -EBADF;
	p->start = f->node;
	if (p->start)
		node_get(p->start);
	file_put(f);
	return p->start ? 0 : -ENOTDIR;
}

static long text_alloc(struct path *p)
{
	struct page *page = page_alloc();

	*p = (struct path){.text = page ? page_to_virt(page) : NULL};
	return page ? 0 : -ENOMEM;
}

long path_begin(struct path *p, int fd, unsigned long user_path)
{
	long rc = text_alloc(p);

	if (rc)
		return rc;
	rc = copy_string_from_user(p->text, user_path, PATH_MAX);
	if (rc < 0)
		return rc;
	return p->text[0] == '/' ? 0 : start_at(p, fd);
}

long path_begin_kernel(struct path *p, const char *path)
{
	long rc = text_alloc(p);

	if (rc)
		return rc;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	copy_string(p->text, path, PATH_MAX);
	return start_at(p, AT_FDCWD);
}

/* Replaces the used text, up to `rest`, by the link's target. */
static long expand(struct path *p, const char *target, const char *rest)
{
	size_t n = strlen(target), left = strlen(rest) + 1;

	if (!n)
		return -ENOENT;
	if (n + left > PATH_MAX)
		return -ENAMETOOLONG;
	memmove(p->text + n, rest, left);
	memcpy(p->text, target, n);
	return 0;
}

/* Starts at the root or at *at; skips slashes. */
static const char *begin(const char *text, struct node **at)
{
	if (*text == '/' && *at != tree_root) {
		node_get(tree_root);
		node_put(*at);
		*at = tree_root;
	}
	while (*text == '/')
		text++;
	return text;
}

static void set(struct node **to, struct node *n)
{
	node_put(*to);
	*to = n;
}

/* Resolves one component: from p->dir to p->node. */
static long step(struct path *p, const char *name, size_t len)
{
	bool dots = len <= 2 && name[0] == '.' && name[len - 1] == '.';

	if (!is_dir(p->dir))
		return -ENOTDIR;
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	p->last = name;
	p->last_len = dots ? 0 : len;
	set(&p->node, dir_find(p->dir, name, len));
	return 0;
}

/* Returns the rest after a component; records slashes at the end. */
static const char *skip(struct path *p, const char *end)
{
	const char *rest = end;

	while (*rest == '/')
		rest++;
	p->want_dir = rest > end && !*rest;
	return rest;
}

static long walk(struct path *p, unsigned flags)
{
	const char *name = begin(p->text, &p->dir);
	unsigned links = 0;

	if (!*name) { /* the root itself */
		node_get(p->dir);
		p->node = p->dir;
		return 0;
	}
	for (;;) {
		const char *end = name, *rest;
		long rc;

		while (*end && *end != '/')
			end++;
		rc = step(p, name, (size_t)(end - name));
		if (rc)
			return rc;
		rest = skip(p, end);
		if (!p->node)
			return !*rest && (flags & PATH_CREATE) ? 0 : -ENOENT;
		if (is_link(p->node) && (*rest || p->want_dir || !(flags & PATH_NOFOLLOW))) {
			if (++links > MAX_LINKS)
				return -ELOOP;
			/* The slashes are kept, because they require a directory. */
			rc = expand(p, p->node->target, end);
			if (rc)
				return rc;
			name = begin(p->text, &p->dir);
			if (*name)
				continue;
			node_get(p->dir);
			set(&p->node, p->dir);
			p->last_len = 0;
			return 0;
		}
		if (!*rest)
			return p->want_dir && !is_dir(p->node) ? -ENOTDIR : 0;
		set(&p->dir, p->node);
		p->node = NULL;
		name = rest;
	}
}

long path_walk(struct path *p, unsigned flags)
{
	if (!(flags & PATH_LOCKED)) {
		tree_lock();
		p->locked = true;
	}
	if (!p->text[0]) {
		if (!(flags & PATH_EMPTY))
			return -ENOENT;
		node_get(p->start);
		p->node = p->start;
		return 0;
	}
	p->dir = p->start;
	p->start = NULL;
	if (!p->dir) {
		p->dir = tree_root;
		node_get(tree_root);
	}
	return walk(p, flags);
}

void path_end(struct path *p)
{
	if (p->locked)
		tree_unlock();
	node_put(p->start);
	node_put(p->dir);
	node_put(p->node);
	if (p->text)
		page_put(virt_to_page(p->text));
}

long inode_open(const char *path, struct inode **inode)
{
	struct path p;
	long rc = path_begin_kernel(&p, path);

	if (!rc)
		rc = path_walk(&p, 0);
	if (!rc && !is_file(p.node))
		rc = is_dir(p.node) ? -EISDIR : -EACCES;
	if (!rc) {
		*inode = &p.node->inode;
		inode_get(*inode);
	}
	path_end(&p);
	return rc;
}
