/* A balanced tree: see tree.h. */

#include "tree.h"

#include <stddef.h>

static void count(const struct tree *tree)
{
	++*tree->steps;
}

static int height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

static void measure(struct tree_node *node)
{
	int left = height(node->left), right = height(node->right);

	node->height = 1 + (left > right ? left : right);
}

/* Puts `by` in the place of `node` under its parent. */
static void replace(struct tree *tree, struct tree_node *node,
		    struct tree_node *by)
{
	struct tree_node *parent = node->parent;

	if (by)
		by->parent = parent;
	if (!parent)
		tree->root = by;
	else if (parent->left == node)
		parent->left = by;
	else
		parent->right = by;
}

/* Both return the new root of the subtree. */
static struct tree_node *rotate_left(struct tree *tree, struct tree_node *node)
{
	struct tree_node *top = node->right;

	replace(tree, node, top);
	node->right = top->left;
	if (node->right)
		node->right->parent = node;
	top->left = node;
	node->parent = top;
	measure(node);
	measure(top);
	return top;
}

static struct tree_node *rotate_right(struct tree *tree, struct tree_node *node)
{
	struct tree_node *top = node->left;

	replace(tree, node, top);
	node->left = top->right;
	if (node->left)
		node->left->parent = node;
	top->right = node;
	node->parent = top;
	measure(node);
	measure(top);
	return top;
}

static struct tree_node *balance(struct tree *tree, struct tree_node *node)
{
	int lean = height(node->left) - height(node->right);

	measure(node);
	if (lean > 1) {
		if (height(node->left->left) < height(node->left->right))
			rotate_left(tree, node->left);
		return rotate_right(tree, node);
	}
	if (lean < -1) {
		if (height(node->right->right) < height(node->right->left))
			rotate_right(tree, node->right);
		return rotate_left(tree, node);
	}
	return node;
}

static void balance_up(struct tree *tree, struct tree_node *node)
{
	for (; node; node = node->parent) {
		count(tree);
		node = balance(tree, node);
	}
}

void tree_insert(struct tree *tree, struct tree_node *node, int64_t key)
{
	struct tree_node **place = &tree->root, *parent = NULL;

	while (*place) {
		count(tree);
		parent = *place;
		place = key < parent->key ? &parent->left : &parent->right;
	}
	*node = (struct tree_node){.parent = parent, .key = key, .height = 1};
	*place = node;
	balance_up(tree, parent);
}

static struct tree_node *leftmost(const struct tree *tree,
				  struct tree_node *node)
{
	while (node && node->left) {
		count(tree);
		node = node->left;
	}
	return node;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *changed = node->parent, *next;

	if (!node->left || !node->right) {
		replace(tree, node, node->left ? node->left : node->right);
	} else {
		next = leftmost(tree, node->right);
		changed = next;
		if (next->parent != node) {
			changed = next->parent;
			replace(tree, next, next->right);
			next->right = node->right;
			next->right->parent = next;
		}
		replace(tree, node, next);
		next->left = node->left;
		next->left->parent = next;
	}
	balance_up(tree, changed);
	*node = (struct tree_node){.key = node->key};
}

struct tree_node *tree_first(const struct tree *tree)
{
	return leftmost(tree, tree->root);
}

struct tree_node *tree_ceiling(const struct tree *tree, int64_t key)
{
	struct tree_node *node = tree->root, *found = NULL;

	while (node) {
		count(tree);
		if (node->key >= key) {
			found = node;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct tree_node *tree_floor(const struct tree *tree, int64_t key)
{
	struct tree_node *node = tree->root, *found = NULL;

	while (node) {
		count(tree);
		if (node->key <= key) {
			found = node;
			node = node->right;
		} else {
			node = node->left;
		}
	}
	return found;
}

struct tree_node *tree_find(const struct tree *tree, int64_t key)
{
	struct tree_node *node = tree_ceiling(tree, key);

	return node && node->key == key ? node : NULL;
}

struct tree_node *tree_next(const struct tree *tree,
			    const struct tree_node *node)
{
	if (node->right)
		return leftmost(tree, node->right);
	count(tree);
	while (node->parent && node->parent->right == node) {
		count(tree);
		node = node->parent;
	}
	return node->parent;
}
