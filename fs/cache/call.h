#ifndef CAIFS_CACHE_CALL_H
#define CAIFS_CACHE_CALL_H

/*
 * A call on the cache (a listing, a refresh or a fetch): its lifetime, and the
 * functions of the cache that its code needs.
 *
 * Reference-counted: one reference is the caller's, one the call's own, from
 * cache_call_begin() to cache_call_end(). Any thread.
 */

#include <stdatomic.h>
#include <stdbool.h>

#include "caifs/source.h"

struct cache;
struct cache_reader;

struct call_kind {
	/* Called once at most, with the lock held; must not wait. */
	void (*cancel)(struct source_call *call);
	/* Called with the lock held. NULL: nothing to promote. */
	void (*promote)(struct source_call *call);
	/* Called when the last reference is gone. Must not take the lock: it
	   may be held. */
	void (*destroy)(struct source_call *call);
};

struct source_call {
	const struct call_kind *kind;
	struct cache *cache;
	atomic_int references;
	struct source_call *prev, *next; /* guarded by the cache's lock */
	bool cancelled;			 /* guarded by the cache's lock */
};

/* Lock and unlock the cache. */
void cache_enter(struct cache *cache);
void cache_leave(struct cache *cache);

/* Sets up the call with two references and lists it as under way. -ECANCELED:
   the cache is stopping; the call is not listed. Takes the lock. */
int cache_call_begin(struct source_call *call, const struct call_kind *kind,
		     struct cache *cache);
/* The same. Call with the lock held. */
int cache_call_begin_locked(struct source_call *call,
			    const struct call_kind *kind, struct cache *cache);
bool cache_call_is_cancelled(struct source_call *call);
/* Drops the call's own reference. Call after its `done` callback; the call may
   be freed on return. */
void cache_call_end(struct source_call *call);
void cache_call_ref(struct source_call *call);
void cache_call_unref(struct source_call *call);

/* The reader for a new call, chosen in turn. */
struct cache_reader *cache_reader(struct cache *cache);

/* Logs, once a mount, that `what` ("read", "list") failed: not in the cache,
   and `offline` is set. */
void cache_say_offline(struct cache *cache, const char *what);

#endif
