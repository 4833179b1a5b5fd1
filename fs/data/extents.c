/* The bytes of a version: see extents.h. */

#include "extents.h"

#include "caifs/minmax.h"

void extents_init(struct extents *extents, int64_t size, uint64_t *steps)
{
	*extents = (struct extents){
		.blocks.steps = steps,
		.fills.steps = steps,
		.size = size,
		.readers = 1,
	};
	list_init(&extents->ahead);
}

static struct block *block_of(struct tree_node *node)
{
	return node ? container_of(node, struct block, by_index) : NULL;
}

struct block *extents_block(const struct extents *extents, int64_t index)
{
	return block_of(tree_find(&extents->blocks, index));
}

void extents_add(struct extents *extents, struct block *block, int64_t index)
{
	block->extents = extents;
	block->present = block->in_flight = 0;
	tree_insert(&extents->blocks, &block->by_index, index);
	extents->block_count++;
}

/* Bytes of the pages of a block that are set in `pages`. */
static int64_t bytes_of(const struct extents *extents, int64_t index,
			uint16_t pages)
{
	int64_t left = extents->size - index * DATA_BLOCK;
	int64_t bytes = __builtin_popcount(pages) * (int64_t)DATA_PAGE;
	int64_t last = (left - 1) / DATA_PAGE;

	if (left < DATA_BLOCK && pages & (1u << last))
		bytes -= (last + 1) * DATA_PAGE - left;
	return bytes;
}

void extents_remove(struct block *block)
{
	struct extents *extents = block->extents;

	extents->present_bytes -=
		bytes_of(extents, block_index(block), block->present);
	tree_remove(&extents->blocks, &block->by_index);
	extents->block_count--;
	block->extents = NULL;
	block->present = 0;
}

static uint16_t pages_of_kind(const struct block *block, enum extents_kind kind)
{
	switch (kind) {
	case EXTENTS_PRESENT:
		return block->present;
	case EXTENTS_COVERED:
		return block->present | block->in_flight;
	case EXTENTS_ABSENT:
	default:
		return (uint16_t) ~(block->present | block->in_flight);
	}
}

int64_t extents_run(const struct extents *extents, int64_t at, int64_t end,
		    enum extents_kind kind)
{
	struct tree_node *node =
		tree_ceiling(&extents->blocks, at / DATA_BLOCK);

	while (at < end) {
		int64_t index = at / DATA_BLOCK;
		int64_t page = at % DATA_BLOCK / DATA_PAGE, count;
		unsigned rest;

		if (!node || node->key > index) {
			if (kind != EXTENTS_ABSENT)
				return at;
			at = node ? node->key * DATA_BLOCK : end;
			continue;
		}
		/* The pages from `page` on that are not of the kind. */
		rest = (unsigned)(uint16_t)~pages_of_kind(block_of(node),
							  kind) >>
		       page;
		count = rest ? __builtin_ctz(rest) : BLOCK_PAGES - page;
		if (count > 0)
			at = index * DATA_BLOCK + (page + count) * DATA_PAGE;
		if (rest)
			break;
		node = tree_next(&extents->blocks, node);
	}
	return min64(at, end);
}

/* The pages of the block that [start, end) touches. */
static uint16_t pages_within(int64_t index, int64_t start, int64_t end)
{
	int64_t first = max64(start - index * DATA_BLOCK, 0) / DATA_PAGE;
	int64_t last =
		(min64(end - index * DATA_BLOCK, DATA_BLOCK) - 1) / DATA_PAGE;

	return (uint16_t)((2u << last) - (1u << first));
}

void extents_set_in_flight(struct extents *extents, int64_t start, int64_t end,
			   bool in_flight)
{
	struct tree_node *node;

	if (start >= end)
		return;
	node = tree_find(&extents->blocks, start / DATA_BLOCK);
	for (; node && node->key * DATA_BLOCK < end;
	     node = tree_next(&extents->blocks, node)) {
		uint16_t pages = pages_within(node->key, start, end);

		if (in_flight)
			block_of(node)->in_flight |= pages;
		else
			block_of(node)->in_flight &= (uint16_t)~pages;
	}
}

void extents_set_present(struct extents *extents, int64_t start, int64_t end)
{
	struct tree_node *node;

	if (start >= end)
		return;
	node = tree_find(&extents->blocks, start / DATA_BLOCK);
	for (; node && node->key * DATA_BLOCK < end;
	     node = tree_next(&extents->blocks, node)) {
		struct block *block = block_of(node);
		uint16_t pages =
			pages_within(node->key, start, end) & block->in_flight;

		block->in_flight &= (uint16_t)~pages;
		block->present |= pages;
		extents->present_bytes += bytes_of(extents, node->key, pages);
	}
}
