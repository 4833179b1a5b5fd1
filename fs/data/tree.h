#ifndef CAIFS_DATA_TREE_H
#define CAIFS_DATA_TREE_H

/*
 * An ordered map from numbers to members of what it holds: a balanced (AVL)
 * tree, in which every operation takes a number of steps that grows with the
 * logarithm of the count. Keys may be equal; those are in the order in which
 * they came.
 *
 * Counts its steps where it is told to. The caller's lock guards it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/container.h"

struct tree_node {
	struct tree_node *left, *right, *parent;
	int64_t key; /* not to be changed while it is in a tree */
	int height;  /* 0: in no tree */
};

struct tree {
	struct tree_node *root;
	uint64_t *steps; /* nodes looked at are added here */
};

static inline bool tree_has(const struct tree_node *node)
{
	return node->height > 0;
}

void tree_insert(struct tree *tree, struct tree_node *node, int64_t key);
void tree_remove(struct tree *tree, struct tree_node *node);

/* NULL: none. */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_find(const struct tree *tree, int64_t key);
/* The last with a key of at most `key`; the first with one of at least. */
struct tree_node *tree_floor(const struct tree *tree, int64_t key);
struct tree_node *tree_ceiling(const struct tree *tree, int64_t key);
struct tree_node *tree_next(const struct tree *tree,
			    const struct tree_node *node);

#endif
