#ifndef CAIFS_DATA_TREE_H
#define CAIFS_DATA_TREE_H

/*
 * An intrusive ordered map from numbers: an AVL tree. Every operation takes
 * steps that grow with the logarithm of the count. Equal keys are allowed, and
 * stay in the order of their insertion. The caller's lock guards it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/container.h"

struct tree_node {
	struct tree_node *left, *right, *parent;
	int64_t key; /* constant while in a tree */
	int height;  /* 0: not in a tree */
};

struct tree {
	struct tree_node *root;
	uint64_t *steps; /* borrowed: counts the nodes looked at */
};

static inline bool tree_has(const struct tree_node *node)
{
	return node->height > 0;
}

void tree_insert(struct tree *tree, struct tree_node *node, int64_t key);
void tree_remove(struct tree *tree, struct tree_node *node);

/* All return NULL for none. */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_find(const struct tree *tree, int64_t key);
/* The last with a key of at most `key`; the first with at least `key`. */
struct tree_node *tree_floor(const struct tree *tree, int64_t key);
struct tree_node *tree_ceiling(const struct tree *tree, int64_t key);
struct tree_node *tree_next(const struct tree *tree,
			    const struct tree_node *node);

#endif
