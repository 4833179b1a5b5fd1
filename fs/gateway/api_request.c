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

static void attempt(struct api_request *request);

static const char identity_only[] = "Accept-Encoding: identity";

static struct api_request *request_of(struct http_exchange *exchange)
{
	return container_of(exchange, struct api_request, exchange);
}

/* The path without its query, which may hold names: for people. */
static int path_length(const struct api_request *request)
{
	return (int)strcspn(request->path, "?");
}

static bool is_once(const struct api_request *request)
{
	return request->exchange.once;
}

static const char *method_word(const struct api_request *request)
{
	static const char *const words[] = {
		[HTTP_GET] = "get",
		[HTTP_POST] = "post",
		[HTTP_DELETE] = "delete",
	};
	return words[request->exchange.method];
}

/* An attempt has failed; there may be another. */
static void note_attempt(const struct api_request *request)
{
	char why[320];

	api_error_explain(&request->error, why, sizeof(why));
	log_debug("%s %.*s attempt=%d/%d cause=%s", method_word(request),
		  path_length(request), request->path, request->attempts,
		  RETRY_ATTEMPTS, why);
}

/* The call has failed. What is not there is often no fault, and what was
   fetched ahead nobody misses yet: both are said at debug only. */
static void report(const struct api_request *request, int err)
{
	char why[320], line[768];

	api_error_explain(&request->error, why, sizeof(why));
	gateway_remember(request->gateway, request->path, why);
	snprintf(line, sizeof(line),
		 "%s %.*s attempt=%d/%d ms=%" PRId64 " errno=%s cause=%s",
		 method_word(request), path_length(request), request->path,
		 request->attempts, RETRY_ATTEMPTS,
		 clock_now_ms() - request->started_ms, strerrorname_np(-err),
		 why);
	if (err == -ENOENT || request->priority == HTTP_PREFETCH)
		log_debug("%s", line);
	else
		log_warning("%s", line);
}

static void finish(struct api_request *request, int err)
{
	struct http *http = request->gateway->http;

	if (err && err != -ECANCELED)
		report(request, err);
	http_timer_disarm(http, &request->pause);
	http_timer_disarm(http, &request->deadline);
	token_leave(request->gateway->tokens, &request->waiter);
	request->token = secret_unref(request->token);
	buffer_finish(&request->authorization);
	buffer_finish(&request->url);
	buffer_finish(&request->redirect);
	request->on->done(request, err);
}

static void finish_late(struct api_request *request)
{
	const struct gateway *g = request->gateway;
	bool paused = clock_now_ms() < g->limiter.paused_until_ms;

	if (paused)
		request->error = g->throttle;
	else
		request->error.fault = HTTP_TIMEOUT;
	finish(request, paused ? -EIO : -ETIMEDOUT);
}

static void pause_over(struct http_timer *timer)
{
	attempt(container_of(timer, struct api_request, pause));
}

/* Asks again after a pause, if that pause ends before the deadline. */
static void retry(struct api_request *request, int err)
{
	struct gateway *g = request->gateway;
	int64_t delay_ms = gateway_wait_ms(&request->error, &request->exchange);

	if (request->progress)
		request->attempts = 1;
	request->progress = false;
	if (request->attempts >= RETRY_ATTEMPTS) {
		finish(request, err);
		return;
	}
	if (delay_ms < 0)
		delay_ms = retry_delay_ms(request->attempts, retry_random());
	/* In vain then, too: better to say so now. */
	if (clock_now_ms() + delay_ms >= request->deadline_ms ||
	    clock_now_ms() + delay_ms < g->limiter.down_until_ms) {
		finish(request, err);
		return;
	}
	atomic_fetch_add(&g->retries, 1);
	http_timer_arm(g->http, &request->pause, delay_ms);
}

static int on_head(struct http_exchange *exchange)
{
	struct api_request *request = request_of(exchange);
	const struct http_head *head = &exchange->head;

	if (head->status < 200 || head->status > 299 || !request->on->head)
		return 0;
	request->refusal = request->on->head(request, head);
	return request->refusal;
}

/* On a slow line, bytes that come put the end off; who waits for them has a
   deadline of his own. Once a second is often enough. */
static void extend_deadline(struct api_request *request)
{
	int64_t deadline_ms = clock_now_ms() + request->timeout_ms;

	if (deadline_ms - request->deadline_ms < 1000)
		return;
	request->deadline_ms = deadline_ms;
	http_timer_arm(request->gateway->http, &request->deadline,
		       request->timeout_ms);
}

