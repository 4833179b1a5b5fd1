#ifndef CAIFS_CACHE_REFRESH_H
#define CAIFS_CACHE_REFRESH_H

/*
 * One listing from the source below, shared by all calls (subscribers) that
 * want it. Its result is written to disk and passed to the subscribers that are
 * left. It goes on when a subscriber was served from disk meanwhile.
 */

#include <errno.h>

#include "cache_internal.h"
#include "caifs/hash.h"
#include "call.h"

struct subscriber {
	struct subscriber *prev, *next; /* guarded by the cache's lock */
	/* Called once, with the lock held, when the refresh has finished. The
	   subscriber is off its list by then. Must not wait. */
	void (*ended)(struct subscriber *subscriber);
};

struct refresh {
	struct source_call call;
	UT_hash_handle hh; /* by `cached->name`; guarded by the lock */
	struct cached_listing *cached;	/* records so far */
	bool is_name_query;		/* of one name, which need not exist */
	struct source_call *below;	/* guarded by the lock */
	struct subscriber *subscribers; /* guarded by the lock */
	bool listed;			/* in the table; guarded by the lock */
	bool finished, given_up;	/* guarded by the lock */
	int err;			/* its result; valid once `finished` */
};

/* A new reference to the refresh under way for that question; NULL: none. Call
   with the lock held. */
struct refresh *refresh_find(struct cache *cache,
			     const struct cached_listing *question);

/* Creates one with a reference for the caller; refresh_find() finds it from now
   on. Call with the lock held. -ECANCELED: the cache is stopping; -ENOMEM. */
int refresh_create(struct cache *cache, struct cached_listing *question,
		   bool is_name_query, struct refresh **ret_refresh);

/* Starts the listing below. Call once, after refresh_create(), without the
   lock. */
void refresh_start(struct refresh *refresh, const struct source_query *query);

/* Cancels it: no subscriber is left. Call with the lock held. */
void refresh_give_up(struct refresh *refresh);

/* Whether the platform could not be reached, as opposed to a refusal. */
static inline bool refresh_was_unreachable(int err)
{
	return err == -EIO || err == -ETIMEDOUT;
}

/* NULL: no effect. */
void refresh_unref(struct refresh *refresh);

#endif
