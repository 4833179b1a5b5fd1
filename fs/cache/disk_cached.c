/* How much of a range is on disk. Counted on the writer, after all writes that
   were queued before. */

#include "cache_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "caifs/container.h"
#include "caifs/minmax.h"
#include "call.h"

enum { BATCH = 256 };

struct question {
	struct job job;
	struct cache *cache;
	struct part *part;
	int64_t offset, end;
	struct source_disk_cached sink;
};

/* Bytes of [offset, to) in those of pages [first, end) that are on disk. Pages
   whose entries cannot be read count as missing. */
static int64_t count(const struct part_file *file, int64_t first, int64_t end,
		     int64_t offset, int64_t to)
{
	struct page_entry entries[BATCH];
	int64_t bytes = 0;

	while (first < end) {
		size_t some = (size_t)min64(end - first, BATCH);

		if (part_file_read_entries(file, first, some, entries))
			break;
		for (size_t i = 0; i < some; i++, first++)
			if (page_entry_is_set(&entries[i]))
				bytes += min64((first + 1) * PART_FILE_PAGE,
					       to) -
					 max64(first * PART_FILE_PAGE, offset);
	}
	return bytes;
}

static void answer(struct job *job)
{
	struct question *q = container_of(job, struct question, job);
	struct store *store = &q->cache->store;
	struct cached_part *cached = store_get(store, q->part);
	int64_t bytes = 0;

	if (cached)
		bytes = count(&cached->file, q->offset / PART_FILE_PAGE,
			      (q->end + PART_FILE_PAGE - 1) / PART_FILE_PAGE,
			      q->offset, q->end);
	cached_part_unref(&store->cached_parts, cached);
	q->sink.done(q->sink.data, 0, bytes);
	part_unref(q->part);
	free(q);
}

static int post(struct cache *cache, struct question *q)
{
	bool stopping;

	cache_enter(cache);
	stopping = cache->stopping;
	if (!stopping)
		executor_post(cache->store.writer, &q->job);
	cache_leave(cache);
	return stopping ? -ECANCELED : 0;
}

void cache_ask_disk_cached(struct cache *cache,
			   const struct source_range *range,
			   const struct source_disk_cached *disk_cached)
{
	struct question *q = calloc(1, sizeof(*q));
	int err = q ? part_create(cache->scope, range, &q->part) : -ENOMEM;

	if (!err) {
		q->job.run = answer;
		q->cache = cache;
		q->offset = range->offset;
		q->end = range->offset + range->size;
		q->sink = *disk_cached;
		err = post(cache, q);
	}
	if (!err)
		return;
	if (q)
		part_unref(q->part);
	free(q);
	disk_cached->done(disk_cached->data, err, 0);
}
