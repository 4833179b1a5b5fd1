#ifndef CAIFS_CACHE_INTERNAL_H
#define CAIFS_CACHE_INTERNAL_H

/*
 * What the cache's files share. The lock (call.h) guards what says so; it is
 * not held across I/O or a callback, but for cancelling and promoting calls
 * below, which do not wait.
 */

#include "caifs/cache.h"

#include <pthread.h>
#include <stdatomic.h>

#include "caifs/executor.h"
#include "store.h"
#include "timer_queue.h"

enum { CACHE_READERS = 4 };

/* A thread that reads the disk, and what it reads into. */
struct cache_reader {
	struct executor *executor;
	char *bytes; /* STORE_RUN of them; the thread's own */
};

struct cache {
	struct source source;
	struct source *below;
	uint64_t scope, listing_scope;
	bool offline;
	struct store store;
	struct timer_queue *timers;
	struct cache_reader readers[CACHE_READERS];
	atomic_uint turn; /* of the readers */
	_Atomic bool said_offline;
	_Atomic bool unreachable; /* the last listing was not answered */
	_Atomic int64_t stale_listings;
	_Atomic int64_t skip_peer_wait_until_ms; /* with other processes */

	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct source_call *calls; /* under way; guarded by lock */
	bool stopping;		   /* guarded by lock */
	struct refresh *refreshes; /* under way; guarded by lock */
	struct seen_listing
		*seen_listings; /* listings seen before; guarded by lock */
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

/* What is kept (disk_cached.c). */
void cache_ask_disk_cached(struct cache *cache,
			   const struct source_range *range,
			   const struct source_disk_cached *disk_cached);

#endif
