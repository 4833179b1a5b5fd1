#ifndef CAIFS_NAMESPACE_NODE_H
#define CAIFS_NAMESPACE_NODE_H

/*
 * What the kernel knows of, by inode number: a node for each thing that it has
 * looked up and not forgotten. It holds on to the snapshot that its entry is
 * in, so that an open file stays readable when its batch leaves the listing.
 *
 * Guarded by the namespace's lock.
 */

#include "caifs/hash.h"
#include "directory.h"
#include "snapshot.h"

struct node {
	uint64_t ino;
	uint64_t lookups; /* the kernel's */
	unsigned pins;	  /* calls under way on it; the root has one more */
	struct snapshot *snapshot;  /* NULL: the root */
	const struct entry *entry;  /* in it; NULL: the root */
	struct directory directory; /* used when it is one */
	UT_hash_handle hh;
};

struct node_table {
	struct node *nodes;
};

struct node *node_find(const struct node_table *table, uint64_t ino);

/* The node for `entry`, made if need be, and moved on to this newer snapshot.
   -ENOMEM; -EIO: another thing has this inode number. */
int node_get(struct node_table *table, struct snapshot *snapshot,
	     const struct entry *entry, struct node **ret_node);

/* Frees it when nothing holds it any more. */
void node_release_if_unused(struct node_table *table, struct node *node);

void node_table_finish(struct node_table *table);

#endif
