/*
 * One fetch: serves what is on disk, on a reader's thread; fetches missing
 * pages from the source below, run by run, and copies them to the writer. A
 * call is in one of three places at a time: its job queued or running on its
 * reader, its timer set while another process fetches the page, or below.
 */

#include "cache_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "caifs/clock.h"
#include "caifs/container.h"
#include "call.h"
#include "fetch_lock.h"
#include "page_assembler.h"

enum {
	/* Two missing runs with fewer cached pages between them are fetched as
	   one: one longer request costs less than two. */
	MIN_SKIP = 32,
	BATCH = STORE_RUN / PART_FILE_PAGE,
	/* How long to wait for another process that makes no progress. */
	MAX_PEER_WAIT_MS = 3000,
	/* After such a wait, no fetch waits for another process this long. */
	SKIP_PEER_WAIT_MS = 30 * 1000,
	PEER_POLL_MS = 10,
};

struct fetching {
	struct source_call call;
	struct job job;
	struct timer timer;
	struct cache_reader *reader;
	struct source_fetch fetch;
	struct source_range range;
	struct part *part;	    /* NULL: no memory; nothing is cached */
	struct cached_part *cached; /* NULL: nothing on disk */
	int64_t at, end;	    /* what is left to deliver */
	int64_t damaged_page;	    /* found last; -1: none */
	int64_t peer_wait_since_ms; /* monotonic; 0: does not wait */
	bool version_known;
	char version[SOURCE_VERSION_SIZE]; /* last passed to the caller */

	struct page_assembler assembler;
	int64_t lock_first, lock_end;
	bool locked;

	/* Guarded by the cache's lock. */
	struct source_call *below;
	bool below_ended, below_prefetch, promoted;
};

static struct fetching *fetching_of(struct source_call *call)
{
	return container_of(call, struct fetching, call);
}

static struct store *store_of(struct fetching *f)
{
	return &f->call.cache->store;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void finish(struct fetching *f, int err)
{
	cached_part_unref(&store_of(f)->cached_parts, f->cached);
	f->cached = NULL;
	f->fetch.done(f->fetch.data, err);
	cache_call_end(&f->call);
}

static int set_version(struct fetching *f, const char *version)
{
	if (f->version_known && strcmp(f->version, version) == 0)
		return 0;
	f->version_known = true;
	strncpy(f->version, version, sizeof(f->version) - 1);
	return f->fetch.version ? f->fetch.version(f->fetch.data, version) : 0;
}

/* --- From the disk --- */

static void find_cached(struct fetching *f)
{
	struct store *store = store_of(f);

	if (f->cached && !atomic_load(&f->cached->unlinked))
		return;
	cached_part_unref(&store->cached_parts, f->cached);
	f->cached = f->part ? store_get(store, f->part) : NULL;
}

static bool is_on_disk(const struct fetching *f, int64_t page,
		       const struct page_entry *entry)
{
	return page_entry_is_set(entry) && page != f->damaged_page;
}

/* How many pages from `first` on, at most `max`, are on disk without a gap. */
static size_t count_on_disk(struct fetching *f, int64_t first, size_t max,
			    struct page_entry *entries)
{
	size_t count = 0;

