/* SPDX-License-Identifier: MIT */
/* Circular doubly linked list; the head is part of its owner. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_INIT(name)                                                                            \
	{                                                                                          \
		&(name), &(name)                                                                   \
	}

static inline void list_init(struct list_head *h)
{
	h->next = h->prev = h;
}

static inline bool list_empty(const struct list_head *h)
{
	return h->next == h;
}

static inline void list_insert(struct list_head *n, struct list_head *prev, struct list_head *next)
{
	n->next = next;
	n->prev = prev;
	prev->next = n;
	next->prev = n;
}

static inline void list_add(struct list_head *n, struct list_head *h)
{
	list_insert(n, h, h->next);
}

static inline void list_add_tail(struct list_head *n, struct list_head *h)
{
	list_insert(n, h->prev, h);
}

static inline void list_del(struct list_head *n)
{
	n->next->prev = n->prev;
	n->prev->next = n->next;
	n->next = n->prev = NULL; /* a second list_del faults at once */
}

#define list_entry(p, type, member) container_of(p, type, member)

#define list_first(h, type, member) list_entry((h)->next, type, member)

#define list_for_each_entry(e, h, member)                                                          \
	for (e = list_entry((h)->next, __typeof__(*e), member); &e->member != (h);                 \
	     e = list_entry(e->member.next, __typeof__(*e), member))

#define list_for_each_entry_safe(e, n, h, member)                                                  \
	for (e = list_entry((h)->next, __typeof__(*e), member),                                    \
	    n = list_entry(e->member.next, __typeof__(*e), member);                                \
	     &e->member != (h); e = n, n = list_entry(n->member.next, __typeof__(*e), member))

#endif
