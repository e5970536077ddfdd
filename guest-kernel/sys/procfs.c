// SPDX-License-Identifier: MIT
/*
 * /proc, as far as C libraries and busybox read it. The directories are dynamic: a node is
 * made when it is looked up, and freed when it is not open any more. A file's text is made
 * when the file is opened, so all reads of it see the same moment.
 */
#include "sys/procfs.h"

#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "sys/file.h"
#include "sys/node.h"

#define MAX_ORDER_TEXT 6 /* pages, as a power of two; longer texts are cut */

/* -- text ----------------------------------------------------------------------------- */

struct made {
	size_t len;
	unsigned order;
	char text[];
};

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->len += (size_t)vsnprintf(t->buf + min_ul(t->len, t->room - 1),
				    t->len < t->room ? t->room - t->len : 1, fmt, ap);
	va_end(ap);
}

/* Repeats with twice the room until the text fits. */
static long proc_open(struct file *f)
{
	const struct proc_file *p = (const struct proc_file *)f->node->data;

	for (unsigned order = 0;; order++) {
		struct page *pages = pages_alloc(order);
		struct made *m;
		struct text t;

		if (!pages)
			return -ENOMEM;
		m = page_to_virt(pages);
		t = (struct text){.buf = m->text, .room = (PAGE_SIZE << order) - sizeof(*m)};
		p->show(&t, f->node->pid);
		if (t.len < t.room || order == MAX_ORDER_TEXT) {
			m->len = min_ul(t.len, t.room - 1);
			m->order = order;
			f->data = m;
			return 0;
		}
		pages_free(pages, order);
	}
}

static long proc_read(struct file *f, unsigned long buf, size_t n, size_t at)
{
	const struct made *m = f->data;

	if (at >= m->len)
		return 0;
	n = min_ul(n, m->len - at);
	return copy_to_user(buf, m->text + at, n) ? (long)n : -EFAULT;
}

static void proc_release(struct file *f)
{
	struct made *m = f->data;

	pages_free(virt_to_page(m), m->order);
}

static const struct file_ops proc_ops = {
	.open = proc_open, .read_at = proc_read, .release = proc_release};

/* -- nodes ---------------------------------------------------------------------------- */

static struct node *new_node(u32 mode, int pid)
{
	struct node *n = node_new(mode);

	if (!n)
		return NULL;
	n->fixed = true;
	n->nlink = 1;
	n->pid = pid;
	return n;
}

static struct node *new_file(const struct proc_file *file, int pid)
{
	struct node *n = new_node(S_IFREG | 0444, pid);

	if (!n)
		return NULL;
	n->ops = &proc_ops;
	n->data = (unsigned long)file;
	return n;
}

static struct node *new_link(const char *target, size_t len)
{
	struct node *n = new_node(S_IFLNK | 0777, 0);

	if (n)
		n->target = kmalloc(len + 1);
	if (n && n->target) {
		memcpy(n->target, target, len);
		n->target[len] = '\0';
		return n;
	}
	node_put(n);
	return NULL;
}

static struct node *new_dir(struct node *parent, const struct node_ops *ops, int pid)
{
	struct node *n = new_node(S_IFDIR | 0555, pid);

	if (!n)
		return NULL;
	n->nlink = 2;
	n->find = ops;
	n->parent = parent;
	node_get(parent);
	return n;
}

static bool is_name(const char *name, size_t len, const char *want)
{
	return strlen(want) == len && !memcmp(name, want, len);
}

static const struct proc_file *find_file(const struct proc_file *files, const char *name,
					 size_t len)
{
	for (; files->name; files++)
		if (is_name(name, len, files->name))
			return files;
	return NULL;
}

static unsigned count_files(const struct proc_file *files)
{
	unsigned n = 0;

	while (files[n].name)
		n++;
	return n;
}

/* Returns a positive number, or 0. */
static int number(const char *name, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9' || n > 1000000)
			return 0;
		n = n * 10 + (name[i] - '0');
	}
	return n;
}

/* -- /proc/PID/fd: links to the open files, for the running process only ------------------ */

static struct node *link_to(struct node *to)
{
	struct page *page = page_alloc();
	const char *path = NULL;
	struct node *n = NULL;
	char *buf;

	if (!page)
		return NULL;
	buf = page_to_virt(page);
	if (node_path(to, buf, PATH_MAX, &path)) {
		snprintf(buf, PATH_MAX, "%s:[%" F64 "u]",
			 (to->mode & S_IFMT) == S_IFIFO ? "pipe" : "(deleted)", to->ino);
		path = buf;
	}
	n = new_link(path, strlen(path));
	page_put(page);
	return n;
}

static struct node *fd_link(int fd)
{
	struct file *f = file_get(fd);
	struct node *n = NULL;

	if (!f)
		return NULL;
	if (f->node)
		n = link_to(f->node);
	file_put(f);
	return n;
}

static struct node *fd_find(struct node *dir, const char *name, size_t len)
{
	int fd = number(name, len);

	if (dir->pid != current->leader->pid || (!fd && !is_name(name, len, "0")))
		return NULL;
	return fd_link(fd);
}

