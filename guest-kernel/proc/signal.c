// SPDX-License-Identifier: MIT
#include "proc/signal.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "proc/family.h"

#define QUEUE_MAX 256 /* entries of one queue */

/* SIGKILL and SIGSTOP have no action; without them the struct fits into one allocation. */
struct sigactions {
	u32 refs;
	u64 ignored, handled; /* signals set to SIG_IGN, and signals with a handler */
	struct sigact act[NR_SIGNALS - 2];
};
_Static_assert(sizeof(struct sigactions) <= KMALLOC_MAX, "struct sigactions");

struct sigentry {
	struct sigentry *next;
	struct siginfo info;
};

#define IGNORED_BY_DEFAULT                                                                         \
	(SIG_BIT(SIGCHLD) | SIG_BIT(SIGURG) | SIG_BIT(SIGWINCH) | SIG_BIT(SIGCONT))

/* Signals that a thread's own instructions cause; they are taken first. */
#define SYNCHRONOUS                                                                                \
	(SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGILL) | SIG_BIT(SIGTRAP) |                 \
	 SIG_BIT(SIGFPE) | SIG_BIT(SIGSYS))

/* -- actions -------------------------------------------------------------------------------- */

static struct sigact *act_of(struct sigactions *a, int sig)
{
	return &a->act[sig - 1 - (sig > SIGKILL) - (sig > SIGSTOP)];
}

struct sigact signal_action(const struct task *leader, int sig)
{
	if (!leader->actions || (SIG_BIT(sig) & SIG_UNBLOCKABLE))
		return (struct sigact){.handler = SIG_DFL};
	return *act_of(leader->actions, sig);
}

bool signal_ignored(const struct task *leader, int sig)
{
	const struct sigactions *a = leader->actions;
	u64 ignored = IGNORED_BY_DEFAULT;

	if (a)
		ignored = a->ignored | (IGNORED_BY_DEFAULT & ~a->handled);
	return ignored & SIG_BIT(sig);
}

bool signal_unwanted_children(const struct task *leader)
{
	struct sigact act = signal_action(leader, SIGCHLD);

	return act.handler == SIG_IGN || (act.flags & SA_NOCLDWAIT);
}

static void set_act(struct sigactions *a, int sig, const struct sigact *new)
{
	u64 bit = SIG_BIT(sig);

	*act_of(a, sig) = *new;
	a->ignored &= ~bit;
	a->handled &= ~bit;
	if (new->handler == SIG_IGN)
		a->ignored |= bit;
	else if (new->handler != SIG_DFL)
		a->handled |= bit;
}

static void actions_put(struct sigactions *a)
{
	if (a && !__atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL))
		kfree(a);
}

/* A copy for one process only, or NULL. */
static struct sigactions *actions_copy(const struct sigactions *from)
{
	struct sigactions *a = kmalloc(sizeof(*a));

	if (!a)
		return NULL;
	if (from)
		*a = *from;
	else
		memset(a, 0, sizeof(*a));
	a->refs = 1;
	return a;
}

/* Family locked. Whether the process may write to its actions. */
static bool actions_own(const struct task *leader)
{
	return leader->actions && __atomic_load_n(&leader->actions->refs, __ATOMIC_ACQUIRE) == 1;
}

void signal_set_default(struct task *leader, int sig)
{
	static const struct sigact none;

	if (!leader->actions)
		return;
	if (!actions_own(leader)) {
		struct sigactions *a = actions_copy(leader->actions);

		if (!a)
			return; /* no change */
		actions_put(leader->actions);
		leader->actions = a;
	}
	set_act(leader->actions, sig, &none);
}

static void drop(struct sigpending *p, u64 mask);

/* Family locked: drops the signals of `mask` wherever they are pending in the process. */
static void drop_in_group(struct task *leader, u64 mask)
{
	struct task *t;

	drop(&leader->shared_pending, mask);
	drop(&leader->pending, mask);
	list_for_each_entry (t, &leader->threads, sibling)
		drop(&t->pending, mask);
}

