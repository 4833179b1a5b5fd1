/* Nodes: see node.h. */

#include "node.h"

#include "caifs/namespace.h"
#include "name_query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct node *node_find(const struct node_table *table, uint64_t ino)
{
	struct node *node;

	HASH_FIND(hh, table->nodes, &ino, sizeof(ino), node);
	return node;
}

/* True: entries of two listings describe one thing. A link whose target has
   changed is the same link. */
static bool same_thing(const struct entry *a, const struct entry *b)
{
	if (a->kind != b->kind || a->size != b->size)
		return a->kind == ENTRY_LINK && b->kind == ENTRY_LINK;
	if (a->kind == ENTRY_LINK)
		return strcmp(a->name, b->name) == 0;
	return strcmp(a->id, b->id) == 0 &&
	       (a->kind == ENTRY_DATASET || strcmp(a->key, b->key) == 0);
}

static void move_on(struct node *node, struct snapshot *snapshot,
		    const struct entry *entry)
{
	snapshot_ref(snapshot);
	snapshot_unref(node->snapshot);
	node->snapshot = snapshot;
	node->entry = entry;
}

int node_get(struct node_table *table, struct snapshot *snapshot,
	     const struct entry *entry, struct node **ret_node)
{
	const uint64_t ino = node_number(table, entry);
	struct node *node = node_find(table, ino);

	if (node) {
		if (!node->entry || !same_thing(node->entry, entry))
			return -EIO;
		if (node->snapshot != snapshot)
			move_on(node, snapshot, entry);
		*ret_node = node;
		return 0;
	}
	node = calloc(1, sizeof(*node));
	if (!node)
		return -ENOMEM;
	node->ino = ino;
	move_on(node, snapshot, entry);
	HASH_ADD(hh, table->nodes, ino, sizeof(node->ino), node);
	if (!node->hh.tbl) {
		snapshot_unref(node->snapshot);
		free(node);
		return -ENOMEM;
	}
	*ret_node = node;
	return 0;
}

static void free_node(struct node_table *table, struct node *node)
{
	HASH_DEL(table->nodes, node);
	snapshot_unref(node->directory.snapshot);
	name_queries_finish(&node->directory.name_queries);
	snapshot_unref(node->snapshot);
	if (node->attachment) {
		node->attachment->next = table->detached;
		table->detached = node->attachment;
	}
	free(node);
}

void node_release_if_unused(struct node_table *table, struct node *node)
{
	if (node->lookups == 0 && node->pins == 0)
		free_node(table, node);
}

static bool taken(const void *table, uint64_t number)
{
	return node_find(table, number) != NULL;
}

int node_retire(struct node_table *table, const struct node *node)
{
	if (node_number(table, node->entry) != node->ino)
		return 0;
	return inode_numbers_renew(&table->numbers, node->entry->ino, taken,
				   table);
}

void node_expect(struct node_table *table, struct node *node)
{
	uint64_t *place =
		&table->expected[table->expected_next % NODE_EXPECTED];
	struct node *oldest = *place ? node_find(table, *place) : NULL;

	if (node->expected)
		return;
	node->expected = true;
	node->pins++;
	*place = node->ino;
	table->expected_next++;
	if (!oldest)
		return;
	oldest->expected = false;
	oldest->pins--;
	node_release_if_unused(table, oldest);
}

void node_table_finish(struct node_table *table)
{
	struct node *node, *next;

	HASH_ITER (hh, table->nodes, node, next)
		free_node(table, node);
	inode_numbers_finish(&table->numbers);
}
