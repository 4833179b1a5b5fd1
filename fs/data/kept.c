/* What of a part is kept on disk: see data.h. The source says so in its own
   time; who asked may have given up by then. */

#include "data_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "caifs/minmax.h"

/* Guarded by the data lock. */
struct data_disk_cached {
	struct data *data;
	struct waiter *waiters; /* the one that asked, or none */
	int holders;		/* who asked, and the source */
	bool answered;
	int err;
	int64_t size, bytes;
};

int64_t data_max_disk_cached(const struct data *data)
{
	return source_max_disk_cached(data->source);
}

static void drop(struct data_disk_cached *disk_cached)
{
	if (--disk_cached->holders == 0)
		free(disk_cached);
}

static void on_answer(void *data, int err, int64_t bytes)
{
	struct data_disk_cached *disk_cached = data;
	struct data *layer = disk_cached->data;
	struct waiter *waiters = NULL;

	data_enter(layer);
	disk_cached->answered = true;
	disk_cached->err = err;
	disk_cached->bytes = bytes;
	waiter_take_all(&disk_cached->waiters, &waiters);
	drop(disk_cached);
	data_leave(layer);
	waiter_wake_all(waiters);
}

/* What a fill under way has brought so far is read already, but handed on to be
   kept only when more of it, or its end, has come. */
static bool wait_for_fill(struct data *data, struct data_file *file,
			  int64_t offset, int64_t size,
			  struct data_waiter *waiter)
{
	int64_t start = min64(offset, file->size);
	struct fill *fill;

	data_enter(data);
	fill = fill_passing(file, start,
			    start + min64(size, file->size - start));
	if (fill)
		waiter_join(&fill->enders, &waiter->waiter);
	data_leave(data);
	return fill != NULL;
}

/* Before the waiter waits, so that nobody can have it, and close the part,
   while its names are looked at. */
static int ask(struct data *data, struct data_file *file, int64_t offset,
	       int64_t size, struct data_disk_cached **ret_disk_cached)
{
	const int64_t start = min64(offset, file->size);
	const struct source_range range = {
		.file_id = file->file_id,
		.path = file->path,
		.file_size = file->size,
		.offset = start,
		.size = min64(size, file->size - start),
	};
	struct data_disk_cached *disk_cached = calloc(1, sizeof(*disk_cached));
	const struct source_disk_cached sink = {disk_cached, on_answer};

	if (!disk_cached)
		return -ENOMEM;
	disk_cached->data = data;
	disk_cached->size = range.size;
	disk_cached->holders = 2;
	source_ask_disk_cached(data->source, &range, &sink);
	*ret_disk_cached = disk_cached;
	return 0;
}

int data_ask_disk_cached(struct data *data, struct data_file *file,
			 int64_t offset, int64_t size,
			 struct data_waiter *waiter, int64_t *ret_bytes)
{
	struct data_disk_cached *disk_cached;
	int err = 0;

	if (!waiter->disk_cached &&
	    wait_for_fill(data, file, offset, size, waiter))
		return DATA_PARKED;
	if (!waiter->disk_cached)
		err = ask(data, file, offset, size, &waiter->disk_cached);
	if (err)
		return err;
	disk_cached = waiter->disk_cached;
	data_enter(data);
	if (!disk_cached->answered) {
		waiter_join(&disk_cached->waiters, &waiter->waiter);
		data_leave(data);
		return DATA_PARKED;
	}
	err = disk_cached->err;
	if (!err)
		*ret_bytes = disk_cached->bytes;
	if (!err && disk_cached->bytes < disk_cached->size)
		data_forget_blocks(data, file);
	drop(disk_cached);
	data_leave(data);
	return err;
}

bool data_unpark_disk_cached(struct data *data, struct data_waiter *waiter)
{
	bool waited;

	data_enter(data);
	waited = waiter->waiter.list != NULL;
	if (waited) {
		waiter_leave(&waiter->waiter);
		if (waiter->disk_cached)
			drop(waiter->disk_cached);
	}
	/* Under the caller's lock nothing is started: see data_unpark(). */
	pthread_mutex_unlock(&data->lock);
	return waited;
}
