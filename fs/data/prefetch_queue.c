/* Wants: see prefetch_queue.h. */

#include "prefetch_queue.h"

#include "caifs/minmax.h"

#include <stdlib.h>

void prefetch_queue_init(struct prefetch_queue *queue)
{
	list_init(&queue->wants);
}

static struct prefetch_want *oldest(const struct prefetch_queue *queue)
{
	struct list_node *node = list_first(&queue->wants);

	return node ? container_of(node, struct prefetch_want, in_queue) : NULL;
}

/* NULL: the part or the readers that it is wanted for have gone. */
static struct data_part *part_of(const struct prefetch_want *want,
				 const struct parts *parts)
{
	struct data_part *part = parts_find(parts, want->inode);

	return part && part->round == want->round && !part->error ? part : NULL;
}

static void drop(struct prefetch_queue *queue, struct prefetch_want *want,
		 struct data_part *part)
{
	if (part)
		part->want_count--;
	list_remove(&queue->wants, &want->in_queue);
	free(want);
}

void prefetch_queue_finish(struct prefetch_queue *queue)
{
	struct prefetch_want *want;

	while ((want = oldest(queue)))
		drop(queue, want, NULL);
}

void prefetch_want(struct prefetch_queue *queue, struct data_part *part,
		   int64_t from, int64_t to, int64_t distance,
		   const struct readahead_limits *limits)
{
	struct prefetch_want *want;

	to = extents_page_end(to, part->size);
	if (from >= to || queue->wants.count >= PREFETCH_WANTS ||
	    part->want_count >= PREFETCH_WANTS_EACH)
		return;
	want = calloc(1, sizeof(*want));
	if (!want)
		return;
	want->inode = part_inode(part);
	want->round = part->round;
	want->from = from - from % DATA_PAGE;
	want->to = to;
	want->distance = distance;
	if (limits)
		want->limits = *limits;
	list_append(&queue->wants, &want->in_queue);
	part->want_count++;
}

/* The length of the next range, in whole pages. */
static int64_t piece_of(const struct prefetch_want *want, int64_t longest)
{
	int64_t piece = longest;

	if (want->limits.piece)
		piece = min64(readahead_piece(want->distance, &want->limits),
			      longest);
	return max64(piece / DATA_PAGE, 1) * DATA_PAGE;
}

/* There are blocks for [start, end). */
static bool can_take_blocks(const struct fills *fills, int64_t start,
			    int64_t end)
{
	int64_t blocks = (end - 1) / DATA_BLOCK - start / DATA_BLOCK + 1;

	return pool_available(fills->parts->pool, true) >= (size_t)blocks;
}

static void to_the_end(struct prefetch_queue *queue, struct prefetch_want *want)
{
	list_remove(&queue->wants, &want->in_queue);
	list_append(&queue->wants, &want->in_queue);
}

enum prefetch_look prefetch_look(struct prefetch_queue *queue,
				 struct fills *fills,
				 struct data_part **ret_part,
				 int64_t *ret_start, int64_t *ret_end)
{
	struct prefetch_want *want = oldest(queue);
	struct data_part *part;
	int64_t start, end;

	if (!want)
		return PREFETCH_EMPTY;
	part = part_of(want, fills->parts);
	if (!part || part_prepare(fills->parts, part)) {
		drop(queue, want, part);
		return PREFETCH_NOTHING;
	}
	/* Skip what its reader has passed: the kernel has it. */
	start = readahead_passed(&part->readers->readahead, want->from);
	if (start > want->from) {
		want->from =
			min64(extents_page_end(start, part->size), want->to);
		want->distance = 0;
	}
	end = min64(want->to, want->from + PREFETCH_LOOK);
	start = extents_run(part->extents, want->from, end, EXTENTS_COVERED);
	want->distance += start - want->from;
	want->from = start;
	if (start == end) {
		if (start == want->to)
			drop(queue, want, part);
		else /* let the others be looked at, too */
			to_the_end(queue, want);
		return PREFETCH_NOTHING;
	}
	end = min64(want->to, start + piece_of(want, fill_longest(fills)));
	end = extents_run(part->extents, start, end, EXTENTS_ABSENT);
	if (!can_take_blocks(fills, start, end))
		return PREFETCH_FULL;
	*ret_part = part;
	*ret_start = start;
	*ret_end = end;
	return PREFETCH_FOUND;
}

void prefetch_done(struct prefetch_queue *queue, struct parts *parts,
		   int64_t reached)
{
	struct prefetch_want *want = container_of(
		list_head(&queue->wants), struct prefetch_want, in_queue);

	want->distance += reached - want->from;
	want->from = reached;
	if (want->from >= want->to)
		drop(queue, want, part_of(want, parts));
}
