/* The bytes of parts: see data.h. */

#include "ahead.h"
#include "data_internal.h"

#include "caifs/clock.h"
#include "caifs/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* One range is at most this long, and at most this part of the memory. */
static const int64_t max_fill_bytes = 8 * 1024 * 1024;
enum { FILLS_IN_MEMORY = 32 };

/* Parts that nobody needs and that are remembered all the same. */
enum { MAX_IDLE = 4096 };

void data_enter(struct data *data)
{
	pthread_mutex_lock(&data->lock);
}

void data_leave(struct data *data)
{
	struct data_file *file;

	fill_dispatch(data);
	while ((file = data->pool.emptied)) {
		LL_DELETE2(data->pool.emptied, file, emptied_next);
		file->emptied = false;
		data_settle_file(data, file);
	}
	pthread_mutex_unlock(&data->lock);
}

/* --- Opening --- */

struct data_file *data_find(struct data *data, uint64_t number)
{
	struct data_file *file;

	HASH_FIND(hh, data->files, &number, sizeof(number), file);
	return file;
}

static void leave_idle(struct data *data, struct data_file *file)
{
	if (!file->idle)
		return;
	file->idle = false;
	data->idle_count--;
	DL_DELETE2(data->idle, file, idle_prev, idle_next);
}

void data_settle_file(struct data *data, struct data_file *file)
{
	struct data_file *oldest;

	if (file->idle || !file_is_idle(file))
		return;
	file->idle = true;
	data->idle_count++;
	DL_APPEND2(data->idle, file, idle_prev, idle_next);
	while (data->idle_count > MAX_IDLE) {
		oldest = data->idle;
		if (oldest->emptied)
			break; /* it is about to be looked at */
		leave_idle(data, oldest);
		/* Something is fetched ahead for it, or was: it comes back
		   here once that has ended and is gone. */
		if (!file_is_idle(oldest))
			continue;
		HASH_DEL(data->files, oldest);
		file_destroy(oldest);
	}
}

void data_forget_blocks(struct data *data, struct data_file *file)
{
	for (size_t i = 0; i < data->pool.count && file->block_count; i++) {
		struct data_block *block = &data->pool.blocks[i];

		if (block->key.file == file && block->pins == 0)
			pool_drop(&data->pool, block);
	}
}

int data_find_or_add(struct data *data, const struct data_part *part,
		     struct data_file **ret_file)
{
	struct data_file *file = data_find(data, part->number);
	int err;

	if (file) {
		leave_idle(data, file);
		*ret_file = file;
		return 0;
	}
	err = file_create(part, &file);
	if (err)
		return err;
	HASH_ADD(hh, data->files, number, sizeof(file->number), file);
	if (!file->hh.tbl) {
		file_destroy(file);
		return -ENOMEM;
	}
	*ret_file = file;
	return 0;
}

int data_open(struct data *data, const struct data_part *part,
	      struct data_file **ret_file, bool *ret_known)
{
	struct data_file *file;
	bool found;
	int err;

	data_enter(data);
	found = data_find(data, part->number) != NULL;
	err = data_find_or_add(data, part, &file);
	if (err)
		goto out;
	if (file->error && (file->handles || file->fills)) {
		/* As long as somebody has the old version open, or some of it
		   is on its way, its pages and the new one's would be the
		   same inode's. */
		err = file->error;
		goto out;
	}
	/* Of a part that was forgotten, the kernel's pages may be of another
	   version than what is read from now on. */
	*ret_known = found && !file->error;
	if (file->error) {
		data_forget_blocks(data, file);
		file->error = 0;
		file->version[0] = '\0';
	}
	file->handles++;
	*ret_file = file;
out:
	data_leave(data);
	return err;
}

/* Nobody has it open: what was to come is not worth fetching any more, what has
   come may be taken over, and whoever reads it next begins anew. */
static void end_reading(struct data *data, struct data_file *file)
{
	fill_drop_queued(data, file);
	pool_give_up_unread(&data->pool, file);
	file->readahead = (struct readahead){0};
	file->fetched_ahead = 0;
	table_forget_readers(&file->table);
	data->streaming_count -= file->streaming;
	file->streaming = false;
	file->walked = false;
}

void data_close(struct data *data, struct data_file *file)
{
	data_enter(data);
	if (--file->handles == 0)
		end_reading(data, file);
	data_settle_file(data, file);
	data_leave(data);
}

void data_follow(struct data *data, struct data_file *file,
		 const struct data_part *followers, size_t count, bool walked)
{
	struct data_file *next;

	data_enter(data);
	file->walked |= walked;
	for (size_t i = 0; i < DATA_FOLLOWERS; i++) {
		file->followers[i] = 0;
		if (i >= count || data_find_or_add(data, &followers[i], &next))
			continue;
		file->followers[i] = next->number;
		if (i == 0)
			next->before = file->number;
		data_settle_file(data, next);
	}
	data_leave(data);
}

/* --- Reading --- */

static void make_view(struct data *data, struct data_file *file, int64_t offset,
		      int64_t end, struct data_view *view)
{
	const bool whole = readahead_is_from_start(&file->readahead, offset);

	view->count = 0;
	while (offset < end) {
		struct data_block *block =
			pool_find(&data->pool, file, offset / DATA_BLOCK);
		int64_t in_block = offset % DATA_BLOCK;
		int64_t run = DATA_BLOCK - in_block;

		if (run > end - offset)
			run = end - offset;
		pool_note_read(&data->pool, block,
			       whole && in_block + run == DATA_BLOCK);
		pool_pin(&data->pool, block);
		view->blocks[view->count] = block;
		view->parts[view->count++] = (struct iovec){
			.iov_base = block->bytes + in_block,
			.iov_len = (size_t)run,
		};
		offset += run;
	}
}

