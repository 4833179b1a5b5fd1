/*
 * The network thread: see http.h.
 *
 * struct http belongs to that thread, except for what `inbox_lock` guards. That
 * lock is held briefly, never across a callback.
 */

#include "http_internal.h"

#include "caifs/clock.h"
#include "caifs/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <utlist.h>

/* Longest wait in poll: with transfers, to check them for stalls; without. */
enum { TICK_MS = 250, IDLE_MS = 60000 };

struct http {
	struct http_config config;
	CURLM *multi;
	pthread_t thread;

	pthread_mutex_t inbox_lock;
	struct job *inbox, *inbox_tail; /* guarded by inbox_lock */
	bool stopping;			/* guarded by inbox_lock */
	bool stopped;			/* guarded by inbox_lock */

	/* After http_stop(): held while a posting thread runs its job.
	   Recursive, for a job may post another. */
	pthread_mutex_t late_lock;

	struct timer_list timers;
	struct http_exchange *waiting[2]; /* by priority */
	struct http_transfer *busy;
	struct http_transfer *idle;
	int busy_count, limit;
	int64_t paused_until_ms;
	bool ending; /* http_start() cancels at once */
};

const char *http_fault_word(enum http_fault fault)
{
	static const char *const words[] = {
		[HTTP_OK] = "ok",
		[HTTP_CANCELLED] = "cancelled",
		[HTTP_REFUSED_BY_HANDLER] = "bad-answer",
		[HTTP_NO_NAME] = "dns",
		[HTTP_NO_CONNECTION] = "refused",
		[HTTP_TIMEOUT] = "timeout",
		[HTTP_TLS] = "tls",
		[HTTP_BROKEN] = "broken",
		[HTTP_NO_MEMORY] = "memory",
	};
	return words[fault];
}

static void finish_without_transfer(struct http_exchange *exchange,
				    enum http_fault fault)
{
	exchange->active = false;
	exchange->fault = fault;
	exchange->on->done(exchange);
}

/* Removes `t` from the multi handle and calls `done`. */
static void finish(struct http *http, struct http_transfer *t, CURLcode result)
{
	struct http_exchange *exchange = t->exchange;

	curl_multi_remove_handle(http->multi, t->easy);
	DL_DELETE(http->busy, t);
	http->busy_count--;
	transfer_complete(t, result);
	LL_PREPEND(http->idle, t);
	exchange->active = false;
	exchange->on->done(exchange);
}

static int take_transfer(struct http *http, struct http_transfer **ret)
{
	if (!http->idle)
		return transfer_create(&http->config, ret);
	*ret = http->idle;
	LL_DELETE(http->idle, *ret);
	return 0;
}

static void begin(struct http *http, struct http_exchange *exchange)
{
	struct http_transfer *t = NULL;
	enum http_fault fault = HTTP_NO_MEMORY;

	if (take_transfer(http, &t) ||
	    (fault = transfer_prepare(t, exchange)) != HTTP_OK ||
	    curl_multi_add_handle(http->multi, t->easy)) {
		transfer_destroy(t);
		exchange->transfer = NULL;
		finish_without_transfer(exchange,
					fault ? fault : HTTP_NO_MEMORY);
		return;
	}
	DL_APPEND(http->busy, t);
	http->busy_count++;
}

/* Starts queued exchanges up to the limit, demand first. */
static void dispatch(struct http *http)
{
	if (clock_now_ms() < http->paused_until_ms)
		return;
	while (http->busy_count < http->limit) {
		int p = http->waiting[HTTP_DEMAND] ? HTTP_DEMAND
						   : HTTP_PREFETCH;
		struct http_exchange *exchange = http->waiting[p];

		if (!exchange)
			return;
		DL_DELETE(http->waiting[p], exchange);
		begin(http, exchange);
	}
}

void http_start(struct http *http, struct http_exchange *exchange)
{
	exchange->http = http;
	exchange->transfer = NULL;
	exchange->active = true;
	exchange->asked_ms = exchange->begun_ms = clock_now_ms();
	exchange->times = (struct http_times){0};
	exchange->sent = false;
	if (http->ending) {
		finish_without_transfer(exchange, HTTP_CANCELLED);
		return;
	}
	DL_APPEND(http->waiting[exchange->priority], exchange);
}

void http_promote(struct http_exchange *exchange)
{
	struct http *http = exchange->http;

	if (exchange->priority == HTTP_DEMAND)
		return;
	if (exchange->active && !exchange->transfer) {
		DL_DELETE(http->waiting[HTTP_PREFETCH], exchange);
		DL_APPEND(http->waiting[HTTP_DEMAND], exchange);
	}
	exchange->priority = HTTP_DEMAND;
}

void http_set_limit(struct http *http, int limit)
{
	http->limit = limit;
}

void http_pause(struct http *http, int64_t until_ms)
{
	http->paused_until_ms = until_ms;
}

void http_cancel(struct http_exchange *exchange)
{
	struct http *http = exchange->http;

	if (!exchange->active)
		return;
	if (exchange->transfer) {
		exchange->fault = HTTP_CANCELLED;
		finish(http, exchange->transfer, CURLE_OK);
		return;
	}
	DL_DELETE(http->waiting[exchange->priority], exchange);
	finish_without_transfer(exchange, HTTP_CANCELLED);
}

void http_timer_arm(struct http *http, struct http_timer *timer,
		    int64_t delay_ms)
{
	timer_list_arm(&http->timers, timer, delay_ms);
}

