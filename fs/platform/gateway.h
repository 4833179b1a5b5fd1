#ifndef CAIFS_PLATFORM_GATEWAY_H
#define CAIFS_PLATFORM_GATEWAY_H

/*
 * The platform's gateway: a GET with the four headers that it wants, asked
 * again while that may help and time is left. What a status means is decided
 * here and nowhere else (problem.h). What changes something there goes by
 * gateway_write.h, which a mount does not use.
 *
 * Network thread throughout, handlers too; the counters from any.
 */

#include "caifs/buffer.h"
#include "caifs/http.h"
#include "caifs/platform.h"
#include "problem.h"
#include "token.h"

struct gateway;
struct gateway_call;

struct gateway_handlers {
	/* Before each attempt: where `range` may be set anew. Optional. */
	void (*attempt)(struct gateway_call *call);
	/* A 2xx head. Non-zero refuses the answer: the attempt has failed
	   with that error, and is made again when `call->again`. Optional. */
	int (*head)(struct gateway_call *call, const struct http_head *head);
	/* A run of a 2xx body, refused likewise. Optional: without it, the
	   body is collected in `call->body`. */
	int (*bytes)(struct gateway_call *call, const char *bytes, size_t size);
	/* Before a whole 2xx answer counts; refused likewise. Optional. */
	int (*complete)(struct gateway_call *call);
	/* Last. `err` is 0 or what the caller is to be told. */
	void (*done)(struct gateway_call *call, int err);
};

/* Zeroed, then set, before gateway_start(); a member of whatever waits. */
struct gateway_call {
	const char *path; /* with query; from '/', borrowed until done */
	char range[64];	  /* "Range: bytes=..."; "" for none */
	enum http_priority priority;
	int64_t timeout_ms; /* for all attempts together */
	size_t body_limit;
	const struct gateway_handlers *on;
	void *data;

	const char *why; /* set by a handler that refuses: for people */
	bool again;	 /* set by a handler that refuses: worth another try */
	bool progress;	 /* set by a handler: this attempt was not in vain */
	struct buffer body;
	struct problem problem; /* of the last attempt */
	bool uncertain;		/* a write has failed, but may have been done */

	/* The gateway's own. */
	struct gateway *gateway;
	struct http_exchange exchange; /* its method and body: of a write */
	struct http_timer pause, deadline;
	int64_t started_ms, deadline_ms;
	struct token_waiter waiter;
	struct secret *token;
	struct buffer url, authorization;
	struct buffer redirect; /* where this attempt was sent on to, or "" */
	const char *headers[8];
	int attempts, refusal;
	bool renewed, cancelled, late;
};

int gateway_create(const struct platform_config *config, struct http *http,
		   struct gateway **ret_gateway);
struct gateway *gateway_destroy(struct gateway *gateway);

void gateway_start(struct gateway *gateway, struct gateway_call *call);

/* `done` follows, with -ECANCELED, before this returns. Only between
   gateway_start() and done, and from no handler. */
void gateway_cancel(struct gateway_call *call);

/* Somebody waits for it now: this attempt and the next go before prefetches.
 */
void gateway_promote(struct gateway_call *call);

struct token_keeper *gateway_tokens(struct gateway *gateway);

/* Any thread. */
void gateway_explain(struct gateway *gateway, char *text, size_t size);
int gateway_capacity(const struct gateway *gateway); /* requests at once */
int64_t gateway_clock_offset_ms(const struct gateway *gateway);
struct platform_counts gateway_count(struct gateway *gateway);

#endif