void data_view_finish(struct data *data, struct data_view *view)
{
	data_enter(data);
	for (int i = 0; i < view->count; i++)
		pool_unpin(&data->pool, view->blocks[i]);
	view->count = 0;
	data_leave(data);
}

static int park(struct data *data, struct data_file *file, int64_t missing,
		int64_t end, struct data_waiter *waiter)
{
	struct fill *fill;
	int err = missing_fetch(data, file, missing, end, fill_longest(data),
				false);

	if (err)
		return err;
	fill = fill_covering(file, missing);
	fill_promote(data, fill);
	waiter->start = missing;
	waiter->end = end;
	waiter->parked_ms = clock_now_ms();
	waiter_join(&fill->waiters, &waiter->waiter);
	data->parked++;
	return DATA_PARKED;
}

static int read_locked(struct data *data, struct data_file *file,
		       int64_t offset, int64_t end, struct data_waiter *waiter,
		       struct data_view *view)
{
	bool again = waiter->end != 0;
	int64_t missing;
	int err = waiter->error;

	if (file->error)
		return file->error;
	if (err)
		return err;
	missing = missing_first(data, file, offset, end);
	if (!again) {
		data->reads++;
		if (missing < end && file_has_timed_out(file, missing))
			return -ETIMEDOUT;
		err = ahead_note_read(data, file, offset, end, missing);
		if (err)
			return err;
	}
	if (missing < end)
		return park(data, file, missing, end, waiter);
	make_view(data, file, offset, end, view);
	return 0;
}

int data_read(struct data *data, struct data_file *file, int64_t offset,
	      size_t size, struct data_waiter *waiter, struct data_view *view)
{
	int64_t end;
	int err;

	view->count = 0;
	if (size > DATA_MAX_READ)
		size = DATA_MAX_READ;
	if (offset >= file->size || size == 0)
		return 0;
	end = file->size - offset < (int64_t)size ? file->size
						  : offset + (int64_t)size;
	data_enter(data);
	table_settle(data, file);
	err = read_locked(data, file, offset, end, waiter, view);
	data_leave(data);
	return err;
}

/* What is on its way for [start, end) and nobody else waits for. */
static void abandon(struct data *data, struct data_file *file, int64_t start,
		    int64_t end)
{
	struct fill *fill, *next;

	DL_FOREACH_SAFE (file->fills, fill, next)
		if (fill->start < end && start < fill->end)
			fill_abandon(data, fill);
}

bool data_unpark(struct data *data, struct data_waiter *reader, int why)
{
	struct waiter *waiter = &reader->waiter;
	bool waited;

	data_enter(data);
	waited = waiter->list != NULL;
	if (waited) {
		struct fill *fill =
			container_of(waiter->list, struct fill, waiters);

		waiter_leave(waiter);
		if (why == -ETIMEDOUT)
			file_note_timeout(fill->file, reader->start,
					  reader->end);
		abandon(data, fill->file, reader->start, reader->end);
	}
	/* Nothing is started here, under the caller's lock. What could not go
	   on for want of room is looked at by whoever has that room, when he
	   gives it back. */
	pthread_mutex_unlock(&data->lock);
	return waited;
}

/* --- Looking --- */

int64_t data_cached_bytes(struct data *data, uint64_t number)
{
	struct data_file *file;
	int64_t bytes = 0;

	data_enter(data);
	file = data_find(data, number);
	if (file)
		bytes = file->valid_bytes;
	data_leave(data);
	return bytes;
}

struct data_counts data_count(struct data *data)
{
	struct data_counts counts;

	data_enter(data);
	counts = (struct data_counts){
		.reads = data->reads,
		.parked = data->parked,
		.fills = data->queue.demand_count,
		.prefetches = data->queue.prefetch_count,
		.evictions = data->pool.evictions,
		.wasted = data->pool.wasted,
		.blocks = data->pool.count,
		.blocks_used = data->pool.used_count,
		.fills_active = data->queue.active,
		.files = HASH_COUNT(data->files),
	};
	data_leave(data);
	return counts;
}

/* --- Life --- */

int data_create(const struct data_config *config, struct data **ret_data)
{
	struct data *data = calloc(1, sizeof(*data));
	int64_t share;
	int err;

	if (!data)
		return -ENOMEM;
	if (config->memory_bytes < DATA_MIN_MEMORY) {
		free(data);
		return -EINVAL;
	}
	data->source = config->source;
	data->no_parquet = config->no_parquet;
	data->kernel = (struct plan_kernel){DATA_PAGE, DATA_KERNEL_WINDOW};
	share = (int64_t)config->memory_bytes / FILLS_IN_MEMORY;
	data->queue.max_bytes = share < max_fill_bytes ? share : max_fill_bytes;
	data->queue.max_bytes -= data->queue.max_bytes % DATA_BLOCK;
	if (data->queue.max_bytes < DATA_MAX_READ)
		data->queue.max_bytes = DATA_MAX_READ;
	err = pool_init(&data->pool, config->memory_bytes);
	if (err) {
		free(data);
		return err;
	}
	pthread_mutex_init(&data->lock, NULL);
	*ret_data = data;
	return 0;
}

struct data *data_destroy(struct data *data)
{
	struct data_file *file, *next;

	if (!data)
		return NULL;
	HASH_ITER (hh, data->files, file, next) {
		HASH_DEL(data->files, file);
		file_destroy(file);
	}
	pool_finish(&data->pool);
	pthread_mutex_destroy(&data->lock);
	free(data);
	return NULL;
}
