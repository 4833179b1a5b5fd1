#ifndef CAIFS_DATA_LIST_H
#define CAIFS_DATA_LIST_H

/*
 * A counted intrusive list: adding, removing and moving all of it each take a
 * few instructions. Do not copy one: its ends point at it. The caller's lock
 * guards it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/container.h"

struct list_node {
	struct list_node *prev, *next; /* NULL: in no list */
};

struct list {
	struct list_node ends;
	size_t count;
};

static inline void list_init(struct list *list)
{
	list->ends = (struct list_node){&list->ends, &list->ends};
	list->count = 0;
}

static inline bool list_has(const struct list_node *node)
{
	return node->next != NULL;
}

static inline void list_append(struct list *list, struct list_node *node)
{
	node->prev = list->ends.prev;
	node->next = &list->ends;
	node->prev->next = node;
	list->ends.prev = node;
	list->count++;
}

static inline void list_prepend(struct list *list, struct list_node *node)
{
	node->prev = &list->ends;
	node->next = list->ends.next;
	node->next->prev = node;
	list->ends.next = node;
	list->count++;
}

static inline void list_remove(struct list *list, struct list_node *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->prev = node->next = NULL;
	list->count--;
}

/* Both: of a list that is not empty. */
static inline struct list_node *list_head(const struct list *list)
{
	return list->ends.next;
}

static inline struct list_node *list_tail(const struct list *list)
{
	return list->ends.prev;
}

/* NULL: empty. */
static inline struct list_node *list_first(const struct list *list)
{
	return list->count ? list->ends.next : NULL;
}

/* Moves all of `from` to the end of `to`. */
static inline void list_move_all(struct list *from, struct list *to)
{
	if (!from->count)
		return;
	from->ends.next->prev = to->ends.prev;
	to->ends.prev->next = from->ends.next;
	from->ends.prev->next = &to->ends;
	to->ends.prev = from->ends.prev;
	to->count += from->count;
	list_init(from);
}

#endif
