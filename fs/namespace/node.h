#ifndef CAIFS_NAMESPACE_NODE_H
#define CAIFS_NAMESPACE_NODE_H

/*
 * The inodes that the kernel knows: a node for each thing that it has looked up
 * and not forgotten. A node references its entry's snapshot, so that an open
 * file stays readable when its batch is no longer listed.
 *
 * Guarded by the namespace's lock: call all functions with it.
 */

#include "caifs/hash.h"
#include "directory.h"
#include "snapshot.h"

struct node {
	uint64_t ino;
	uint64_t lookups; /* the kernel's count */
	unsigned pins;	  /* its list requests; the root has one more */
	struct snapshot *snapshot;  /* NULL: the root */
	const struct entry *entry;  /* in it; NULL: the root */
	struct directory directory; /* zero: not a directory */
	UT_hash_handle hh;
};

struct node_table {
	struct node *nodes;
};

/* Borrowed. NULL: unknown. */
struct node *node_find(const struct node_table *table, uint64_t ino);

/* The node of `entry`, created if need be; its entry is now this one, its
   snapshot this newer one. -ENOMEM; -EIO: another thing has this inode number.
 */
int node_get(struct node_table *table, struct snapshot *snapshot,
	     const struct entry *entry, struct node **ret_node);

/* Frees it if it has neither lookups nor pins. */
void node_release_if_unused(struct node_table *table, struct node *node);

/* Frees all. */
void node_table_finish(struct node_table *table);

#endif
