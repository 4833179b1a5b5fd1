#ifndef CAIFS_NAMESPACE_NODE_H
#define CAIFS_NAMESPACE_NODE_H

/*
 * The inodes that the kernel knows: a node for each thing that it has looked up
 * and not forgotten. A node references its entry's snapshot, so that an open
 * file stays readable when its batch is no longer listed. A part of
 * which another version has turned up keeps its node and its number for as long
 * as the kernel knows it; its entry has another node from then on.
 *
 * Guarded by the namespace's lock: call all functions with it.
 */

#include <stdbool.h>

#include "caifs/hash.h"
#include "directory.h"
#include "inode_numbers.h"
#include "snapshot.h"

struct node {
	uint64_t ino;
	uint64_t lookups; /* the kernel's count */
	unsigned pins;	  /* its list requests; being expected; the root has one
			     more */
	bool expected;	  /* in the table's `expected` */
	struct snapshot *snapshot;		 /* NULL: the root */
	const struct entry *entry;		 /* in it; NULL: the root */
	struct directory directory;		 /* zero: not a directory */
	struct namespace_attachment *attachment; /* NULL: none */
	UT_hash_handle hh;
};

enum { NODE_EXPECTED = 256 };

struct node_table {
	struct node *nodes;
	struct inode_numbers numbers;
	/* Numbers of nodes that may be opened next, though the kernel need not
	   know them: the last few, which are kept for that. 0: none. */
	uint64_t expected[NODE_EXPECTED];
	size_t expected_next;
	/* Of nodes that were freed: to be dropped without the lock. */
	struct namespace_attachment *detached;
};

/* Borrowed. NULL: unknown. */
struct node *node_find(const struct node_table *table, uint64_t ino);

/* The inode number that the entry's thing has now. */
static inline uint64_t node_number(const struct node_table *table,
				   const struct entry *entry)
{
	return inode_numbers_get(&table->numbers, entry->ino);
}

/* The node's thing gets another number, if it still has the node's.
   -ENOMEM, -ENOSPC. */
int node_retire(struct node_table *table, const struct node *node);

/* The node of `entry`, created if need be; its entry is now this one, its
   snapshot this newer one. -ENOMEM; -EIO: another thing has this inode number.
 */
int node_get(struct node_table *table, struct snapshot *snapshot,
	     const struct entry *entry, struct node **ret_node);

/* Frees it if it has neither lookups nor pins. */
void node_release_if_unused(struct node_table *table, struct node *node);

/* Frees all. */
/* Keeps it for as long as not too many others are expected after it. */
void node_expect(struct node_table *table, struct node *node);

void node_table_finish(struct node_table *table);

#endif
