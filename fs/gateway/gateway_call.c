/* One call and its attempts: see gateway.h. Contract 1.2 and 1.4. */

#include "gateway_internal.h"

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/log.h"
#include "redirect.h"
#include "retry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void attempt(struct gateway_call *call);

static const char identity_only[] = "Accept-Encoding: identity";

static struct gateway_call *call_of(struct http_exchange *exchange)
{
	return container_of(exchange, struct gateway_call, exchange);
}

/* The path without its query, which may hold names: for people. */
static int path_length(const struct gateway_call *call)
{
	return (int)strcspn(call->path, "?");
}

static bool is_once(const struct gateway_call *call)
{
	return call->exchange.once;
}

static const char *method_word(const struct gateway_call *call)
{
	static const char *const words[] = {
		[HTTP_GET] = "get",
		[HTTP_POST] = "post",
		[HTTP_DELETE] = "delete",
	};
	return words[call->exchange.method];
}

/* An attempt has failed; there may be another. */
static void note_attempt(const struct gateway_call *call)
{
	char why[320];

	problem_explain(&call->problem, why, sizeof(why));
	log_debug("%s %.*s attempt=%d/%d cause=%s", method_word(call),
		  path_length(call), call->path, call->attempts, RETRY_ATTEMPTS,
		  why);
}

/* The call has failed. What is not there is often no fault, and what was
   fetched ahead nobody misses yet: both are said at debug only. */
static void report(const struct gateway_call *call, int err)
{
	char why[320], line[768];

	problem_explain(&call->problem, why, sizeof(why));
	gateway_remember(call->gateway, call->path, why);
	snprintf(line, sizeof(line),
		 "%s %.*s attempt=%d/%d ms=%" PRId64 " errno=%s cause=%s",
		 method_word(call), path_length(call), call->path,
		 call->attempts, RETRY_ATTEMPTS,
		 clock_now_ms() - call->started_ms, strerrorname_np(-err), why);
	if (err == -ENOENT || call->priority == HTTP_PREFETCH)
		log_debug("%s", line);
	else
		log_warning("%s", line);
}

static void finish(struct gateway_call *call, int err)
{
	struct http *http = call->gateway->http;

	if (err && err != -ECANCELED)
		report(call, err);
	http_timer_disarm(http, &call->pause);
	http_timer_disarm(http, &call->deadline);
	token_leave(call->gateway->tokens, &call->waiter);
	call->token = secret_unref(call->token);
	buffer_finish(&call->authorization);
	buffer_finish(&call->url);
	buffer_finish(&call->redirect);
	call->on->done(call, err);
}

static void finish_late(struct gateway_call *call)
{
	const struct gateway *g = call->gateway;
	bool paused = clock_now_ms() < g->limiter.paused_until_ms;

	if (paused)
		call->problem = g->throttle;
	else
		call->problem.fault = HTTP_TIMEOUT;
	finish(call, paused ? -EIO : -ETIMEDOUT);
}

static void pause_over(struct http_timer *timer)
{
	attempt(container_of(timer, struct gateway_call, pause));
}

/* Asks again after a pause, if that pause ends before the deadline. */
static void retry(struct gateway_call *call, int err)
{
	struct gateway *g = call->gateway;
	int64_t delay_ms = gateway_wait_ms(&call->problem, &call->exchange);

	if (call->progress)
		call->attempts = 1;
	call->progress = false;
	if (call->attempts >= RETRY_ATTEMPTS) {
		finish(call, err);
		return;
	}
	if (delay_ms < 0)
		delay_ms = retry_delay_ms(call->attempts, retry_random());
	/* In vain then, too: better to say so now. */
	if (clock_now_ms() + delay_ms >= call->deadline_ms ||
	    clock_now_ms() + delay_ms < g->limiter.down_until_ms) {
		finish(call, err);
		return;
	}
	atomic_fetch_add(&g->retries, 1);
	http_timer_arm(g->http, &call->pause, delay_ms);
}

static int on_head(struct http_exchange *exchange)
{
	struct gateway_call *call = call_of(exchange);
	const struct http_head *head = &exchange->head;

	if (head->status < 200 || head->status > 299 || !call->on->head)
		return 0;
	call->refusal = call->on->head(call, head);
	return call->refusal;
}

/* On a slow line, bytes that come put the end off; who waits for them has a
   deadline of his own. Once a second is often enough. */
static void extend_deadline(struct gateway_call *call)
{
	int64_t deadline_ms = clock_now_ms() + call->timeout_ms;

	if (deadline_ms - call->deadline_ms < 1000)
		return;
	call->deadline_ms = deadline_ms;
	http_timer_arm(call->gateway->http, &call->deadline, call->timeout_ms);
}

