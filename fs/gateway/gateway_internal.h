#ifndef CAIFS_GATEWAY_INTERNAL_H
#define CAIFS_GATEWAY_INTERNAL_H

/* Shared by gateway.c (state of all requests) and api_request.c (one request
   and its attempts). Network thread, except for what is atomic or guarded by
   the lock. */

#include "caifs/gateway.h"
#include "limiter.h"
#include "token.h"

#include <pthread.h>
#include <stdatomic.h>

struct gateway {
	struct gateway_config config;
	struct http *http;
	struct token_manager *tokens;
	struct limiter limiter;
	struct api_error throttle; /* the last throttling answer */
	/* Header lines: "x-api-key: ..." and so on. */
	struct buffer api_key, org, sandbox;

	_Atomic unsigned long long requests, bytes, retries;
	_Atomic int64_t clock_offset_ms;
	_Atomic int capacity;

	pthread_mutex_t lock; /* guards what follows; held briefly */
	char explanation[512];
	struct gateway_waits listings, ranges;
	unsigned long long throttled, failed;
	int64_t down_until_ms;
};

/* Starts a request whose exchange has its method and body set. */
void gateway_begin(struct gateway *gateway, struct api_request *request);

/* How long the answer asks to wait before a retry, by its head or its body:
   0 .. RETRY_AFTER_MAX_MS; -1: it does not say. */
int64_t gateway_wait_ms(const struct api_error *error,
			const struct http_exchange *exchange);

/* After each attempt: updates the limits, the clock offset and the counts.
   `for_bytes`: a range, else a listing. */
void gateway_note(struct gateway *gateway, const struct api_error *error,
		  const struct http_exchange *exchange, bool for_bytes);

/* Records a failed request, for gateway_explain(). */
void gateway_remember(struct gateway *gateway, const char *path,
		      const char *why);

#endif
