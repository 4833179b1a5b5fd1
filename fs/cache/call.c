/* Calls on the cache: see call.h. */

#include "call.h"

#include <errno.h>

#include <utlist.h>

#include "cache_internal.h"
#include "caifs/log.h"

void cache_enter(struct cache *cache)
{
	pthread_mutex_lock(&cache->lock);
}

void cache_leave(struct cache *cache)
{
	pthread_mutex_unlock(&cache->lock);
}

int cache_call_begin_locked(struct source_call *call,
			    const struct call_kind *kind, struct cache *cache)
{
	call->kind = kind;
	call->cache = cache;
	atomic_init(&call->references, 2);
	if (cache->stopping)
		return -ECANCELED;
	DL_APPEND(cache->calls, call);
	return 0;
}

int cache_call_begin(struct source_call *call, const struct call_kind *kind,
		     struct cache *cache)
{
	int err;

	cache_enter(cache);
	err = cache_call_begin_locked(call, kind, cache);
	cache_leave(cache);
	return err;
}

bool cache_call_is_cancelled(struct source_call *call)
{
	bool cancelled;

	cache_enter(call->cache);
	cancelled = call->cancelled;
	cache_leave(call->cache);
	return cancelled;
}

void cache_call_end(struct source_call *call)
{
	struct cache *cache = call->cache;

	/* cache_stop() returns once the list is empty: `cache` may be gone
	   after the unlock. */
	cache_enter(cache);
	DL_DELETE(cache->calls, call);
	pthread_cond_broadcast(&cache->ended);
	cache_leave(cache);
	cache_call_unref(call);
}

void cache_call_ref(struct source_call *call)
{
	atomic_fetch_add(&call->references, 1);
}

void cache_call_unref(struct source_call *call)
{
	if (atomic_fetch_sub(&call->references, 1) == 1)
		call->kind->destroy(call);
}

struct cache_reader *cache_reader(struct cache *cache)
{
	return &cache->readers[atomic_fetch_add(&cache->turn, 1) %
			       CACHE_READERS];
}

void cache_say_offline(struct cache *cache, const char *what)
{
	if (!atomic_exchange(&cache->said_offline, true))
		log_warning("op=%s errno=EIO: not in the cache, and 'offline' "
			    "asks for nothing",
			    what);
}
