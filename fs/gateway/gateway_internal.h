#ifndef CAIFS_GATEWAY_INTERNAL_H
#define CAIFS_GATEWAY_INTERNAL_H

/* What gateway.c (what all calls share) and api_request.c (one call and its
   attempts) share. Network thread, but for what is atomic or has a lock. */

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
	struct api_error throttle; /* the last answer that asked for a pause */
	/* Made once: "x-api-key: ..." and so on. */
	struct buffer api_key, org, sandbox;

	_Atomic unsigned long long requests, bytes, retries;
	_Atomic int64_t clock_offset_ms;
	_Atomic int capacity;

	pthread_mutex_t lock; /* guards the rest; for a few instructions */
	char explanation[512];
	struct gateway_waits listings, ranges;
	unsigned long long throttled, failed;
	int64_t down_until_ms;
};

/* Begins a call whose exchange has its method, and its body. */
void gateway_begin(struct gateway *gateway, struct api_request *request);

/* When an answer says to ask again, in its head or its body; -1: it does not.
 */
int64_t gateway_wait_ms(const struct api_error *error,
			const struct http_exchange *exchange);

/* What an attempt's answer says of the platform's load, and of its clock, is
   for everybody. */
void gateway_note(struct gateway *gateway, const struct api_error *error,
		  const struct http_exchange *exchange, bool for_bytes);

/* A call has failed, and why. */
void gateway_remember(struct gateway *gateway, const char *path,
		      const char *why);

#endif
