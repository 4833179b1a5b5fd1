/* The bytes of parts: see caifs/data.h and docs/data.md. */

#include "data_internal.h"
#include "prefetch.h"
#include "transfer.h"

#include "caifs/clock.h"
#include "caifs/minmax.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The most bytes of a range; and how many ranges must fit in the memory. */
static const int64_t max_fill_bytes = 8 * 1024 * 1024;
enum { FILLS_IN_MEMORY = 31 };

void data_watch(struct data *data,
		void (*changed)(void *watcher, uint64_t inode), void *watcher)
{
	data_lock(data);
	data->changed = changed;
	data->watcher = watcher;
	while (!changed && data->notifying)
		pthread_cond_wait(&data->notified, &data->lock);
	data_unlock(data);
}

/* --- Parts --- */

int data_part_get(struct data *data, const struct data_identity *identity,
		  struct data_part **ret_part)
{
	struct data_part *part;
	int err = 0;

	data_lock(data);
	part = parts_find(&data->parts, identity->inode);
	if (part && (part->size != identity->size ||
		     strcmp(part->file_id, identity->file_id) != 0 ||
		     strcmp(part->path, identity->path) != 0))
		err = -EIO;
	else if (part)
		part->references++;
	else
		err = parts_add(&data->parts, identity, &part);
	if (!err)
		*ret_part = part;
	data_unlock(data);
	return err;
}

void data_part_put(struct data *data, struct data_part *part)
{
	data_lock(data);
	if (part->references - 1 == part->fills)
		fill_cancel_all(&data->fills, part);
	parts_unref(&data->parts, part);
	data_unlock(data);
}

int data_open(struct data *data, struct data_part *part)
{
	int err;

	data_lock(data);
	err = part->error;
	if (!err) {
		part->opens++;
		part->references++;
	}
	data_dispatch_and_unlock(data);
	return err;
}

void data_close(struct data *data, struct data_part *part)
{
	data_lock(data);
	if (--part->opens == 0) {
		data->streaming_count -= part->streaming;
		part_end_reading(&data->parts, part, clock_now_ms());
	}
	parts_unref(&data->parts, part);
	data_dispatch_and_unlock(data);
}

void data_hint(struct data *data, struct data_part *part,
	       const uint64_t *siblings, size_t count, bool listed)
{
	struct data_part *next;

	data_lock(data);
	part->listed |= listed;
	next = count ? parts_find(&data->parts, siblings[0]) : NULL;
	if (next)
		next->previous_sibling = part_inode(part);
	if (!part->error && !part_prepare(&data->parts, part))
		for (size_t i = 0; i < DATA_SIBLINGS; i++)
			part->readers->next_siblings[i] =
				i < count ? siblings[i] : 0;
	data_dispatch_and_unlock(data);
}

/* --- Reading --- */

static int read_error(struct data *data, struct data_read *read)
{
	int err = read->part->error ? read->part->error : read->error;

	read_finish(&data->reads, read);
	return err;
}

static int begin(struct data *data, struct read_request *request,
		 struct data_read **ret_read)
{
	struct data_part *part = request->part;
	int64_t missing;
	int err;

	data->read_count++;
	err = part_prepare(&data->parts, part);
	if (err)
		return err;
	missing = extents_run(part->extents, request->offset, request->end,
			      EXTENTS_PRESENT);
	if (missing < request->end &&
	    part_timed_out_recently(part, request->waiter->caller, missing,
				    request->now_ms))
		return -ETIMEDOUT;
	request->extend_to =
		prefetch_note_read(data, part, request->offset, request->end,
				   missing, &request->extend_from);
	return read_begin(&data->reads, request, ret_read);
}

static void make_view(struct data *data, struct data_read *read,
		      struct data_view *view)
{
	const struct readers *readers = read->part->readers;
	/* The kernel has these bytes, and the reader is past them. */
	const bool consumed =
		readers && !read->waiter->direct &&
		readahead_is_from_start(&readers->readahead, read->offset);
	int64_t at = read->offset;

	view->read = read;
	read->part->unversioned_served |= read->extents->unversioned;
	while (at < read->end) {
		struct block *block = read->blocks[view->count];
		int64_t in_block = at % DATA_BLOCK;
		int64_t run = min64(DATA_BLOCK - in_block, read->end - at);

		pool_note_read(&data->pool, block,
			       consumed && in_block + run == DATA_BLOCK);
		view->parts[view->count++] = (struct iovec){
			.iov_base = pool_bytes(&data->pool, block) + in_block,
			.iov_len = (size_t)run,
		};
		at += run;
	}
}

static int read_locked(struct data *data, struct read_request *request,
		       struct data_view *view)
{
	struct data_waiter *waiter = request->waiter;
	struct data_read *read = waiter->read;
	int err;

