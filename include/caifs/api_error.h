#ifndef CAIFS_API_ERROR_H
#define CAIFS_API_ERROR_H

/*
 * The error of a request: a transport fault, or an HTTP status with one of the
 * platform's error bodies (contract 1.4, 2.4, 3.8, 4.8); and whether to retry.
 * Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/http.h"

enum retry_decision {
	RETRY_DECISION_GOOD,	/* 2xx */
	RETRY_DECISION_RETRY,	/* transient: retry later */
	RETRY_DECISION_RENEW,	/* 401: get a new token, retry once */
	RETRY_DECISION_FAILURE, /* permanent: api_error_errno() */
	RETRY_DECISION_UNKNOWN, /* a write that may have been carried out */
};

struct api_error {
	enum http_fault fault;
	long status;		/* 0: no answer */
	char code[16];		/* the platform's error code; "": none */
	char message[160];	/* the platform's message; "": none */
	int64_t retry_after_ms; /* retryAfterMs of the body; 0: none */
};

enum { API_ERROR_BODY_MAX = 16 * 1024 };

/* Sets all of `error`. `body`: `size` bytes of any kind, or NULL. */
void api_error_read(struct api_error *error, enum http_fault fault, long status,
		    const char *body, size_t size);

/* 429, code 429050 or 503: send fewer requests. */
bool api_error_is_throttling(const struct api_error *error);

enum retry_decision api_error_decide(const struct api_error *error);

/* For a write that must not be made twice: retry only if it certainly was not
   carried out. `sent`: part of the request may have arrived;
   `has_retry_after`: the answer says when to retry. */
enum retry_decision api_error_decide_write(const struct api_error *error,
					   bool sent, bool has_retry_after);

/* The negative errno of a request that ends with this error. */
int api_error_errno(const struct api_error *error);

/* For people: "HTTP 403 403003 Api Key is invalid: check api_key", or
   "dns: ...". */
void api_error_explain(const struct api_error *error, char *text, size_t size);

/* Where 429 is handled: api_error_is_throttling() recognises it; gateway_note()
   (gateway.c) lowers the limit of requests at once and pauses all of them
   (limiter.h); retry() (api_request.c) asks again. */

#endif
