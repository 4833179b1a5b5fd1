/*
 * One listing: a subscriber for a refresh (refresh.h), which is answered by
 * that, or from disk when it takes too long or the platform cannot be reached.
 * A refusal is passed on whatever the disk has. All answers are given on a
 * reader's thread, by the one job of the call: it runs when the refresh has
 * ended, when it is late, or when the call is cancelled.
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
	/* How long it is waited for, the first time that this process asks for
	   that listing, and later. */
	FIRST_MS = 250,
	LATER_MS = 2000,
	MAX_KNOWN = 100 * 1000,
};

/* Guarded by the cache's lock. */
enum state {
	WAITS, /* is in the refresh's subscribers */
	RUNS,  /* its job runs, or is about to */
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
	struct refresh *refresh; /* NULL: nothing is asked */
	enum state state;
	bool wishing; /* in the list; guarded by the lock */
};

/* A listing that has been asked for before. */
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
	if (HASH_COUNT(cache->seen_listings) >= MAX_KNOWN)
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

/* With the lock held: something for the job to look at. */
static void wake(struct listing *l)
{
	if (l->state != WAITS)
		return;
	l->state = RUNS;
	executor_post(l->reader->executor, &l->job);
}

static void leave_wishes(struct listing *l)
{
	if (l->wishing)
		DL_DELETE(l->refresh->subscribers, &l->subscriber);
	l->wishing = false;
}

static void finish(struct listing *l, int err)
{
	struct cache *cache = l->call.cache;

	cache_enter(cache);
	l->state = OVER;
	leave_wishes(l);
	if (err == -ECANCELED && l->refresh && !l->refresh->subscribers)
		refresh_give_up(l->refresh);
	cache_leave(cache);
	if (timer_clear(cache->timers, &l->timer))
		cache_call_unref(&l->call);
	l->sink.done(l->sink.data, err);
	cache_call_end(&l->call);
}

static void give(struct listing *l, const struct cached_listing *cached)
{
	finish(l, cached_listing_give(cached, &l->sink));
}

static bool give_from_disk(struct listing *l)
{
	struct cache *cache = l->call.cache;
	struct cached_listing *cached =
		store_read_listing(&cache->store, l->question);

	if (!cached)
		return false;
	atomic_fetch_add(&cache->stale_listings, 1);
	give(l, cached);
	cached_listing_unref(cached);
	return true;
}

/* Whether it has; then with what. */
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

/* False: there is something to be looked at again. */
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
			give(l, l->refresh->cached);
			return;
		}
		if (ended && !refresh_was_unreachable(err)) {
			finish(l, err);
			return;
		}
		if (give_from_disk(l))
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

	l->wishing = false;
	wake(l);
}

static void on_alarm(struct timer *timer)
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

static bool is_probe(const struct source_query *query)
{
	return query->kind == SOURCE_DATASET || query->kind == SOURCE_BATCH;
}

/* How long the answer of the platform is waited for. With the lock held. */
static int64_t patience(struct cache *cache,
			const struct cached_listing *question)
{
	bool first = is_first(cache, question);

	return first || atomic_load(&cache->unreachable) ? FIRST_MS : LATER_MS;
}

/* Joins the refresh under way, or begins one. With the lock held. */
static int join(struct listing *l, const struct source_query *query,
		struct refresh **ret_new)
{
	struct cache *cache = l->call.cache;
	int err;

	l->refresh = refresh_find(cache, l->question);
	if (!l->refresh) {
		err = refresh_create(cache, l->question, is_probe(query),
				     &l->refresh);
		if (err)
			return err;
		*ret_new = l->refresh;
	}
	DL_APPEND(l->refresh->subscribers, &l->subscriber);
	l->wishing = true;
	cache_call_ref(&l->call); /* the timer's */
	timer_set(cache->timers, &l->timer, patience(cache, l->question));
	return 0;
}

/* Once it has let go of the lock, the call may end, and be released, at any
   time. */
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
	l->timer.fire = on_alarm;
	l->reader = cache_reader(cache);
	l->sink = *listing;
	err = cached_listing_create(cache->listing_scope, query, &l->question);
	if (!err)
		err = enter(l, query, ret_call, &new);
	if (err)
		destroy(&l->call);
	else if (new)
		refresh_ask(new, query);
	return err;
}