long signal_set_action(int sig, const struct sigact *new, struct sigact *old)
{
	struct task *leader = current->leader;
	struct sigactions *spare = NULL, *a;
	long rc = 0;

	spin_lock(&family_lock);
	*old = signal_action(leader, sig);
	if (new && !actions_own(leader)) {
		/* With the lock held, so that the copy is what others see. */
		spare = actions_copy(leader->actions);
		if (!spare) {
			rc = -ENOMEM;
			new = NULL;
		} else {
			a = leader->actions;
			leader->actions = spare;
			spare = a;
		}
	}
	if (new) {
		set_act(leader->actions, sig, new);
		if (signal_ignored(leader, sig))
			drop_in_group(leader, SIG_BIT(sig));
	}
	spin_unlock(&family_lock);
	actions_put(spare);
	return rc;
}

/* The actions without handlers, as for exec: NULL if none are left. */
static long without_handlers(const struct sigactions *from, struct sigactions **to)
{
	static const struct sigact ignore = {.handler = SIG_IGN};
	struct sigactions *a = NULL;

	if (from->ignored) {
		a = actions_copy(NULL);
		if (!a)
			return -ENOMEM;
		for (u64 set = from->ignored; set; set &= set - 1)
			set_act(a, __builtin_ctzll(set) + 1, &ignore);
	}
	*to = a;
	return 0;
}

void signal_exec(void)
{
	struct task *leader = current->leader;
	struct sigactions *a = leader->actions;

	current->alt_stack = (struct sigstack){.flags = SS_DISABLE};
	if (!a || !a->handled)
		return;
	/* It is too late to fail: without memory, ignored signals get their default again. */
	if (without_handlers(a, &leader->actions) < 0)
		leader->actions = NULL;
	actions_put(a);
}

long signal_inherit(struct task *child, bool clear_handlers)
{
	struct task *leader = current->leader;
	struct sigactions *a;
	long rc = 0;

	if (likely(!__atomic_load_n(&leader->actions, __ATOMIC_RELAXED)))
		return 0;
	spin_lock(&family_lock); /* another thread may be replacing them */
	a = leader->actions;
	if (clear_handlers && a->handled) {
		rc = without_handlers(a, &child->actions);
	} else {
		__atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
		child->actions = a;
	}
	spin_unlock(&family_lock);
	return rc;
}

/* -- what is pending ----------------------------------------------------------------------------
 */

static void drop(struct sigpending *p, u64 mask)
{
	struct sigentry **at = &p->first, *e;

	if (!(p->set & mask))
		return;
	p->set &= ~mask;
	while ((e = *at)) {
		if (!(SIG_BIT(e->info.signo) & mask)) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		p->n--;
		kfree(e);
	}
}

void signal_free(struct task *t)
{
	drop(&t->pending, ~(u64)0);
	drop(&t->shared_pending, ~(u64)0);
	actions_put(t->actions);
}

static long queue(struct sigpending *p, const struct siginfo *info)
{
	struct sigentry *e = NULL, **at = &p->first;
	u64 bit = SIG_BIT(info->signo);

	if (info->signo < SIGRTMIN && (p->set & bit))
		return 0;
	if (p->n < QUEUE_MAX)
		e = kmalloc(sizeof(*e));
	/* A signal without an entry has no siginfo, which is not allowed for a queued one. */
	if (!e && info->signo >= SIGRTMIN && info->code == SI_QUEUE)
		return -EAGAIN;
	p->set |= bit;
	if (!e)
		return 0;
	e->info = *info;
	e->next = NULL;
	while (*at)
		at = &(*at)->next;
	*at = e;
	p->n++;
	return 0;
}

static int take(struct sigpending *p, u64 mask, struct siginfo *info)
{
	u64 set = p->set & mask;
	struct sigentry **at = &p->first, *e;
	bool more = false;
	int sig;

	if (!set)
		return 0;
	if (set & SYNCHRONOUS)
		set &= SYNCHRONOUS;
	sig = __builtin_ctzll(set) + 1;
	*info = (struct siginfo){.signo = sig};
	while ((e = *at) && e->info.signo != sig)
		at = &e->next;
	if (e) {
		*info = e->info;
		*at = e->next;
		p->n--;
		for (struct sigentry *other = e->next; other; other = other->next)
			more |= other->info.signo == sig;
		kfree(e);
	}
	if (!more)
		p->set &= ~SIG_BIT(sig);
	return sig;
}