static int on_body(struct http_exchange *exchange, const char *bytes,
		   size_t size)
{
	struct api_request *request = request_of(exchange);
	bool good = exchange->head.status >= 200 && exchange->head.status < 300;

	atomic_fetch_add(&request->gateway->bytes, size);
	if (good && request->on->bytes) {
		request->refusal = request->on->bytes(request, bytes, size);
		extend_deadline(request);
	} else if (good) {
		request->refusal = buffer_append(&request->body, bytes, size);
		if (request->refusal == -EMSGSIZE)
			request->refusal = -EIO;
	} else if (request->body.size + size <= API_ERROR_BODY_MAX) {
		/* What there is of an error's body; the rest is let go. */
		return buffer_append(&request->body, bytes, size);
	}
	return request->refusal;
}

/* The whole of an answer that may be good has come; is it? */
static void judge_good(struct api_request *request)
{
	int err = request->on->complete ? request->on->complete(request) : 0;

	if (!err)
		finish(request, 0);
	else if (request->again)
		retry(request, err);
	else
		finish(request, err);
}

static void renew(struct api_request *request)
{
	if (request->renewed) {
		token_give_up(request->gateway->tokens, request->token);
		finish(request, -EACCES);
		return;
	}
	token_reject(request->gateway->tokens, request->token);
	request->renewed = true;
	request->attempts--; /* it was the token's fault */
	attempt(request);
}

static bool is_redirect(long status)
{
	return status >= 300 && status <= 399;
}

/* Bytes may come from elsewhere, once, and elsewhere learns nothing of us. */
static bool follow(struct api_request *request, const char *location)
{
	struct gateway *g = request->gateway;

	if (!request->range[0] ||
	    !redirect_is_allowed(location, g->config.endpoint_is_local) ||
	    buffer_append_text(&request->redirect, location))
		return false;
	log_debug("GET %.*s: redirected", path_length(request), request->path);
	request->headers[0] = request->range;
	request->headers[1] = identity_only;
	request->headers[2] = NULL;
	request->exchange.url = buffer_text(&request->redirect);
	request->exchange.public_only = !g->config.endpoint_is_local;
	atomic_fetch_add(&g->requests, 1);
	buffer_clear(&request->body);
	http_start(g->http, &request->exchange);
	return true;
}

/* A link that is refused elsewhere has run out: the platform makes another. */
static enum retry_decision redirected_verdict(const struct api_request *request,
					      bool redirected)
{
	enum retry_decision decision = api_error_decide(&request->error);

	if (redirected &&
	    (decision == RETRY_DECISION_RENEW || request->error.status == 403))
		return RETRY_DECISION_RETRY;
	return decision;
}

static enum retry_decision verdict_of(const struct api_request *request,
				      bool redirected)
{
	const struct http_exchange *exchange = &request->exchange;

	if (!is_once(request))
		return redirected_verdict(request, redirected);
	return api_error_decide_write(
		&request->error, exchange->sent,
		gateway_wait_ms(&request->error, exchange) >= 0);
}

static void on_done(struct http_exchange *exchange)
{
	struct api_request *request = request_of(exchange);
	bool redirected = request->redirect.size > 0;

	buffer_clear(&request->redirect);
	api_error_read(&request->error, exchange->fault, exchange->head.status,
		       buffer_text(&request->body), request->body.size);
	request->uncertain =
		is_once(request) &&
		verdict_of(request, redirected) == RETRY_DECISION_UNKNOWN;
	if (request->cancelled || request->late) {
		if (request->cancelled)
			finish(request, -ECANCELED);
		else
			finish_late(request);
		return;
	}
	if (exchange->fault == HTTP_REFUSED_BY_HANDLER && request->refusal) {
		if (request->why)
			snprintf(request->error.message,
				 sizeof(request->error.message), "%s",
				 request->why);
		note_attempt(request);
		if (request->again)
			retry(request, request->refusal);
		else
			finish(request, request->refusal);
		return;
	}
	if (!redirected)
		gateway_note(request->gateway, &request->error, exchange,
			     request->range[0] != '\0');
	if (is_redirect(request->error.status) && !redirected &&
	    follow(request, exchange->head.location))
		return;
	switch (verdict_of(request, redirected)) {
	case RETRY_DECISION_GOOD:
		judge_good(request);
		return;
	case RETRY_DECISION_RENEW:
		note_attempt(request);
		renew(request);
		return;
	case RETRY_DECISION_RETRY:
		note_attempt(request);
		retry(request, api_error_errno(&request->error));
		return;
	case RETRY_DECISION_FAILURE:
	case RETRY_DECISION_UNKNOWN:
		finish(request, api_error_errno(&request->error));
		return;
	}
}

