/* One request and its attempts: see gateway.h. Contract 1.2 and 1.4. */

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

/* Length of the path without its query: a query may hold names and is not
   logged. */
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

static void log_attempt(const struct api_request *request)
{
	char why[320];

	api_error_explain(&request->error, why, sizeof(why));
	log_debug("%s %.*s attempt=%d/%d cause=%s", method_word(request),
		  path_length(request), request->path, request->attempts,
		  RETRY_ATTEMPTS, why);
}

/* Reports a failed request. -ENOENT is often expected, and a failed prefetch
   fails no read: log both at debug only. */
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

/* Retries after a pause; fails with `err` after the last attempt. */
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
	/* The retry would start after the deadline, or while the platform is
	   marked unreachable: fail now. */
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

/* Progress moves the deadline, so that a slow transfer is not cut off; a
   waiting read has its own deadline. At most once a second, to save timers. */
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
		/* An error's body; what exceeds the ceiling is dropped. */
		return buffer_append(&request->body, bytes, size);
	}
	return request->refusal;
}

/* A whole 2xx answer has come: `complete` decides. */
static void complete_answer(struct api_request *request)
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
	request->attempts--; /* an expired token does not count */
	attempt(request);
}

static bool is_redirect(long status)
{
	return status >= 300 && status <= 399;
}

/* Follows one redirect of a range request, without credentials and platform
   headers. False: not allowed, or no memory. */
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

/* A 401 or 403 of the redirect's target: its link has expired. Retry, for the
   platform then makes a new link. */
static enum retry_decision decide_read(const struct api_request *request,
				       bool redirected)
{
	enum retry_decision decision = api_error_decide(&request->error);

	if (redirected &&
	    (decision == RETRY_DECISION_RENEW || request->error.status == 403))
		return RETRY_DECISION_RETRY;
	return decision;
}

static enum retry_decision decide(const struct api_request *request,
				  bool redirected)
{
	const struct http_exchange *exchange = &request->exchange;

	if (!is_once(request))
		return decide_read(request, redirected);
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
	request->uncertain = is_once(request) && decide(request, redirected) ==
							 RETRY_DECISION_UNKNOWN;
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
		log_attempt(request);
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
	switch (decide(request, redirected)) {
	case RETRY_DECISION_GOOD:
		complete_answer(request);
		return;
	case RETRY_DECISION_RENEW:
		log_attempt(request);
		renew(request);
		return;
	case RETRY_DECISION_RETRY:
		log_attempt(request);
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

/* The request fails without a token: report the token service's error, if
   there is one, else that of the last attempt. */
static void use_token_error(struct api_request *request)
{
	const struct api_error *why = token_error(request->gateway->tokens);

	if (why->status || why->fault)
		request->error = *why;
}

/* No request can start before the deadline: the platform is marked unreachable,
   or asked for a pause that long. Sets the error. */
static bool is_blocked(struct api_request *request)
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

	if (is_blocked(request)) {
		finish(request, -EIO);
		return;
	}
	/* Not earlier: renew() needs the token of the last attempt. */
	secret_unref(request->token);
	request->token = token_get(g->tokens, &request->waiter, &err);
	if (!request->token) {
		if (!request->waiter.waiting) {
			use_token_error(request);
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
	use_token_error(request);
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
