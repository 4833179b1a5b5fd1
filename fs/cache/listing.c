/*
 * One listing: subscribes to a refresh (refresh.h) and returns its records, or
 * those on disk when the refresh takes too long or the platform cannot be
 * reached. An error other than that is returned whatever is on disk. All
 * callbacks run on a reader's thread, from the call's one job, which runs when
 * the refresh has finished, when it is late, or when the call is cancelled.
 */

#include "cache_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "caifs/container.h"
#include "call.h"
#include "refresh.h"

enum {
	/* How long the refresh may take before the listing on disk is used:
	   for the first call with this question in this process, and later. */
	FIRST_WAIT_MS = 250,
	LATER_WAIT_MS = 2000,
	MAX_SEEN = 100 * 1000,
};

/* Guarded by the cache's lock. */
enum state {
	WAITS, /* for the refresh, the timer or a cancel */
	RUNS,  /* its job is queued or running */
	OVER,
};

struct listing {
	struct source_call call;
	struct subscriber subscriber;
	struct job job;
	struct timer timer;
	struct cache_reader *reader;
	struct source_listing sink;
	struct cached_listing *question;
	struct refresh *refresh; /* NULL: offline */
	enum state state;
	bool subscribed; /* to `refresh`; guarded by the lock */
};

/* A question that this process has had before. */
struct seen_listing {
	UT_hash_handle hh;
	char name[DIRECTORY_NAME];
};

void cache_forget_seen_listings(struct cache *cache)
{
	struct seen_listing *seen, *next;

	HASH_ITER (hh, cache->seen_listings, seen, next) {
		HASH_DEL(cache->seen_listings, seen);
		free(seen);
	}
}

/* With the lock held. */
static bool is_first(struct cache *cache, const struct cached_listing *question)
{
	struct seen_listing *seen;

	HASH_FIND_STR(cache->seen_listings, question->name, seen);
	if (seen)
		return false;
	if (HASH_COUNT(cache->seen_listings) >= MAX_SEEN)
		return true;
	seen = calloc(1, sizeof(*seen));
	if (!seen)
		return true;
	strcpy(seen->name, question->name);
	HASH_ADD_STR(cache->seen_listings, name, seen);
	if (!seen->hh.tbl)
		free(seen);
	return true;
}

/* --- Its job --- */

/* Queues the job, if the call waits. Call with the lock held. */
static void wake(struct listing *l)
{
	if (l->state != WAITS)
		return;
	l->state = RUNS;
	executor_post(l->reader->executor, &l->job);
}

static void unsubscribe(struct listing *l)
{
	if (l->subscribed)
		DL_DELETE(l->refresh->subscribers, &l->subscriber);
	l->subscribed = false;
}

static void finish(struct listing *l, int err)
{
	struct cache *cache = l->call.cache;

	cache_enter(cache);
	l->state = OVER;
	unsubscribe(l);
	if (err == -ECANCELED && l->refresh && !l->refresh->subscribers)
		refresh_give_up(l->refresh);
	cache_leave(cache);
	if (timer_clear(cache->timers, &l->timer))
		cache_call_unref(&l->call);
	l->sink.done(l->sink.data, err);
	cache_call_end(&l->call);
}

static void serve(struct listing *l, const struct cached_listing *cached)
{
	finish(l, cached_listing_give(cached, &l->sink));
}

static bool serve_from_disk(struct listing *l)
{
	struct cache *cache = l->call.cache;
	struct cached_listing *cached =
		store_read_listing(&cache->store, l->question);

	if (!cached)
		return false;
	atomic_fetch_add(&cache->stale_listings, 1);
	serve(l, cached);
	cached_listing_unref(cached);
	return true;
}

/* Whether the refresh has finished; if so, sets its result. */
static bool has_ended(struct listing *l, int *ret_err)
{
	struct cache *cache = l->call.cache;
	bool ended;

	cache_enter(cache);
	ended = l->refresh && l->refresh->finished;
	if (ended)
		*ret_err = l->refresh->err;
	cache_leave(cache);
	return ended;
}

/* Makes the call wait. False: the refresh has finished or the call was
   cancelled meanwhile: do not wait. */
static bool wait_on(struct listing *l)
{
	bool waits;

	cache_enter(l->call.cache);
	waits = !l->refresh->finished && !l->call.cancelled;
	if (waits)
		l->state = WAITS;
	cache_leave(l->call.cache);
	return waits;
}