	if (part_file_read_entries(&f->cached->file, first, max, entries))
		return 0;
	while (count < max &&
	       is_on_disk(f, first + (int64_t)count, &entries[count]))
		count++;
	return count;
}

static void note_damage(struct fetching *f, int64_t page)
{
	f->damaged_page = page;
	atomic_fetch_add(&store_of(f)->counts.damaged, 1);
	part_file_drop_page(&f->cached->file, page);
}

static void deliver(struct fetching *f, int64_t first, size_t pages)
{
	struct store_counts *counts = &store_of(f)->counts;
	int64_t from = f->at - first * PART_FILE_PAGE;
	int64_t to = smaller(first * PART_FILE_PAGE +
				     (int64_t)pages * PART_FILE_PAGE,
			     f->end);

	atomic_fetch_add(&counts->hits, (int64_t)pages);
	atomic_fetch_add(&counts->bytes, to - f->at);
	f->fetch.bytes(f->fetch.data, f->reader->bytes + from,
		       (size_t)(to - f->at));
	f->at = to;
	f->peer_wait_since_ms = 0;
}

/* Delivers pages from `at` up to the first that is not on disk. 0, or the
   caller's error. */
static int serve_from_disk(struct fetching *f)
{
	struct page_entry entries[BATCH];

	while (f->at < f->end && f->cached) {
		int64_t first = f->at / PART_FILE_PAGE;
		int64_t last = (f->end - 1) / PART_FILE_PAGE;
		size_t max = (size_t)smaller(last - first + 1, BATCH), right;
		size_t count = count_on_disk(f, first, max, entries);
		int err;

		if (count == 0 || cache_call_is_cancelled(&f->call))
			return 0;
		right = part_file_read(&f->cached->file, first, count, entries,
				       f->reader->bytes);
		if (right) {
			err = set_version(f, f->cached->file.version);
			if (err)
				return err;
			deliver(f, first, right);
		}
		if (right < count)
			note_damage(f, first + (int64_t)right);
	}
	return 0;
}

/* The end of the run of missing pages that begins at `first`: the next MIN_SKIP
   adjacent pages on disk, or pages on disk up to the end of the range. */
static int64_t end_of_gap(struct fetching *f, int64_t first)
{
	const int64_t last = (f->end - 1) / PART_FILE_PAGE;
	struct page_entry entries[BATCH];
	int64_t page = first, run = 0;

	while (f->cached && page <= last) {
		size_t count = (size_t)smaller(last - page + 1, BATCH);

		if (part_file_read_entries(&f->cached->file, page, count,
					   entries))
			break;
		for (size_t i = 0; i < count; i++, page++) {
			run = is_on_disk(f, page, &entries[i]) ? run + 1 : 0;
			if (run >= MIN_SKIP || (run > 0 && page == last))
				return page - run + 1;
		}
	}
	return last + 1;
}

/* --- From below --- */

static int on_version(void *data, const char *version)
{
	struct fetching *f = data;

	/* An answer without a version proves nothing of what is there: it
	   stays, and the writer will not add to it. */
	if (f->cached && *version &&
	    strcmp(f->cached->file.version, version) != 0) {
		cached_part_mark_unlinked(f->cached);
		store_forget(store_of(f), f->part);
	}
	if (f->version_known && strcmp(f->version, version) != 0)
		page_assembler_flush(&f->assembler);
	return set_version(f, version);
}

static void on_answered(void *data, const struct source_wait *wait)
{
	struct fetching *f = data;

	if (f->fetch.answered)
		f->fetch.answered(f->fetch.data, wait);
}

static void on_bytes(void *data, const char *bytes, size_t size)
{
	struct fetching *f = data;

	f->fetch.bytes(f->fetch.data, bytes, size);
	page_assembler_take(&f->assembler, f->version, f->at, bytes, size);
	f->at += (int64_t)size;
}

static void release_lock(struct fetching *f)
{
	if (f->locked)
		store_release_fetch_lock(store_of(f), f->part, f->lock_first,
					 f->lock_end);
	f->locked = false;
}

static void on_done(void *data, int err)
{
	struct fetching *f = data;
	struct cache *cache = f->call.cache;
	struct source_call *below;

	page_assembler_flush(&f->assembler);
	release_lock(f);
	cache_enter(cache);
	below = f->below;
	f->below = NULL;
	f->below_ended = true;
	cache_leave(cache);
	source_unref(cache->below, below);
	if (err || f->at == f->end)
		finish(f, err);
	else
		executor_post(f->reader->executor, &f->job);
}

static void fetch_below(struct fetching *f, int64_t to)
{
	struct cache *cache = f->call.cache;
	struct source_range range = f->range;
	const struct source_fetch fetch = {
		.data = f,
		.version = on_version,
		.answered = on_answered,
		.bytes = on_bytes,
		.done = on_done,
	};
	struct source_call *below = NULL;
	bool over;
	int err;

	range.offset = f->at;
	range.size = to - f->at;
	atomic_fetch_add(&store_of(f)->counts.misses,
			 (range.size + PART_FILE_PAGE - 1) / PART_FILE_PAGE);
	/* The callbacks can run, and drop the last other reference, before
	   source_fetch() returns. */
	cache_call_ref(&f->call);
	cache_enter(cache);
	range.prefetch = range.prefetch && !f->promoted;
	f->below_prefetch = range.prefetch;
	f->below_ended = false;
	cache_leave(cache);
	err = source_fetch(cache->below, &range, &fetch, &below);
	if (err)
		on_done(f, err);
	cache_enter(cache);
	over = f->below_ended;
	if (!over) {
		f->below = below;
		if (f->call.cancelled)
			source_cancel(cache->below, below);
		else if (f->promoted && f->below_prefetch)
			source_promote(cache->below, below);
	}
	cache_leave(cache);
	if (over)
		source_unref(cache->below, below);
	cache_call_unref(&f->call);
}

/* --- On the reader --- */

static void on_timer(struct timer *timer)
{
	struct fetching *f = container_of(timer, struct fetching, timer);

	executor_post(f->reader->executor, &f->job);
}

/* Another process is fetching the page: sets the timer to look again. False:
   it made no progress within MAX_PEER_WAIT_MS, so fetch the page here too. */
static bool wait_for_peer(struct fetching *f)
{
	struct cache *cache = f->call.cache;
	int64_t now_ms = clock_now_ms();

	if (now_ms < atomic_load(&cache->skip_peer_wait_until_ms))
		return false;
	if (!f->peer_wait_since_ms)
		f->peer_wait_since_ms = now_ms;
	if (now_ms - f->peer_wait_since_ms >= MAX_PEER_WAIT_MS) {
		atomic_store(&cache->skip_peer_wait_until_ms,
			     now_ms + SKIP_PEER_WAIT_MS);
		return false;
	}
	timer_set(cache->timers, &f->timer, PEER_POLL_MS);
	return true;
}

/* AGAIN: the page is on disk now. ELSEWHERE: the call is below or waits for its
   timer; it may have ended already. */
enum next { AGAIN, ELSEWHERE };

static enum next fetch_gap(struct fetching *f)
{
	int64_t first = f->at / PART_FILE_PAGE;
	int64_t end = end_of_gap(f, first);
	struct page_entry entry;

