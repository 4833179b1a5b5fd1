#ifndef CAIFS_CACHE_INTERNAL_H
#define CAIFS_CACHE_INTERNAL_H

/*
 * Shared by the cache's files. The lock (call.h) guards what is marked so. It
 * is not held across I/O or a callback; it is held across source_cancel() and
 * source_promote() on the source below, which do not wait.
 */

#include "caifs/cache.h"

#include <pthread.h>
#include <stdatomic.h>

#include "caifs/executor.h"
#include "store.h"
#include "timer_queue.h"

enum { CACHE_READERS = 4 };

/* A thread that reads the disk, and its buffer. */
struct cache_reader {
	struct executor *executor;
	char *bytes; /* STORE_RUN bytes; used by that thread only */
};

struct cache {
	struct source source;
	struct source *below;
	uint64_t scope, listing_scope;
	bool offline;
	struct store store;
	struct timer_queue *timers;
	struct cache_reader readers[CACHE_READERS];
	atomic_uint turn; /* readers take calls in turn */
	_Atomic bool said_offline;
	_Atomic bool unreachable; /* the last listing from below failed so */
	_Atomic int64_t stale_listings;
	/* Monotonic; until then no call waits for another process. */
	_Atomic int64_t skip_peer_wait_until_ms;

	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct source_call *calls;	    /* under way; guarded by lock */
	bool stopping;			    /* guarded by lock */
	struct refresh *refreshes;	    /* under way; guarded by lock */
	struct seen_listing *seen_listings; /* guarded by lock */
};

/* A listing (listing.c). */
int cache_begin_list(struct cache *cache, const struct source_query *query,
		     const struct source_listing *listing,
		     struct source_call **ret_call);
void cache_forget_seen_listings(struct cache *cache);

/* A fetch (fetching.c). */
int cache_begin_fetch(struct cache *cache, const struct source_range *range,
		      const struct source_fetch *fetch,
		      struct source_call **ret_call);

/* How much of a range is on disk (disk_cached.c). */
void cache_ask_disk_cached(struct cache *cache,
			   const struct source_range *range,
			   const struct source_disk_cached *disk_cached);

#endif