static int compose(struct api_request *request)
{
	struct gateway *g = request->gateway;
	int n = 0;

	buffer_clear(&request->url);
	buffer_clear(&request->authorization);
	if (buffer_append_text(&request->url, g->config.endpoint) ||
	    buffer_append_text(&request->url, request->path) ||
	    buffer_append_text(&request->authorization,
			       "Authorization: Bearer ") ||
	    buffer_append_text(&request->authorization,
			       secret_text(request->token)))
		return -ENOMEM;
	request->headers[n++] = buffer_text(&request->authorization);
	request->headers[n++] = buffer_text(&g->api_key);
	request->headers[n++] = buffer_text(&g->org);
	request->headers[n++] = buffer_text(&g->sandbox);
	if (request->range[0]) {
		request->headers[n++] = request->range;
		/* Compression and ranges do not mix: contract 1.2. */
		request->headers[n++] = identity_only;
	}
	if (request->exchange.method == HTTP_POST)
		request->headers[n++] = "Content-Type: application/json";
	request->headers[n] = NULL;
	request->exchange.url = buffer_text(&request->url);
	request->exchange.headers = request->headers;
	return 0;
}

/* It fails for want of a token: what the token service said of that, or else
   what the last attempt did. */
static void take_token_problem(struct api_request *request)
{
	const struct api_error *why = token_error(request->gateway->tokens);

	if (why->status || why->fault)
		request->error = *why;
}

/* Is it in vain to ask, because nothing is asked before the call must end? */
static bool is_pointless(struct api_request *request)
{
	const struct gateway *g = request->gateway;

	if (clock_now_ms() < g->limiter.down_until_ms)
		request->error =
			(struct api_error){.fault = HTTP_NO_CONNECTION};
	else if (g->limiter.paused_until_ms >= request->deadline_ms)
		request->error = g->throttle;
	else
		return false;
	return true;
}

static void attempt(struct api_request *request)
{
	struct gateway *g = request->gateway;
	int err = -EACCES;

	if (is_pointless(request)) {
		finish(request, -EIO);
		return;
	}
	/* The last token is kept until here, so that renew() can name it. */
	secret_unref(request->token);
	request->token = token_get(g->tokens, &request->waiter, &err);
	if (!request->token) {
		if (!request->waiter.waiting) {
			take_token_problem(request);
			finish(request, err);
		}
		return;
	}
	if (request->on->attempt)
		request->on->attempt(request);
	if (compose(request)) {
		finish(request, -ENOMEM);
		return;
	}
	request->attempts++;
	request->refusal = 0;
	request->why = NULL;
	request->again = false;
	buffer_clear(&request->body);
	request->exchange.priority = request->priority;
	request->exchange.compressed = !request->range[0];
	request->exchange.public_only = false;
	atomic_fetch_add(&g->requests, 1);
	http_start(g->http, &request->exchange);
}

static void token_ready(struct token_waiter *waiter, int err)
{
	struct api_request *request =
		container_of(waiter, struct api_request, waiter);

	if (!err) {
		attempt(request);
		return;
	}
	take_token_problem(request);
	finish(request, err);
}

static void deadline_over(struct http_timer *timer)
{
	struct api_request *request =
		container_of(timer, struct api_request, deadline);

	request->late = true;
	if (request->exchange.active)
		http_cancel(&request->exchange);
	else
		finish_late(request);
}

void gateway_begin(struct gateway *gateway, struct api_request *request)
{
	static const struct http_handlers handlers = {
		.head = on_head,
		.body = on_body,
		.done = on_done,
	};

	request->gateway = gateway;
	request->exchange.on = &handlers;
	request->pause.run = pause_over;
	request->deadline.run = deadline_over;
	request->waiter.ready = token_ready;
	buffer_init(&request->url, 64 * 1024);
	buffer_init(&request->authorization, 2 * SECRET_MAX);
	buffer_init(&request->redirect, 4096);
	request->body.limit = request->body_limit > API_ERROR_BODY_MAX
				      ? request->body_limit
				      : API_ERROR_BODY_MAX;
	request->started_ms = clock_now_ms();
	request->deadline_ms = request->started_ms + request->timeout_ms;
	request->attempts = 0;
	request->renewed = request->cancelled = request->late = false;
	request->uncertain = false;
	http_timer_arm(gateway->http, &request->deadline, request->timeout_ms);
	attempt(request);
}

void gateway_start(struct gateway *gateway, struct api_request *request)
{
	request->exchange.method = HTTP_GET;
	gateway_begin(gateway, request);
}

void gateway_cancel(struct api_request *request)
{
	request->cancelled = true;
	if (request->exchange.active)
		http_cancel(&request->exchange);
	else
		finish(request, -ECANCELED);
}

void gateway_promote(struct api_request *request)
{
	request->priority = HTTP_DEMAND;
	if (request->exchange.active)
		http_promote(&request->exchange);
}
