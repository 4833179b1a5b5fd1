/* Fills: see fill.h. */

#include "fill.h"

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/log.h"
#include "caifs/minmax.h"
#include "data_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

struct fill *fill_covering(const struct data_file *file, int64_t offset)
{
	struct fill *fill;

	DL_FOREACH (file->fills, fill)
		if (fill->start <= offset && offset < fill->end)
			return fill;
	return NULL;
}

struct fill *fill_passing(const struct data_file *file, int64_t start,
			  int64_t end)
{
	struct fill *fill;

	DL_FOREACH (file->fills, fill)
		if (fill->state == FILL_ACTIVE && fill->start < end &&
		    start < fill->end)
			return fill;
	return NULL;
}

static struct fill **queue_of(struct data *data, const struct fill *fill)
{
	return fill->prefetch ? &data->queue.prefetch : &data->queue.demand;
}

static void enqueue(struct data *data, struct fill *fill)
{
	DL_APPEND2(*queue_of(data, fill), fill, queue_prev, queue_next);
}

static void dequeue(struct data *data, struct fill *fill)
{
	DL_DELETE2(*queue_of(data, fill), fill, queue_prev, queue_next);
}

int fill_add(struct data *data, struct data_file *file, int64_t start,
	     int64_t end, bool prefetch)
{
	struct fill *fill = calloc(1, sizeof(*fill));

	if (!fill)
		return -ENOMEM;
	fill->data = data;
	fill->file = file;
	fill->start = fill->reached = start;
	fill->end = end;
	fill->prefetch = prefetch;
	fill->references = 1;
	fill->added_ms = clock_now_ms();
	DL_APPEND(file->fills, fill);
	enqueue(data, fill);
	if (prefetch)
		data->queue.prefetch_count++;
	else
		data->queue.demand_count++;
	return 0;
}

int64_t fill_longest(const struct data *data)
{
	return pace_range(&data->pace, data->queue.max_bytes);
}

void fill_promote(struct data *data, struct fill *fill)
{
	if (!fill->prefetch || fill->promoted)
		return;
	if (fill->state == FILL_QUEUED) {
		dequeue(data, fill);
		fill->prefetch = false;
		enqueue(data, fill);
	} else {
		fill->promoted = true;
		if (fill->call)
			source_promote(data->source, fill->call);
	}
}

static void unref(struct fill *fill)
{
	if (--fill->references > 0)
		return;
	free(fill->blocks);
	free(fill);
}

/* Off the file's list: no read finds it any more. */
static void detach(struct data *data, struct fill *fill)
{
	struct data_file *file = fill->file;

	fill->state = FILL_ENDED;
	DL_DELETE(file->fills, fill);
	data_settle_file(data, file);
}

static void release_blocks(struct data *data, struct fill *fill)
{
	for (size_t i = 0; i < fill->block_count; i++) {
		struct data_block *block = fill->blocks[i];

		pool_unpin(&data->pool, block);
		if (!block->valid && block->pins == 0)
			pool_drop(&data->pool, block);
	}
	fill->block_count = 0;
}

void fill_abandon(struct data *data, struct fill *fill)
{
	if (fill->waiters || fill->prefetch || fill->state == FILL_ENDED)
		return;
	if (fill->state == FILL_QUEUED) {
		dequeue(data, fill);
		detach(data, fill);
		unref(fill);
		return;
	}
	fill->cancelled = true;
	if (fill->call)
		source_cancel(data->source, fill->call);
}

void fill_drop_queued(struct data *data, struct data_file *file)
{
	struct fill *fill, *next;

	DL_FOREACH_SAFE (file->fills, fill, next) {
		if (fill->state != FILL_QUEUED || fill->waiters)
			continue;
		dequeue(data, fill);
		DL_DELETE(file->fills, fill);
		unref(fill);
	}
}

/* --- Getting under way --- */

