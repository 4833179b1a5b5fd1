/* Reads: see read.h. */

#include "read.h"

#include "caifs/minmax.h"

#include <errno.h>
#include <stdlib.h>

#include <utlist.h>

/* Waiters looked at before the lock is released. */
enum { MAX_AT_ONCE = 64 };

void reads_init(struct reads *reads, struct fills *fills)
{
	*reads = (struct reads){.fills = fills};
	list_init(&reads->queue);
}

static struct pool *pool_of(const struct reads *reads)
{
	return reads->fills->parts->pool;
}

/* --- Blocks --- */

static void release(struct reads *reads, struct data_read *read)
{
	struct pool *pool = pool_of(reads);

	for (size_t i = 0; i < read->block_count; i++)
		pool_unpin(pool, read->blocks[i]);
	read->block_count = 0;
	if (read->extents)
		extents_unref(read->extents);
	read->extents = NULL;
}

/* Pinned blocks need no memory; the others must be available. */
static bool can_take_blocks(const struct reads *reads,
			    const struct data_read *read)
{
	const size_t available = pool_available(pool_of(reads), false);
	size_t needed = 0;

	if (available >= READ_BLOCKS)
		return true;
	for (int64_t i = read->first / DATA_BLOCK;
	     i <= (read->last - 1) / DATA_BLOCK; i++) {
		const struct block *block =
			extents_block(read->part->extents, i);

		needed += !block || block->pins == 0;
	}
	return needed <= available;
}

/* Pins those that are there first: taking the others may evict blocks that are
   not pinned. */
static void pin_blocks(struct reads *reads, struct data_read *read)
{
	const int64_t first = read->first / DATA_BLOCK;
	struct pool *pool = pool_of(reads);

	read->extents = read->part->extents;
	read->extents->references++;
	read->block_count = (size_t)((read->last - 1) / DATA_BLOCK - first + 1);
	for (size_t i = 0; i < read->block_count; i++) {
		read->blocks[i] =
			extents_block(read->extents, first + (int64_t)i);
		if (read->blocks[i])
			pool_pin(pool, read->blocks[i]);
	}
	for (size_t i = 0; i < read->block_count; i++)
		if (!read->blocks[i])
			read->blocks[i] = pool_take(pool, read->extents,
						    first + (int64_t)i, false);
	read->state = READ_WAITING;
}

/* --- Waits --- */

static void remove_wait(struct read_wait *wait)
{
	tree_remove(&wait->fill->waits, &wait->by_need);
	wait->fill = NULL;
}

static bool is_waiting(const struct data_read *read)
{
	for (size_t i = 0; i < READ_WAITS; i++)
		if (read->waits[i].fill)
			return true;
	return false;
}

static void remove_waits(struct reads *reads, struct data_read *read)
{
	for (size_t i = 0; i < READ_WAITS; i++) {
		struct fill *fill = read->waits[i].fill;

		if (!fill)
			continue;
		remove_wait(&read->waits[i]);
		fill_abandon(reads->fills, fill);
	}
}

/* From here on only its caller may touch it. */
static void complete(struct reads *reads, struct data_read *read,
		     enum read_state state)
{
	read->state = state;
	if (read->parked)
		waiter_join(&reads->woken, &read->waiter->waiter);
}

static void dequeue(struct reads *reads, struct data_read *read)
{
	list_remove(&reads->queue, &read->in_queue);
	list_remove(&read->part->queued, &read->in_part);
	reads->overtakes = 0;
}

static void fail(struct reads *reads, struct data_read *read, int err)
{
	if (read->state == READ_QUEUED)
		dequeue(reads, read);
	remove_waits(reads, read);
	release(reads, read);
	read->error = err;
	complete(reads, read, READ_FAILED);
}

/* The range for the absent bytes at `at`: these, and what of [extend_from,
   extend_to) joins them, is absent and has memory. */
static void size_request(const struct reads *reads,
			 const struct data_read *read, int64_t at,
			 struct fill_request *request)
{
	const int64_t longest =
		max64(fill_longest(reads->fills) / DATA_PAGE, 1) * DATA_PAGE;
	const int64_t from = read->extend_from;
	int64_t end = read->last;