static int on_body(struct http_exchange *exchange, const char *bytes,
		   size_t size)
{
	struct gateway_call *call = call_of(exchange);
	bool good = exchange->head.status >= 200 && exchange->head.status < 300;

	atomic_fetch_add(&call->gateway->bytes, size);
	if (good && call->on->bytes) {
		call->refusal = call->on->bytes(call, bytes, size);
		extend_deadline(call);
	} else if (good) {
		call->refusal = buffer_append(&call->body, bytes, size);
		if (call->refusal == -EMSGSIZE)
			call->refusal = -EIO;
	} else if (call->body.size + size <= PROBLEM_BODY_MAX) {
		/* What there is of an error's body; the rest is let go. */
		return buffer_append(&call->body, bytes, size);
	}
	return call->refusal;
}

/* The whole of an answer that may be good has come; is it? */
static void judge_good(struct gateway_call *call)
{
	int err = call->on->complete ? call->on->complete(call) : 0;

	if (!err)
		finish(call, 0);
	else if (call->again)
		retry(call, err);
	else
		finish(call, err);
}

static void renew(struct gateway_call *call)
{
	if (call->renewed) {
		token_give_up(call->gateway->tokens, call->token);
		finish(call, -EACCES);
		return;
	}
	token_reject(call->gateway->tokens, call->token);
	call->renewed = true;
	call->attempts--; /* it was the token's fault */
	attempt(call);
}

static bool is_redirect(long status)
{
	return status >= 300 && status <= 399;
}

/* Bytes may come from elsewhere, once, and elsewhere learns nothing of us. */
static bool follow(struct gateway_call *call, const char *location)
{
	struct gateway *g = call->gateway;

	if (!call->range[0] ||
	    !redirect_is_allowed(location, g->config.endpoint_is_local) ||
	    buffer_append_text(&call->redirect, location))
		return false;
	log_debug("GET %.*s: redirected", path_length(call), call->path);
	call->headers[0] = call->range;
	call->headers[1] = identity_only;
	call->headers[2] = NULL;
	call->exchange.url = buffer_text(&call->redirect);
	call->exchange.public_only = !g->config.endpoint_is_local;
	atomic_fetch_add(&g->requests, 1);
	buffer_clear(&call->body);
	http_start(g->http, &call->exchange);
	return true;
}

/* A link that is refused elsewhere has run out: the platform makes another. */
static enum verdict redirected_verdict(const struct gateway_call *call,
				       bool redirected)
{
	enum verdict verdict = problem_verdict(&call->problem);

	if (redirected &&
	    (verdict == VERDICT_RENEW || call->problem.status == 403))
		return VERDICT_RETRY;
	return verdict;
}

static enum verdict verdict_of(const struct gateway_call *call, bool redirected)
{
	const struct http_exchange *exchange = &call->exchange;

	if (!is_once(call))
		return redirected_verdict(call, redirected);
	return problem_write_verdict(
		&call->problem, exchange->sent,
		gateway_wait_ms(&call->problem, exchange) >= 0);
}

static void on_done(struct http_exchange *exchange)
{
	struct gateway_call *call = call_of(exchange);
	bool redirected = call->redirect.size > 0;

	buffer_clear(&call->redirect);
	problem_read(&call->problem, exchange->fault, exchange->head.status,
		     buffer_text(&call->body), call->body.size);
	call->uncertain = is_once(call) &&
			  verdict_of(call, redirected) == VERDICT_UNKNOWN;
	if (call->cancelled || call->late) {
		if (call->cancelled)
			finish(call, -ECANCELED);
		else
			finish_late(call);
		return;
	}
	if (exchange->fault == HTTP_REFUSED_BY_HANDLER && call->refusal) {
		if (call->why)
			snprintf(call->problem.words,
				 sizeof(call->problem.words), "%s", call->why);
		note_attempt(call);
		if (call->again)
			retry(call, call->refusal);
		else
			finish(call, call->refusal);
		return;
	}
	if (!redirected)
		gateway_note(call->gateway, &call->problem, exchange,
			     call->range[0] != '\0');
	if (is_redirect(call->problem.status) && !redirected &&
	    follow(call, exchange->head.location))
		return;
	switch (verdict_of(call, redirected)) {
	case VERDICT_GOOD:
		judge_good(call);
		return;
	case VERDICT_RENEW:
		note_attempt(call);
		renew(call);
		return;
	case VERDICT_RETRY:
		note_attempt(call);
		retry(call, problem_errno(&call->problem));
		return;
	case VERDICT_FAILURE:
	case VERDICT_UNKNOWN:
		finish(call, problem_errno(&call->problem));
		return;
	}
}