static void run(struct job *job)
{
	struct listing *l = container_of(job, struct listing, job);

	do {
		int err = 0;
		bool ended = has_ended(l, &err);

		if (cache_call_is_cancelled(&l->call)) {
			finish(l, -ECANCELED);
			return;
		}
		if (ended && !err) {
			serve(l, l->refresh->cached);
			return;
		}
		if (ended && !refresh_was_unreachable(err)) {
			finish(l, err);
			return;
		}
		if (serve_from_disk(l))
			return;
		if (!l->refresh) {
			cache_say_offline(l->call.cache, "list");
			finish(l, -EIO);
			return;
		}
		if (ended) {
			finish(l, err);
			return;
		}
	} while (!wait_on(l));
}

static void on_ended(struct subscriber *subscriber)
{
	struct listing *l =
		container_of(subscriber, struct listing, subscriber);

	l->subscribed = false;
	wake(l);
}

static void on_timer(struct timer *timer)
{
	struct listing *l = container_of(timer, struct listing, timer);
	struct cache *cache = l->call.cache;

	cache_enter(cache);
	wake(l);
	cache_leave(cache);
	cache_call_unref(&l->call);
}

/* --- The call --- */

static void cancel(struct source_call *call)
{
	struct listing *l = container_of(call, struct listing, call);

	call->cancelled = true;
	wake(l);
}

static void destroy(struct source_call *call)
{
	struct listing *l = container_of(call, struct listing, call);

	refresh_unref(l->refresh);
	cached_listing_unref(l->question);
	free(l);
}

static bool is_name_query(const struct source_query *query)
{
	return query->kind == SOURCE_DATASET || query->kind == SOURCE_BATCH;
}

/* How long the refresh may take, in ms. Call with the lock held. */
static int64_t timeout_of(struct cache *cache,
			  const struct cached_listing *question)
{
	bool first = is_first(cache, question);

	return first || atomic_load(&cache->unreachable) ? FIRST_WAIT_MS
							 : LATER_WAIT_MS;
}

/* Subscribes to the refresh under way, or creates one: then sets `*ret_new`,
   which the caller starts. Call with the lock held. */
static int join(struct listing *l, const struct source_query *query,
		struct refresh **ret_new)
{
	struct cache *cache = l->call.cache;
	int err;

	l->refresh = refresh_find(cache, l->question);
	if (!l->refresh) {
		err = refresh_create(cache, l->question, is_name_query(query),
				     &l->refresh);
		if (err)
			return err;
		*ret_new = l->refresh;
	}
	DL_APPEND(l->refresh->subscribers, &l->subscriber);
	l->subscribed = true;
	cache_call_ref(&l->call); /* the timer's */
	timer_set(cache->timers, &l->timer, timeout_of(cache, l->question));
	return 0;
}

/* Once this has unlocked, the call may end and be freed at any time. */
static int enter(struct listing *l, const struct source_query *query,
		 struct source_call **ret_call, struct refresh **ret_new)
{
	static const struct call_kind kind = {
		.cancel = cancel,
		.destroy = destroy,
	};
	struct cache *cache = l->call.cache;
	int err;

	cache_enter(cache);
	err = cache_call_begin_locked(&l->call, &kind, cache);
	if (!err && cache->offline) {
		wake(l);
	} else if (!err) {
		err = join(l, query, ret_new);
		if (err)
			DL_DELETE(cache->calls, &l->call);
	}
	if (!err)
		*ret_call = &l->call;
	cache_leave(cache);
	return err;
}

int cache_begin_list(struct cache *cache, const struct source_query *query,
		     const struct source_listing *listing,
		     struct source_call **ret_call)
{
	struct listing *l = calloc(1, sizeof(*l));
	struct refresh *new = NULL;
	int err;

	if (!l)
		return -ENOMEM;
	l->call.cache = cache;
	l->subscriber.ended = on_ended;
	l->job.run = run;
	l->timer.fire = on_timer;
	l->reader = cache_reader(cache);
	l->sink = *listing;
	err = cached_listing_create(cache->listing_scope, query, &l->question);
	if (!err)
		err = enter(l, query, ret_call, &new);
	if (err)
		destroy(&l->call);
	else if (new)
		refresh_start(new, query);
	return err;
}