	request->start = at;
	/* No later read can find more bytes, or one waits for the memory. */
	if (!read->extents->orphaned && reads->queue.count == 0) {
		end = max64(end, read->extend_to);
		if (from < at &&
		    pool_available(pool_of(reads), true) > READ_BLOCKS &&
		    extents_run(read->extents, from, at, EXTENTS_ABSENT) == at)
			request->start = from;
	}
	request->end = extents_run(read->extents, at, min64(end, at + longest),
				   EXTENTS_ABSENT);
}

static int create_fill(struct reads *reads, struct data_read *read, int64_t at,
		       int64_t now_ms, struct fill **ret_fill)
{
	struct fill_request request = {
		.part = read->part,
		.extents = read->extents,
		.owned_from = read->first / DATA_BLOCK * DATA_BLOCK,
		.owned_to = ((read->last - 1) / DATA_BLOCK + 1) * DATA_BLOCK,
		.now_ms = min64(read->began_ms, now_ms),
	};

	size_request(reads, read, at, &request);
	return fill_create(reads->fills, &request, ret_fill);
}

static void add_wait(struct reads *reads, struct data_read *read, size_t which,
		     struct fill *fill)
{
	struct read_wait *wait = &read->waits[which];

	fill_promote(reads->fills, fill);
	wait->fill = fill;
	wait->read = read;
	tree_insert(&fill->waits, &wait->by_need, min64(read->last, fill->end));
}

/* Of a read without waits: adds some for what it lacks, or completes it. */
static void wait_for_missing(struct reads *reads, struct data_read *read,
			     int64_t now_ms)
{
	int64_t at = read->first;
	size_t count = 0;
	int err = 0;

	while (count < READ_WAITS) {
		struct fill *fill;

		at = extents_run(read->extents, at, read->last,
				 EXTENTS_PRESENT);
		if (at == read->last)
			break;
		fill = fill_covering(read->extents, at);
		if (!fill)
			err = create_fill(reads, read, at, now_ms, &fill);
		if (err)
			break;
		add_wait(reads, read, count++, fill);
		at = min64(fill->end, read->last);
	}
	if (err)
		fail(reads, read, err);
	else if (count == 0)
		complete(reads, read, READ_READY);
}

/* --- Admission --- */

/* Its blocks can be taken. */
static void admit(struct reads *reads, struct data_read *read, int64_t now_ms)
{
	pin_blocks(reads, read);
	wait_for_missing(reads, read, now_ms);
}

bool reads_admit_next(struct reads *reads, int64_t now_ms)
{
	struct list_node *node = list_first(&reads->queue);
	struct data_read *read;
	int err;

	if (!node)
		return false;
	read = container_of(node, struct data_read, in_queue);
	err = read->part->error;
	if (!err)
		err = part_prepare(reads->fills->parts, read->part);
	if (err) {
		fail(reads, read, err);
		return true;
	}
	if (!can_take_blocks(reads, read))
		return false;
	dequeue(reads, read);
	admit(reads, read, now_ms);
	return true;
}

bool reads_fail_queued(struct reads *reads, struct data_part *part)
{
	for (int i = 0; i < MAX_AT_ONCE && part->queued.count; i++)
		fail(reads,
		     container_of(list_head(&part->queued), struct data_read,
				  in_part),
		     part->error);
	return part->queued.count > 0;
}

static void enqueue(struct reads *reads, struct data_read *read, bool first)
{
	read->state = READ_QUEUED;
	list_append(&read->part->queued, &read->in_part);
	if (first)
		list_prepend(&reads->queue, &read->in_queue);
	else
		list_append(&reads->queue, &read->in_queue);
}

/* All of it is present, so that it takes no memory from a queued read. */
static bool may_overtake(struct reads *reads, const struct data_read *read)
{
	return reads->overtakes < READ_MAX_OVERTAKES &&
	       extents_run(read->part->extents, read->first, read->last,
			   EXTENTS_PRESENT) == read->last &&
	       ++reads->overtakes;
}

int read_begin(struct reads *reads, const struct read_request *request,
	       struct data_read **ret_read)
{
	struct data_part *part = request->part;
	struct data_read *read = calloc(1, sizeof(*read));

