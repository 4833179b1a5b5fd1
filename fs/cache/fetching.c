/*
 * One fetch: what the disk has comes from there, on a reader's thread; what it
 * lacks is asked of the source below, run by run, and handed to the writer as
 * it passes. The call is in one place at a time: on its reader, waiting for
 * what another process is fetching, or below.
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
	/* So few pages between two that are missing are fetched again rather
	   than asked around. */
	BRIDGE = 32,
	BATCH = STORE_RUN / PART_FILE_PAGE,
	/* How long another process may go without getting on. */
	PATIENCE_MS = 3000,
	/* And how long none is waited for after one has not. */
	NO_PATIENCE_MS = 30 * 1000,
	LOOK_AGAIN_MS = 10,
};

struct fetching {
	struct source_call call;
	struct job job;
	struct timer timer;
	struct cache_reader *reader;
	struct source_fetch fetch;
	struct source_range range;
	struct part *part;	    /* NULL: cannot be kept */
	struct cached_part *cached; /* NULL: nothing on disk */
	int64_t at, end;
	int64_t distrusted; /* a page that was damaged, or -1 */
	int64_t waits_since_ms;
	bool told;
	char version[SOURCE_VERSION_SIZE]; /* that was told */

	struct page_assembler assembler;
	int64_t claim_first, claim_end;
	bool claimed;

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

static int tell(struct fetching *f, const char *version)
{
	if (f->told && strcmp(f->version, version) == 0)
		return 0;
	f->told = true;
	strncpy(f->version, version, sizeof(f->version) - 1);
	return f->fetch.version ? f->fetch.version(f->fetch.data, version) : 0;
}

/* --- From the disk --- */

static void find_object(struct fetching *f)
{
	struct store *store = store_of(f);

	if (f->cached && !atomic_load(&f->cached->unlinked))
		return;
	cached_part_unref(&store->cached_parts, f->cached);
	f->cached = f->part ? store_get(store, f->part) : NULL;
}

static bool is_there(const struct fetching *f, int64_t page,
		     const struct page_entry *entry)
{
	return page_entry_is_set(entry) && page != f->distrusted;
}

/* How many pages from `first` on, at most `max`, the disk has. */
static size_t count_there(struct fetching *f, int64_t first, size_t max,
			  struct page_entry *entries)
{
	size_t count = 0;

	if (part_file_read_entries(&f->cached->file, first, max, entries))
		return 0;
	while (count < max &&
	       is_there(f, first + (int64_t)count, &entries[count]))
		count++;
	return count;
}

static void note_damage(struct fetching *f, int64_t page)
{
	f->distrusted = page;
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
	f->waits_since_ms = 0;
}

/* Gives what there is from `at` on, as far as there is no gap. */
static int give_from_disk(struct fetching *f)
{
	struct page_entry entries[BATCH];

	while (f->at < f->end && f->cached) {
		int64_t first = f->at / PART_FILE_PAGE;
		int64_t last = (f->end - 1) / PART_FILE_PAGE;
		size_t max = (size_t)smaller(last - first + 1, BATCH), right;
		size_t count = count_there(f, first, max, entries);
		int err;

		if (count == 0 || cache_call_is_cancelled(&f->call))
			return 0;
		right = part_file_read(&f->cached->file, first, count, entries,
				       f->reader->bytes);
		if (right) {
			err = tell(f, f->cached->file.version);
			if (err)
				return err;
			deliver(f, first, right);
		}
		if (right < count)
			note_damage(f, first + (int64_t)right);
	}
	return 0;
}

/* Where the run of missing pages ends that begins at `at`: at the next that
   are there and are worth asking around. */
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
			run = is_there(f, page, &entries[i]) ? run + 1 : 0;
			if (run >= BRIDGE || (run > 0 && page == last))
				return page - run + 1;
		}
	}
	return last + 1;
}

/* --- From below --- */

static int on_version(void *data, const char *version)
{
	struct fetching *f = data;

	if (f->cached && strcmp(f->cached->file.version, version) != 0) {
		cached_part_mark_unlinked(f->cached);
		store_forget(store_of(f), f->part);
	}
	if (f->told && strcmp(f->version, version) != 0)
		page_assembler_flush(&f->assembler);
	return tell(f, version);
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

static void drop_claim(struct fetching *f)
{
	if (f->claimed)
		store_release_fetch_lock(store_of(f), f->part, f->claim_first,
					 f->claim_end);
	f->claimed = false;
}

static void on_done(void *data, int err)
{
	struct fetching *f = data;
	struct cache *cache = f->call.cache;
	struct source_call *below;

	page_assembler_flush(&f->assembler);
	drop_claim(f);
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

static void ask_below(struct fetching *f, int64_t to)
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
	cache_call_ref(&f->call); /* it may be quicker than we are */
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

static void on_alarm(struct timer *timer)
{
	struct fetching *f = container_of(timer, struct fetching, timer);

	executor_post(f->reader->executor, &f->job);
}

/* Another process is fetching it: looks again in a moment, as long as it gets
   on. False: it does not. */
static bool wait_for_other(struct fetching *f)
{
	struct cache *cache = f->call.cache;
	int64_t now_ms = clock_now_ms();

	if (now_ms < atomic_load(&cache->skip_peer_wait_until_ms))
		return false;
	if (!f->waits_since_ms)
		f->waits_since_ms = now_ms;
	if (now_ms - f->waits_since_ms >= PATIENCE_MS) {
		atomic_store(&cache->skip_peer_wait_until_ms,
			     now_ms + NO_PATIENCE_MS);
		return false;
	}
	timer_set(cache->timers, &f->timer, LOOK_AGAIN_MS);
	return true;
}

enum next { AGAIN, ELSEWHERE };

static enum next go_on_below(struct fetching *f)
{
	int64_t first = f->at / PART_FILE_PAGE;
	int64_t end = end_of_gap(f, first);
	struct page_entry entry;

	if (f->part) {
		f->claim_first = first;
		f->claimed =
			fetch_lock_take(store_of(f)->fetch_locks, &f->part->key,
					first, end, &f->claim_end);
		if (!f->claimed && wait_for_other(f))
			return ELSEWHERE;
		if (f->claimed)
			end = f->claim_end;
		/* It may have ended just before. */
		find_object(f);
		if (f->claimed && f->cached &&
		    count_there(f, first, 1, &entry)) {
			drop_claim(f);
			return AGAIN;
		}
	}
	ask_below(f, smaller(end * PART_FILE_PAGE, f->end));
	return ELSEWHERE;
}

static void run(struct job *job)
{
	struct fetching *f = container_of(job, struct fetching, job);

	do {
		int err;

		find_object(f);
		err = give_from_disk(f);
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
	} while (go_on_below(f) == AGAIN);
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
	f->timer.fire = on_alarm;
	f->reader = cache_reader(cache);
	f->fetch = *fetch;
	f->range = *range;
	f->at = range->offset;
	f->end = range->offset + range->size;
	f->distrusted = -1;
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
