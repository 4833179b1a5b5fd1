/* What of a part is kept on disk: see data.h. The source says so in its own
   time; who asked may have given up by then. */

#include "data_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "caifs/minmax.h"

/* Guarded by the data lock. */
struct data_kept {
	struct data *data;
	struct waiter *waiters; /* the one that asked, or none */
	int holders;		/* who asked, and the source */
	bool answered;
	int err;
	int64_t size, bytes;
};

int64_t data_most_kept(const struct data *data)
{
	return source_most_kept(data->source);
}

static void drop(struct data_kept *kept)
{
	if (--kept->holders == 0)
		free(kept);
}

static void on_answer(void *data, int err, int64_t bytes)
{
	struct data_kept *kept = data;
	struct data *layer = kept->data;
	struct waiter *waiters = NULL;

	data_enter(layer);
	kept->answered = true;
	kept->err = err;
	kept->bytes = bytes;
	waiter_take_all(&kept->waiters, &waiters);
	drop(kept);
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
	       int64_t size, struct data_kept **ret_kept)
{
	const int64_t start = min64(offset, file->size);
	const struct source_range range = {
		.file_id = file->file_id,
		.path = file->path,
		.file_size = file->size,
		.offset = start,
		.size = min64(size, file->size - start),
	};
	struct data_kept *kept = calloc(1, sizeof(*kept));
	const struct source_kept sink = {kept, on_answer};

	if (!kept)
		return -ENOMEM;
	kept->data = data;
	kept->size = range.size;
	kept->holders = 2;
	source_ask_kept(data->source, &range, &sink);
	*ret_kept = kept;
	return 0;
}

int data_ask_kept(struct data *data, struct data_file *file, int64_t offset,
		  int64_t size, struct data_waiter *waiter, int64_t *ret_bytes)
{
	struct data_kept *kept;
	int err = 0;

	if (!waiter->kept && wait_for_fill(data, file, offset, size, waiter))
		return DATA_PARKED;
	if (!waiter->kept)
		err = ask(data, file, offset, size, &waiter->kept);
	if (err)
		return err;
	kept = waiter->kept;
	data_enter(data);
	if (!kept->answered) {
		waiter_join(&kept->waiters, &waiter->waiter);
		data_leave(data);
		return DATA_PARKED;
	}
	err = kept->err;
	if (!err)
		*ret_bytes = kept->bytes;
	if (!err && kept->bytes < kept->size)
		data_forget_blocks(data, file);
	drop(kept);
	data_leave(data);
	return err;
}

bool data_unpark_kept(struct data *data, struct data_waiter *waiter)
{
	bool waited;

	data_enter(data);
	waited = waiter->waiter.list != NULL;
	if (waited) {
		waiter_leave(&waiter->waiter);
		if (waiter->kept)
			drop(waiter->kept);
	}
	/* Under the caller's lock nothing is started: see data_unpark(). */
	pthread_mutex_unlock(&data->lock);
	return waited;
}
