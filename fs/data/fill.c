/* Ranges: see fill.h. */

#include "fill.h"

#include "caifs/minmax.h"

#include <errno.h>
#include <stdlib.h>

void fills_init(struct fills *fills, struct source *source, struct parts *parts,
		struct data *data, int64_t max_bytes)
{
	*fills = (struct fills){
		.source = source,
		.parts = parts,
		.data = data,
		.max_bytes = max_bytes,
	};
	list_init(&fills->demand);
	list_init(&fills->prefetch);
}

int64_t fill_longest(const struct fills *fills)
{
	return throughput_estimate_range(&fills->estimate, fills->max_bytes);
}

static struct fill *fill_of(struct tree_node *node)
{
	return node ? container_of(node, struct fill, by_start) : NULL;
}

struct fill *fill_covering(const struct extents *extents, int64_t offset)
{
	struct fill *fill = fill_of(tree_floor(&extents->fills, offset));

	return fill && offset < fill->end ? fill : NULL;
}

struct fill *fill_passing(const struct extents *extents, int64_t start,
			  int64_t end)
{
	struct fill *fill = fill_covering(extents, start);
	struct tree_node *node;

	if (!fill)
		fill = fill_of(tree_ceiling(&extents->fills, start));
	while (fill && fill->start < end && fill->state != FILL_ACTIVE) {
		node = tree_next(&extents->fills, &fill->by_start);
		fill = fill_of(node);
	}
	return fill && fill->start < end ? fill : NULL;
}

/* --- Blocks --- */

static void release_blocks(struct fills *fills, struct fill *fill)
{
	for (size_t i = 0; i < fill->block_count; i++)
		pool_unpin(fills->parts->pool, fill->blocks[i]);
	fill->block_count = 0;
}

/* Takes its blocks; the range ends where none is available. */
static void take_blocks(struct fills *fills, struct fill *fill,
			const struct fill_request *request)
{
	struct pool *pool = fills->parts->pool;
	const int64_t first = fill->start / DATA_BLOCK;
	const int64_t count = (fill->end - 1) / DATA_BLOCK - first + 1;

	while ((int64_t)fill->block_count < count) {
		int64_t index = first + (int64_t)fill->block_count;
		bool ahead = index * DATA_BLOCK + DATA_BLOCK <=
				     request->owned_from ||
			     index * DATA_BLOCK >= request->owned_to;
		struct block *block = NULL;

		if (!ahead || pool_available(pool, true) > 0 ||
		    extents_block(fill->extents, index))
			block = pool_take(pool, fill->extents, index, ahead);
		if (!block)
			break;
		fill->blocks[fill->block_count++] = block;
	}
	fill->end = min64(fill->end,
			  (first + (int64_t)fill->block_count) * DATA_BLOCK);
}

/* --- From creation to end --- */

static struct list *queue_of(struct fills *fills, const struct fill *fill)
{
	return fill->prefetch ? &fills->prefetch : &fills->demand;
}

int fill_create(struct fills *fills, const struct fill_request *request,
		struct fill **ret_fill)
{
	const int64_t first = request->start / DATA_BLOCK;
	const int64_t last = (request->end - 1) / DATA_BLOCK;
	struct fill *fill = calloc(1, sizeof(*fill));

	if (fill)
		fill->blocks = calloc((size_t)(last - first + 1),
				      sizeof(struct block *));
	if (!fill || !fill->blocks) {
		free(fill);
		return -ENOMEM;
	}
	fill->data = fills->data;
	fill->part = request->part;
	fill->extents = request->extents;
	fill->start = fill->reached = request->start;
	fill->end = request->end;
	fill->prefetch = request->prefetch;
	fill->waits.steps = fills->parts->by_inode.steps;
	fill->added_ms = request->now_ms;
	fill->references = 1;
	fill->part->references++;
	fill->part->fills++;
	fill->extents->references++;
	take_blocks(fills, fill, request);
	tree_insert(&fill->extents->fills, &fill->by_start, fill->start);
	extents_set_in_flight(fill->extents, fill->start, fill->end, true);
	list_append(queue_of(fills, fill), &fill->in_queue);
	if (fill->prefetch)
		fills->prefetch_count++;
	else
		fills->demand_count++;
	*ret_fill = fill;
	return 0;
}

void fill_unref(struct fills *fills, struct fill *fill)
{
	if (--fill->references > 0)
		return;
	extents_unref(fill->extents);
	fill->part->fills--;
	parts_unref(fills->parts, fill->part);
	free(fill->blocks);
	free(fill);
}

void fill_promote(struct fills *fills, struct fill *fill)
{
	if (!fill->prefetch || fill->promoted)
		return;
	if (fill->state == FILL_QUEUED) {
		list_remove(&fills->prefetch, &fill->in_queue);
		fill->prefetch = false;
		list_append(&fills->demand, &fill->in_queue);
		return;
	}
	fill->promoted = true;
	if (fill->call)
		source_promote(fills->source, fill->call);
}

static void cancel(struct fills *fills, struct fill *fill)
{
	if (fill->cancelled || fill->state == FILL_ENDED)
		return;
	if (fill->state == FILL_QUEUED) {
		fill_end(fills, fill);
		fill_unref(fills, fill);
		return;
	}
	fill->cancelled = true;
	if (fill->call)
		source_cancel(fills->source, fill->call);
}

void fill_abandon(struct fills *fills, struct fill *fill)
{
	fill->abandoned = true;
	if (!fill->waits.root && !fill->prefetch)
		cancel(fills, fill);
}

void fill_cancel_all(struct fills *fills, struct data_part *part)
{
	struct tree_node *node, *next;

	node = part->extents ? tree_first(&part->extents->fills) : NULL;
	for (; node; node = next) {
		next = tree_next(&part->extents->fills, node);
		cancel(fills, fill_of(node));
	}
}

void fill_note_served(struct fills *fills, struct fill *fill)
{
	if (fill->abandoned && fill->reached < fill->end)
		fill_abandon(fills, fill);
}

struct fill *fill_begin(struct fills *fills, bool prefetch, int64_t now_ms)
{
	struct list *queue = prefetch ? &fills->prefetch : &fills->demand;
	struct list_node *node = list_first(queue);
	struct fill *fill;

	if (!node)
		return NULL;
	fill = container_of(node, struct fill, in_queue);
	list_remove(queue, node);
	fill->state = FILL_ACTIVE;
	fill->started_ms = now_ms;
	fill->references++;
	fills->active++;
	fills->demand_active += !fill->prefetch;
	return fill;
}

void fill_receive(struct fill *fill, int64_t to)
{
	/* The last page of the file may be short. */
	int64_t whole = to == fill->extents->size ? to : to - to % DATA_PAGE;
	int64_t from = fill->reached - fill->reached % DATA_PAGE;

	extents_set_present(fill->extents, from, whole);
	fill->reached = to;
}

void fill_end(struct fills *fills, struct fill *fill)
{
	int64_t left = fill->reached - fill->reached % DATA_PAGE;

	if (fill->state == FILL_QUEUED)
		list_remove(queue_of(fills, fill), &fill->in_queue);
	if (fill->state == FILL_ACTIVE) {
		fills->active--;
		fills->demand_active -= !fill->prefetch;
	}
	fill->state = FILL_ENDED;
	tree_remove(&fill->extents->fills, &fill->by_start);
	extents_set_in_flight(fill->extents, left, fill->end, false);
	release_blocks(fills, fill);
}