	if (!read)
		return -ENOMEM;
	reads->count++;
	read->waiter = request->waiter;
	read->part = part;
	part->references++;
	read->offset = request->offset;
	read->end = request->end;
	read->first = request->offset - request->offset % DATA_PAGE;
	read->last = extents_page_end(request->end, part->size);
	read->extend_from =
		request->extend_from - request->extend_from % DATA_PAGE;
	read->extend_to = extents_page_end(request->extend_to, part->size);
	read->began_ms = request->now_ms;
	if ((reads->queue.count && !may_overtake(reads, read)) ||
	    !can_take_blocks(reads, read))
		enqueue(reads, read, false);
	else
		admit(reads, read, request->now_ms);
	*ret_read = read;
	return 0;
}

void read_park(struct reads *reads, struct data_read *read)
{
	read->parked = true;
	reads->parked++;
}

void read_finish(struct reads *reads, struct data_read *read)
{
	reads->count--;
	release(reads, read);
	parts_unref(reads->fills->parts, read->part);
	free(read);
}

void read_cancel(struct reads *reads, struct data_read *read)
{
	if (read->state == READ_QUEUED)
		dequeue(reads, read);
	remove_waits(reads, read);
	read_finish(reads, read);
}

/* --- Ranges received and ended --- */

/* Keeps the longest of its waits, now that this one is over. */
static void note_delay(const struct fill *fill, struct data_read *read,
		       int64_t now_ms)
{
	struct data_delay *delay = &read->waiter->delay;
	int64_t waited_ms = now_ms - read->began_ms;

	if (waited_ms <= delay->waited_ms)
		return;
	*delay = (struct data_delay){
		.waited_ms = waited_ms,
		.start = fill->start,
		.end = fill->end,
		.memory_wait_ms = fill->started_ms - fill->added_ms,
		.source = fill->wait,
		.body_ms = now_ms - (fill->answered_ms ? fill->answered_ms
						       : fill->started_ms),
	};
}

static struct read_wait *first_wait(const struct fill *fill)
{
	struct tree_node *node = tree_first(&fill->waits);

	return node ? container_of(node, struct read_wait, by_need) : NULL;
}

bool reads_on_received(struct reads *reads, struct fill *fill, int64_t now_ms)
{
	for (int i = 0; i < MAX_AT_ONCE; i++) {
		struct read_wait *wait = first_wait(fill);

		if (!wait || wait->by_need.key > fill->reached)
			return false;
		remove_wait(wait);
		fill_note_served(reads->fills, fill);
		note_delay(fill, wait->read, now_ms);
		if (!is_waiting(wait->read))
			wait_for_missing(reads, wait->read, now_ms);
	}
	return true;
}

/* The range has ended without bytes that this read needs. Must they be fetched
   again? Else the read fails. */
static bool must_retry(const struct fill *fill, struct data_read *read, int err)
{
	if (read->part->error)
		return false;
	if (fill->version_check == VERSION_LEARNED)
		return true;
	if (fill->version_check == VERSION_MISSING)
		return read->unversioned_retries++ < READ_MAX_UNVERSIONED;
	/* Cancelled before this read joined it. */
	if (fill->cancelled)
		return true;
	/* The timeout was an earlier request's, not this read's; a prefetch
	   that times out fails no read. */
	if (err == -ETIMEDOUT)
		return fill->prefetch || fill->started_ms < read->began_ms;
	return err == 0;
}

/* From the start in the part's new extents, at the head of the queue. */
static void restart(struct reads *reads, struct data_read *read)
{
	remove_waits(reads, read);
	release(reads, read);
	enqueue(reads, read, true);
}

bool read_is_outdated(const struct data_read *read)
{
	return read->extents->unversioned && read->part->version;
}

bool reads_on_ended(struct reads *reads, struct fill *fill, int err,
		    int64_t now_ms)
{
	for (int i = 0; i < MAX_AT_ONCE; i++) {
		struct read_wait *wait = first_wait(fill);
		struct data_read *read;

		if (!wait)
			return false;
		read = wait->read;
		remove_wait(wait);
		if (!must_retry(fill, read, err)) {
			if (err == -ETIMEDOUT)
				part_note_timeout(
					read->part, read->waiter->caller,
					read->offset, read->end, now_ms);
			fail(reads, read,
			     read->part->error ? read->part->error : err);
		} else if (fill->version_check == VERSION_LEARNED) {
			restart(reads, read);
		} else if (!is_waiting(read)) {
			wait_for_missing(reads, read, now_ms);
		}
	}
	return true;
}
