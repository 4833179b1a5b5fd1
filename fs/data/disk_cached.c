/* How much of a part is on disk: see data.h. The source's answer may arrive
   after the caller has given up. */

#include "data_internal.h"
#include "transfer.h"

#include <errno.h>
#include <stdlib.h>

#include "caifs/minmax.h"

/* Guarded by the data lock. */
struct data_disk_cached {
	struct data *data;
	struct waiter *waiters; /* the caller's, or none */
	int references;		/* the caller, and the source */
	bool answered;
	int err;
	int64_t size, bytes;
};

int64_t data_max_disk_cached(const struct data *data)
{
	return source_max_disk_cached(data->source);
}

static void unref(struct data_disk_cached *disk_cached)
{
	if (--disk_cached->references == 0)
		free(disk_cached);
}

static void on_answer(void *argument, int err, int64_t bytes)
{
	struct data_disk_cached *disk_cached = argument;
	struct data *data = disk_cached->data;
	struct waiter *waiters = NULL;

	data_lock(data);
	disk_cached->answered = true;
	disk_cached->err = err;
	disk_cached->bytes = bytes;
	waiter_take_all(&disk_cached->waiters, &waiters);
	unref(disk_cached);
	data_dispatch_and_unlock(data);
	waiter_wake_all(waiters);
}

/* Bytes of an active range may have been read, but reach the disk only with the
   following bytes or at its end: wait for that. */
static bool wait_for_fill(struct data *data, struct data_part *part,
			  int64_t offset, int64_t size,
			  struct data_waiter *waiter)
{
	int64_t start = min64(offset, part->size);
	struct fill *fill = NULL;

	data_lock(data);
	if (part->extents)
		fill = fill_passing(part->extents, start,
				    start + min64(size, part->size - start));
	if (fill)
		waiter_join(&fill->end_waiters, &waiter->waiter);
	data_dispatch_and_unlock(data);
	return fill != NULL;
}

/* Called before the waiter joins a list: from then on its request may be ended
   and the part closed, while its names are in use here. */
static int ask(struct data *data, struct data_part *part, int64_t offset,
	       int64_t size, struct data_disk_cached **ret_disk_cached)
{
	const int64_t start = min64(offset, part->size);
	const struct source_range range = {
		.file_id = part->file_id,
		.path = part->path,
		.file_size = part->size,
		.offset = start,
		.size = min64(size, part->size - start),
	};
	struct data_disk_cached *disk_cached = calloc(1, sizeof(*disk_cached));
	const struct source_disk_cached sink = {disk_cached, on_answer};

	if (!disk_cached)
		return -ENOMEM;
	disk_cached->data = data;
	disk_cached->size = range.size;
	disk_cached->references = 2;
	source_ask_disk_cached(data->source, &range, &sink);
	*ret_disk_cached = disk_cached;
	return 0;
}

int data_ask_disk_cached(struct data *data, struct data_part *part,
			 int64_t offset, int64_t size,
			 struct data_waiter *waiter, int64_t *ret_bytes)
{
	struct data_disk_cached *disk_cached;
	int err = 0;

	if (!waiter->disk_cached &&
	    wait_for_fill(data, part, offset, size, waiter))
		return DATA_PARKED;
	if (!waiter->disk_cached)
		err = ask(data, part, offset, size, &waiter->disk_cached);
	if (err)
		return err;
	disk_cached = waiter->disk_cached;
	data_lock(data);
	if (!disk_cached->answered) {
		waiter_join(&disk_cached->waiters, &waiter->waiter);
		data_dispatch_and_unlock(data);
		return DATA_PARKED;
	}
	err = disk_cached->err;
	if (!err)
		*ret_bytes = disk_cached->bytes;
	if (!err && disk_cached->bytes < disk_cached->size)
		part_drop_extents(&data->parts, part);
	waiter->disk_cached = NULL;
	unref(disk_cached);
	data_dispatch_and_unlock(data);
	return err;
}

bool data_unpark_disk_cached(struct data *data, struct data_waiter *waiter)
{
	bool waited;

	data_lock(data);
	/* A waiter in `woken` is about to be woken. */
	waited = waiter->waiter.list != NULL &&
		 waiter->waiter.list != &data->reads.woken;
	if (waited) {
		waiter_leave(&waiter->waiter);
		if (waiter->disk_cached)
			unref(waiter->disk_cached);
	}
	data_unlock(data);
	return waited;
}
