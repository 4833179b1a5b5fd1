/* A listing from the source below: see refresh.h. */

#include "refresh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "caifs/container.h"
#include "caifs/log.h"

static struct refresh *refresh_of(struct source_call *call)
{
	return container_of(call, struct refresh, call);
}

struct refresh *refresh_find(struct cache *cache,
			     const struct cached_listing *question)
{
	struct refresh *refresh;

	HASH_FIND_STR(cache->refreshes, question->name, refresh);
	if (refresh)
		cache_call_ref(&refresh->call);
	return refresh;
}

static void unlist(struct refresh *refresh)
{
	if (refresh->listed)
		HASH_DEL(refresh->call.cache->refreshes, refresh);
	refresh->listed = false;
}

static void cancel(struct source_call *call)
{
	struct refresh *refresh = refresh_of(call);

	if (refresh->below)
		source_cancel(call->cache->below, refresh->below);
}

static void destroy(struct source_call *call)
{
	struct refresh *refresh = refresh_of(call);

	cached_listing_unref(refresh->cached);
	free(refresh);
}

int refresh_create(struct cache *cache, struct cached_listing *question,
		   bool is_name_query, struct refresh **ret_refresh)
{
	static const struct call_kind kind = {
		.cancel = cancel,
		.destroy = destroy,
	};
	struct refresh *refresh = calloc(1, sizeof(*refresh));
	int err;

	if (!refresh)
		return -ENOMEM;
	err = cached_listing_create_like(question, &refresh->cached);
	if (!err)
		err = cache_call_begin_locked(&refresh->call, &kind, cache);
	if (err) {
		destroy(&refresh->call);
		return err;
	}
	refresh->is_name_query = is_name_query;
	HASH_ADD_KEYPTR(hh, cache->refreshes, refresh->cached->name,
			strlen(refresh->cached->name), refresh);
	refresh->listed = refresh->hh.tbl != NULL; /* NULL: no memory */
	*ret_refresh = refresh;
	return 0;
}

/* --- Its results --- */

static int on_page(void *data, const struct source_record *records,
		   size_t count)
{
	struct refresh *refresh = data;
	int err = cached_listing_add(refresh->cached, records, count);

	return err == -EMSGSIZE ? -EIO : err;
}

static void on_restart(void *data)
{
	struct refresh *refresh = data;

	cached_listing_clear(refresh->cached);
}

static void write_result(struct refresh *refresh, int err)
{
	struct store *store = &refresh->call.cache->store;

	if (err == -ENOENT || err == -EACCES ||
	    (!err && refresh->is_name_query && refresh->cached->count == 0))
		store_remove_listing(store, refresh->cached);
	else if (!err)
		store_write_listing(store, refresh->cached);
}

/* Logs when the platform becomes unreachable, and when it answers again. */
static void note_reachable(struct cache *cache, int err)
{
	bool away = refresh_was_unreachable(err), was;

	if (err == -ECANCELED || err == -ENOMEM)
		return;
	was = atomic_exchange(&cache->unreachable, away);
	if (away && !was)
		log_warning("op=list errno=%s: the platform cannot be reached, "
			    "showing cached listings where there are any",
			    strerrorname_np(-err));
	else if (was && !away)
		log_info("the platform answers again");
}

static void on_done(void *data, int err)
{
	struct refresh *refresh = data;
	struct cache *cache = refresh->call.cache;
	struct source_call *below;
	struct subscriber *subscriber, *next;

	write_result(refresh, err);
	note_reachable(cache, err);
	cache_enter(cache);
	unlist(refresh);
	refresh->finished = true;
	refresh->err = err;
	below = refresh->below;
	refresh->below = NULL;
	DL_FOREACH_SAFE (refresh->subscribers, subscriber, next) {
		DL_DELETE(refresh->subscribers, subscriber);
		subscriber->ended(subscriber);
	}
	cache_leave(cache);
	source_unref(cache->below, below);
	cache_call_end(&refresh->call);
}

void refresh_start(struct refresh *refresh, const struct source_query *query)
{
	const struct source_listing listing = {
		.data = refresh,
		.page = on_page,
		.restart = on_restart,
		.done = on_done,
	};
	struct cache *cache = refresh->call.cache;
	struct source_call *below = NULL;
	bool over;
	int err;

	/* The callbacks can run, and drop the last other reference, before
	   source_list() returns. */
	cache_call_ref(&refresh->call);
	err = source_list(cache->below, query, &listing, &below);
	if (err)
		on_done(refresh, err);
	cache_enter(cache);
	over = refresh->finished;
	if (!over) {
		refresh->below = below;
		if (refresh->call.cancelled || refresh->given_up)
			source_cancel(cache->below, below);
	}
	cache_leave(cache);
	if (over)
		source_unref(cache->below, below);
	cache_call_unref(&refresh->call);
}

void refresh_give_up(struct refresh *refresh)
{
	if (refresh->finished || refresh->given_up)
		return;
	unlist(refresh);
	refresh->given_up = true;
	cancel(&refresh->call);
}

void refresh_unref(struct refresh *refresh)
{
	if (refresh)
		cache_call_unref(&refresh->call);
}
