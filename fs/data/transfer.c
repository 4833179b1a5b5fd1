/* Ranges and the source: see transfer.h. */

#include "transfer.h"

#include "caifs/clock.h"
#include "caifs/log.h"
#include "caifs/minmax.h"
#include "data_internal.h"
#include "prefetch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <utlist.h>

enum {
	/* The most in one hold of the lock: reads admitted, blocks freed or
	   waiters woken. */
	ADMIT_AT_ONCE = 2,
	MAX_AT_ONCE = 64,
	/* Bytes marked present in one hold of the lock. */
	RECEIVE_AT_ONCE = 256 * 1024,
};

/* Wakes some waiters; drops the lock meanwhile. */
static void wake(struct data *data)
{
	struct waiter *woken = NULL, *waiter;

	for (int i = 0; i < MAX_AT_ONCE && data->reads.woken; i++) {
		waiter = data->reads.woken;
		waiter_leave(waiter);
		DL_APPEND(woken, waiter);
		data->steps++;
	}
	data_unlock(data);
	waiter_wake_all(woken);
	data_lock(data);
}

/* --- Starting --- */

/* Not while a read waits for memory, nor on a slow line while a demand range is
   active. */
static bool may_prefetch(const struct data *data)
{
	if (data->reads.queue.count)
		return false;
	return data->fills.demand_active == 0 ||
	       !throughput_estimate_is_slow(&data->fills.estimate);
}

static struct fill *next_to_start(struct data *data)
{
	const size_t max = (size_t)source_capacity(data->source);
	const int64_t now_ms = clock_now_ms();
	struct fill *fill;

	if (data->fills.active >= max)
		return NULL;
	fill = fill_begin(&data->fills, false, now_ms);
	if (fill || !may_prefetch(data))
		return fill;
	prefetch_next(data, now_ms);
	return fill_begin(&data->fills, true, now_ms);
}

static int on_version(void *argument, const char *version);
static void on_answered(void *argument, const struct source_wait *wait);
static void on_bytes(void *argument, const char *bytes, size_t size);
static void on_done(void *argument, int err);

/* Drops the lock while it calls the source. */
static void start(struct data *data, struct fill *fill)
{
	const struct source_range range = {
		.file_id = fill->part->file_id,
		.path = fill->part->path,
		.file_size = fill->part->size,
		.offset = fill->start,
		.size = fill->end - fill->start,
		.prefetch = fill->prefetch,
	};
	const struct source_fetch fetch = {
		.data = fill,
		.version = on_version,
		.answered = on_answered,
		.bytes = on_bytes,
		.done = on_done,
	};
	struct source_call *call = NULL;
	int err;

	data_unlock(data);
	err = source_fetch(data->source, &range, &fetch, &call);
	if (err)
		on_done(fill, err);
	data_lock(data);
	if (fill->state == FILL_ENDED) {
		/* on_done() has run before there was a `call` to release. */
		data_unlock(data);
		source_unref(data->source, call);
		data_lock(data);
	} else {
		fill->call = call;
		if (fill->cancelled)
			source_cancel(data->source, call);
		if (fill->promoted)
			source_promote(data->source, call);
	}
	fill_unref(&data->fills, fill);
}

static bool dispatch_one(struct data *data)
{
	const int64_t now_ms = clock_now_ms();
	struct fill *fill;
	int admitted = 0;

	while (admitted < ADMIT_AT_ONCE &&
	       reads_admit_next(&data->reads, now_ms))
		admitted++;
	if (data->reads.woken) {
		wake(data);
		return true;
	}
	if (data->dispatching)
		return admitted == ADMIT_AT_ONCE;
	fill = next_to_start(data);
	if (!fill)
		return admitted == ADMIT_AT_ONCE;
	data->dispatching = true;
	start(data, fill);
	data->dispatching = false;
	return true;
}

void data_dispatch_and_unlock(struct data *data)
{
	pool_free_orphans(&data->pool, MAX_AT_ONCE);
	while (dispatch_one(data)) {
		data_unlock(data);
		data_lock(data);
	}
	data_unlock(data);
}

/* --- Callbacks --- */

static int error_of(enum version_check check)
{
	switch (check) {
	case VERSION_ACCEPTED:
		return 0;
	case VERSION_CHANGED:
		return -ESTALE;
	case VERSION_NO_MEMORY:
		return -ENOMEM;
	case VERSION_MISSING:
	case VERSION_LEARNED:
	default:
		return -EIO;
	}
}