	if (read && read->state == READ_READY && read_is_outdated(read)) {
		read_finish(&data->reads, read);
		read = NULL;
	}
	if (!read) {
		waiter->read = NULL;
		if (request->part->error)
			return request->part->error;
		err = begin(data, request, &read);
		if (err)
			return err;
	}
	waiter->read = NULL;
	if (read->part->error &&
	    (read->state == READ_READY || read->state == READ_FAILED))
		return read_error(data, read);
	switch (read->state) {
	case READ_READY:
		make_view(data, read, view);
		return 0;
	case READ_FAILED:
		return read_error(data, read);
	case READ_QUEUED:
	case READ_WAITING:
	default:
		waiter->read = read;
		read_park(&data->reads, read);
		return DATA_PARKED;
	}
}

int data_read(struct data *data, struct data_part *part, int64_t offset,
	      size_t size, struct data_waiter *waiter, struct data_view *view)
{
	struct read_request request = {
		.part = part,
		.waiter = waiter,
		.offset = offset,
		.now_ms = clock_now_ms(),
	};
	int err;

	view->count = 0;
	view->read = NULL;
	if (size > DATA_MAX_READ)
		size = DATA_MAX_READ;
	if (offset >= part->size || size == 0)
		return 0;
	request.end = part->size - offset < (int64_t)size
			      ? part->size
			      : offset + (int64_t)size;
	data_lock(data);
	if (!part->error)
		parquet_advance(data, part);
	err = read_locked(data, &request, view);
	data_dispatch_and_unlock(data);
	return err;
}

void data_view_finish(struct data *data, struct data_view *view)
{
	view->count = 0;
	if (!view->read)
		return;
	data_lock(data);
	read_finish(&data->reads, view->read);
	view->read = NULL;
	data_dispatch_and_unlock(data);
}

bool data_unpark(struct data *data, struct data_waiter *waiter, int why)
{
	struct data_read *read;
	bool waited;

	data_lock(data);
	read = waiter->read;
	waited = read &&
		 (read->state == READ_QUEUED || read->state == READ_WAITING);
	if (waited) {
		if (why == -ETIMEDOUT)
			part_note_timeout(read->part, waiter->caller,
					  read->offset, read->end,
					  clock_now_ms());
		waiter->read = NULL;
		read_cancel(&data->reads, read);
	}
	data_unlock(data);
	return waited;
}

void data_resume(struct data *data)
{
	data_lock(data);
	data_dispatch_and_unlock(data);
}

/* --- Statistics --- */

int64_t data_cached_bytes(struct data *data, uint64_t inode)
{
	const struct data_part *part;
	int64_t bytes = 0;

	data_lock(data);
	part = parts_find(&data->parts, inode);
	if (part && part->extents)
		bytes = part->extents->present_bytes;
	data_unlock(data);
	return bytes;
}

struct data_counts data_count(struct data *data)
{
	struct data_counts counts;

	data_lock(data);
	counts = (struct data_counts){
		.reads = data->read_count,
		.parked = data->reads.parked,
		.fills = data->fills.demand_count,
		.prefetches = data->fills.prefetch_count,
		.evictions = data->pool.evictions,
		.wasted = data->pool.wasted,
		.blocks = data->pool.count,
		.blocks_used = data->pool.used_count,
		.fills_active = data->fills.active,
		.files = data->parts.count,
		.lock_steps = data->max_steps,
	};
	data_unlock(data);
	return counts;
}

/* --- Creation and destruction --- */

int data_create_of_blocks(const struct data_config *config, size_t blocks,
			  struct data **ret_data)
{
	const int64_t share = (int64_t)blocks * DATA_BLOCK / FILLS_IN_MEMORY;
	struct data *data = calloc(1, sizeof(*data));
	int err;

	if (!data)
		return -ENOMEM;
	data->source = config->source;
	data->no_parquet = config->no_parquet;
	data->kernel = (struct column_kernel){DATA_PAGE, DATA_KERNEL_WINDOW};
	err = pool_init(&data->pool, blocks, &data->steps);
	if (err) {
		free(data);
		return err;
	}
	parts_init(&data->parts, &data->pool);
	fills_init(&data->fills, data->source, &data->parts, data,
		   max64(min64(share, max_fill_bytes) / DATA_BLOCK * DATA_BLOCK,
			 DATA_MAX_READ));
	reads_init(&data->reads, &data->fills);
	prefetch_queue_init(&data->wants);
	pthread_mutex_init(&data->lock, NULL);
	pthread_cond_init(&data->notified, NULL);
	*ret_data = data;
	return 0;
}

int data_create(const struct data_config *config, struct data **ret_data)
{
	/* Per block: its bytes, its record, and the ranges that a read of this
	   one block may wait for. */
	const size_t cost = DATA_BLOCK + sizeof(struct block) +
			    READ_WAITS * sizeof(struct fill);

	if (config->memory_bytes < DATA_MIN_MEMORY)
		return -EINVAL;
	return data_create_of_blocks(config, config->memory_bytes / cost,
				     ret_data);
}

struct data *data_destroy(struct data *data)
{
	if (!data)
		return NULL;
	prefetch_queue_finish(&data->wants);
	parts_finish(&data->parts);
	while (data->pool.orphans.count)
		pool_free_orphans(&data->pool, (int)data->pool.count);
	pool_finish(&data->pool);
	pthread_cond_destroy(&data->notified);
	pthread_mutex_destroy(&data->lock);
	free(data);
	return NULL;
}
