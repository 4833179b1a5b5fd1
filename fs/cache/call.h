#ifndef CAIFS_CACHE_CALL_H
#define CAIFS_CACHE_CALL_H

/*
 * A call on the cache, a listing or a fetch: its life, and what whoever works
 * on it needs of the cache.
 *
 * A call is counted: its caller holds it, and it holds itself from begin to
 * end. Any thread.
 */

#include <stdatomic.h>
#include <stdbool.h>

#include "caifs/source.h"

struct cache;
struct cache_reader;

struct call_kind {
	/* With the lock held. */
	void (*cancel)(struct source_call *call);
	/* With the lock held. NULL: nothing to promote. */
	void (*promote)(struct source_call *call);
	/* Nobody holds it any more. The lock may be held: does not take it. */
	void (*destroy)(struct source_call *call);
};

struct source_call {
	const struct call_kind *kind;
	struct cache *cache;
	atomic_int references;
	struct source_call *prev, *next; /* guarded by the cache's lock */
	bool cancelled;			 /* guarded by the cache's lock */
};

/* Take and release the cache's lock. */
void cache_enter(struct cache *cache);
void cache_leave(struct cache *cache);

/* It is under way, with its caller as one holder and itself as the other; or
   -ECANCELED. */
int cache_call_begin(struct source_call *call, const struct call_kind *kind,
		     struct cache *cache);
/* The same, with the lock held. */
int cache_call_begin_locked(struct source_call *call,
			    const struct call_kind *kind, struct cache *cache);
bool cache_call_is_cancelled(struct source_call *call);
/* After its `done`: the call may be gone afterwards. */
void cache_call_end(struct source_call *call);
void cache_call_ref(struct source_call *call);
void cache_call_unref(struct source_call *call);

/* The thread to read the disk on; each gets its turn. */
struct cache_reader *cache_reader(struct cache *cache);

/* Logs, once, that something is not there and nothing may be asked. */
void cache_say_offline(struct cache *cache, const char *what);

#endif
