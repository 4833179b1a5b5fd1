/* The cache as a source: see cache.h. */

#include "cache_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>
#include <xxhash.h>

#include "caifs/container.h"
#include "call.h"

/* The capacity when offline, where there is no source below to ask. */
enum { OFFLINE_CAPACITY = 8 };

/* --- The source --- */

static struct cache *cache_of(struct source *source)
{
	return container_of(source, struct cache, source);
}

static int list(struct source *source, const struct source_query *query,
		const struct source_listing *listing,
		struct source_call **ret_call)
{
	return cache_begin_list(cache_of(source), query, listing, ret_call);
}

static int fetch(struct source *source, const struct source_range *range,
		 const struct source_fetch *sink, struct source_call **ret_call)
{
	return cache_begin_fetch(cache_of(source), range, sink, ret_call);
}

static void cancel(struct source_call *call)
{
	struct cache *cache = call->cache;

	cache_enter(cache);
	if (!call->cancelled) {
		call->cancelled = true;
		call->kind->cancel(call);
	}
	cache_leave(cache);
}

static void promote(struct source_call *call)
{
	cache_enter(call->cache);
	if (call->kind->promote)
		call->kind->promote(call);
	cache_leave(call->cache);
}

static int capacity(struct source *source)
{
	struct cache *cache = cache_of(source);

	return cache->offline ? OFFLINE_CAPACITY
			      : source_capacity(cache->below);
}

static int64_t max_disk_cached(struct source *source)
{
	return cache_of(source)->store.max_bytes;
}

static void disk_cached(struct source *source, const struct source_range *range,
			const struct source_disk_cached *sink)
{
	cache_ask_disk_cached(cache_of(source), range, sink);
}

static const struct source_operations operations = {
	.list = list,
	.fetch = fetch,
	.cancel = cancel,
	.promote = promote,
	.capacity = capacity,
	.unref = cache_call_unref,
	.max_disk_cached = max_disk_cached,
	.disk_cached = disk_cached,
};

struct source *cache_source(struct cache *cache)
{
	return &cache->source;
}

struct cache_counts cache_count(struct cache *cache)
{
	struct store_counts *counts = &cache->store.counts;

	return (struct cache_counts){
		.bytes_held = atomic_load(&counts->held),
		.max_bytes = cache->store.max_bytes,
		.page_hits = atomic_load(&counts->hits),
		.page_misses = atomic_load(&counts->misses),
		.bytes_from_disk = atomic_load(&counts->bytes),
		.evictions = atomic_load(&counts->evictions),
		.damaged = atomic_load(&counts->damaged),
		.write_errors = atomic_load(&counts->errors),
		.dropped_pages = atomic_load(&counts->dropped),
		.stale_listings = atomic_load(&cache->stale_listings),
	};
}

/* --- Life --- */

int cache_check_directory(const char *path, char *why, size_t size)
{
	int fd, err = directory_open(path, &fd, why, size);

	if (!err)
		close(fd);
	return err;
}

static int start_threads(struct cache *cache)
{
	static const char *const names[CACHE_READERS] = {
		"caifs-cache-0", "caifs-cache-1", "caifs-cache-2",
		"caifs-cache-3"};
	int err = timer_queue_create(&cache->timers);

	for (int i = 0; !err && i < CACHE_READERS; i++) {
		struct cache_reader *reader = &cache->readers[i];

		reader->bytes = malloc(STORE_RUN);
		err = reader->bytes
			      ? executor_create(names[i], &reader->executor)
			      : -ENOMEM;
	}
	return err;
}

static void end_threads(struct cache *cache)
{
	cache->timers = timer_queue_destroy(cache->timers);
	for (int i = 0; i < CACHE_READERS; i++)
		cache->readers[i].executor =
			executor_destroy(cache->readers[i].executor);
	store_stop(&cache->store);
}

int cache_create(const struct cache_config *config, struct cache **ret_cache)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	char why[256];
	int fd, err;

	if (!cache)
		return -ENOMEM;
	cache->source.operations = &operations;
	cache->below = config->below;
	cache->offline = config->offline;
	cache->scope = XXH3_64bits(config->scope, strlen(config->scope));
	cache->listing_scope = XXH3_64bits_withSeed(
		config->listing_scope, strlen(config->listing_scope),
		cache->scope);
	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->ended, NULL);
	err = directory_open(config->directory, &fd, why, sizeof(why));
	if (!err)
		err = store_init(&cache->store, fd, config->size_bytes,
				 config->free_floor);
	if (err) {
		free(cache);
		return err;
	}
	err = start_threads(cache);
	if (err) {
		cache_destroy(cache);
		return err;
	}
	store_measure(&cache->store);
	*ret_cache = cache;
	return 0;
}

void cache_stop(struct cache *cache)
{
	struct source_call *call;

	cache_enter(cache);
	cache->stopping = true;
	DL_FOREACH (cache->calls, call) {
		if (!call->cancelled)
			call->kind->cancel(call);
		call->cancelled = true;
	}
	while (cache->calls)
		pthread_cond_wait(&cache->ended, &cache->lock);
	cache_leave(cache);
	end_threads(cache);
}

struct cache *cache_destroy(struct cache *cache)
{
	if (!cache)
		return NULL;
	end_threads(cache);
	for (int i = 0; i < CACHE_READERS; i++)
		free(cache->readers[i].bytes);
	store_finish(&cache->store);
	cache_forget_seen_listings(cache);
	pthread_cond_destroy(&cache->ended);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
	return NULL;
}