int signal_take(u64 mask, struct siginfo *info)
{
	struct task *t = current;
	int sig = take(&t->pending, mask, info);

	return sig ? sig : take(&t->leader->shared_pending, mask, info);
}

/* -- sending ------------------------------------------------------------------------------------
 */

static bool wants(const struct task *t, u64 set)
{
	return t->state != TASK_ZOMBIE && (set & (~t->blocked | t->waited));
}

static void notify(struct task *t)
{
	__atomic_or_fetch(&t->work, WORK_SIGNAL, __ATOMIC_SEQ_CST);
	task_poke(t);
}

void signal_retarget(struct task *leader)
{
	u64 set = leader->shared_pending.set;
	struct task *t;

	if (!set)
		return;
	if (leader != current && wants(leader, set))
		notify(leader);
	list_for_each_entry (t, &leader->threads, sibling)
		if (t != current && wants(t, set))
			notify(t);
}

/* A thread that can take a signal of the process, preferably the leader; or NULL. */
static struct task *find_thread(struct task *leader, u64 bit)
{
	struct task *t;

	if (wants(leader, bit))
		return leader;
	list_for_each_entry (t, &leader->threads, sibling)
		if (wants(t, bit))
			return t;
	return NULL;
}

long signal_post(struct task *t, bool group, const struct siginfo *info)
{
	struct task *leader = t->leader;
	int sig = info->signo;
	u64 bit = SIG_BIT(sig);
	long rc;

	if (!leader->pid || leader->group_exit || has_ended(leader))
		return 0;
	if (sig == SIGKILL) {
		kill_group(leader, SIGKILL);
		return 0;
	}
	if (bit & SIG_STOPPING)
		drop_in_group(leader, SIG_BIT(SIGCONT));
	if (sig == SIGCONT) {
		drop_in_group(leader, SIG_STOPPING);
		continue_group(leader);
	}
	/* A blocked signal is kept, because it may have a handler when it is unblocked. */
	if (signal_ignored(leader, sig) && !(t->blocked & bit))
		return 0;
	rc = queue(group ? &leader->shared_pending : &t->pending, info);
	if (rc)
		return rc;
	if (group)
		t = find_thread(leader, bit);
	if (t && wants(t, bit))
		notify(t);
	return 0;
}

void signal_self(int sig)
{
	const struct siginfo info = {.signo = sig, .from.pid = current->leader->pid};

	spin_lock(&family_lock);
	signal_post(current, false, &info);
	spin_unlock(&family_lock);
}

bool signal_force(int sig, int code, unsigned long addr)
{
	const struct siginfo info = {.signo = sig, .code = code, .addr = addr};
	struct task *t = current;
	bool handled;

	spin_lock(&family_lock);
	handled = signal_action(t->leader, sig).handler > SIG_IGN && !(t->blocked & SIG_BIT(sig));
	if (handled)
		signal_post(t, false, &info);
	else
		kill_group(t->leader, sig);
	spin_unlock(&family_lock);
	return handled;
}

/* -- masks --------------------------------------------------------------------------------------
 */

void signal_refresh(void)
{
	struct task *t = current;
	u64 set = t->pending.set | t->leader->shared_pending.set;

	if (set & ~t->blocked)
		__atomic_or_fetch(&t->work, WORK_SIGNAL, __ATOMIC_SEQ_CST);
	else
		__atomic_and_fetch(&t->work, ~WORK_SIGNAL, __ATOMIC_SEQ_CST);
}

u64 signal_set_mask(u64 mask)
{
	struct task *t = current;
	u64 before = t->blocked;

	mask &= ~SIG_UNBLOCKABLE;
	spin_lock(&family_lock);
	t->blocked = mask;
	signal_refresh();
	if (mask & ~before)
		signal_retarget(t->leader);
	spin_unlock(&family_lock);
	return before;
}

void signal_mask_begin(u64 mask)
{
	u64 before = signal_set_mask(mask);

	current->saved_mask = before;
	current->restore_mask = true;
}

void signal_mask_end(bool interrupted)
{
	if (interrupted)
		return;
	current->restore_mask = false;
	signal_set_mask(current->saved_mask);
}