/* Pins the blocks it needs. False: memory is short. */
static bool take_blocks(struct data *data, struct fill *fill)
{
	int64_t first = fill->start / DATA_BLOCK;
	int64_t last = (fill->end - 1) / DATA_BLOCK;
	size_t count = (size_t)(last - first + 1);

	if (count > pool_room(&data->pool, fill->prefetch))
		return false;
	fill->blocks = calloc(count, sizeof(struct data_block *));
	if (!fill->blocks)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct data_block *block =
			pool_take(&data->pool, fill->file, first + (int64_t)i,
				  fill->prefetch);

		if (!block) {
			release_blocks(data, fill);
			free(fill->blocks);
			fill->blocks = NULL;
			return false;
		}
		fill->blocks[fill->block_count++] = block;
	}
	return true;
}

/* On a slow line, one that is waited for gets all of it. */
static bool may_prefetch(const struct data *data)
{
	return data->queue.demand_active == 0 || !pace_is_slow(&data->pace);
}

static struct fill *next_to_start(struct data *data)
{
	struct fill *fill = data->queue.demand;

	if (fill)
		return take_blocks(data, fill) ? fill : NULL;
	fill = data->queue.prefetch;
	if (!fill || !may_prefetch(data))
		return NULL;
	if (take_blocks(data, fill))
		return fill;
	pool_age(&data->pool, clock_now_ms());
	return take_blocks(data, fill) ? fill : NULL;
}

static void take_ready(struct data *data)
{
	size_t max = (size_t)source_capacity(data->source);
	struct fill *fill;

	while (data->queue.active < max && (fill = next_to_start(data))) {
		dequeue(data, fill);
		fill->state = FILL_ACTIVE;
		fill->references++;
		data->queue.active++;
		data->queue.demand_active += !fill->prefetch;
		DL_APPEND2(data->queue.ready, fill, queue_prev, queue_next);
	}
}

/* --- Under way --- */

static int on_version(void *data, const char *version)
{
	struct fill *fill = data;
	int err;

	data_enter(fill->data);
	err = file_note_version(fill->file, version);
	data_leave(fill->data);
	return err;
}

static void on_answered(void *data, const struct source_wait *wait)
{
	struct fill *fill = data;

	data_enter(fill->data);
	fill->wait = *wait;
	fill->answered_ms = clock_now_ms();
	data_leave(fill->data);
}

static void copy_in(struct fill *fill, const char *bytes, size_t size)
{
	int64_t first = fill->start / DATA_BLOCK;
	int64_t at = fill->reached;

	while (size) {
		struct data_block *block =
			fill->blocks[at / DATA_BLOCK - first];
		size_t in_block = (size_t)(at % DATA_BLOCK);
		size_t run = DATA_BLOCK - in_block;

		if (run > size)
			run = size;
		memcpy(block->bytes + in_block, bytes, run);
		bytes += run;
		size -= run;
		at += (int64_t)run;
	}
}

/* The pages that are complete now that bytes up to `to` are there. */
static void mark_valid(struct fill *fill, int64_t to)
{
	const int64_t pages = DATA_BLOCK / DATA_PAGE;
	struct data_file *file = fill->file;
	int64_t first = fill->start / DATA_BLOCK;
	int64_t page = fill->reached / DATA_PAGE;
	int64_t end = to == file->size ? (to + DATA_PAGE - 1) / DATA_PAGE
				       : to / DATA_PAGE;

	for (; page < end; page++) {
		struct data_block *block = fill->blocks[page / pages - first];
		uint16_t bit = (uint16_t)(1u << (page % pages));

		if (block->valid & bit)
			continue;
		block->valid |= bit;
		file->valid_bytes += file_page_bytes(file, page);
	}
}

/* A read's wait is over; was it its longest? */
static void note_delay(const struct fill *fill, struct data_waiter *reader,
		       int64_t now_ms)
{
	int64_t waited_ms = now_ms - reader->parked_ms;

	if (waited_ms <= reader->delay.waited_ms)
		return;
	reader->delay = (struct data_delay){
		.waited_ms = waited_ms,
		.start = fill->start,
		.end = fill->end,
		.memory_wait_ms = fill->started_ms - fill->added_ms,
		.source = fill->wait,
		.body_ms = now_ms - (fill->answered_ms ? fill->answered_ms
						       : fill->started_ms),
	};
}

