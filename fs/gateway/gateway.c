/* The state of all requests: limits, headers, counts. See gateway.h. */

#include "gateway_internal.h"

#include "caifs/clock.h"
#include "retry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

static void note_clock(struct gateway *g, const char *date)
{
	time_t theirs = *date ? curl_getdate(date, NULL) : -1;

	if (theirs >= 0)
		atomic_store(&g->clock_offset_ms,
			     (int64_t)theirs * 1000 - clock_wall_ms());
}

static void count(struct gateway *g, const struct http_times *times,
		  bool throttled, bool for_bytes)
{
	struct gateway_waits *waits = for_bytes ? &g->ranges : &g->listings;

	pthread_mutex_lock(&g->lock);
	waits->requests++;
	waits->queue_ms += (unsigned long long)times->queue_ms;
	waits->connect_ms += (unsigned long long)times->connect_ms;
	waits->first_byte_ms += (unsigned long long)times->first_byte_ms;
	waits->body_ms += (unsigned long long)times->body_ms;
	g->throttled += throttled;
	g->down_until_ms = g->limiter.down_until_ms;
	pthread_mutex_unlock(&g->lock);
}

static void note_load(struct gateway *g, bool throttled, int64_t wait_ms)
{
	if (!throttled) {
		limiter_note_good(&g->limiter);
	} else {
		limiter_note_throttled(&g->limiter, wait_ms, clock_now_ms(),
				       retry_random());
		http_pause(g->http, g->limiter.paused_until_ms);
	}
	http_set_limit(g->http, g->limiter.limit);
	atomic_store(&g->capacity, g->limiter.limit);
}

int64_t gateway_wait_ms(const struct api_error *error,
			const struct http_exchange *exchange)
{
	const char *header = exchange->head.retry_after;
	int64_t wait_ms = -1;

	if (*header)
		wait_ms = retry_after_ms(header, clock_wall_ms());
	if (wait_ms < 0 && error->retry_after_ms > 0)
		wait_ms = error->retry_after_ms < RETRY_AFTER_MAX_MS
				  ? error->retry_after_ms
				  : RETRY_AFTER_MAX_MS;
	return wait_ms;
}

void gateway_note(struct gateway *g, const struct api_error *error,
		  const struct http_exchange *exchange, bool for_bytes)
{
	bool throttled = api_error_is_throttling(error);

	if (throttled)
		g->throttle = *error;
	switch (error->fault) {
	case HTTP_OK:
		limiter_note_reached(&g->limiter);
		note_clock(g, exchange->head.date);
		note_load(g, throttled, gateway_wait_ms(error, exchange));
		break;
	case HTTP_NO_NAME:
	case HTTP_NO_CONNECTION:
		limiter_note_unreachable(&g->limiter, clock_now_ms());
		break;
	default:
		break;
	}
	count(g, &exchange->times, throttled, for_bytes);
}

void gateway_remember(struct gateway *g, const char *path, const char *why)
{
	pthread_mutex_lock(&g->lock);
	snprintf(g->explanation, sizeof(g->explanation), "%.*s: %s",
		 (int)strcspn(path, "?"), path, why);
	g->failed++;
	pthread_mutex_unlock(&g->lock);
}

void gateway_reread_token(struct gateway *gateway)
{
	token_reread(gateway->tokens);
}

int gateway_capacity(const struct gateway *gateway)
{
	return atomic_load(&gateway->capacity);
}

int64_t gateway_clock_offset_ms(const struct gateway *gateway)
{
	return atomic_load(&gateway->clock_offset_ms);
}

void gateway_explain(struct gateway *gateway, char *text, size_t size)
{
	pthread_mutex_lock(&gateway->lock);
	snprintf(text, size, "%s", gateway->explanation);
	pthread_mutex_unlock(&gateway->lock);
}

struct gateway_counts gateway_count(struct gateway *g)
{
	struct gateway_counts counts = {
		.requests = atomic_load(&g->requests),
		.bytes = atomic_load(&g->bytes),
		.token_requests = token_requests(g->tokens),
		.retries = atomic_load(&g->retries),
		.limit = gateway_capacity(g),
		.token_left_ms = token_left_ms(g->tokens),
	};

	pthread_mutex_lock(&g->lock);
	counts.listings = g->listings;
	counts.ranges = g->ranges;
	counts.throttled = g->throttled;
	counts.failed = g->failed;
	counts.down = clock_now_ms() < g->down_until_ms;
	pthread_mutex_unlock(&g->lock);
	return counts;
}

int gateway_create(const struct gateway_config *config, struct http *http,
		   struct gateway **ret_gateway)
{
	struct gateway *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->config = *config;
	g->http = http;
	limiter_init(&g->limiter, config->connections, GATEWAY_CONNECTIONS);
	atomic_init(&g->capacity, g->limiter.limit);
	pthread_mutex_init(&g->lock, NULL);
	buffer_init(&g->api_key, 4096);
	buffer_init(&g->org, 4096);
	buffer_init(&g->sandbox, 4096);
	if (token_manager_create(&g->config, http, &g->tokens) ||
	    buffer_printf(&g->api_key, "x-api-key: %s", config->api_key) ||
	    buffer_printf(&g->org, "x-gw-ims-org-id: %s", config->ims_org) ||
	    buffer_printf(&g->sandbox, "x-sandbox-name: %s",
			  config->sandbox_name)) {
		gateway_destroy(g);
		return -ENOMEM;
	}
	*ret_gateway = g;
	return 0;
}

struct gateway *gateway_destroy(struct gateway *gateway)
{
	if (!gateway)
		return NULL;
	token_manager_destroy(gateway->tokens);
	buffer_finish(&gateway->api_key);
	buffer_finish(&gateway->org);
	buffer_finish(&gateway->sandbox);
	pthread_mutex_destroy(&gateway->lock);
	free(gateway);
	return NULL;
}