/* Drops the lock while it calls back. */
static void notify_changed(struct data *data, uint64_t inode)
{
	void (*changed)(void *, uint64_t) = data->changed;
	void *watcher = data->watcher;

	if (!changed)
		return;
	data->notifying++;
	data_unlock(data);
	changed(watcher, inode);
	data_lock(data);
	if (--data->notifying == 0)
		pthread_cond_broadcast(&data->notified);
}

static int on_version(void *argument, const char *version)
{
	struct fill *fill = argument;
	struct data *data = fill->data;
	struct data_part *part = fill->part;
	enum version_check check;
	bool was_stale;

	data_lock(data);
	was_stale = part->error != 0;
	check = part_check_version(&data->parts, part, fill->extents, version);
	fill->version_check = check;
	if (check == VERSION_CHANGED && !was_stale)
		notify_changed(data, part_inode(part));
	while (part->error && reads_fail_queued(&data->reads, part)) {
		data_dispatch_and_unlock(data);
		data_lock(data);
	}
	data_dispatch_and_unlock(data);
	return error_of(check);
}

static void on_answered(void *argument, const struct source_wait *wait)
{
	struct fill *fill = argument;

	data_lock(fill->data);
	fill->wait = *wait;
	fill->answered_ms = clock_now_ms();
	data_unlock(fill->data);
}

static void copy_in(const struct fill *fill, const char *bytes, size_t size)
{
	const struct pool *pool = &fill->data->pool;
	int64_t first = fill->start / DATA_BLOCK;
	int64_t at = fill->reached;

	while (size) {
		struct block *block = fill->blocks[at / DATA_BLOCK - first];
		size_t in_block = (size_t)(at % DATA_BLOCK);
		size_t run = DATA_BLOCK - in_block;

		if (run > size)
			run = size;
		memcpy(pool_bytes(pool, block) + in_block, bytes, run);
		bytes += run;
		size -= run;
		at += (int64_t)run;
	}
}

static void receive(struct fill *fill, const char *bytes, size_t size)
{
	struct data *data = fill->data;
	const int64_t now_ms = clock_now_ms();
	bool more;

	copy_in(fill, bytes, size);
	data_lock(data);
	if (!fill->first_ms)
		fill->first_ms = now_ms;
	fill_receive(fill, fill->reached + (int64_t)size);
	do {
		more = reads_on_received(&data->reads, fill, now_ms);
		data_dispatch_and_unlock(data);
		if (more)
			data_lock(data);
	} while (more);
}

static void on_bytes(void *argument, const char *bytes, size_t size)
{
	while (size) {
		size_t run = size < RECEIVE_AT_ONCE ? size : RECEIVE_AT_ONCE;

		receive(argument, bytes, run);
		bytes += run;
		size -= run;
	}
}

static void note_end(struct data *data, const struct fill *fill, int err,
		     int64_t now_ms)
{
	if (err && err != -ECANCELED)
		log_debug("fill %s/%s %" PRId64 "-%" PRId64 ": %s",
			  fill->part->file_id, fill->part->path, fill->start,
			  fill->end, strerrorname_np(-err));
	else if (!err && fill->first_ms)
		throughput_estimate_note(&data->fills.estimate,
					 fill->end - fill->start,
					 fill->first_ms - fill->started_ms,
					 now_ms - fill->first_ms);
}

/* Wakes some. False: call again, there are more. */
static bool wake_end_waiters(struct data *data, struct fill *fill)
{
	for (int i = 0; i < MAX_AT_ONCE && fill->end_waiters; i++) {
		struct waiter *waiter = fill->end_waiters;

		waiter_leave(waiter);
		waiter_join(&data->reads.woken, waiter);
		data->steps++;
	}
	return fill->end_waiters == NULL;
}

static void on_done(void *argument, int err)
{
	struct fill *fill = argument;
	struct data *data = fill->data;
	const int64_t now_ms = clock_now_ms();
	struct source_call *call;
	bool more = true;

	data_lock(data);
	note_end(data, fill, err, now_ms);
	call = fill->call;
	fill->call = NULL;
	fill_end(&data->fills, fill);
	while (more) {
		more = reads_on_ended(&data->reads, fill, err, now_ms) ||
		       !wake_end_waiters(data, fill);
		if (!more)
			fill_unref(&data->fills, fill);
		data_dispatch_and_unlock(data);
		if (more)
			data_lock(data);
	}
	source_unref(data->source, call);
}