/* Those who wait for bytes that are there. */
static void take_satisfied(struct fill *fill, struct waiter **woken)
{
	struct waiter *waiter, *next;
	int64_t now_ms = fill->waiters ? clock_now_ms() : 0;

	DL_FOREACH_SAFE (fill->waiters, waiter, next) {
		struct data_waiter *reader =
			container_of(waiter, struct data_waiter, waiter);

		if (min64(reader->end, fill->end) > fill->reached)
			continue;
		note_delay(fill, reader, now_ms);
		waiter_leave(waiter);
		DL_APPEND(*woken, waiter);
	}
}

static void on_bytes(void *data, const char *bytes, size_t size)
{
	struct fill *fill = data;
	struct waiter *woken = NULL;
	int64_t to = fill->reached + (int64_t)size;

	if (!fill->first_ms)
		fill->first_ms = clock_now_ms();
	copy_in(fill, bytes, size);
	data_enter(fill->data);
	mark_valid(fill, to);
	fill->reached = to;
	take_satisfied(fill, &woken);
	data_leave(fill->data);
	waiter_wake_all(woken);
}

static void take_all(struct fill *fill, int err, struct waiter **woken)
{
	struct waiter *waiter;

	DL_FOREACH (fill->waiters, waiter)
		container_of(waiter, struct data_waiter, waiter)->error = err;
	waiter_take_all(&fill->waiters, woken);
}

static void on_done(void *argument, int err)
{
	struct fill *fill = argument;
	struct data *data = fill->data;
	struct waiter *woken = NULL;
	struct source_call *call;
	bool again;

	data_enter(data);
	if (err && err != -ECANCELED)
		log_debug("fill %s/%s %" PRId64 "-%" PRId64 ": %s",
			  fill->file->file_id, fill->file->path, fill->start,
			  fill->end, strerrorname_np(-err));
	if (err == -ETIMEDOUT && !fill->prefetch)
		file_note_timeout(fill->file, fill->reached, fill->end);
	else if (!err && fill->first_ms)
		pace_note(&data->pace, fill->end - fill->start,
			  fill->first_ms - fill->started_ms,
			  clock_now_ms() - fill->first_ms);
	call = fill->call;
	fill->call = NULL;
	/* One that was given up, and then wanted after all, is wanted anew;
	   and what was not asked for on their behalf fails nobody. */
	again = (fill->cancelled && err == -ECANCELED) ||
		(fill->prefetch && err == -ETIMEDOUT);
	take_all(fill, again ? 0 : err, &woken);
	waiter_take_all(&fill->enders, &woken);
	data->queue.active--;
	data->queue.demand_active -= !fill->prefetch;
	fill->file->handles++; /* it must outlive the waking */
	detach(data, fill);
	data_leave(data);

	source_unref(data->source, call);
	waiter_wake_all(woken);

	data_enter(data);
	release_blocks(data, fill);
	fill->file->handles--;
	data_settle_file(data, fill->file);
	unref(fill);
	data_leave(data);
}

static void start(struct data *data, struct fill *fill)
{
	struct source_range range = {
		.file_id = fill->file->file_id,
		.path = fill->file->path,
		.file_size = fill->file->size,
		.offset = fill->start,
		.size = fill->end - fill->start,
		.prefetch = fill->prefetch,
	};
	struct source_fetch fetch = {
		.data = fill,
		.version = on_version,
		.answered = on_answered,
		.bytes = on_bytes,
		.done = on_done,
	};
	struct source_call *call = NULL;
	int err;

	fill->started_ms = clock_now_ms();
	pthread_mutex_unlock(&data->lock);
	err = source_fetch(data->source, &range, &fetch, &call);
	if (err)
		on_done(fill, err);
	data_enter(data);
	if (fill->state == FILL_ENDED) {
		/* It was quicker than we are. */
		pthread_mutex_unlock(&data->lock);
		source_unref(data->source, call);
		data_enter(data);
	} else {
		fill->call = call;
		if (fill->cancelled)
			source_cancel(data->source, call);
		if (fill->promoted)
			source_promote(data->source, call);
	}
	unref(fill);
}

void fill_dispatch(struct data *data)
{
	struct fill *fill;

	take_ready(data);
	if (data->queue.starting)
		return;
	data->queue.starting = true;
	while ((fill = data->queue.ready)) {
		DL_DELETE2(data->queue.ready, fill, queue_prev, queue_next);
		start(data, fill);
		take_ready(data);
	}
	data->queue.starting = false;
}
