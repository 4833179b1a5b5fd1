#ifndef CAIFS_CACHE_REFRESH_H
#define CAIFS_CACHE_REFRESH_H

/*
 * A listing that is being asked of the source below, on behalf of however many
 * want it. Its answer goes to disk, and to those who still wait; that somebody
 * was answered from disk meanwhile does not end it.
 */

#include <errno.h>

#include "cache_internal.h"
#include "caifs/hash.h"
#include "call.h"

/* One who wants the listing. */
struct subscriber {
	struct subscriber *prev, *next; /* guarded by the cache's lock */
	/* With the lock held: it has ended, and the subscriber is off its list.
	 */
	void (*ended)(struct subscriber *subscriber);
};

struct refresh {
	struct source_call call;
	UT_hash_handle hh; /* by the answer's name; guarded by the lock */
	struct cached_listing *cached;
	bool is_name_query;		/* for one name, which need not exist */
	struct source_call *below;	/* guarded by the lock */
	struct subscriber *subscribers; /* guarded by the lock */
	bool listed;			/* can be found; guarded by the lock */
	bool finished, given_up;	/* guarded by the lock */
	int err;			/* once finished */
};

/* The one under way for that question, held; NULL: none. With the lock held. */
struct refresh *refresh_find(struct cache *cache,
			     const struct cached_listing *question);

/* A new one, held, found from then on. With the lock held. -ECANCELED,
   -ENOMEM. */
int refresh_create(struct cache *cache, struct cached_listing *question,
		   bool is_name_query, struct refresh **ret_refresh);

/* Once, after that, without the lock. */
void refresh_ask(struct refresh *refresh, const struct source_query *query);

/* Nobody wants it after all. With the lock held. */
void refresh_give_up(struct refresh *refresh);

/* An error that is no answer of the platform's. */
static inline bool refresh_was_unreachable(int err)
{
	return err == -EIO || err == -ETIMEDOUT;
}

/* Lets go of it. */
void refresh_unref(struct refresh *refresh);

#endif