static int compose(struct gateway_call *call)
{
	struct gateway *g = call->gateway;
	int n = 0;

	buffer_clear(&call->url);
	buffer_clear(&call->authorization);
	if (buffer_append_text(&call->url, g->config.endpoint) ||
	    buffer_append_text(&call->url, call->path) ||
	    buffer_append_text(&call->authorization,
			       "Authorization: Bearer ") ||
	    buffer_append_text(&call->authorization, secret_text(call->token)))
		return -ENOMEM;
	call->headers[n++] = buffer_text(&call->authorization);
	call->headers[n++] = buffer_text(&g->api_key);
	call->headers[n++] = buffer_text(&g->org);
	call->headers[n++] = buffer_text(&g->sandbox);
	if (call->range[0]) {
		call->headers[n++] = call->range;
		/* Compression and ranges do not mix: contract 1.2. */
		call->headers[n++] = identity_only;
	}
	if (call->exchange.method == HTTP_POST)
		call->headers[n++] = "Content-Type: application/json";
	call->headers[n] = NULL;
	call->exchange.url = buffer_text(&call->url);
	call->exchange.headers = call->headers;
	return 0;
}

/* It fails for want of a token: what the token service said of that, or else
   what the last attempt did. */
static void take_token_problem(struct gateway_call *call)
{
	const struct problem *why = token_problem(call->gateway->tokens);

	if (why->status || why->fault)
		call->problem = *why;
}

/* Is it in vain to ask, because nothing is asked before the call must end? */
static bool is_in_vain(struct gateway_call *call)
{
	const struct gateway *g = call->gateway;

	if (clock_now_ms() < g->limiter.down_until_ms)
		call->problem = (struct problem){.fault = HTTP_NO_CONNECTION};
	else if (g->limiter.paused_until_ms >= call->deadline_ms)
		call->problem = g->throttle;
	else
		return false;
	return true;
}

static void attempt(struct gateway_call *call)
{
	struct gateway *g = call->gateway;
	int err = -EACCES;

	if (is_in_vain(call)) {
		finish(call, -EIO);
		return;
	}
	/* The last token is kept until here, so that renew() can name it. */
	secret_unref(call->token);
	call->token = token_get(g->tokens, &call->waiter, &err);
	if (!call->token) {
		if (!call->waiter.waiting) {
			take_token_problem(call);
			finish(call, err);
		}
		return;
	}
	if (call->on->attempt)
		call->on->attempt(call);
	if (compose(call)) {
		finish(call, -ENOMEM);
		return;
	}
	call->attempts++;
	call->refusal = 0;
	call->why = NULL;
	call->again = false;
	buffer_clear(&call->body);
	call->exchange.priority = call->priority;
	call->exchange.compressed = !call->range[0];
	call->exchange.public_only = false;
	atomic_fetch_add(&g->requests, 1);
	http_start(g->http, &call->exchange);
}

static void token_ready(struct token_waiter *waiter, int err)
{
	struct gateway_call *call =
		container_of(waiter, struct gateway_call, waiter);

	if (!err) {
		attempt(call);
		return;
	}
	take_token_problem(call);
	finish(call, err);
}

static void deadline_over(struct http_timer *timer)
{
	struct gateway_call *call =
		container_of(timer, struct gateway_call, deadline);

	call->late = true;
	if (call->exchange.active)
		http_cancel(&call->exchange);
	else
		finish_late(call);
}

void gateway_begin(struct gateway *gateway, struct gateway_call *call)
{
	static const struct http_handlers handlers = {
		.head = on_head,
		.body = on_body,
		.done = on_done,
	};

	call->gateway = gateway;
	call->exchange.on = &handlers;
	call->pause.run = pause_over;
	call->deadline.run = deadline_over;
	call->waiter.ready = token_ready;
	buffer_init(&call->url, 64 * 1024);
	buffer_init(&call->authorization, 2 * SECRET_MAX);
	buffer_init(&call->redirect, 4096);
	call->body.limit = call->body_limit > PROBLEM_BODY_MAX
				   ? call->body_limit
				   : PROBLEM_BODY_MAX;
	call->started_ms = clock_now_ms();
	call->deadline_ms = call->started_ms + call->timeout_ms;
	call->attempts = 0;
	call->renewed = call->cancelled = call->late = false;
	call->uncertain = false;
	http_timer_arm(gateway->http, &call->deadline, call->timeout_ms);
	attempt(call);
}

void gateway_start(struct gateway *gateway, struct gateway_call *call)
{
	call->exchange.method = HTTP_GET;
	gateway_begin(gateway, call);
}

void gateway_cancel(struct gateway_call *call)
{
	call->cancelled = true;
	if (call->exchange.active)
		http_cancel(&call->exchange);
	else
		finish(call, -ECANCELED);
}

void gateway_promote(struct gateway_call *call)
{
	call->priority = HTTP_DEMAND;
	if (call->exchange.active)
		http_promote(&call->exchange);
}
