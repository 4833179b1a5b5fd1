/* What must hold in a data layer: see data_check.h. */

#include "data_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "data layer: %s\n", what);
	abort();
}

struct sums {
	size_t pinned, used, ahead, ahead_idle, listed, fills_active;
	size_t fills_queued, references, demand_active;
};

static struct fill *fill_in(struct tree_node *node)
{
	return node ? container_of(node, struct fill, by_start) : NULL;
}

static unsigned pins_of(const struct extents *extents,
			const struct block *block,
			struct data_read *const *reads, size_t count)
{
	struct tree_node *node = tree_first(&extents->fills);
	unsigned pins = 0;

	for (; node; node = tree_next(&extents->fills, node)) {
		const struct fill *fill = fill_in(node);

		for (size_t i = 0; i < fill->block_count; i++)
			pins += fill->blocks[i] == block;
	}
	for (size_t r = 0; r < count; r++)
		for (size_t i = 0; i < reads[r]->block_count; i++)
			pins += reads[r]->blocks[i] == block;
	return pins;
}

static uint16_t pages_in_flight(const struct extents *extents, int64_t index)
{
	struct tree_node *node = tree_first(&extents->fills);
	uint16_t pages = 0;

	for (; node; node = tree_next(&extents->fills, node)) {
		const struct fill *fill = fill_in(node);

		for (int page = 0; page < BLOCK_PAGES; page++) {
			int64_t at = index * DATA_BLOCK + page * DATA_PAGE;

			if (extents_page_end(at + 1, extents->size) <=
				    fill->reached ||
			    at < fill->start || at >= fill->end)
				continue;
			require(!(pages & (1u << page)),
				"a page is in flight twice");
			pages |= (uint16_t)(1u << page);
		}
	}
	return pages;
}

static void check_block(const struct data *data, const struct block *block,
			struct data_read *const *reads, size_t count,
			struct sums *sums)
{
	const struct extents *extents = block->extents;

	if (!extents) {
		require(!block->pins && !block->present && !block->in_flight,
			"a free block has something");
		return;
	}
	sums->used++;
	require(!(block->present & block->in_flight),
		"a page is present and in flight");
	require(block->in_flight ==
			pages_in_flight(extents, block_index(block)),
		"pages in flight are not those of the ranges");
	require(block->pins == pins_of(extents, block, reads, count),
		"pins are not those of who owns the block");
	require(list_has(&block->in_list) == (block->pins == 0),
		"a block is in a list and pinned, or in none");
	require(!extents->orphaned || block->pins || data->pool.orphans.count,
		"an orphaned block is in no list");
	sums->pinned += block->pins > 0;
	if (block->ahead_for == extents->readers) {
		sums->ahead++;
		sums->ahead_idle += block->pins == 0;
	}
}

static void check_part(const struct data_part *part, struct sums *sums)
{
	const struct extents *extents = part->extents;

	sums->references += part->references - part->opens;
	require(part->references > 0, "a part is there without a reference");
	require(!part->error || !extents, "a stale part has extents");
	if (!extents)
		return;
	require(!extents->orphaned, "a part has orphaned extents");
	require(!part->version || !extents->unversioned,
		"bytes without a version are in extents of one");
}

static void check_fill(const struct data *data, const struct fill *fill,
		       struct sums *sums)
{
	require(fill->state != FILL_ENDED, "a range that has ended is found");
	if (fill->state == FILL_QUEUED) {
		sums->fills_queued++;
		require(data->fills.active >=
				(size_t)source_capacity(data->source),
			"a range waits though there is a connection");
	} else {
		sums->fills_active++;
		sums->demand_active += !fill->prefetch;
	}
	require(fill->prefetch || fill->cancelled || fill->waits.root ||
			fill->reached == fill->end || fill->version_check,
		"a range goes on for nobody");
}

static void check_read(const struct data *data, const struct data_read *read)
{
	bool waits = false;

	for (size_t i = 0; i < READ_WAITS; i++) {
		const struct fill *fill = read->waits[i].fill;

		waits |= fill != NULL;
		require(!fill || fill->state != FILL_ENDED,
			"a read waits for a range that has ended");
		require(!fill || fill->extents == read->extents,
			"a read waits for bytes of others");
	}
	require(waits == (read->state == READ_WAITING),
		"a read waits for nothing, or needlessly");
	require(list_has(&read->in_queue) == (read->state == READ_QUEUED),
		"a read is in the queue, or not, wrongly");
	require(read->state != READ_QUEUED || !read->part->error,
		"a read waits for a part that is stale");
	require((read->block_count > 0) == (read->state == READ_WAITING ||
					    read->state == READ_READY),
		"a read owns blocks, or not, wrongly");
	(void)data;
}

/* The first that waits for memory cannot have it. */
static void check_queue(const struct data *data)
{
	const struct list_node *node = list_first(&data->reads.queue);
	const struct data_read *read;
	size_t needed = 0;

	if (!node)
		return;
	read = container_of((struct list_node *)(uintptr_t)node,
			    struct data_read, in_queue);
	for (int64_t i = read->first / DATA_BLOCK;
	     i <= (read->last - 1) / DATA_BLOCK; i++) {
		const struct block *block =
			read->part->extents
				? extents_block(read->part->extents, i)
				: NULL;

		needed += !block || !block->pins;
	}
	require(needed > data->pool.count - data->pool.pinned,
		"a read waits for blocks that can be had");
}

void data_check(struct data *data, struct data_read *const *reads, size_t count,
		size_t nodes)
{
	struct pool *pool = &data->pool;
	struct sums sums = {0};
	int64_t streaming = 0;
	struct tree_node *node;
	size_t fills = 0;

	data_lock(data);
	for (size_t i = 0; i < pool->fresh; i++)
		check_block(data, &pool->blocks[i], reads, count, &sums);
	for (node = tree_first(&data->parts.by_inode); node;
	     node = tree_next(&data->parts.by_inode, node)) {
		struct data_part *part =
			container_of(node, struct data_part, by_inode);
		struct tree_node *at;

		check_part(part, &sums);
		streaming += part->streaming;
		require(!part->streaming || part->opens,
			"a part that is closed is read in sequence");
		if (!part->extents)
			continue;
		for (at = tree_first(&part->extents->fills); at;
		     at = tree_next(&part->extents->fills, at)) {
			check_fill(data, fill_in(at), &sums);
			fills++;
		}
	}
	for (size_t i = 0; i < count; i++)
		check_read(data, reads[i]);
	check_queue(data);
	require(sums.used == pool->used_count, "used blocks are miscounted");
	require(sums.pinned == pool->pinned, "pinned blocks are miscounted");
	require(sums.ahead == pool->ahead_count &&
			sums.ahead_idle == pool->ahead_idle,
		"what was fetched ahead is miscounted");
	require(pool->count == pool->pinned + pool->ahead_idle +
				       pool->consumed.count + pool->read.count +
				       pool->free.count + pool->count -
				       pool->fresh,
		"the classes do not add up");
	require(sums.fills_active <= data->fills.active &&
			sums.demand_active <= data->fills.demand_active,
		"ranges are miscounted");
	require(sums.references >= nodes + fills + count,
		"a part has too few references");
	require(streaming == data->streaming_count,
		"those who read in sequence are miscounted");
	require(!data->reads.woken, "somebody was not woken");
	data_unlock(data);
}
