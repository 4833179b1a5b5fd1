/* The bytes of parts: see data.h. */

#include "data_internal.h"

#include "caifs/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* One range is at most this long, and all of them together at most half the
   memory. */
static const int64_t most_fill_bytes = 8 * 1024 * 1024;

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

static struct data_file *find(struct data *data, uint64_t number)
{
	struct data_file *file;

	HASH_FIND(hh, data->files, &number, sizeof(number), file);
	return file;
}

void data_settle_file(struct data *data, struct data_file *file)
{
	if (!file_is_idle(file) || file->emptied)
		return;
	HASH_DEL(data->files, file);
	file_destroy(file);
}

/* Forgets what it knows of a part that nobody has open. */
static void forget_blocks(struct data *data, struct data_file *file)
{
	for (size_t i = 0; i < data->pool.count && file->block_count; i++) {
		struct data_block *block = &data->pool.blocks[i];

		if (block->key.file == file && block->pins == 0)
			pool_drop(&data->pool, block);
	}
}

static int find_or_add(struct data *data, uint64_t number, const char *file_id,
		       const char *path, int64_t size,
		       struct data_file **ret_file)
{
	struct data_file *file = find(data, number);
	int err;

	if (file) {
		*ret_file = file;
		return 0;
	}
	err = file_create(number, file_id, path, size, &file);
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

int data_open(struct data *data, uint64_t number, const char *file_id,
	      const char *path, int64_t size, struct data_file **ret_file,
	      bool *ret_known)
{
	struct data_file *file;
	bool found;
	int err;

	data_enter(data);
	found = find(data, number) != NULL;
	err = find_or_add(data, number, file_id, path, size, &file);
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
		forget_blocks(data, file);
		file->error = 0;
		file->version[0] = '\0';
	}
	file->handles++;
	*ret_file = file;
out:
	data_leave(data);
	return err;
}

void data_close(struct data *data, struct data_file *file)
{
	data_enter(data);
	if (--file->handles == 0)
		fill_drop_queued(data, file);
	data_settle_file(data, file);
	data_leave(data);
}

/* --- Reading --- */

static bool page_is_valid(struct data *data, struct data_file *file,
			  int64_t page)
{
	const int64_t pages = DATA_BLOCK / DATA_PAGE;
	struct data_block *block = pool_find(&data->pool, file, page / pages);

	return block && (block->valid & (1u << (page % pages)));
}

/* The first byte of [offset, end) that is not in memory; `end`: all are. */
static int64_t first_missing(struct data *data, struct data_file *file,
			     int64_t offset, int64_t end)
{
	while (offset < end) {
		int64_t page = offset / DATA_PAGE;

		if (!page_is_valid(data, file, page))
			return offset;
		offset = (page + 1) * DATA_PAGE;
	}
	return end;
}

static void make_view(struct data *data, struct data_file *file, int64_t offset,
		      int64_t end, struct data_view *view)
{
	view->count = 0;
	while (offset < end) {
		struct data_block *block =
			pool_find(&data->pool, file, offset / DATA_BLOCK);
		int64_t in_block = offset % DATA_BLOCK;
		int64_t run = DATA_BLOCK - in_block;

		if (run > end - offset)
			run = end - offset;
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

/* What this read lets us expect. A prefetch that cannot be had is no error. */
static void read_ahead(struct data *data, struct data_file *file,
		       int64_t offset, int64_t end, bool stalled)
{
	int64_t most = (int64_t)data->pool.count * DATA_BLOCK / 4;
	int64_t from, to;

	if (data->queue.demand && data->pool.unused_count == 0)
		most = 0;
	if (readahead_note(&file->readahead, offset, end, file->size, stalled,
			   most, &from, &to))
		fill_missing(data, file, from, to, true);
}

static int park(struct data *data, struct data_file *file, int64_t missing,
		int64_t end, struct data_waiter *waiter)
{
	struct fill *fill;
	int err = fill_missing(data, file, missing, end, false);

	if (err)
		return err;
	fill = fill_covering(file, missing);
	fill_promote(data, fill);
	waiter->start = missing;
	waiter->end = end;
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
	missing = first_missing(data, file, offset, end);
	if (!again) {
		data->reads++;
		if (missing < end && file_has_timed_out(file, missing))
			return -ETIMEDOUT;
		if (missing < end)
			err = fill_missing(data, file, missing, end, false);
		if (err)
			return err;
		read_ahead(data, file, offset, end, missing < end);
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
	file = find(data, number);
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
	if (config->memory_bytes < DATA_MIN_MEMORY || config->connections < 1) {
		free(data);
		return -EINVAL;
	}
	data->source = config->source;
	share = (int64_t)config->memory_bytes / 2 / config->connections;
	data->queue.most_active = (size_t)config->connections;
	data->queue.most_bytes =
		share < most_fill_bytes ? share : most_fill_bytes;
	data->queue.most_bytes -= data->queue.most_bytes % DATA_BLOCK;
	if (data->queue.most_bytes < DATA_BLOCK)
		data->queue.most_bytes = DATA_BLOCK;
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
