#ifndef CAIFS_PROBLEM_H
#define CAIFS_PROBLEM_H

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
enum verdict {
	VERDICT_GOOD,
	VERDICT_RETRY,	 /* passing: ask again later */
	VERDICT_RENEW,	 /* the token: get another, ask again once */
	VERDICT_FAILURE, /* for good: `err` */
	VERDICT_UNKNOWN, /* of a write alone: it may have been done */
};

struct problem {
	enum http_fault fault;
	long status;	 /* 0: no answer */
	char code[16];	 /* the platform's own error code, or "" */
	char words[160]; /* the platform's own message, or "" */
	/* When it asks in its body to be asked again; 0: it does not. */
	int64_t retry_after_ms;
};

enum { PROBLEM_BODY_MAX = 16 * 1024 };

/* Reads what there is to read; `body` may be anything. */
void problem_read(struct problem *problem, enum http_fault fault, long status,
		  const char *body, size_t size);

/* Says that there are too many requests, or too much load. */
bool problem_is_throttling(const struct problem *problem);

enum verdict problem_verdict(const struct problem *problem);

/* The same of a write that must not be made twice: only what certainly was not
   done is worth another try. `sent`: some of it may have arrived; `told_when`:
   the answer says when to ask again. */
enum verdict problem_write_verdict(const struct problem *problem, bool sent,
				   bool told_when);

/* The errno for a call that is given up with this problem. */
int problem_errno(const struct problem *problem);

/* "403 403003 Api Key is invalid: check api_key", or "dns: ...". */
void problem_explain(const struct problem *problem, char *text, size_t size);

#endif