void http_timer_disarm(struct http *http, struct http_timer *timer)
{
	timer_list_disarm(&http->timers, timer);
}

void http_post(struct http *http, struct job *job)
{
	bool stopped;

	job->next = NULL;
	pthread_mutex_lock(&http->inbox_lock);
	stopped = http->stopped;
	if (!stopped) {
		if (http->inbox_tail)
			http->inbox_tail->next = job;
		else
			http->inbox = job;
		http->inbox_tail = job;
	}
	pthread_mutex_unlock(&http->inbox_lock);
	if (!stopped) {
		curl_multi_wakeup(http->multi);
		return;
	}
	pthread_mutex_lock(&http->late_lock);
	job->run(job);
	pthread_mutex_unlock(&http->late_lock);
}

/* Runs the posted jobs. False: http_stop() was called. */
static bool run_inbox(struct http *http)
{
	struct job *job, *next;
	bool stopping;

	pthread_mutex_lock(&http->inbox_lock);
	job = http->inbox;
	http->inbox = http->inbox_tail = NULL;
	stopping = http->stopping;
	pthread_mutex_unlock(&http->inbox_lock);

	for (; job; job = next) {
		next = job->next;
		job->run(job);
	}
	return !stopping;
}

static void reap(struct http *http)
{
	struct http_transfer *t;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(http, t, result);
	}
}

static void drop_stalled(struct http *http, int64_t now_ms)
{
	struct http_transfer *t, *next;

	DL_FOREACH_SAFE (http->busy, t, next) {
		if (!transfer_stalled(t, http->config.idle_timeout_ms, now_ms))
			continue;
		t->exchange->fault = HTTP_TIMEOUT;
		finish(http, t, CURLE_OPERATION_TIMEDOUT);
		return; /* `done` may have freed `next`; see the rest later */
	}
}

static void cancel_all(struct http *http)
{
	http->ending = true;
	for (int p = HTTP_DEMAND; p <= HTTP_PREFETCH; p++)
		while (http->waiting[p])
			http_cancel(http->waiting[p]);
	while (http->busy)
		http_cancel(http->busy->exchange);
	/* Pending retries start now, and are cancelled by http_start(). */
	timer_list_run(&http->timers, INT64_MAX);
}

/* How long poll may wait if no socket becomes ready. */
static int poll_time(const struct http *http)
{
	int64_t now_ms = clock_now_ms();
	int64_t wait = http->busy ? TICK_MS : IDLE_MS;

	if ((http->waiting[HTTP_DEMAND] || http->waiting[HTTP_PREFETCH]) &&
	    http->paused_until_ms > now_ms &&
	    http->paused_until_ms - now_ms < wait)
		wait = http->paused_until_ms - now_ms;
	return (int)timer_list_wait(&http->timers, now_ms, wait);
}

static void *run(void *data)
{
	struct http *http = data;
	int running;

	while (run_inbox(http)) {
		int64_t now_ms = clock_now_ms();

		timer_list_run(&http->timers, now_ms);
		drop_stalled(http, now_ms);
		dispatch(http);
		curl_multi_perform(http->multi, &running);
		reap(http);
		dispatch(http);
		curl_multi_poll(http->multi, NULL, 0, poll_time(http), NULL);
	}
	cancel_all(http);
	return NULL;
}

int http_create(const struct http_config *config, struct http **ret_http)
{
	struct http *http = calloc(1, sizeof(*http));
	pthread_mutexattr_t recursive;
	int err = -ENOMEM;

	if (!http)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(http);
		return -ENOMEM;
	}
	http->config = *config;
	http->limit = config->connections;
	pthread_mutex_init(&http->inbox_lock, NULL);
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&http->late_lock, &recursive);
	pthread_mutexattr_destroy(&recursive);
	http->multi = curl_multi_init();
	if (!http->multi)
		goto fail;
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
			  (long)config->max_connections);
	err = thread_start(&http->thread, "caifs-network", run, http);
	if (err)
		goto fail;
	*ret_http = http;
	return 0;

fail:
	if (http->multi)
		curl_multi_cleanup(http->multi);
	pthread_mutex_destroy(&http->late_lock);
	pthread_mutex_destroy(&http->inbox_lock);
	curl_global_cleanup();
	free(http);
	return err;
}

void http_stop(struct http *http)
{
	pthread_mutex_lock(&http->inbox_lock);
	http->stopping = true;
	pthread_mutex_unlock(&http->inbox_lock);
	curl_multi_wakeup(http->multi);
	pthread_join(http->thread, NULL);

	/* The network thread is gone: run the jobs that it did not. */
	pthread_mutex_lock(&http->late_lock);
	pthread_mutex_lock(&http->inbox_lock);
	http->stopped = true;
	pthread_mutex_unlock(&http->inbox_lock);
	run_inbox(http);
	cancel_all(http);
	pthread_mutex_unlock(&http->late_lock);
}

struct http *http_destroy(struct http *http)
{
	struct http_transfer *t, *next;

	if (!http)
		return NULL;

	LL_FOREACH_SAFE(http->idle, t, next)
	transfer_destroy(t);
	curl_multi_cleanup(http->multi);
	pthread_mutex_destroy(&http->late_lock);
	pthread_mutex_destroy(&http->inbox_lock);
	curl_global_cleanup();
	free(http);
	return NULL;
}
