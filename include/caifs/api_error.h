#ifndef CAIFS_API_ERROR_H
#define CAIFS_API_ERROR_H

/*
 * What a failed call says of itself: transport fault, or HTTP status with one
 * of the platform's error bodies (contract 1.4, 2.4, 3.8, 4.8), and what
 * follows from it. Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/http.h"

/* What to do about an answer. */
enum retry_decision {
	RETRY_DECISION_GOOD,
	RETRY_DECISION_RETRY,	/* passing: ask again later */
	RETRY_DECISION_RENEW,	/* the token: get another, ask again once */
	RETRY_DECISION_FAILURE, /* for good: `err` */
	RETRY_DECISION_UNKNOWN, /* of a write alone: it may have been done */
};

struct api_error {
	enum http_fault fault;
	long status;	   /* 0: no answer */
	char code[16];	   /* the platform's own error code, or "" */
	char message[160]; /* the platform's own message, or "" */
	/* When it asks in its body to be asked again; 0: it does not. */
	int64_t retry_after_ms;
};

enum { API_ERROR_BODY_MAX = 16 * 1024 };

/* Reads what there is to read; `body` may be anything. */
void api_error_read(struct api_error *error, enum http_fault fault, long status,
		    const char *body, size_t size);

/* Says that there are too many requests, or too much load. */
bool api_error_is_throttling(const struct api_error *error);

enum retry_decision api_error_decide(const struct api_error *error);

/* The same of a write that must not be made twice: only what certainly was not
   done is worth another try. `sent`: some of it may have arrived; `told_when`:
   the answer says when to ask again. */
enum retry_decision api_error_decide_write(const struct api_error *error,
					   bool sent, bool told_when);

/* The errno for a call that is given up with this problem. */
int api_error_errno(const struct api_error *error);

/* "403 403003 Api Key is invalid: check api_key", or "dns: ...". */
void api_error_explain(const struct api_error *error, char *text, size_t size);

/* Where 429 is handled: api_error_is_throttling() recognises it; gateway_note()
   (gateway.c) lowers the limit of requests at once and pauses all of them
   (limiter.h); retry() (api_request.c) asks again. */

#endif