	if (f->part) {
		f->lock_first = first;
		f->locked =
			fetch_lock_take(store_of(f)->fetch_locks, &f->part->key,
					first, end, &f->lock_end);
		if (!f->locked && wait_for_peer(f))
			return ELSEWHERE;
		if (f->locked)
			end = f->lock_end;
		/* The other process may have written the page just before its
		   lock was released. */
		find_cached(f);
		if (f->locked && f->cached &&
		    count_on_disk(f, first, 1, &entry)) {
			release_lock(f);
			return AGAIN;
		}
	}
	fetch_below(f, smaller(end * PART_FILE_PAGE, f->end));
	return ELSEWHERE;
}

static void run(struct job *job)
{
	struct fetching *f = container_of(job, struct fetching, job);

	do {
		int err;

		find_cached(f);
		err = serve_from_disk(f);
		if (err || f->at == f->end) {
			finish(f, err);
			return;
		}
		if (cache_call_is_cancelled(&f->call)) {
			finish(f, -ECANCELED);
			return;
		}
		if (f->call.cache->offline) {
			cache_say_offline(f->call.cache, "read");
			finish(f, -EIO);
			return;
		}
	} while (fetch_gap(f) == AGAIN);
}

/* --- The call --- */

static void cancel(struct source_call *call)
{
	struct fetching *f = fetching_of(call);

	if (f->below)
		source_cancel(call->cache->below, f->below);
	if (timer_clear(call->cache->timers, &f->timer))
		executor_post(f->reader->executor, &f->job);
}

static void promote(struct source_call *call)
{
	struct fetching *f = fetching_of(call);

	if (f->below && f->below_prefetch && !f->promoted)
		source_promote(call->cache->below, f->below);
	f->promoted = true;
}

static void destroy(struct source_call *call)
{
	struct fetching *f = fetching_of(call);

	part_unref(f->part);
	free(f);
}

int cache_begin_fetch(struct cache *cache, const struct source_range *range,
		      const struct source_fetch *fetch,
		      struct source_call **ret_call)
{
	static const struct call_kind kind = {
		.cancel = cancel,
		.promote = promote,
		.destroy = destroy,
	};
	struct fetching *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->job.run = run;
	f->timer.fire = on_timer;
	f->reader = cache_reader(cache);
	f->fetch = *fetch;
	f->range = *range;
	f->at = range->offset;
	f->end = range->offset + range->size;
	f->damaged_page = -1;
	if (part_create(cache->scope, range, &f->part))
		f->part = NULL;
	f->assembler = (struct page_assembler){
		.store = &cache->store,
		.part = f->part,
	};
	err = cache_call_begin(&f->call, &kind, cache);
	if (err) {
		destroy(&f->call);
		return err;
	}
	*ret_call = &f->call;
	executor_post(f->reader->executor, &f->job);
	return 0;
}
