#ifndef CAIFS_CACHE_INTERNAL_H
#define CAIFS_CACHE_INTERNAL_H

/*
 * The cache's parts, and the life of a call on it. The lock guards what says
 * so; it is not held across I/O or a callback, but for cancelling and
 * promoting calls below, which do not wait.
 */

#include "caifs/cache.h"

#include <pthread.h>
#include <stdatomic.h>

#include "alarm.h"
#include "caifs/executor.h"
#include "store.h"

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
	struct alarm_clock *clock;
	struct cache_reader readers[CACHE_READERS];
	atomic_uint turn; /* of the readers */
	_Atomic bool said_offline;
	_Atomic bool unreachable; /* the last listing was not answered */
	_Atomic int64_t stale_listings;
	_Atomic int64_t impatient_until_ms; /* with other processes */

	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct source_call *calls; /* under way; guarded by lock */
	bool stopping;		   /* guarded by lock */
	struct refresh *refreshes; /* under way; guarded by lock */
	struct known *known;	   /* listings seen before; guarded by lock */
};

struct call_kind {
	/* With the lock held: */
	void (*cancel)(struct source_call *call);
	void (*promote)(struct source_call *call);
	void (*destroy)(struct source_call *call);
};

struct source_call {
	const struct call_kind *kind;
	struct cache *cache;
	atomic_int holders;
	struct source_call *prev, *next; /* guarded by the cache's lock */
	bool cancelled;			 /* guarded by the cache's lock */
};

void cache_enter(struct cache *cache);
void cache_leave(struct cache *cache);
struct cache_reader *cache_reader(struct cache *cache);

/* That something is not there and nothing may be asked. */
void cache_say_offline(struct cache *cache, const char *what);

/* It is under way, with its caller as one holder and itself as the other; or
   -ECANCELED. */
int cache_call_begin(struct source_call *call, const struct call_kind *kind,
		     struct cache *cache);
int cache_call_begin_locked(struct source_call *call,
			    const struct call_kind *kind, struct cache *cache);
bool cache_call_is_cancelled(struct source_call *call);
/* After its `done`: the call may be gone afterwards. */
void cache_call_end(struct source_call *call);
void cache_call_hold(struct source_call *call);
void cache_call_release(struct source_call *call);

/* A listing (listing.c). */
int cache_begin_list(struct cache *cache, const struct source_query *query,
		     const struct source_listing *listing,
		     struct source_call **ret_call);
void cache_forget_known(struct cache *cache);

/* A fetch (fetching.c). */
int cache_begin_fetch(struct cache *cache, const struct source_range *range,
		      const struct source_fetch *fetch,
		      struct source_call **ret_call);

/* What is kept (kept.c). */
void cache_ask_kept(struct cache *cache, const struct source_range *range,
		    const struct source_kept *kept);

#endif