static bool fd_list(struct node *dir, u64 *n, char *name, struct node **what)
{
	for (; dir->pid == current->leader->pid && *n < MAX_FDS; ++*n) {
		*what = fd_link((int)*n);
		snprintf(name, NAME_MAX, "%u", (unsigned)*n);
		if (*what)
			return true;
	}
	return false;
}

static const struct node_ops fd_ops = {.find = fd_find, .list = fd_list};

/* -- /proc/PID ------------------------------------------------------------------------- */

/* A link to the running program's file. */
static struct node *exe_link(void)
{
	struct mm *mm = current->mm;
	struct inode *i = NULL;
	struct node *n = NULL;
	struct vma *v;

	read_lock(&mm->lock);
	for_each_vma (v, mm) {
		if (v->inode && (v->flags & VMA_EXEC)) {
			inode_get(i = v->inode);
			break;
		}
	}
	read_unlock(&mm->lock);
	if (i && i->release)
		n = link_to((struct node *)i);
	if (i)
		inode_put(i);
	return n;
}

static struct node *cwd_link(void)
{
	return link_to(current->files->cwd);
}

/* The links that exist for the running process only, and the directory. */
static struct node *pid_special(struct node *dir, unsigned n)
{
	bool own = dir->pid == current->leader->pid;

	switch (n) {
	case 0: return new_dir(dir, &fd_ops, dir->pid);
	case 1: return own ? exe_link() : NULL;
	case 2: return own ? cwd_link() : NULL;
	default: return own ? new_link("/", 1) : NULL;
	}
}

static const char *const specials[] = {"fd", "exe", "cwd", "root"};

static struct node *pid_find(struct node *dir, const char *name, size_t len)
{
	const struct proc_file *f = find_file(proc_pid_files, name, len);

	if (f)
		return new_file(f, dir->pid);
	for (unsigned i = 0; i < ARRAY_SIZE(specials); i++)
		if (is_name(name, len, specials[i]))
			return pid_special(dir, i);
	return NULL;
}

static bool pid_list(struct node *dir, u64 *n, char *name, struct node **what)
{
	unsigned files = count_files(proc_pid_files);

	for (; *n < files + ARRAY_SIZE(specials); ++*n) {
		copy_string(name, *n < files ? proc_pid_files[*n].name : specials[*n - files],
			    NAME_MAX);
		*what = *n < files ? new_file(&proc_pid_files[*n], dir->pid)
				   : pid_special(dir, (unsigned)(*n - files));
		if (*what)
			return true;
	}
	return false;
}

static const struct node_ops pid_ops = {.find = pid_find, .list = pid_list};

/* -- /proc ----------------------------------------------------------------------------- */

static bool is_process(int pid)
{
	bool is;

	if (pid <= 0 || pid > MAX_TASKS)
		return false;
	spin_lock(&family_lock);
	is = by_pid[pid] && by_pid[pid]->leader == by_pid[pid];
	spin_unlock(&family_lock);
	return is;
}

static struct node *self_link(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", current->leader->pid);
	return new_link(pid, strlen(pid));
}

static struct node *root_find(struct node *dir, const char *name, size_t len)
{
	const struct proc_file *f = find_file(proc_root_files, name, len);
	int pid = number(name, len);

	if (f)
		return new_file(f, 0);
	if (is_name(name, len, "self"))
		return self_link();
	return is_process(pid) ? new_dir(dir, &pid_ops, pid) : NULL;
}

/* First the files, then the link, then the processes by their numbers. */
static bool root_list(struct node *dir, u64 *n, char *name, struct node **what)
{
	unsigned files = count_files(proc_root_files);

	for (; *n <= files + MAX_TASKS; ++*n) {
		int pid = (int)(*n - files);

		if (*n < files) {
			copy_string(name, proc_root_files[*n].name, NAME_MAX);
			*what = new_file(&proc_root_files[*n], 0);
		} else if (!pid) {
			copy_string(name, "self", NAME_MAX);
			*what = self_link();
		} else {
			if (!is_process(pid))
				continue;
			snprintf(name, NAME_MAX, "%d", pid);
			*what = new_dir(dir, &pid_ops, pid);
		}
		if (*what)
			return true;
	}
	return false;
}

static const struct node_ops root_ops = {.find = root_find, .list = root_list};

void procfs_init(void)
{
	static const struct {
		const char *path, *target;
	} links[] = {{"/dev/fd", "/proc/self/fd"},
		     {"/dev/stdin", "/proc/self/fd/0"},
		     {"/dev/stdout", "/proc/self/fd/1"},
		     {"/dev/stderr", "/proc/self/fd/2"}};
	struct node *n = tree_add("/proc", S_IFDIR | 0555);

	BUG_ON(!n);
	n->find = &root_ops;
	for (unsigned i = 0; i < ARRAY_SIZE(links); i++) {
		size_t len = strlen(links[i].target) + 1;

		n = tree_add(links[i].path, S_IFLNK | 0777);
		if (n)
			n->target = kmalloc(len);
		if (!n || !n->target)
			panic("no memory for %s", links[i].path);
		memcpy(n->target, links[i].target, len);
	}
}
